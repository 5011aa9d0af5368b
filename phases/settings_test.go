package phases

import (
	"fmt"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// left is what a revision of plain SQL leaves in its session, and an expression
// that shows whether the next revision meets it.
type left struct{ sql, shows string }

// leftovers lists them for each dialect.
var leftovers = map[flavor.Dialect][]left{
	flavor.MariaDB: append([]left{
		{"SET check_constraint_checks = 0", "@@check_constraint_checks"},
		{"SET tx_isolation = 'READ-UNCOMMITTED'", "@@tx_isolation"},
		{"SET sql_if_exists = 1", "@@sql_if_exists"},
		{"SET SESSION max_statement_time = 0.5", "@@max_statement_time"},
		{"SET alter_algorithm = 'COPY'", "@@alter_algorithm"},
		{"SET system_versioning_alter_history = KEEP", "@@system_versioning_alter_history"},
	}, mysqlLeftovers...),
	flavor.MySQL: append([]left{
		{"SET transaction_isolation = 'READ-UNCOMMITTED'", "@@transaction_isolation"},
		{"SET SESSION max_execution_time = 500", "@@max_execution_time"},
	}, mysqlLeftovers...),
	flavor.Postgres: {
		{"SET session_replication_role = replica", "current_setting('session_replication_role')"},
		{"SET search_path TO other, pg_catalog", "current_setting('search_path')"},
		{"SELECT pg_catalog.set_config('search_path', '', false)", "current_setting('search_path')"},
		{"SET row_security = on", "current_setting('row_security')"},
		{"SET standard_conforming_strings = off", "current_setting('standard_conforming_strings')"},
		{"SET TIME ZONE 'Asia/Tokyo'", "current_setting('TimeZone')"},
		{"SET DateStyle = 'German'", "current_setting('DateStyle')"},
		{"SET bytea_output = 'escape'", "current_setting('bytea_output')"},
		{"SET default_tablespace = 'pg_default'; SET default_table_access_method = heap", "current_setting('default_tablespace')"},
		{"SET statement_timeout = 12345; SET lock_timeout = 23456; SET idle_in_transaction_session_timeout = 0", "current_setting('statement_timeout')"},
		{"SET check_function_bodies = false; SET xmloption = document; SET client_min_messages = warning", "current_setting('check_function_bodies') || current_setting('xmloption')"},
		{"SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY, ISOLATION LEVEL SERIALIZABLE", "current_setting('default_transaction_read_only') || current_setting('default_transaction_isolation')"},
		{"SET ROLE pg_monitor", "current_user"},
		{"SET SESSION AUTHORIZATION pg_monitor", "session_user"},
		{"SELECT set_config('app.tenant', '7', false)", "coalesce(current_setting('app.tenant', true), '')"},
		{"SELECT pg_advisory_lock(4711)", "(SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND pid = pg_backend_pid())"},
		{"PREPARE kept AS SELECT 1", "(SELECT count(*)::text FROM pg_prepared_statements)"},
		{"DECLARE kept CURSOR WITH HOLD FOR SELECT 1", "(SELECT count(*)::text FROM pg_cursors WHERE is_holdable)"},
		{"LISTEN kept", "(SELECT count(*)::text FROM pg_listening_channels())"},
		{"CREATE TEMPORARY TABLE kept (id int)", "coalesce(to_regclass('kept')::text, '')"},
		{"DO $$ BEGIN PERFORM set_config('transform_null_equals', 'on', false); END $$", "current_setting('transform_null_equals')"},
		{"SET client_encoding = 'UTF8'; SET extra_float_digits = -3", "current_setting('extra_float_digits')"},
	},
	flavor.SQLite: {
		{"PRAGMA legacy_alter_table = ON", "(SELECT legacy_alter_table FROM pragma_legacy_alter_table)"},
		{"PRAGMA foreign_keys = ON", "(SELECT foreign_keys FROM pragma_foreign_keys)"},
		{"PRAGMA recursive_triggers = ON", "(SELECT recursive_triggers FROM pragma_recursive_triggers)"},
		{"PRAGMA case_sensitive_like = ON", "('A' LIKE 'a')"},
		{"PRAGMA writable_schema = ON", "(SELECT writable_schema FROM pragma_writable_schema)"},
		{"PRAGMA ignore_check_constraints = ON", "(SELECT ignore_check_constraints FROM pragma_ignore_check_constraints)"},
		{"PRAGMA reverse_unordered_selects = ON", "(SELECT reverse_unordered_selects FROM pragma_reverse_unordered_selects)"},
		{"PRAGMA synchronous = OFF", "(SELECT synchronous FROM pragma_synchronous)"},
		{"PRAGMA automatic_index = OFF", "(SELECT automatic_index FROM pragma_automatic_index)"},
		{"PRAGMA busy_timeout = 4711", "(SELECT timeout = 4711 FROM pragma_busy_timeout)"},
		{"ATTACH ':memory:' AS extra", "(SELECT count(*) FROM pragma_database_list WHERE name = 'extra')"},
		{"CREATE TEMPORARY TABLE kept (id int)", "(SELECT count(*) FROM sqlite_temp_master)"},
	},
}

var mysqlLeftovers = []left{
	{"SET FOREIGN_KEY_CHECKS = 0", "@@foreign_key_checks"},
	{"SET UNIQUE_CHECKS = 0", "@@unique_checks"},
	{"SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'", "@@sql_mode"},
	{"/*!40101 SET NAMES latin1 */", "CONCAT(@@character_set_client, @@collation_connection)"},
	{"SET time_zone = '+05:00'", "@@time_zone"},
	{"SET SQL_SAFE_UPDATES = 1, SQL_SELECT_LIMIT = 1", "CONCAT(@@sql_safe_updates, ' ', @@sql_select_limit)"},
	{"SET default_storage_engine = MyISAM", "@@default_storage_engine"},
	{"SET @kept = 7", "COALESCE(@kept, '')"},
	{"SELECT 7 INTO @kept", "COALESCE(@kept, '')"},
	{"USE information_schema", "DATABASE()"},
	{"SELECT GET_LOCK('kept-by-a-revision', 1)", "COALESCE(IS_USED_LOCK('kept-by-a-revision') = CONNECTION_ID(), 0)"},
	{"SET SESSION TRANSACTION READ ONLY", "(SELECT variable_value FROM {session} WHERE variable_name IN ('tx_read_only', 'transaction_read_only') LIMIT 1)"},
	{"SET completion_type = 1", "@@completion_type"},
	{"CREATE TEMPORARY TABLE kept (id int)", "CONCAT('', (SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'seen' AND table_schema = DATABASE()))"},
	{"SET sql_auto_is_null = 1, sql_big_selects = 0, low_priority_updates = 1", "CONCAT(@@sql_auto_is_null, @@low_priority_updates)"},
}

// leaving is a catalog of revisions in pairs: one leaves something, if it is
// told to, and the next writes down whether it meets it.
func leaving(t *testing.T, d flavor.Dialect, all []left, leave bool) map[string]string {
	t.Helper()
	files := map[string]string{
		"catalog.toml": fmt.Sprintf("name = \"pairs\"\ndialects = [%q]", d),
		"versions/a000.sql": "-- revision: a000\n-- branch: trunk\n-- +up\n" +
			"CREATE TABLE seen (n int, what varchar(200));\n",
	}
	session := "information_schema.session_variables"
	if d == flavor.MySQL {
		session = "performance_schema.session_variables"
	}
	before := "a000"
	add := func(id, sql string) {
		files["versions/"+id+".sql"] = fmt.Sprintf("-- revision: %s\n-- revises: %s\n-- branch: trunk\n-- +up\n%s;\n", id, before, sql)
		before = id
	}
	for i, l := range all {
		sql := l.sql
		if !leave {
			sql = "UPDATE seen SET n = 0 WHERE n < 0"
		}
		add(fmt.Sprintf("a%02d1", i+1), sql)
		add(fmt.Sprintf("a%02d2", i+1), fmt.Sprintf("INSERT INTO seen (n, what) VALUES (%d, %s)", i, strings.ReplaceAll(l.shows, "{session}", session)))
	}
	return files
}

// What a revision of plain SQL leaves in its session, no other revision meets.
func TestRevisionsBeginAnew(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		all := leftovers[db.Dialect]
		seen := func(db enginetest.Database, leave bool) []string {
			db = db.AsAdmin() // who may set everything
			must(t, service(t, loaded(t, leaving(t, db.Dialect, all, leave)), db), "sync", "")
			return db.Strings(t, "SELECT what FROM seen ORDER BY n")
		}
		want := seen(enginetest.New(t, db.Dialect), false)
		got := seen(db, true)
		if len(got) != len(all) || len(want) != len(all) {
			t.Fatalf("%d and %d of %d were seen", len(want), len(got), len(all))
		}
		for i, l := range all {
			w := want[i]
			if strings.Contains(l.shows, "DATABASE()") && !strings.Contains(l.shows, "COUNT") {
				w = db.Name
			}
			if got[i] != w {
				t.Errorf("after %s the next revision sees %q, want %q", l.sql, got[i], w)
			}
		}
	})
}

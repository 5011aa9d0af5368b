package phases

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// mysqlGlobals are settings of a server whose sessions begin with them, as SET
// GLOBAL takes them, in batches that do not hide each other.
var mysqlGlobals = []string{
	`sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,IGNORE_SPACE,HIGH_NOT_PRECEDENCE'
sql_select_limit = 1
default_storage_engine = MyISAM
div_precision_increment = 0
group_concat_max_len = 4
max_sort_length = 64
time_zone = '+05:00'
foreign_key_checks = 0
unique_checks = 0
completion_type = 1
wait_timeout = 2
lock_wait_timeout = 2
innodb_lock_wait_timeout = 2
net_read_timeout = 1
max_join_size = 1
lc_time_names = 'de_DE'
default_week_format = 3
autocommit = 0`,
	`sql_mode = 'REAL_AS_FLOAT,PAD_CHAR_TO_FULL_LENGTH,NO_AUTO_VALUE_ON_ZERO,NO_UNSIGNED_SUBTRACTION'
updatable_views_with_limit = 0
default_tmp_storage_engine = MyISAM
character_set_server = latin1
collation_server = latin1_german2_ci
collation_connection = latin1_german2_ci
character_set_client = latin1
character_set_results = latin1
innodb_default_row_format = compact
auto_increment_increment = 1
max_error_count = 0
sql_warnings = 1
tmp_table_size = 1024
sort_buffer_size = 32768
join_buffer_size = 128
binlog_row_image = minimal
transaction_alloc_block_size = 1024`,
}

// mariadbGlobals are those that only MariaDB has.
var mariadbGlobals = []string{
	`sql_mode = 'EMPTY_STRING_IS_NULL,SIMULTANEOUS_ASSIGNMENT,TIME_ROUND_FRACTIONAL,NO_TABLE_OPTIONS,NO_KEY_OPTIONS,NO_FIELD_OPTIONS'
max_statement_time = 0.25
tx_isolation = 'SERIALIZABLE'
check_constraint_checks = 0
alter_algorithm = 'INSTANT'
system_versioning_alter_history = 'KEEP'
idle_transaction_timeout = 1
idle_write_transaction_timeout = 1
sql_safe_updates = 1
sql_big_selects = 0
sql_auto_is_null = 1
sql_quote_show_create = 0
low_priority_updates = 1
innodb_strict_mode = 0
sql_notes = 0
old_mode = 'NO_DUP_KEY_WARNINGS_WITH_IGNORE,ZERO_DATE_TIME_CAST'
default_regex_flags = 'DOTALL'
use_stat_tables = never
optimizer_switch = 'derived_merge=off,subquery_cache=off'`,
	`sql_mode = 'ORACLE'
explicit_defaults_for_timestamp = 0
big_tables = 1
optimizer_use_condition_selectivity = 1
tx_isolation = 'READ-UNCOMMITTED'
query_cache_type = 0
binlog_format = STATEMENT
session_track_schema = 0
in_predicate_conversion_threshold = 2
histogram_size = 0`,
	`sql_mode = ''
binlog_format = MIXED
eq_range_index_dive_limit = 0
tx_isolation = 'READ-COMMITTED'
optimizer_prune_level = 0`,
}

// mysqlOnly are those that only MySQL has.
var mysqlOnly = []string{
	`sql_mode = 'TIME_TRUNCATE_FRACTIONAL,ANSI'
transaction_isolation = 'SERIALIZABLE'
max_execution_time = 250
explicit_defaults_for_timestamp = 0
innodb_strict_mode = 0
low_priority_updates = 1
show_create_table_verbosity = 1
default_collation_for_utf8mb4 = utf8mb4_general_ci`,
	`sql_mode = 'TRADITIONAL,ALLOW_INVALID_DATES'
transaction_isolation = 'READ-UNCOMMITTED'
cte_max_recursion_depth = 1
windowing_use_high_precision = 0
restrict_fk_on_non_standard_key = 0`,
}

// connects are what init_connect does for each session of a plain account.
var connects = []string{
	"SET NAMES latin1, sql_mode = 'ORACLE', time_zone = '-11:00', autocommit = 0, timestamp = 1, sql_safe_updates = 1, sql_select_limit = 0, sql_auto_is_null = 1",
	"SET character_set_client = latin1, character_set_results = NULL, collation_connection = latin1_bin, sql_mode = 'NO_BACKSLASH_ESCAPES', insert_id = 77, foreign_key_checks = 0, unique_checks = 0",
}

func TestHostileMariaDB(t *testing.T) {
	srv := enginetest.Private(t, flavor.MariaDB, enginetest.Options{})
	hostileGlobals(t, srv, append(append([]string{}, mysqlGlobals...), mariadbGlobals...))
}

func TestHostileMySQL(t *testing.T) {
	if !slices.Contains(enginetest.Dialects(), flavor.MySQL) {
		t.Log("no MySQL here")
		return
	}
	srv := enginetest.Private(t, flavor.MySQL, enginetest.Options{Settings: []string{"log-bin-trust-function-creators=1"}})
	hostileGlobals(t, srv, append(append([]string{}, mysqlGlobals...), mysqlOnly...))
	for _, s := range []string{"sql_require_primary_key = 1", "sql_generate_invisible_primary_key = 1"} {
		db := srv.New(t)
		back := setGlobals(t, db, []string{s})
		_, err := command(service(t, loaded(t, keylessCatalog), db), "sync", "")
		back()
		if err == nil || !strings.Contains(err.Error(), "heap") || len(enginetest.TakeSnapshot(t, db).Tables) > 0 {
			t.Errorf("with %s a table without a primary key: %v", s, err)
		}
	}
}

var keylessCatalog = map[string]string{
	"catalog.toml":      "name = \"keyless\"",
	"versions/k01.toml": "revision = \"k01\"\nbranch = \"trunk\"\n[[up]]\ncreate_table = { name = \"heap\", columns = [ { name = \"a\", type = \"integer\" } ] }\n",
}

// hostileGlobals makes cycles with batches of settings and with init_connect.
func hostileGlobals(t *testing.T, srv *enginetest.Server, all []string) {
	t.Helper()
	var cases []hostile
	for _, batch := range all {
		cases = append(cases, hostile{settings: strings.Split(batch, "\n")})
	}
	for _, c := range connects {
		if srv.Dialect == flavor.MySQL {
			c = strings.ReplaceAll(c, "ORACLE", "ANSI")
		}
		cases = append(cases, hostile{settings: []string{fmt.Sprintf("init_connect = \"%s\"", c)}})
	}
	read := map[flavor.Dialect]string{flavor.MariaDB: "tx_read_only = 1", flavor.MySQL: "transaction_read_only = 1"}[srv.Dialect]
	cases = append(cases, hostile{settings: []string{read}, refused: "transactions are read-only"})
	want := map[bool]string{}
	for i, h := range append([]hostile{{}}, cases...) {
		for _, phased := range []bool{false, true} {
			if phased && h.refused != "" {
				continue
			}
			db := srv.New(t)
			url := plainOwner(t, db)
			back := setGlobals(t, db, h.settings)
			hostileRun(t, db, url, h, phased, want, i == 0, back)
			back()
		}
	}
}

// setGlobals sets them and returns what takes them back, once.
func setGlobals(t *testing.T, db enginetest.Database, settings []string) func() {
	t.Helper()
	var undo []string
	for _, s := range settings {
		name, _, _ := strings.Cut(s, " ")
		var value sql.NullString
		if err := db.Admin().QueryRow("SELECT @@GLOBAL." + name).Scan(&value); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		before := value.String
		switch {
		case !value.Valid:
			before = "NULL"
		case strings.Trim(before, "-0123456789.") != "" || before == "":
			before = "'" + before + "'"
		}
		undo = append(undo, "SET GLOBAL "+name+" = "+before)
		asAdmin(t, db, "SET GLOBAL "+s)
	}
	return func() {
		for _, query := range undo {
			asAdmin(t, db, query)
		}
		undo = nil
	}
}

// A server that keeps the names of tables in small letters,
// and other row formats, makes no difference either; nor do names
// with capitals.
func TestServerFoldsNames(t *testing.T) {
	srv := enginetest.Private(t, flavor.MariaDB, enginetest.Options{Settings: []string{
		"lower-case-table-names=1", "character-set-server=latin1", "collation-server=latin1_swedish_ci", "innodb-default-row-format=redundant"}})
	want := map[bool]string{}
	for _, phased := range []bool{false, true} {
		plain := enginetest.Shared(t, flavor.MariaDB).New(t)
		asAdmin(t, plain, "ALTER DATABASE "+plain.Name+" CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
		hostileRun(t, plain, plain.URL, hostile{}, phased, want, true, func() {})
		db := srv.New(t)
		asAdmin(t, db, "ALTER DATABASE "+db.Name+" CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
		hostileRun(t, db, plainOwner(t, db), hostile{settings: []string{"lower_case_table_names"}}, phased, want, false, func() {})
	}
	db := srv.New(t)
	s := service(t, loaded(t, map[string]string{
		"catalog.toml": "name = \"Names\"\nversion_table = \"Names_Version\"",
		"versions/n01.toml": `revision = "n01"
branch = "trunk"
[[up]]
create_table = { name = "Makers", columns = [ { name = "Id", type = "integer", nullable = false } ], primary_key = ["Id"] }
[[up]]
create_table = { name = "Goods", columns = [ { name = "Id", type = "integer", nullable = false }, { name = "Maker", type = "integer" } ], primary_key = ["Id"], foreign_keys = [ { name = "Fk", columns = ["Maker"], ref_table = "Makers", ref_columns = ["Id"] } ] }`,
		"versions/n02_expand01.toml": `revision = "n02_expand01"
revises = "n01"
branch = "expand"
[[up]]
add_column = { table = "Goods", name = "Note", type = "string(20)" }
[[up]]
add_index = { table = "Goods", name = "Ix", columns = ["Note"] }`,
		"versions/n02_migrate01.toml": `migration = "n02_migrate01"
depends_on = "n02_expand01"
before = "n02_contract01"
pending = "SELECT 1 FROM Goods WHERE Note IS NULL"
[[step]]
table = "Goods"
key = ["Id"]
where = "Note IS NULL"
[step.set]
Note = "'x'"`,
		"versions/n02_contract01.toml": `revision = "n02_contract01"
revises = "n01"
branch = "contract"
depends_on = ["n02_expand01", "n02_migrate01"]
[[up]]
rename_table = { from = "Goods", to = "Wares" }`,
	}), db)
	must(t, s, "upgrade", "n01")
	db.Exec(t, "INSERT INTO goods (id) VALUES (1)")
	for _, c := range []string{"expand", "migrate", "contract"} {
		must(t, s, c, "")
	}
	if got := db.Strings(t, "SELECT note FROM wares"); len(got) != 1 || got[0] != "x" {
		t.Errorf("the rows are %q", got)
	}
	if r := must(t, s, "sync", ""); !r.Idle() {
		t.Errorf("a second sync did %+v", r)
	}
	v, err := s.Verify(t.Context())
	if err != nil || len(v.Differences) > 0 {
		t.Errorf("verify: %v, %v", v.Differences, err)
	}
}

package mysql

import (
	"context"
	"database/sql/driver"
	"strconv"
	"strings"

	"manage/engine/database/backend"
	"manage/engine/flavor"
	"manage/engine/quote"
)

// A role, a server's configuration or init_connect may give sessions other
// settings than the servers' own defaults. Those that change what a statement
// means, what it returns, or whether it is carried out are set when a session
// begins, so that a run makes the same of every server. What only makes it
// faster or slower is left alone, and so is what forbids writing
// (transaction_read_only): that is somebody's intention, and the run is refused.

// everywhere are settings that every server has and every user may set. DEFAULT
// would be the server's configuration again, save for timestamp, where it is
// the clock.
var everywhere = []string{
	"autocommit=1", "completion_type=0",
	// A time without a zone is in UTC, as those of the catalog are.
	"time_zone='+00:00'", "timestamp=DEFAULT",
	"foreign_key_checks=1", "unique_checks=1",
	"sql_select_limit=18446744073709551615", "sql_safe_updates=0", "sql_auto_is_null=0",
	"sql_big_selects=1", // max_join_size does not count then
	"sql_quote_show_create=1", "sql_notes=1", "updatable_views_with_limit=1",
	"default_storage_engine=InnoDB", "default_tmp_storage_engine=InnoDB",
	"div_precision_increment=4", "group_concat_max_len=1048576", "max_sort_length=1024",
	"default_week_format=0", "lc_time_names='en_US'",
	// A session waits for other holders, locks and programs.
	"wait_timeout=28800", "net_read_timeout=600", "net_write_timeout=600",
}

// versioned are settings of some releases, in comments that others pass over
// (manuals, "Comments" and "Comment Syntax").
var versioned = []struct{ release, settings string }{
	{"!50720", "transaction_isolation='REPEATABLE-READ', max_execution_time=0"},
	{"M!100200", "tx_isolation='REPEATABLE-READ', check_constraint_checks=1, innodb_strict_mode=1, low_priority_updates=0, max_statement_time=0, default_regex_flags=''"},
	{"M!100308", "system_versioning_alter_history=ERROR, alter_algorithm='DEFAULT'," +
		" idle_transaction_timeout=0, idle_readonly_transaction_timeout=0, idle_write_transaction_timeout=0"},
	{"M!100502", "sql_if_exists=0"},
	{"M!100601", "old_mode='UTF8_IS_UTF8MB3'"},
	{"M!101000", "explicit_defaults_for_timestamp=1"},
}

// lexical are the words of sql_mode that no session has: they change how text
// is read, what a value is or how the server shows a table, and sets of such
// words. What is left says how strict the server is with values.
var lexical = []string{
	"NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "PIPES_AS_CONCAT", "IGNORE_SPACE", "HIGH_NOT_PRECEDENCE", "REAL_AS_FLOAT",
	"PAD_CHAR_TO_FULL_LENGTH", "EMPTY_STRING_IS_NULL", "SIMULTANEOUS_ASSIGNMENT", "TIME_ROUND_FRACTIONAL", "TIME_TRUNCATE_FRACTIONAL",
	"NO_UNSIGNED_SUBTRACTION", "NO_AUTO_VALUE_ON_ZERO", "NO_TABLE_OPTIONS", "NO_FIELD_OPTIONS", "NO_KEY_OPTIONS",
	"ANSI", "ORACLE", "MSSQL", "DB2", "POSTGRESQL", "MAXDB", "MYSQL323", "MYSQL40",
}

// greeting is the statement that begins a session: with one round trip it sets
// everything. The character set comes first, as init_connect may have set
// another one than the driver's.
func greeting(c charset, u *backend.URL, o backend.Options) string {
	settings := append([]string{c.names(), "sql_mode=" + sqlMode(u, o)}, everywhere...)
	if o.WsrepSyncWait != nil {
		settings = append(settings, "wsrep_sync_wait="+strconv.Itoa(*o.WsrepSyncWait))
	}
	var b strings.Builder
	b.WriteString("SET " + strings.Join(settings, ", "))
	for _, v := range versioned {
		b.WriteString(" /*" + v.release + " , " + v.settings + " */")
	}
	return b.String()
}

// sqlMode is the session's sql_mode as an expression: TRADITIONAL, what the
// configuration or the URL asks for, or the server's own, without the words
// that would change what a statement means.
func sqlMode(u *backend.URL, o backend.Options) string {
	mode := "TRADITIONAL"
	if o.SQLMode != nil {
		mode = *o.SQLMode
	}
	if m := u.Get("sql_mode"); m != "" {
		mode = m
	}
	if mode == "TRADITIONAL" {
		return "'TRADITIONAL'"
	}
	text := "@@sql_mode"
	if mode != "" {
		// Before the session has its mode, a backslash may be anything.
		mode = strings.ReplaceAll(mode, " ", "")
		text = "CONVERT(" + quote.Bytes([]byte(mode), flavor.MySQL) + " USING utf8mb4)"
	}
	text = "CONCAT(',', UPPER(" + text + "), ',')"
	for _, word := range lexical {
		text = "REPLACE(" + text + ", '," + word + ",', ',')"
	}
	return text
}

// own keeps the settings that statements have made in user variables and sets
// those with which the books are written; theirs sets the former again.
func own(c charset) string {
	return "SET @manage_mode = @@sql_mode, @manage_client = @@character_set_client, @manage_results = @@character_set_results," +
		" @manage_collation = @@collation_connection, @manage_safe = @@sql_safe_updates, @manage_limit = @@sql_select_limit," +
		" @manage_completion = @@completion_type, sql_mode = 'TRADITIONAL', " + c.names() +
		", sql_safe_updates = 0, sql_select_limit = 18446744073709551615, completion_type = 0" +
		" /*!50720 , @manage_read = @@transaction_read_only, transaction_read_only = 0 */" +
		" /*M!100200 , @manage_read = @@tx_read_only, tx_read_only = 0 */"
}

const theirs = "SET sql_mode = @manage_mode, character_set_client = @manage_client, character_set_results = @manage_results," +
	" collation_connection = @manage_collation, sql_safe_updates = @manage_safe, sql_select_limit = @manage_limit, completion_type = @manage_completion" +
	" /*!50720 , transaction_read_only = @manage_read */ /*M!100200 , tx_read_only = @manage_read */"

// charset is the character set in which a session speaks.
type charset struct{ name, collation string }

func (c charset) names() string {
	if c.collation == "" {
		return "NAMES " + c.name
	}
	return "NAMES " + c.name + " COLLATE " + c.collation
}

// greeted makes connections that begin with a statement.
type greeted struct {
	driver.Connector
	greeting string
}

// Connect is driver.Connector's.
func (g greeted) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := g.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if exec, ok := c.(driver.ExecerContext); ok {
		if _, err := exec.ExecContext(ctx, g.greeting, nil); err != nil {
			_ = c.Close() // what went wrong before is what matters
			return nil, err
		}
	}
	return c, nil
}

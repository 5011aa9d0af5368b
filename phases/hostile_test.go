package phases

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// hostileCatalog has a bit of everything whose meaning a setting could change:
// kinds of columns, defaults, checks, keys, rows, a bridge, a data migration,
// plain SQL, and the removal of what was moved.
var hostileCatalog = map[string]string{
	"catalog.toml": `name = "hostile"`,
	"versions/open01_goods.toml": `
revision = "open01"
branch = "trunk"
[[up]]
create_enum = { name = "colour", values = ["red", "blue"] }
[[up]]
[up.create_table]
name = "makers"
columns = [
  { name = "id", type = "integer", nullable = false, autoincrement = true },
  { name = "name", type = "string(255)", nullable = false, default = "o'b\\c" },
]
primary_key = ["id"]
unique = [ { name = "uq_makers_name", columns = ["name"] } ]
[[up]]
[up.create_table]
name = "goods"
columns = [
  { name = "id", type = "bigint", nullable = false, autoincrement = true },
  { name = "code", type = "char(4)", nullable = false },
  { name = "price", type = "numeric(10,2)", nullable = false, default = 0 },
  { name = "weight", type = "double" },
  { name = "colour", type = "enum(red, blue)", type_name = "colour" },
  { name = "note", type = "text" },
  { name = "fresh", type = "boolean", nullable = false, default = true },
  { name = "made", type = "datetime" },
  { name = "day", type = "date" },
  { name = "maker", type = "integer" },
]
primary_key = ["id"]
indexes = [ { name = "ix_goods_code", columns = ["code", "price"] } ]
foreign_keys = [ { name = "fk_goods_maker", columns = ["maker"], ref_table = "makers", ref_columns = ["id"] } ]
checks = [ { name = "ck_goods_price", expr = "price >= 0 AND code <> 'x\\y'" } ]
[[up]]
insert_rows = { table = "makers", rows = [ { id = 1, name = "a\\b'c\"d" }, { id = 2, name = "ü € 😀" } ] }
[[up]]
insert_rows = { table = "goods", rows = [
  { id = 1, code = "a", price = 10.5, weight = 0.1, colour = "red", note = "", made = 2024-03-31T02:30:00Z, day = 2024-01-02, maker = 1 },
  { id = 2, code = "b\\", price = 3, weight = 1e30, colour = "blue", note = "x\ny\\", fresh = false, maker = 2 },
  { id = 3, code = "c", note = { null = true } } ] }
[[up]]
update_rows = { table = "goods", set = { note = { value = "was \\null" } }, where = "note IS NULL" }`,
	"versions/open02_words.sql": `-- revision: open02
-- revises: open01
-- branch: trunk
-- +up
CREATE TABLE words (id INTEGER PRIMARY KEY, w VARCHAR(40));
INSERT INTO words (id, w) VALUES (1, 'it''s');
INSERT INTO words (id, w) VALUES (2, '');
INSERT INTO words (id, w) SELECT 3, 'c' WHERE NULL IS NULL;
-- +up mysql mariadb
INSERT INTO words (id, w) VALUES (4, "a\\b"), (5, CONCAT('x', 1 || 0, NOT 1 BETWEEN -5 AND 5));
-- +up mariadb
SELECT SLEEP(0.3);
-- +up postgres sqlite
INSERT INTO words (id, w) VALUES (4, 'a\b'), (5, 'x' || 1);
-- +up postgres
SELECT pg_sleep(0.3);`,
	"versions/one_expand01_cents.toml": `
revision = "one_expand01"
revises = "open02"
branch = "expand"
[[up]]
add_column = { table = "goods", name = "cents", type = "bigint" }
[[up]]
add_index = { table = "goods", name = "ix_goods_made", columns = ["made"] }
[[up]]
[up.sync_columns]
name = "goods_cents"
table = "goods"
old = "price"
new = "cents"
to_new = "{old} * 100"
to_old = "{new} / 100.0"`,
	"versions/one_migrate01_cents.toml": `
migration = "one_migrate01"
depends_on = "one_expand01"
before = "one_contract01"
pending = "SELECT 1 FROM goods WHERE cents IS NULL"
[[step]]
table = "goods"
key = ["id"]
where = "cents IS NULL"
[step.set]
cents = "price * 100"
note = { mysql = "CONCAT(note, '/', id DIV 1, '\\\\')", other = "note || '/' || id || '\\'" }`,
	"versions/one_contract01_price.toml": `
revision = "one_contract01"
revises = "open02"
branch = "contract"
depends_on = ["one_expand01", "one_migrate01"]
[[up]]
unsync_columns = { name = "goods_cents" }
[[up]]
alter_column = { table = "goods", name = "cents", nullable = false }
[[up]]
drop_index = { table = "goods", name = "ix_goods_code" }
[[up]]
drop_check = { table = "goods", name = "ck_goods_price" }
[[up]]
drop_column = { table = "goods", name = "price" }`,
}

// cycle brings a database to the newest version: at once, or phase by phase with
// rows of both releases in between.
func cycle(s *Service, phased bool, write func(string)) error {
	if !phased {
		_, err := command(s, "sync", "")
		return err
	}
	for i, step := range []string{"upgrade open02", "expand", "migrate", "contract"} {
		name, version, _ := strings.Cut(step, " ")
		if _, err := command(s, name, version); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
		if i == 1 {
			write("INSERT INTO goods (id, code, price, note) VALUES (10, 'old', 7.25, 'o')")
			write("INSERT INTO goods (id, code, cents, note) VALUES (11, 'new', 350, 'n')")
		}
	}
	return nil
}

// outcomeOf is all that a cycle has left: the schema, the rows, the version.
func outcomeOf(t *testing.T, db enginetest.Database) string {
	t.Helper()
	var b strings.Builder
	shape, err := json.MarshalIndent(enginetest.TakeSnapshot(t, db).Without("manage_journal", "manage_backfill", "manage_lease"), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	b.Write(shape)
	for _, table := range []string{"makers", "goods", "words", "manage_version_hostile"} {
		fmt.Fprintf(&b, "\n%s: %v", table, db.Query(t, "SELECT * FROM "+table+" ORDER BY 1"))
	}
	return b.String()
}

// hostile are settings that sessions begin with, as the server's administrator
// may make them. refused is a part of the refusal of those under which nothing
// is done.
type hostile struct {
	settings []string
	refused  string
	super    bool // the account is a superuser
}

// batches puts settings that need no refusal together, so many at once.
func batches(all []string, n int) []hostile {
	var out []hostile
	for part := range slices.Chunk(all, n) {
		out = append(out, hostile{settings: part})
	}
	return out
}

// postgresSettings are those of a role, as ALTER ROLE … SET takes them.
var postgresSettings = strings.Split(`default_transaction_isolation = serializable
default_transaction_deferrable = on
statement_timeout = 250
lock_timeout = 1
idle_in_transaction_session_timeout = 250
idle_session_timeout = 250
row_security = on
standard_conforming_strings = off
backslash_quote = off
escape_string_warning = off
quote_all_identifiers = on
transform_null_equals = on
array_nulls = off
bytea_output = escape
xmlbinary = hex
xmloption = document
DateStyle = "German, DMY"
IntervalStyle = iso_8601
TimeZone = "Asia/Tokyo"
timezone_abbreviations = "India"
extra_float_digits = -15
check_function_bodies = off
gin_fuzzy_search_limit = 1
exit_on_error = on
client_encoding = latin1
client_min_messages = error
default_text_search_config = "pg_catalog.german"
default_toast_compression = pglz
default_statistics_target = 1
synchronous_commit = off
constraint_exclusion = off
plan_cache_mode = force_generic_plan
jit = off
enable_seqscan = off
enable_indexscan = off
enable_bitmapscan = off
enable_hashjoin = off
enable_sort = off
from_collapse_limit = 1
join_collapse_limit = 1
geqo_threshold = 2
force_parallel_mode = on
work_mem = 64
temp_buffers = 100
max_parallel_workers = 0
random_page_cost = 0
vacuum_cost_delay = 10
vacuum_freeze_min_age = 0
password_encryption = md5
synchronize_seqscans = off
cursor_tuple_fraction = 0
lc_numeric = 'C'
application_name = somebody
default_table_access_method = heap
default_tablespace = pg_default
search_path = public
log_parameter_max_length_on_error = 1
tcp_user_timeout = 5000
wal_sender_timeout = 1
track_activities = off
recursive_worktable_factor = 1`, "\n")

func TestHostilePostgres(t *testing.T) {
	all := append(batches(postgresSettings, 16),
		hostile{settings: []string{"default_transaction_read_only = on"}, refused: "transactions are read-only"},
		hostile{settings: []string{"session_replication_role = replica"}, refused: "session_replication_role"},
		hostile{settings: []string{"search_path = pg_temp, public"}, refused: "the search path begins with pg_temp"},
		hostile{settings: []string{"search_path = nowhere"}, refused: "no schema of the search path exists"},
		hostile{super: true, settings: []string{"session_replication_role = replica", "log_statement = 'all'", "log_min_duration_statement = 0", "lc_messages = 'C'", "commit_delay = 1000", "wal_compression = on",
			"deadlock_timeout = '100ms'", "track_functions = 'all'", "zero_damaged_pages = on", "ignore_checksum_failure = on", "temp_file_limit = '1GB'"}},
	)
	want := map[bool]string{}
	for i, h := range append([]hostile{{}}, all...) {
		for _, phased := range []bool{false, true} {
			if phased && (h.refused != "" || i > 0 && i == len(all)) {
				continue
			}
			db := enginetest.Shared(t, flavor.Postgres).New(t)
			url := plainOwner(t, db)
			if h.super {
				asAdmin(t, db, "ALTER ROLE h_"+db.Name+" SUPERUSER")
			}
			for _, s := range h.settings {
				asAdmin(t, db, "ALTER ROLE h_"+db.Name+" SET "+s)
			}
			hostileRun(t, db, url, h, phased, want, i == 0, func() {})
		}
	}
}

// plainOwner makes an account without further rights the owner of the database,
// and returns the URL for it.
func plainOwner(t *testing.T, db enginetest.Database) string {
	name := "h_" + db.Name
	if db.Dialect == flavor.Postgres {
		asAdmin(t, db, "CREATE ROLE "+name+" LOGIN PASSWORD '"+enginetest.Password+"'")
		asAdmin(t, db, "ALTER DATABASE "+db.Name+" OWNER TO "+name)
		t.Cleanup(func() {
			asAdmin(t, db, "REASSIGN OWNED BY "+name+" TO current_user")
			asAdmin(t, db, "DROP OWNED BY "+name)
			asAdmin(t, db, "DROP ROLE "+name)
		})
	} else {
		asAdmin(t, db, "CREATE USER '"+name+"'@'%' IDENTIFIED BY '"+enginetest.Password+"'")
		asAdmin(t, db, "GRANT "+enginetest.Rights+" ON `"+db.Name+"`.* TO '"+name+"'@'%'")
		t.Cleanup(func() { asAdmin(t, db, "DROP USER '"+name+"'@'%'") })
	}
	return strings.Replace(db.URL, db.User+":", name+":", 1)
}

func asAdmin(t *testing.T, db enginetest.Database, query string) {
	t.Helper()
	if _, err := db.Admin().Exec(query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// hostileRun makes a cycle through the URL and compares what it leaves with what
// one without hostile settings leaves, which is the first that is made. back is
// called before the database is looked at.
func hostileRun(t *testing.T, db enginetest.Database, url string, h hostile, phased bool, want map[bool]string, first bool, back func()) {
	t.Helper()
	err := func() error {
		u, err := database.ParseURL(url)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := database.Open(t.Context(), u, database.Options{})
		if err != nil {
			return err
		}
		defer opened.Close()
		return cycle(&Service{Catalog: loaded(t, hostileCatalog), DB: opened}, phased, func(query string) { db.Exec(t, query) })
	}()
	back()
	switch {
	case h.refused != "":
		if err == nil || !strings.Contains(err.Error(), h.refused) {
			t.Errorf("with %q: %v, want a refusal with %q in it", h.settings, err, h.refused)
		}
		if tables := enginetest.TakeSnapshot(t, db).Tables; len(tables) > 0 {
			t.Errorf("with %q it was refused and left %d tables", h.settings, len(tables))
		}
	case err != nil:
		t.Errorf("with %q: %v", h.settings, err)
	case first:
		want[phased] = outcomeOf(t, db)
	default:
		if diff := cmp.Diff(strings.Split(want[phased], "\n"), strings.Split(outcomeOf(t, db), "\n")); diff != "" {
			t.Errorf("with %q the outcome is another (-want +got):\n%s", h.settings, diff)
		}
	}
}

package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"
	"unicode/utf8"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// evil is text that sets a terminal's title, writes over the line, changes
// colours in two ways and turns the order of letters round.
const evil = "\x1b]0;pwned\a\rEVIL\u009b31m\u202e\u2028"

// inTOML is evil in a string of TOML.
const inTOML = `\u001b]0;pwned\u0007\rEVIL\u009b31m\u202e\u2028`

// evilCatalog is a catalog with evil in everything that it may say in words.
func evilCatalog(name string) Catalog {
	files := fstest.MapFS{}
	for file, text := range map[string]string{
		"catalog.toml": `name = "` + name + `"
version_table = "alembic_version"
title = "` + inTOML + `"
downgrade_reason = "` + inTOML + `"
[[guard]]
phase = "contract"
name = "old nodes` + inTOML + `"
message = "they report` + inTOML + `"
query = "SELECT host FROM nodes"
`,
		"versions/open01_nodes.toml": `revision = "open01"
branch = "trunk"
message = "nodes` + inTOML + `"
[[up]]
create_table = { name = "nodes", columns = [{ name = "id", type = "integer", nullable = false }, { name = "host", type = "string(50)" }, { name = "rack", type = "integer" }], primary_key = ["id"] }
`,
		"versions/art_expand01_zone.toml": `revision = "art_expand01"
revises = "open01"
message = "zone` + inTOML + `"
[[up]]
add_column = { table = "nodes", name = "zone", type = "integer" }
`,
		"versions/art_contract01_rack.toml": `revision = "art_contract01"
revises = "open01"
depends_on = ["art_migrate01"]
message = "rack` + inTOML + `"
[[up]]
drop_column = { table = "nodes", name = "rack" }
`,
		"versions/art_migrate01_zone.toml": `migration = "art_migrate01"
depends_on = ["art_expand01"]
message = "move` + inTOML + `"
pending = "SELECT 1 FROM nodes WHERE zone IS NULL AND rack IS NOT NULL"
[[step]]
table = "nodes"
key = ["id"]
where = "zone IS NULL"
set = { zone = "rack" }
`,
	} {
		files[file] = &fstest.MapFile{Data: []byte(text)}
	}
	return Catalog{Name: name, Files: files}
}

// evilStates bring a database into states in which evil is in what commands
// read. All but the first begin with the trunk's revision.
var evilStates = map[string][]string{
	"an empty database": nil,
	"rows":              {"INSERT INTO nodes (id, host, rack) VALUES (1, ?, 2)"},
	"version rows":      {"INSERT INTO alembic_version VALUES (?)"},
	"a version row":     {"UPDATE alembic_version SET version_num = ?"},
	"the lease": {"UPDATE manage_lease SET holder = ?, doing = 'x' || holder, server_session = holder, expires = '2999-01-01 00:00:00'",
		"UPDATE manage_lease SET doing = ?", "UPDATE manage_lease SET server_session = ?"},
	"a lease that ran out": {"UPDATE manage_lease SET holder = ?, doing = 'x' || holder, expires = '2000-01-01 00:00:00'", "UPDATE manage_lease SET doing = ?"},
	"the journal": {"UPDATE manage_journal SET who = ?", "UPDATE manage_journal SET checksum = ?", "UPDATE manage_journal SET error = ?",
		"UPDATE manage_journal SET revision = ?"},
	"a failed attempt": {"UPDATE manage_journal SET error = ?", "UPDATE manage_journal SET who = ?", "DELETE FROM alembic_version WHERE version_num <> ?"},
	"a phase":          {"UPDATE manage_journal SET phase = ?"},
	"a time":           {"UPDATE manage_lease SET beat = ?"},
	"a data migration": {"CREATE TABLE IF NOT EXISTS manage_backfill (catalog VARCHAR(128) NOT NULL, migration VARCHAR(128) NOT NULL, key_range VARCHAR(255) NOT NULL, position TEXT NOT NULL, rows_done BIGINT NOT NULL, estimate BIGINT NOT NULL, started VARCHAR(32) NOT NULL, updated VARCHAR(32) NOT NULL, finished VARCHAR(32) NULL, batch_rows BIGINT NULL, waiting TEXT NULL, speed_milli BIGINT NULL, PRIMARY KEY (catalog, migration, key_range))",
		"INSERT INTO manage_backfill SELECT catalog, 'art_migrate01', '', '', 1, 2, '2026-01-01 00:00:00', '2026-01-01 00:00:00', NULL, 1, ?, 1 FROM manage_lease",
		"INSERT INTO manage_backfill SELECT catalog, ?, '', '', 1, 2, '2026-01-01 00:00:00', '2026-01-01 00:00:00', NULL, 1, 'x', 1 FROM manage_lease"},
	"a position": {"CREATE TABLE IF NOT EXISTS manage_backfill (catalog VARCHAR(128) NOT NULL, migration VARCHAR(128) NOT NULL, key_range VARCHAR(255) NOT NULL, position TEXT NOT NULL, rows_done BIGINT NOT NULL, estimate BIGINT NOT NULL, started VARCHAR(32) NOT NULL, updated VARCHAR(32) NOT NULL, finished VARCHAR(32) NULL, batch_rows BIGINT NULL, waiting TEXT NULL, speed_milli BIGINT NULL, PRIMARY KEY (catalog, migration, key_range))",
		"INSERT INTO manage_backfill SELECT catalog, 'art_migrate01', ?, '', 1, 2, '2026-01-01 00:00:00', '2026-01-01 00:00:00', NULL, 1, NULL, 1 FROM manage_lease",
		"UPDATE manage_backfill SET position = ?"},
	"tables": {"CREATE TABLE \"t%s\" (\"c%s\" INTEGER DEFAULT '%s' CHECK (\"c%s\" <> '%s'))", "CREATE VIEW \"v%s\" AS SELECT rack AS \"%s\" FROM nodes", "ALTER TABLE nodes ADD COLUMN \"%s\" INTEGER",
		"CREATE TRIGGER \"g%s\" AFTER INSERT ON nodes BEGIN SELECT RAISE(ABORT, '%s') WHERE NEW.rack = 9; END", "CREATE INDEX \"i%s\" ON nodes (rack)", "INSERT INTO nodes (id, host, rack) VALUES (1, ?, 2)"},
	"a trigger that fails": {"INSERT INTO nodes (id, host, rack) VALUES (1, ?, 2)", "CREATE TRIGGER g BEFORE UPDATE ON nodes BEGIN SELECT RAISE(ABORT, '%s'); END"},
	"another type":         {"UPDATE manage_journal SET total = ?"},
}

// evilDatabase makes a database in a state.
func evilDatabase(t *testing.T, p Program, statements []string) string {
	t.Helper()
	e := enginetest.New(t, flavor.SQLite)
	if statements == nil {
		return filepath.Join(t.TempDir(), "x.sqlite")
	}
	if code, _, errs := callMain(t, p, "--connection", e.URL, "db", "upgrade", "open01"); code != 0 {
		t.Fatal(errs)
	}
	for _, s := range statements {
		s = strings.ReplaceAll(s, "%s", strings.NewReplacer("'", "''", `"`, `""`).Replace(evil))
		var args []any
		if strings.Contains(s, "?") {
			args = []any{evil}
		}
		if _, err := e.SQL().Exec(s, args...); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return e.Name
}

// evilCommands are all commands that read a database or a catalog, and those
// that write, in some of their forms. D stands for a directory.
func evilCommands() []string {
	return []string{
		"db version", "db check", "db status", "db history", "db heads", "db graph", "db graph --format mermaid", "db graph --format dot", "db lease", "db lease clear --yes",
		"db plan", "db plan expand", "db plan contract", "db plan --sql", "db plan contract --sql", "db plan --dialect postgres --sql", "db plan --dialect mysql",
		"db verify", "db verify --rows", "db wait current --timeout 1ms", "db sync", "db -v sync", "db upgrade", "-v db expand", "db migrate", "db contract", "db downgrade base --yes",
		"db stamp heads", "db stamp base --yes", "db stamp " + evil, "db sync " + evil, "db " + evil, evil, "db upgrade open01", "--debug db status", "db create_schema",
		"db purge", "db revision -m " + evil, "db rebase " + evil, "catalogs", "completion bash", "--help", "--version", "db sync --help",
		"--connection " + evil + " db version", "--connection sqlite:///D/" + evil + " db version", "--connection mysql://u:S3CRETWORD@h/d?" + evil + "=1 db version", "--config-file D/net.toml db version",
		"--connection-file D/" + evil + " db version", "--config-file D/" + evil + " db version", "--config-dir D/" + evil + " db version", "--catalog D/" + evil + " db heads", "--catalog " + evil + " db heads",
		"--config-file D/a.toml db version", "--config-file D/b.toml db version", "--config-file D/c.toml db check", "--config-file D/a.conf db version", "--config-file D/b.conf db version",
		"--catalog D/cat db heads", "--catalog D/bad db heads", "--catalog D/names db heads", "--catalog D/names db sync",
		"init D/new" + evil + " --name " + evil, "init D/from --from-database",
	}
}

// evilFiles are files in the directory D.
func evilFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	odd := strings.NewReplacer("\a", "", "/", "").Replace(evil)
	for name, text := range map[string]string{
		"a.toml": "[database]\nconnection = \"" + inTOML + "\"\n", "b.toml": "[" + evil + "]\nx = 1\n", "c.toml": "[[throttle]]\nname = \"" + inTOML + "\"\nquery = \"SELECT '" + inTOML + "'\"\n",
		"a.conf": "[database]\nconnection = " + evil + "\n", "b.conf": evil + "\n",
		"net.toml":         "[database]\nconnection = \"postgresql://u:S3CRETWORD@h" + inTOML + "/d\"\nmax_retries = 0\n",
		"cat/catalog.toml": "name = \"cat\"\n", "cat/versions/" + odd + ".toml": "revision = \"x\"\nfoo" + evil + " = 1\n", "cat/versions/b.toml": "revision = \"" + inTOML + "\"\n", "cat/versions/c.sql": "-- revision: c\n-- mesage: " + evil + "\n-- +up " + evil + "\nSELECT '" + evil + "';\n",
		"bad/catalog.toml":   "name = \"" + inTOML + "\"\nx = \"" + inTOML + "\"\n",
		"names/catalog.toml": "name = \"names\"\n", "names/versions/a.toml": "revision = \"a\"\n[[up]]\ncreate_table = { name = \"t" + inTOML + "\", columns = [{ name = \"c" + inTOML + "\", type = \"integer\" }] }\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// shows fails a test if a text could do anything to a terminal but show text.
func shows(t *testing.T, what, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%s: not UTF-8: %q", what, text)
	}
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' {
			t.Errorf("%s: %U in %q", what, r, text)
			return
		}
	}
	if strings.Contains(text, "S3CRETWORD") || strings.Contains(text, "goroutine ") {
		t.Errorf("%s: a password or a stack in %q", what, text)
	}
}

// Nothing that commands say can control a terminal, whatever is in the catalog,
// the database, the configuration and the words.
func TestNothingHostileReachesTheTerminal(t *testing.T) {
	p := Program{Catalogs: []Catalog{evilCatalog("inn")}, Environ: []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}}
	files := evilFiles(t)
	told := 0
	for state, statements := range evilStates {
		whole := evilDatabase(t, p, statements)
		for _, command := range evilCommands() {
			for _, asJSON := range []bool{false, true} {
				if state != "rows" && (strings.Contains(command, "D/") || asJSON && !strings.HasPrefix(command, "db ")) {
					continue // these do not ask the database
				}
				file := filepath.Join(t.TempDir(), "x.sqlite")
				if content, err := os.ReadFile(whole); err == nil {
					if err := os.WriteFile(file, content, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				var words []string
				for _, w := range strings.Split(command, " ") {
					words = append(words, strings.ReplaceAll(w, "D/", files+"/"))
				}
				if !strings.Contains(command, "--connection") && !strings.Contains(command, "net.toml") {
					words = append([]string{"--connection", "sqlite:///" + file}, words...)
				}
				if asJSON {
					words = append([]string{"-o", "json"}, words...)
				}
				_, out, errs := callMain(t, p, append([]string{"--lock-timeout=1ms", "--lock-retries=0", "--wait=1ms"}, words...)...)
				what := fmt.Sprintf("%s: %q", state, words)
				shows(t, what, out)
				shows(t, what, errs)
				if strings.Contains(out+errs, `\x1b]0;pwned`) || strings.Contains(out, `\u001b]0;pwned`) {
					told++
				}
				if asJSON && strings.HasPrefix(out, "{") {
					for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); {
						var v any
						if err := dec.Decode(&v); err != nil {
							t.Fatalf("%s: %v: %s", what, err, out)
						}
					}
				}
			}
		}
	}
	if told < 100 {
		t.Errorf("evil was told of %d times only: the test does not see what it is about", told)
	}
}

// The same under the older names, whose logs and tables have forms of their own.
func TestNothingHostileUnderOlderNames(t *testing.T) {
	for tool, commands := range map[string][]string{
		"glance-manage":     {"db version", "db check", "db upgrade", "db expand", "db migrate", "db contract", "db sync", "db sync " + evil, "db load_metadefs D/" + evil, "db " + evil, "--debug db version", "--log-file D/log --debug db sync", "--log-file D/" + evil + "/log db sync", "--config-file D/b.conf db version", "db purge", "db version_control " + evil, "--help"},
		"watcher-db-manage": {"version", "upgrade", "stamp " + evil, "create_schema", "revision -m " + evil, "purge", "downgrade", evil, "--debug version", "--config-file D/a.conf version"},
		"solum-db-manage":   {"version", "upgrade", "stamp " + evil, "revision -m " + evil, "downgrade", evil, "--config-file D/" + evil + " version"},
		"mogan-dbsync":      {"version", "upgrade", "stamp " + evil, "create_schema", "revision -m " + evil, evil, "--config-dir D/" + evil + " version"},
	} {
		name, _, _ := strings.Cut(tool, "-")
		p := Program{Catalogs: []Catalog{evilCatalog(name)}}
		files := evilFiles(t)
		for state, statements := range evilStates {
			if state == "the lease" {
				continue // these wait for it for long
			}
			whole := evilDatabase(t, Program{Catalogs: p.Catalogs, Environ: []string{"HOME=" + files}}, statements)
			for _, command := range commands {
				file := filepath.Join(t.TempDir(), "x.sqlite")
				if content, err := os.ReadFile(whole); err == nil {
					if err := os.WriteFile(file, content, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				var out, errs bytes.Buffer
				p.Args = append([]string{tool}, strings.Split(strings.ReplaceAll(command, "D/", files+"/"), " ")...)
				p.In, p.Out, p.Err = strings.NewReader("y\n"), &out, &errs
				p.Environ = []string{"HOME=" + files, "OS_DATABASE__CONNECTION=sqlite:///" + file}
				Main(p)
				what := fmt.Sprintf("%s: %q", state, p.Args)
				shows(t, what, out.String())
				shows(t, what, errs.String())
			}
		}
		if log, err := os.ReadFile(filepath.Join(files, "log")); tool == "glance-manage" && (err != nil || len(log) == 0) {
			t.Error("there is no log file: ", err)
		} else {
			shows(t, "the log file", string(log))
		}
	}
}

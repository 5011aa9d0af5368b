package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"manage/engine/flavor"
)

// keyKind is the kind of a table's primary key.
type keyKind string

const (
	keyNumber keyKind = "bigint"
	keyText   keyKind = "string(36)"
)

// table is what benchBackfill fills: items with a price, which the next release
// keeps as a cost in cents.
type table struct {
	key  keyKind
	rows int
	dir  string // the catalog, the rows and the scripts
}

// rangeRows is the length of the key ranges in the loop that manage is compared
// with.
const rangeRows = 1000

// id is the key of row i, counted from 1; in the order of i. The texts have the
// form of UUIDs.
func (t table) id(i int) string {
	if t.key == keyNumber {
		return fmt.Sprint(i)
	}
	mixed := uint64(i) * 0x9E3779B97F4A7C15 // the golden ratio: a multiplier that spreads
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", i*400, mixed>>48, mixed>>36&0xfff, mixed>>24&0xfff, mixed&0xffffffffffff)
}

// literal is the key of row i in SQL.
func (t table) literal(i int) string {
	if t.key == keyNumber {
		return t.id(i)
	}
	return "'" + t.id(i) + "'"
}

func (t table) catalog() map[string]string {
	return map[string]string{
		"catalog.toml": "name = \"shop\"\nreleases = [\"one\"]\n",
		"versions/first.toml": fmt.Sprintf(`revision = "first"
[[up]]
create_table = { name = "items", columns = [
  { name = "id", type = "%s", nullable = false },
  { name = "price", type = "integer", nullable = false },
  { name = "note", type = "string(100)" },
], primary_key = ["id"] }
`, t.key),
		"versions/one_expand01.toml": `revision = "one_expand01"
revises = "first"
branch = "expand"
[[up]]
add_column = { table = "items", name = "cost", type = "bigint" }
`,
		"versions/one_migrate01.toml": `migration = "one_migrate01"
depends_on = "one_expand01"
before = "one_contract01"
pending = "SELECT 1 FROM items WHERE cost IS NULL LIMIT 1"
[[step]]
table = "items"
key = ["id"]
where = "cost IS NULL"
[step.set]
cost = "price * 100"
`,
		"versions/one_contract01.toml": `revision = "one_contract01"
revises = "first"
branch = "contract"
depends_on = ["one_expand01", "one_migrate01"]
[[up]]
drop_column = { table = "items", name = "price" }
`,
	}
}

// write makes the catalog, the file with the rows, and the scripts.
func (t table) write() error {
	if err := write(t.dir, t.catalog()); err != nil {
		return err
	}
	if err := os.WriteFile(t.whole(), []byte(t.update()+";\n"), 0o644); err != nil {
		return err
	}
	if err := lines(t.loop(), t.rows/rangeRows, func(i int) string {
		return fmt.Sprintf("%s AND id >= %s AND id <= %s;", t.update(), t.literal(i*rangeRows+1), t.literal((i+1)*rangeRows))
	}); err != nil {
		return err
	}
	return lines(t.data(), t.rows, func(i int) string {
		return fmt.Sprintf("%s\t%d\ta note of some length for each item", t.id(i+1), i%1000)
	})
}

// lines writes n lines to a file.
func lines(path string, n int, line func(int) string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	for i := range n {
		fmt.Fprintln(w, line(i)) // Flush reports what fails
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

func (t table) data() string  { return filepath.Join(t.dir, "rows.tsv") }
func (t table) whole() string { return filepath.Join(t.dir, "whole.sql") }
func (t table) loop() string  { return filepath.Join(t.dir, "loop.sql") }

// update is the statement that fills the new column of all rows.
func (t table) update() string { return "UPDATE items SET cost = price * 100 WHERE cost IS NULL" }

// load brings the rows into a database, as fast as its client can, and lets the
// server settle.
func (t table) load(db database) error {
	file := filepath.Join(t.dir, "load.sql")
	text := map[flavor.Dialect]string{
		flavor.SQLite:   ".mode tabs\n.import %s items\nPRAGMA wal_checkpoint(TRUNCATE);\n",
		flavor.Postgres: "\\copy items FROM '%s'\nVACUUM ANALYZE items;\nCHECKPOINT;\n",
	}[db.target.dialect]
	if text == "" {
		text = "LOAD DATA LOCAL INFILE '%s' INTO TABLE items;\nANALYZE TABLE items;\n"
	}
	if err := os.WriteFile(file, []byte(fmt.Sprintf(text, t.data())), 0o644); err != nil {
		return err
	}
	p := db.client(file)
	if db.target.dialect.MySQLFamily() {
		if err := db.execute("SET GLOBAL local_infile = 1"); err != nil {
			return err
		}
		p.args = append([]string{p.args[0], p.args[1], "--local-infile=1"}, p.args[2:]...)
	}
	_, err := p.run()
	return err
}

// writes are the single-row statements of a client of the old release and of
// one of the new release, for row i.
func (t table) writes(i int) (older, newer string) {
	where := " WHERE id = " + t.literal(i)
	return fmt.Sprintf("UPDATE items SET price = %d", i%997) + where,
		fmt.Sprintf("UPDATE items SET price = %d, cost = %d", i%991, i%991*100) + where
}

// parseTable is the table that arguments name; see startWriters.
func parseTable(key, rows string) (table, error) {
	t := table{key: keyKind(key)}
	_, err := fmt.Sscan(strings.TrimSpace(rows), &t.rows)
	return t, err
}

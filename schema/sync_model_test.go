package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// syncedRow is a row as the plain model has it; "" is NULL.
type syncedRow struct{ open, word string }

// synced is the plain model of one table with a bridge: what the reference says
// of sync_columns, row by row.
type synced struct {
	table, conflict string
	defaults        syncedRow
	rows            map[int]syncedRow
}

func toWord(open string) string { return map[string]string{"": "", "0": "shared", "1": "public"}[open] }

func toOpen(word string) string {
	return map[string]string{"": "", "public": "1", "shared": "0", "private": "0"}[word]
}

// settle is what becomes of a row in which the columns were written; false if
// it is refused.
func (m *synced) settle(r syncedRow, oldWritten, newWritten bool) (syncedRow, bool) {
	agree := r.word == toWord(r.open) || r.open == toOpen(r.word)
	switch {
	case agree || !oldWritten && !newWritten:
	case oldWritten && newWritten && m.conflict == "refuse":
		return r, false
	case oldWritten && (!newWritten || m.conflict == "old"):
		r.word = toWord(r.open)
	default:
		r.open = toOpen(r.word)
	}
	return r, true
}

func (m *synced) insert(r syncedRow) (syncedRow, bool) {
	oldAtDefault := m.defaults.open != "" && r.open == m.defaults.open
	newAtDefault := m.defaults.word != "" && r.word == m.defaults.word
	oldWritten := r.open != "" && !(oldAtDefault && r.word != "" && !newAtDefault)
	newWritten := r.word != "" && !(newAtDefault && r.open != "")
	return m.settle(r, oldWritten, newWritten)
}

func (m *synced) update(was, r syncedRow) (syncedRow, bool) {
	return m.settle(r, was.open != r.open, was.word != r.word)
}

// write is a statement on the table, and what it does to a copy of the rows;
// false if it is refused.
type write struct {
	sql  string
	does func(rows map[int]syncedRow) bool
}

func lit(value string) string {
	switch value {
	case "":
		return "NULL"
	case "0", "1":
		return value
	}
	return "'" + value + "'"
}

// drawWrite makes a random statement of a random writer: of the old release, of
// the new one, or one that knows both columns.
func (m *synced) drawWrite(t *rapid.T, d flavor.Dialect) write {
	columns := rapid.SampledFrom([][]string{{"open"}, {"word"}, {"open", "word"}, {}}).Draw(t, "columns")
	value := func(column string) string {
		if column == "open" {
			return rapid.SampledFrom([]string{"", "0", "1"}).Draw(t, column)
		}
		return rapid.SampledFrom([]string{"", "public", "shared", "private"}).Draw(t, column)
	}
	set := func(r syncedRow, column, v string) syncedRow {
		if column == "open" {
			r.open = v
		} else {
			r.word = v
		}
		return r
	}
	kinds := []string{"insert", "update", "flip", "copy"}
	if len(columns) == 1 {
		kinds = append(kinds, "upsert")
	}
	if d != flavor.Postgres {
		kinds = append(kinds, "replace")
	}
	kind := rapid.SampledFrom(kinds).Draw(t, "kind")
	switch {
	case kind == "flip":
		return m.flip()
	case kind == "copy":
		return m.copyRows()
	case kind == "update" && len(columns) > 0:
		return m.drawUpdate(t, columns, value, set)
	case kind == "update":
		return write{"UPDATE " + m.table + " SET seen = 7", func(map[int]syncedRow) bool { return true }}
	}
	return m.drawRows(t, d, kind, columns, value, set)
}

// flip changes many rows from what is in them.
func (m *synced) flip() write {
	return write{"UPDATE " + m.table + " SET open = 1 - open", func(rows map[int]syncedRow) bool {
		for id, was := range rows {
			r := was
			r.open = map[string]string{"": "", "0": "1", "1": "0"}[r.open]
			now, ok := m.update(was, r)
			if !ok {
				return false
			}
			rows[id] = now
		}
		return true
	}}
}

// copyRows is INSERT … SELECT of both columns.
func (m *synced) copyRows() write {
	sql := fmt.Sprintf("INSERT INTO %s (id, open, word) SELECT id + 100, open, word FROM %s WHERE id < 100 AND id + 100 NOT IN (SELECT id FROM (SELECT id FROM %s) AS there)", m.table, m.table, m.table)
	return write{sql, func(rows map[int]syncedRow) bool {
		for id, r := range maps.Clone(rows) {
			if _, there := rows[id+100]; id >= 100 || there {
				continue
			}
			now, ok := m.insert(r)
			if !ok {
				return false
			}
			rows[id+100] = now
		}
		return true
	}}
}

// drawUpdate sets columns of all rows, or of those with some keys.
func (m *synced) drawUpdate(t *rapid.T, columns []string, value func(string) string, set func(syncedRow, string, string) syncedRow) write {
	most := rapid.IntRange(1, 4).Draw(t, "most")
	values, sets := map[string]string{}, []string{}
	for _, c := range columns {
		values[c] = value(c)
		sets = append(sets, c+" = "+lit(values[c]))
	}
	return write{fmt.Sprintf("UPDATE %s SET %s WHERE id <= %d", m.table, strings.Join(sets, ", "), most), func(rows map[int]syncedRow) bool {
		for id, was := range rows {
			if id > most {
				continue
			}
			r := was
			for _, c := range columns {
				r = set(r, c, values[c])
			}
			now, ok := m.update(was, r)
			if !ok {
				return false
			}
			rows[id] = now
		}
		return true
	}}
}

// drawRows inserts, replaces or upserts rows that are given by value.
func (m *synced) drawRows(t *rapid.T, d flavor.Dialect, kind string, columns []string, value func(string) string, set func(syncedRow, string, string) syncedRow) write {
	ids := rapid.SliceOfNDistinct(rapid.IntRange(1, 4), 1, 3, rapid.ID).Draw(t, "ids")
	var lists []string
	given := map[int]syncedRow{}
	for _, id := range ids {
		r, list := m.defaults, []string{fmt.Sprint(id)}
		for _, c := range columns {
			v := value(c)
			r, list = set(r, c, v), append(list, lit(v))
		}
		given[id] = r
		lists = append(lists, "("+strings.Join(list, ", ")+")")
	}
	verb := map[string]string{"replace": "REPLACE"}[kind]
	sql := fmt.Sprintf("%s INTO %s (%s) VALUES %s", max(verb, "INSERT"), m.table, strings.Join(append([]string{"id"}, columns...), ", "), strings.Join(lists, ", "))
	switch {
	case kind == "insert":
		sql = fmt.Sprintf("DELETE FROM %s WHERE id IN (%s);", m.table, strings.Trim(strings.Join(strings.Fields(fmt.Sprint(ids)), ", "), "[]")) + sql
	case kind == "upsert" && d.MySQLFamily():
		sql += fmt.Sprintf(" ON DUPLICATE KEY UPDATE %s = VALUES(%s)", columns[0], columns[0])
	case kind == "upsert":
		sql += fmt.Sprintf(" ON CONFLICT (id) DO UPDATE SET %s = excluded.%s", columns[0], columns[0])
	}
	return write{sql, func(rows map[int]syncedRow) bool {
		for _, id := range ids {
			r := given[id]
			now, ok := m.insert(r)
			if was, there := rows[id]; there && kind == "upsert" {
				// Where triggers come before the row, the one for inserts has seen it.
				if d != flavor.SQLite && !ok {
					return false
				}
				if d != flavor.SQLite {
					r = now
				}
				changed := was
				if columns[0] == "open" {
					changed.open = r.open
				} else {
					changed.word = r.word
				}
				now, ok = m.update(was, changed)
			}
			if !ok {
				return false
			}
			rows[id] = now
		}
		return true
	}}
}

// String is the rows as syncing.rows has them.
func (m *synced) String() string {
	var all []string
	for _, id := range slices.Sorted(maps.Keys(m.rows)) {
		r := m.rows[id]
		all = append(all, fmt.Sprintf("%s %s", max(r.open, "-"), max(r.word, "-")))
	}
	return strings.Join(all, ", ")
}

// syncedTables are the tables of the model test: for each rule of conflicts one
// without defaults and one with.
func syncedTables(t *testing.T, db enginetest.Database) []*synced {
	var all []*synced
	for _, conflict := range []string{"refuse", "new", "old"} {
		for _, defaults := range []syncedRow{{}, {open: "0"}, {open: "1", word: "private"}} {
			m := &synced{table: fmt.Sprintf("goods_%s_%s", conflict, defaults.open), conflict: conflict, defaults: defaults}
			text := strings.ReplaceAll(syncTable+fmt.Sprintf(syncBridge, fmt.Sprintf("conflict = %q", conflict)), `"goods"`, fmt.Sprintf("%q", m.table))
			text = strings.Replace(text, `name = "word"`+"\ntable", fmt.Sprintf("name = %q\ntable", m.table), 1)
			if defaults.open != "" {
				text = strings.Replace(text, `name = "open", type = "integer"`, `name = "open", type = "integer", default = `+defaults.open, 1)
			}
			if defaults.word != "" {
				text = strings.Replace(text, `type = "string(10)"`, fmt.Sprintf(`type = "string(10)", default = %q`, defaults.word), 1)
			}
			execute(t, db, fold(t, New(db.Flavor), forDialect(parse(t, text), db.Dialect)))
			all = append(all, m)
		}
	}
	return all
}

// TestSyncModel runs random statements of both releases, and compares the rows
// with those of the model after each.
func TestSyncModel(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		tables := syncedTables(t, db)
		s := &syncing{db: db}
		rapid.Check(t, func(rt *rapid.T) {
			m := rapid.SampledFrom(tables).Draw(rt, "table")
			m.rows = map[int]syncedRow{}
			if err := s.exec("DELETE FROM " + m.table); err != nil {
				rt.Fatal(err)
			}
			for range rapid.IntRange(1, 8).Draw(rt, "statements") {
				w := m.drawWrite(rt, db.Dialect)
				before, rows := m.String(), maps.Clone(m.rows)
				statement := w.sql
				if first, rest, two := strings.Cut(w.sql, ";"); two {
					if err := s.exec(first); err != nil {
						rt.Fatal(err)
					}
					statement = rest
				}
				refused := !w.does(rows)
				if err := s.exec(statement); (err != nil) != refused || err != nil && !strings.Contains(err.Error(), "don't agree") {
					rt.Fatalf("%s on %q: %v, want refused %v", w.sql, before, err, refused)
				}
				if refused {
					rows = m.afterDelete(w.sql)
				}
				m.rows = rows
				got := strings.NewReplacer("\n", ", ", "<nil>", "-").Replace(strings.TrimSpace(contents(t, db, "SELECT open, word FROM "+m.table+" ORDER BY id")))
				if got != m.String() {
					rt.Fatalf("%s on %q: got %q, want %q", w.sql, before, got, m)
				}
			}
		})
	})
}

// afterDelete is what is left of the rows when only the first of two statements
// did its work: the one that makes room.
func (m *synced) afterDelete(sql string) map[int]syncedRow {
	rows := maps.Clone(m.rows)
	if first, _, two := strings.Cut(sql, ";"); two {
		maps.DeleteFunc(rows, func(id int, _ syncedRow) bool {
			return strings.Contains(strings.TrimPrefix(first, "DELETE"), fmt.Sprint(" ", id)) || strings.Contains(first, fmt.Sprintf("(%d", id))
		})
	}
	return rows
}

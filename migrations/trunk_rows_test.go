package migrations_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"manage/engine/flavor"
	"manage/schema"
)

// quote is a name as the site's server quotes it.
func (s *site) quote(name string) string {
	if s.Dialect.MySQLFamily() {
		return "`" + name + "`"
	}
	return `"` + name + `"`
}

// fill adds the row number n to every table. All of its numbers are n and all
// of its words read so, so that every foreign key finds the row of that number.
func (s *site) fill(t testing.TB, n int) {
	t.Helper()
	for _, table := range s.referredFirst() {
		var columns, values []string
		for _, c := range table.Columns {
			columns, values = append(columns, s.quote(c.Name)), append(values, s.value(c, n))
		}
		s.mustRun(t, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", s.quote(table.Name), strings.Join(columns, ", "), strings.Join(values, ", ")))
	}
}

// referredFirst are the tables, each after those that it refers to.
func (s *site) referredFirst() []*schema.Table {
	var tables []*schema.Table
	done := map[string]bool{}
	for len(tables) < len(s.state.Tables) {
		for _, name := range s.state.TableNames() {
			table := s.state.Tables[name]
			ready := !slices.ContainsFunc(table.ForeignKeys, func(f *schema.ForeignKey) bool { return f.RefTable != name && !done[f.RefTable] })
			if ready && !done[name] {
				tables, done[name] = append(tables, table), true
			}
		}
	}
	return tables
}

// value is what a column of the row number n holds.
func (s *site) value(c *schema.Column, n int) string {
	typ := strings.ToLower(c.Type)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(typ, w) })
	}
	switch e := s.state.Enums[c.Type]; {
	case e != nil:
		return "'" + e.Values[n%len(e.Values)] + "'"
	case has("enum("):
		words := strings.Split(strings.TrimSuffix(strings.TrimPrefix(c.Type, "enum("), ")"), ",")
		return words[n%len(words)]
	case has("boolean", "tinyint(1)"):
		return s.bool(n%2 == 0)
	case has("int", "numeric", "decimal", "float", "double", "real"):
		return fmt.Sprint(n)
	case has("datetime", "timestamp"):
		return fmt.Sprintf("'2020-01-%02d 03:04:05'", n%28+1)
	}
	return fmt.Sprintf("'%d'", n)
}

// rows are the values of the columns of every table, one column a line, in the
// order of the tables' keys. Columns are called table.column.
func (s *site) rows(t testing.TB) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, table := range s.state.Tables {
		for _, c := range table.Columns {
			column := s.quote(c.Name)
			if s.Dialect == flavor.Postgres {
				column += "::text"
			}
			query := fmt.Sprintf("SELECT %s FROM %s ORDER BY %s", column, s.quote(name), s.quote(table.PrimaryKey.Columns[0]))
			all[name+"."+c.Name] = strings.Join(s.strings(t, query), " ")
		}
	}
	return all
}

// inCommon keeps of two lists of rows those columns that both have, under the
// second one's names where a column was renamed.
func inCommon(a, b, renamed map[string]string) (map[string]string, map[string]string) {
	keptA, keptB := map[string]string{}, map[string]string{}
	for column, values := range a {
		if to, ok := renamed[column]; ok {
			column = to
		}
		if other, ok := b[column]; ok {
			keptA[column], keptB[column] = values, other
		}
	}
	return keptA, keptB
}

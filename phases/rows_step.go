package phases

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/plan"
	"manage/engine/sqltext"
	"manage/migrations/catalog"
	"manage/phases/backfill/compare"
	"manage/schema"
)

// step is one step of a data migration that is to be compared.
type step struct {
	*rowChecks
	migration *catalog.Migration
	number    int
	gone      removal
}

func (s *step) of() catalog.MigrationStep { return s.migration.Steps[s.number] }

func (s *step) text(t schema.Text) string {
	text, _ := t.For(s.state.Flavor.Dialect)
	return text
}

// check plans the comparison of the step; false if nothing is removed that it
// reads, or its columns are not there. A row in which all that is removed is NULL
// is not compared: an old place that says nothing cannot be missed.
func (s *step) check() (plan.RowCheck, bool) {
	st := s.of()
	table := s.state.Table(st.Table)
	if table == nil || !s.concerned() {
		return plan.RowCheck{}, false
	}
	c := plan.RowCheck{
		Name: compare.Name(fmt.Sprintf("%s %d", s.migration.ID, s.number+1)), By: s.migration.ID,
		File: st.Source.File, Line: st.Source.Line, Table: st.Table, Key: st.Key,
		What: fmt.Sprintf("%s with what %s made of it", st.Table, s.migration.ID),
	}
	if st.Verify.Never {
		c.Skipped = "its step says verify = false"
		return c, true
	}
	if rule := s.text(st.Verify.Rule); rule != "" {
		c.Agrees, c.Columns = rule, columnsIn(table, s.columnNames(rule))
		if from := s.sources(s.columnNames(rule)); len(from) > 0 {
			c.Where = s.state.Filled(from)
		}
		return c, true
	}
	if len(st.Set) == 0 {
		c.Skipped = "it runs statements, of which nobody can tell what they should have left; say it with verify"
		return c, true
	}
	s.columns(&c, table)
	return c, c.Agrees != "" || c.Skipped != ""
}

// concerned reports whether something is removed that the step reads.
func (s *step) concerned() bool {
	st := s.of()
	texts := []string{s.text(st.Verify.Rule)}
	for _, column := range st.SetOrder {
		texts = append(texts, s.text(st.Set[column]))
	}
	for _, statement := range st.Statements {
		texts = append(texts, s.text(statement))
	}
	return s.reads(names(texts...))
}

// reads reports whether something that goes is among names, which stand in a
// text about the rows of the step's table.
func (s *step) reads(found map[string]bool) bool {
	if len(s.sources(found)) > 0 {
		return true
	}
	for t := range found {
		if s.gone.table(t) && s.state.Table(t) != nil {
			return true
		}
		for c := range s.gone.columns[t] {
			if found[c] {
				return true
			}
		}
	}
	return false
}

// sources are the columns of the step's own table, among names, that go.
func (s *step) sources(found map[string]bool) []string {
	return slices.DeleteFunc(columnsIn(s.state.Table(s.of().Table), found), func(c string) bool { return !s.gone.column(s.of().Table, c) })
}

// columns plans the comparison of the columns that the step sets.
func (s *step) columns(c *plan.RowCheck, table *schema.Table) {
	st := s.of()
	var agrees, from []string
	for _, column := range st.SetOrder {
		expr := s.text(st.Set[column])
		found := names(expr)
		if expr == "" || !s.reads(found) {
			continue
		}
		if why := s.incomparable(column, expr); why != "" {
			c.Skipped = why
			return
		}
		holds, err := s.state.Holds(st.Table, column, expr)
		if err != nil {
			return // the column is gone
		}
		sources := s.sources(s.columnNames(expr))
		if len(sources) == 0 { // what it reads stands in another table
			holds = fmt.Sprintf("(%s) IS NULL OR %s", expr, holds)
		}
		from = append(from, sources...)
		agrees = append(agrees, "("+holds+")")
		c.Columns = append(c.Columns, column)
	}
	where, why := s.condition()
	c.Skipped = why
	if len(agrees) == 0 || why != "" {
		return
	}
	c.Agrees = strings.Join(agrees, " AND ")
	c.What = fmt.Sprintf("%s with what %s makes of it", qualified(st.Table, c.Columns), s.migration.ID)
	if len(from) > 0 {
		slices.Sort(from)
		from = slices.Compact(from)
		c.What = fmt.Sprintf("%s with what %s makes of %s", qualified(st.Table, c.Columns), s.migration.ID, strings.Join(from, ", "))
		c.Columns = append(c.Columns, from...)
		where = append(where, s.state.Filled(from))
	}
	c.Where = strings.Join(where, " AND ")
}

// incomparable says why a column cannot be compared with the expression that
// it was set to; "" if it can.
func (s *step) incomparable(column, expr string) string {
	read := s.columnNames(expr)
	for _, set := range s.of().SetOrder {
		if read[fold(set)] && !s.elsewhere(set, names(expr)) {
			return fmt.Sprintf("the value of %s was made from %s as it was before; say with verify what agrees", column, set)
		}
	}
	if what := sqltext.Changing(expr, s.state.Flavor.Dialect); what != "" {
		return fmt.Sprintf("%s gives another value each time; say with verify what agrees", what)
	}
	if by := s.setLater(column); by != "" {
		return fmt.Sprintf("%s sets %s too; say with verify what agrees", by, column)
	}
	return ""
}

// elsewhere reports whether a name in an expression may be that of another
// table's column.
func (s *step) elsewhere(column string, found map[string]bool) bool {
	for name, t := range s.state.Tables {
		if found[fold(name)] && fold(name) != fold(s.of().Table) && len(columnsIn(t, map[string]bool{fold(column): true})) > 0 {
			return true
		}
	}
	return false
}

// columnNames are the names in a text that may be those of columns, in small
// letters. A word that is a function, a type or an alias there is none, even if a
// column has its name: else rows would not be compared for it.
func (s *step) columnNames(text string) map[string]bool {
	all := map[string]bool{}
	for _, name := range sqltext.Columns(text, s.state.Flavor.Dialect) {
		all[fold(name)] = true
	}
	return all
}

// setLater finds a step that comes behind this one, in the same data migration
// or in a later one that was run too, and sets the same column; "" if there is
// none.
func (s *step) setLater(column string) string {
	later := false
	for _, m := range s.catalog.Graph.Migrations() {
		for i, other := range s.catalog.Migrations[m.ID].Steps {
			if m.ID == s.migration.ID && i == s.number {
				later = true
				continue
			}
			if later && s.sets(other, column) && s.applied.Contains(s.catalog.Graph.Closure(m.DependsOn...)) {
				return m.ID
			}
		}
	}
	return ""
}

// sets reports whether a step sets a column of this one's table, or may do so.
func (s *step) sets(other catalog.MigrationStep, column string) bool {
	if fold(other.Table) == fold(s.of().Table) {
		for name := range other.Set {
			if fold(name) == fold(column) {
				return true
			}
		}
	}
	for _, statement := range other.Statements {
		text := s.text(statement)
		assigns := func(name string) bool { return fold(name) == fold(column) }
		if begins(text, "update") && names(text)[fold(s.of().Table)] && slices.ContainsFunc(sqltext.Assigned(text, s.state.Flavor.Dialect), assigns) {
			return true
		}
	}
	return false
}

func begins(text, word string) bool {
	return strings.HasPrefix(fold(strings.TrimSpace(text)), word)
}

// condition is what of the step's condition still tells afterwards which rows it
// was about. The part that told which rows were not done yet speaks only of the
// columns that it sets; or it says of one of them that it is unlike something,
// which it no longer is.
func (s *step) condition() (where []string, why string) {
	st := s.of()
	has := func(part string, words ...string) bool {
		return sqltext.HasWord(part, s.state.Flavor.Dialect, words...)
	}
	for _, part := range schema.Conjuncts(s.text(st.Where)) {
		set, others := false, false
		for _, column := range columnsIn(s.state.Table(st.Table), s.columnNames(part)) {
			if slices.ContainsFunc(st.SetOrder, func(name string) bool { return fold(name) == fold(column) }) {
				set = true
			} else {
				others = true
			}
		}
		others = others || has(part, "SELECT")
		switch {
		case part == "":
		case !set:
			where = append(where, "("+part+")")
		case others && (has(part, "OR") || !has(part, "DISTINCT") && !strings.Contains(part, "<>") && !strings.Contains(part, "!=")):
			return nil, "its where does not tell any more which rows it was about; say with verify what agrees"
		}
	}
	return where, ""
}

// columnsIn are the columns of a table that are among names.
func columnsIn(t *schema.Table, found map[string]bool) []string {
	var columns []string
	for _, c := range t.Columns {
		if found[fold(c.Name)] {
			columns = append(columns, c.Name)
		}
	}
	return columns
}

// qualified names columns of a table.
func qualified(table string, columns []string) string {
	return table + "." + strings.Join(columns, ", "+table+".")
}

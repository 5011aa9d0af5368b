package view

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/quote"
	"manage/engine/safetext"
	"manage/engine/sqltext"
)

// Script prints a plan as a script for the database's own client: the
// statements of each step and its version rows, in a transaction where the
// server takes one. The journal is not part of it: manage later finds the
// version rows, and takes the database from there.
func Script(p *Page, pl plan.Plan, versionTable string) error {
	if p.JSON {
		return p.document(planDocument(pl))
	}
	s := script{dialect: flavor.Dialect(pl.Dialect), rows: pl.From}
	s.table = s.ident(versionTable)
	s.comment(fmt.Sprintf("%s: from %s to %s", pl.Catalog, position(pl.From), position(pl.To)))
	if !pl.Empty() {
		s.own("CREATE TABLE IF NOT EXISTS %s (version_num VARCHAR(32) NOT NULL, CONSTRAINT %s PRIMARY KEY (version_num))", s.table, s.ident(flavor.FitBefore(versionTable, "_pkc")))
	}
	for i, step := range pl.Steps {
		s.step(step, slices.Concat(guardsBefore(pl, i), lossesBefore(pl, step.ID), effectsOf(pl, step.ID)))
	}
	if pl.More {
		s.blank()
		s.comment(moreFollows)
	}
	if err := s.check(); err != nil {
		return err
	}
	return p.exact(&s.lines)
}

// script is a script while it is written. What is text of others is either in a
// statement, which sent lists, or in a comment.
type script struct {
	lines
	dialect flavor.Dialect
	table   string
	rows    []string
	open    bool // a transaction
	sent    []sent
}

// sent is a statement of a script and where it comes from.
type sent struct {
	sql  string
	step string // "" for what is ours
	n    int    // of the step's statements, from 1
}

// comment adds a comment, each line of which is one. Nothing in it ends it: what
// some client takes for the end of a line is written as what it is.
func (s *script) comment(text string) {
	for line := range strings.SplitSeq(safetext.Clean(text), "\n") {
		s.add("%s", strings.TrimRight("-- "+line, " "))
	}
}

func (s *script) blank() { s.add("") }

// ident is a name as the dialect writes it: in quotes where it has other
// characters than a plain name.
func (s *script) ident(name string) string {
	if plainName.MatchString(name) {
		return name
	}
	return quote.Ident(name, s.dialect)
}

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// step adds a step, with lines about what is before it and beside it.
func (s *script) step(step plan.Step, notes []string) {
	s.blank()
	s.comment(heading(step))
	for _, g := range notes {
		s.comment(g)
	}
	for _, c := range step.Checks {
		s.comment(rowCheck(c))
	}
	s.transaction(step.Transaction)
	if step.Phase == plan.Migrate && len(step.Statements) == 0 {
		s.comment("It is a program, which a script cannot run: run manage db migrate here, if rows are left.")
	}
	for i, st := range step.Statements {
		s.transaction(step.Transaction && !st.NoTransaction)
		for _, c := range valueChecks(st) {
			s.comment(c)
		}
		s.statement(sent{sql: st.SQL, step: step.ID, n: i + 1})
	}
	s.transaction(step.Transaction)
	if step.Rows != nil {
		s.versions(step.Rows)
	}
	s.transaction(false)
}

// transaction begins a transaction, or ends the one that is open.
func (s *script) transaction(open bool) {
	if open && !s.open {
		s.own("BEGIN")
	} else if !open && s.open {
		s.own("COMMIT")
	}
	s.open = open
}

// versions changes the version rows from what they are to those of a step,
// touching only what differs.
func (s *script) versions(rows []string) {
	for _, old := range s.rows {
		if !slices.Contains(rows, old) {
			s.own("DELETE FROM %s WHERE version_num = %s", s.table, quote.Text(old, s.dialect))
		}
	}
	for _, id := range rows {
		if !slices.Contains(s.rows, id) {
			s.own("INSERT INTO %s (version_num) VALUES (%s)", s.table, quote.Text(id, s.dialect))
		}
	}
	s.rows = rows
}

// own adds a statement of ours.
func (s *script) own(format string, args ...any) {
	s.statement(sent{sql: fmt.Sprintf(format, args...)})
}

// delimited reports whether a statement needs another end than a semicolon.
func (s *script) delimited(sql string) bool {
	return s.dialect.MySQLFamily() && strings.Contains(sql, ";")
}

// statement adds a statement and its end. The clients of MySQL and MariaDB cut
// at each semicolon, also in the body of a trigger, unless they are told of
// another end.
func (s *script) statement(st sent) {
	st.sql = strings.TrimSpace(st.sql)
	if sqltext.Normalize(st.sql, s.dialect) == "" {
		return // nothing but comments
	}
	s.sent = append(s.sent, st)
	if s.delimited(st.sql) {
		end := "//"
		for n := 1; strings.Contains(st.sql, end); n++ {
			end = fmt.Sprintf("/%d/", n)
		}
		s.add("DELIMITER %[1]s\n%[2]s\n%[1]s\nDELIMITER ;", end, st.sql)
		return
	}
	sql := strings.TrimSuffix(st.sql, ";")
	if before, ok := s.cut(sql + ";\nSELECT 1"); ok && len(before) <= len(s.meant(sql)) {
		sql += "\n" // it ends in a comment
	}
	s.add("%s;", sql)
}

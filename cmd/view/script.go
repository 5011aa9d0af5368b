package view

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
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
	s.add("-- %s: from %s to %s", pl.Catalog, position(pl.From), position(pl.To))
	if !pl.Empty() {
		s.statement(fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (version_num VARCHAR(32) NOT NULL, CONSTRAINT %s PRIMARY KEY (version_num))", s.table, s.ident(flavor.FitBefore(versionTable, "_pkc"))))
	}
	for i, step := range pl.Steps {
		s.step(step, slices.Concat(guardsBefore(pl, i), lossesBefore(pl, step.ID), effectsOf(pl, step.ID)))
	}
	if pl.More {
		s.add("\n-- %s", moreFollows)
	}
	return p.text(&s.lines)
}

type script struct {
	lines
	dialect flavor.Dialect
	table   string
	rows    []string
	open    bool // a transaction
}

// ident is a name as the dialect writes it: in quotes where it has other
// characters than a plain name.
func (s *script) ident(name string) string {
	if plainName.MatchString(name) {
		return name
	}
	if s.dialect.MySQLFamily() {
		return "`" + name + "`"
	}
	return `"` + name + `"`
}

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// step adds a step, with lines about what is before it and beside it.
func (s *script) step(step plan.Step, notes []string) {
	s.add("\n-- %s", heading(step))
	for _, g := range notes {
		s.add("-- %s", g)
	}
	for _, c := range step.Checks {
		s.add("-- %s", rowCheck(c))
	}
	s.transaction(step.Transaction)
	if step.Phase == plan.Migrate && len(step.Statements) == 0 {
		s.add("-- It is a program, which a script cannot run: run manage db migrate here, if rows are left.")
	}
	for _, st := range step.Statements {
		s.transaction(step.Transaction && !st.NoTransaction)
		if c := valueCheck(st); c != "" {
			s.add("-- %s", c)
		}
		s.statement(st.SQL)
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
		s.add("BEGIN;")
	} else if !open && s.open {
		s.add("COMMIT;")
	}
	s.open = open
}

// versions changes the version rows from what they are to those of a step,
// touching only what differs.
func (s *script) versions(rows []string) {
	for _, old := range s.rows {
		if !slices.Contains(rows, old) {
			s.add("DELETE FROM %s WHERE version_num = '%s';", s.table, old)
		}
	}
	for _, id := range rows {
		if !slices.Contains(s.rows, id) {
			s.add("INSERT INTO %s (version_num) VALUES ('%s');", s.table, id)
		}
	}
	s.rows = rows
}

// statement adds a statement and its end. The clients of MySQL and MariaDB cut
// at each semicolon, also in the body of a trigger, unless they are told of
// another end.
func (s *script) statement(sql string) {
	sql = strings.TrimSpace(sql)
	if s.dialect.MySQLFamily() && strings.Contains(sql, ";") {
		s.add("DELIMITER //\n%s\n//\nDELIMITER ;", sql)
		return
	}
	s.add("%s;", strings.TrimSuffix(sql, ";"))
}

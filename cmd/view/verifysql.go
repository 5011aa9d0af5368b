package view

import (
	"manage/engine/flavor"
	"manage/phases"
)

// Repairs prints, as a script for the database's own client, the statements that
// would repair what verify found. What was found, and what no statement repairs,
// is a comment.
func Repairs(p *Page, v phases.Verification, strict bool) error {
	s := script{dialect: v.Dialect}
	var verdictLines lines
	verdict(&verdictLines, v)
	for _, u := range v.NotCompared {
		verdictLines.add("Not compared: %s: %s", u, u.Why)
	}
	if strict && v.Partial() {
		verdictLines.add("With --strict, what was not compared counts as a finding.")
	}
	s.comment(verdictLines.String())
	if len(v.Repairs) == 0 {
		return p.exact(&s.lines)
	}
	s.comment("The statements below would repair it; none of them was run. Stop the service and make a backup before you run them.")
	rebuilds := s.dialect == flavor.SQLite
	if rebuilds {
		s.own("PRAGMA foreign_keys = OFF")
		s.transaction(true)
	}
	for _, r := range v.Repairs {
		s.blank()
		for _, d := range r.Differences {
			s.comment(d.String())
		}
		if r.Note != "" {
			s.comment("(" + r.Note + ")")
		}
		for _, sql := range r.Statements {
			s.statement(sent{sql: sql})
		}
	}
	if rebuilds {
		s.blank()
		s.transaction(false)
		s.own("PRAGMA foreign_keys = ON")
	}
	if err := s.check(); err != nil {
		return err
	}
	return p.exact(&s.lines)
}

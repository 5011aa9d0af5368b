package phases

import (
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/sqltext"
	"manage/schema"
)

// appraise says what a statement of plain SQL costs, makes it ask MySQL and
// MariaDB not to block while the service runs, and notes the tables that it
// makes. What cannot be read safely stays as it is written, with no cost.
func (p *planner) appraise(st *plan.Statement, k sqltext.Meaning) {
	d := p.state.Flavor.Dialect
	if o, ok := sqltext.Outlined(st.SQL, d); ok && !st.Data {
		switch {
		case d.MySQLFamily():
			p.appraiseMySQL(st, o, k)
		case d == flavor.Postgres:
			p.appraisePostgres(st, o, k)
		}
	}
	p.follow(k)
}

// settleCost writes a cost into a statement on a table: nobody waits for one
// that nobody uses, and what may block needs no advice.
func (p *planner) settleCost(st *plan.Statement, c plan.Cost, table string) {
	if p.made[table] {
		c.Blocks = plan.BlocksNone
	}
	if p.made[table] || !p.online || p.allowed || c.Blocks == plan.BlocksNone {
		c.Instead = ""
	}
	c.On(st)
}

// follow notes the tables that plain SQL makes, which nobody uses yet, and the
// tables with constraints that it validates.
func (p *planner) follow(k sqltext.Meaning) {
	for _, e := range k.Effects {
		switch {
		case e.Kind == sqltext.KindTable && e.Verb == sqltext.Create && !e.Guarded:
			p.make(&schema.CreateTable{Name: e.Name})
		case e.Kind == sqltext.KindTable && e.Verb == sqltext.Rename:
			p.make(&schema.RenameTable{From: e.Name, To: e.NewName})
		case e.Kind == sqltext.KindConstraint && e.Verb == sqltext.Alter && e.Again:
			if p.validated == nil {
				p.validated = map[string]bool{}
			}
			p.validated[e.Table] = true
		}
	}
}

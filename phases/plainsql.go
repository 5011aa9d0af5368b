package phases

import (
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/sqltext"
	"manage/schema"
)

// price is what a statement of plain SQL costs, as far as its words tell; see
// plan.Statement. Without a lock it is not known.
type price struct {
	lock     string
	rewrites bool
	blocks   string
	instead  string
}

// on writes the price into a statement.
func (c price) on(st *plan.Statement) {
	st.Lock, st.Rewrites, st.Blocks, st.Instead = c.lock, c.rewrites, c.blocks, c.instead
}

// short is the price of a lock that is held for a moment only.
func short(lock string) price { return price{lock: lock, blocks: plan.BlocksNone} }

// appraise says what a statement of plain SQL costs, makes it ask MySQL and
// MariaDB not to block while the service runs, and notes the tables that it
// makes. What cannot be read safely stays as it is written, with no price.
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

// settlePrice writes a price into a statement on a table: nobody waits for one
// that nobody uses, and what may block needs no advice.
func (p *planner) settlePrice(st *plan.Statement, c price, table string) {
	if p.made[table] {
		c.blocks = plan.BlocksNone
	}
	if p.made[table] || !p.online || p.allowed || c.blocks == plan.BlocksNone {
		c.instead = ""
	}
	c.on(st)
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

package phases

import (
	"context"
	"slices"

	"manage/engine/database"
	"manage/engine/plan"
)

// needed leaves out what drops a trigger that is surely not there, such as a
// bridge that was never made. Those that stay keep their positions. Where plain
// SQL may have made one, and in an operation that an earlier run has begun,
// nothing is left out.
func (p *planner) needed(statements []plan.Statement) []plan.Statement {
	if p.sees == nil || p.state.Opaque {
		return statements
	}
	return slices.DeleteFunc(statements, func(st plan.Statement) bool {
		e := st.Effect
		if e == nil || e.Kind != plan.KindTrigger || e.Present {
			return false
		}
		gone, known := p.state.Shows(*e)
		return gone && known && (p.made[e.Table] || p.sees(e.Table))
	})
}

// seesTriggers reports whether a table shows its triggers to the user. MySQL
// and MariaDB show them only to who has the right to them, and MariaDB with a
// binary log asks for SUPER even to drop a trigger that is not there. It is nil
// on the other servers.
func (s *Service) seesTriggers(ctx context.Context, sess database.Session) func(table string) bool {
	d := s.DB.Flavor().Dialect
	if !d.MySQLFamily() {
		return nil
	}
	var rights *grants
	return func(table string) bool {
		if rights == nil {
			g, err := grantsOf(ctx, sess, d, s.DB.Schema())
			g.known = g.known && err == nil
			rights = &g
		}
		return rights.known && rights.has(right{"TRIGGER", table})
	}
}

package phases

import (
	"context"
	"slices"

	"manage/engine/database"
	"manage/engine/plan"
	"manage/schema"
)

// unseen are the kinds of objects that a MySQL account without the right to
// them does not see, or not as a whole, though they are there.
func (s *Service) unseen(ctx context.Context, sess database.Session, live *schema.Schema) ([]plan.ObjectKind, error) {
	d := s.DB.Flavor().Dialect
	if !d.MySQLFamily() {
		return nil, nil
	}
	g, err := grantsOf(ctx, sess, d, s.DB.Schema())
	if err != nil || !g.known {
		return nil, err
	}
	var unseen []plan.ObjectKind
	if !g.has(right{"TRIGGER", ""}) {
		unseen = append(unseen, plan.KindTrigger)
	}
	keys := false
	for _, t := range live.Tables {
		keys = keys || len(t.ForeignKeys) > 0
	}
	if !keys && !g.mayMoreThanRead() {
		unseen = append(unseen, plan.KindForeignKey)
	}
	return unseen, nil
}

// unseenOthers adds the kinds of routines and events that plain SQL makes and a
// MySQL account without the right to them does not see.
func (w *verifying) unseenOthers(ctx context.Context, sess database.Session) error {
	d := w.DB.Flavor().Dialect
	if !d.MySQLFamily() || !w.want.Opaque {
		return nil
	}
	g, err := grantsOf(ctx, sess, d, w.DB.Schema())
	if err != nil || !g.known {
		return err
	}
	for _, kind := range []plan.ObjectKind{"function", "procedure", "event"} {
		may := g.has(right{"EXECUTE", ""}) || g.has(right{"ALTER ROUTINE", ""}) || g.has(right{"CREATE ROUTINE", ""})
		if kind == "event" {
			may = g.has(right{"EVENT", ""})
		}
		made := w.record.record != nil && slices.ContainsFunc(w.record.record.Objects, func(o schema.Object) bool { return o.Kind == kind })
		for o := range w.spoken.objects {
			made = made || o.kind == kind
		}
		if made && !may {
			w.v.Unseen = append(w.v.Unseen, kind)
		}
	}
	return nil
}

// mayMoreThanRead reports whether there are more rights than SELECT: MariaDB
// shows references to such accounts only.
func (g grants) mayMoreThanRead() bool {
	return slices.ContainsFunc([]string{"REFERENCES", "INSERT", "UPDATE", "DELETE", "ALTER", "CREATE", "INDEX", "DROP"},
		func(word string) bool { return g.has(right{word, ""}) })
}

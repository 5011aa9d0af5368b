package phases

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/migrations/catalog"
	"manage/schema"
)

// sideEffects are what the steps of a plan do to objects that none of their
// operations names, on the database as it is: what goes, or breaks, with a
// column or a table, and which triggers of the user's are fired for rows. It
// writes nothing. It is asked with the whole plan, or with a part of it right
// before that is run.
func (s *Service) sideEffects(ctx context.Context, sess database.Session, p plan.Plan) ([]plan.SideEffect, error) {
	w, err := s.walkOf(p)
	if err != nil || len(w.touched) == 0 {
		return nil, err
	}
	live, err := s.inspect(ctx, sess)
	if err != nil {
		return nil, err
	}
	all, err := schema.Dependents(ctx, sess, live, s.DB.Schema())
	if err != nil {
		return nil, err
	}
	own := s.ownTriggers()
	var found []plan.SideEffect
	for _, t := range w.touched {
		for _, d := range all {
			if w.ordered[fold(d.Name)] || d.Kind == "trigger" && own[fold(d.Name)] {
				continue
			}
			if outcome := t.outcome(d, w.d); outcome != "" {
				found = append(found, plan.SideEffect{Step: t.step, Kind: d.Kind, Name: d.Name, On: d.On,
					Table: t.table, Column: t.column, Does: string(t.does), Outcome: outcome})
			}
		}
	}
	return settledEffects(found), nil
}

// warnOfSideEffects tells of each side effect once in a command.
func (s *Service) warnOfSideEffects(ctx context.Context, sess database.Session, p plan.Plan) error {
	if s.Events == nil {
		return nil
	}
	found, err := s.sideEffects(ctx, sess, p)
	said, _ := ctx.Value(saidKey{}).(map[string]bool)
	for _, e := range found {
		if text := e.String(); !said[text] {
			s.tell(Warned{text})
			if said != nil {
				said[text] = true
			}
		}
	}
	return err
}

// settledEffects puts side effects in order, each once.
func settledEffects(found []plan.SideEffect) []plan.SideEffect {
	order := func(a, b plan.SideEffect) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.On, b.On), cmp.Compare(a.Name, b.Name), cmp.Compare(a.String(), b.String()))
	}
	slices.SortFunc(found, order)
	return slices.Compact(found)
}

// ownTriggers are the triggers that the catalog makes, by their names.
func (s *Service) ownTriggers() map[string]bool {
	own := map[string]bool{}
	for _, r := range s.Catalog.Revisions {
		for _, c := range slices.Concat(r.Up, r.Down) {
			for _, name := range triggersOf(c) {
				own[fold(name)] = true
			}
		}
	}
	return own
}

func triggersOf(c catalog.Change) []string {
	switch op := c.Op.(type) {
	case *schema.CreateTrigger:
		return []string{op.Name}
	case *schema.SyncColumns:
		return op.TriggerNames()
	}
	return nil
}

// outcome is what becomes of an object; "" if nothing does.
func (t touch) outcome(d schema.Dependent, dialect flavor.Dialect) plan.Outcome {
	if event := t.does.event(); event != "" {
		if fold(d.On) == fold(t.table) && slices.Contains(d.Events, event) && t.sets(d.Of) {
			return plan.Fires
		}
		return ""
	}
	if d.Table != "" {
		return t.known(d)
	}
	switch {
	case t.column == "" && fold(d.On) == fold(t.table):
		if t.does == renames {
			return "" // it stays with its table
		}
		return plan.Goes
	case d.Unread:
		return plan.Unread
	case t.named(d):
		return plan.Breaks
	}
	return ""
}

// sets reports whether an update may set one of some columns.
func (t touch) sets(of []string) bool {
	return len(of) == 0 || t.columns == nil || slices.ContainsFunc(of, func(c string) bool {
		return slices.ContainsFunc(t.columns, func(set string) bool { return fold(set) == fold(c) })
	})
}

// known is the outcome where the server says what the object depends on.
func (t touch) known(d schema.Dependent) plan.Outcome {
	if fold(d.Table) != fold(t.table) || t.column != "" && fold(d.Column) != fold(t.column) {
		return ""
	}
	switch {
	case t.does == renames && d.Fixed:
		return plan.Refuses
	case t.does == renames, t.column == "" && fold(d.On) == fold(t.table):
		return ""
	case d.Held:
		return plan.Refuses
	case d.Shrinks:
		return plan.Shrinks
	}
	return plan.Goes
}

// named reports whether the text of an object names what is gone: the column
// and its table, unless the text is about rows of that table.
func (t touch) named(d schema.Dependent) bool {
	found := names(d.Text)
	if t.column == "" {
		return found[fold(t.table)]
	}
	about := slices.ContainsFunc(d.Tables, func(name string) bool { return strings.EqualFold(name, t.table) })
	return found[fold(t.column)] && (about || found[fold(t.table)])
}

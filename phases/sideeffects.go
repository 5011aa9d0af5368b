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

// InTheWay refuses what the server would refuse half way, because objects that
// the plan does not name depend on what it removes or renames.
type InTheWay struct{ Effects []plan.SideEffect }

func (e *InTheWay) Error() string {
	texts := make([]string, len(e.Effects))
	for i, effect := range e.Effects {
		texts[i] = effect.Refusal()
	}
	return strings.Join(texts, "; ")
}

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
	w.settleTypes(live)
	all, err := schema.Dependents(ctx, sess, live, s.DB.Schema(), w.concerned())
	if err != nil {
		return nil, err
	}
	types, err := w.typeDependents(ctx, sess, live, s.DB.Schema())
	if err != nil {
		return nil, err
	}
	all = append(all, types...)
	own := s.ownTriggers()
	all = slices.DeleteFunc(all, func(d schema.Dependent) bool { return w.named(d) || own[d.Kind+" "+fold(d.Name)] })
	var found []plan.SideEffect
	for _, t := range w.touched {
		found = append(found, t.reach(all, w)...)
	}
	if w.d == flavor.SQLite {
		found = append(w.tried(live, p), slices.DeleteFunc(found, func(e plan.SideEffect) bool { return e.Outcome == plan.Breaks })...)
	}
	return append(settledEffects(found), s.unseenTriggers(ctx, sess, w, live)...), nil
}

// reach are the side effects of one touch, those by way of views that break
// among them.
func (t touch) reach(all []schema.Dependent, w *walk) []plan.SideEffect {
	var found []plan.SideEffect
	add := func(d schema.Dependent, o plan.Outcome, via string) {
		found = append(found, plan.SideEffect{Step: t.step, Kind: d.Kind, Name: d.Name, On: d.On, Table: t.table, Column: t.column,
			Does: string(t.does), Outcome: o, Via: via})
	}
	for _, d := range all {
		if o := t.outcome(d, w); o != "" {
			add(d, o, "")
		}
	}
	for n := 0; n < len(found); n++ { // it grows
		if e := found[n]; e.Outcome == plan.Breaks && e.Kind == "view" {
			for _, d := range all {
				again := slices.ContainsFunc(found, func(f plan.SideEffect) bool { return f.Kind == d.Kind && f.Name == d.Name })
				if !again && d.Text != "" && schema.WordsIn(d.Text)[fold(e.Name)] {
					add(d, plan.Breaks, e.Name)
				}
			}
		}
	}
	return found
}

// borne tells of each side effect of a plan once in a command. It is a
// *InTheWay where the server would refuse a statement because of one.
func (s *Service) borne(ctx context.Context, sess database.Session, p plan.Plan, aloud bool) error {
	found, err := s.sideEffects(ctx, sess, p)
	if err != nil {
		return err
	}
	way := &InTheWay{}
	for _, e := range found {
		switch {
		case e.Outcome == plan.Refuses:
			way.Effects = append(way.Effects, e)
		case aloud:
			s.tellOnce(ctx, e.String())
		}
	}
	if len(way.Effects) > 0 {
		return way
	}
	return nil
}

// tellOnce warns once in a command.
func (s *Service) tellOnce(ctx context.Context, text string) {
	said, command := ctx.Value(saidKey{}).(map[string]bool)
	if said[text] {
		return
	}
	if command {
		said[text] = true
	}
	s.tell(Warned{text})
}

// unseenTriggers are the triggers of tables on which this account sees none,
// as MySQL and MariaDB show them only to who has the right TRIGGER.
func (s *Service) unseenTriggers(ctx context.Context, sess database.Session, w *walk, live *schema.Schema) []plan.SideEffect {
	sees := s.seesTriggers(ctx, sess)
	var found []plan.SideEffect
	for _, t := range w.touched {
		if sees != nil && live.Table(t.table) != nil && !sees(t.table) {
			found = append(found, plan.SideEffect{Step: t.step, Kind: "triggers", On: t.table, Table: t.table, Column: t.column, Does: string(t.does), Outcome: plan.Unread})
		}
	}
	return settledEffects(found)
}

// settledEffects puts side effects in order, each once: what is refused cannot
// break.
func settledEffects(found []plan.SideEffect) []plan.SideEffect {
	refused := map[string]bool{}
	object := func(e plan.SideEffect) string {
		return strings.Join([]string{e.Kind, e.Name, e.On, e.Table, e.Column}, "\x00")
	}
	for _, e := range found {
		refused[object(e)] = refused[object(e)] || e.Outcome == plan.Refuses
	}
	found = slices.DeleteFunc(found, func(e plan.SideEffect) bool { return refused[object(e)] && e.Outcome != plan.Refuses })
	slices.SortFunc(found, func(a, b plan.SideEffect) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.On, b.On), cmp.Compare(a.Name, b.Name), cmp.Compare(a.String(), b.String()))
	})
	return slices.Compact(found)
}

// ownTriggers are the triggers that the catalog makes, with their functions.
func (s *Service) ownTriggers() map[string]bool {
	own := map[string]bool{}
	for _, r := range s.Catalog.Revisions {
		for _, c := range slices.Concat(r.Up, r.Down) {
			table, triggers := triggersOf(c)
			for _, name := range triggers {
				own["trigger "+fold(name)] = true
				for _, function := range schema.TriggerFunctions(table, name) {
					own["function "+fold(function)] = true
				}
			}
		}
	}
	return own
}

func triggersOf(c catalog.Change) (table string, triggers []string) {
	switch op := c.Op.(type) {
	case *schema.CreateTrigger:
		return op.Table, []string{op.Name}
	case *schema.SyncColumns:
		return op.Table, op.TriggerNames()
	}
	return "", nil
}

// outcome is what becomes of an object; "" if nothing does.
func (t touch) outcome(d schema.Dependent, w *walk) plan.Outcome {
	mine := d.On != "" && w.same(d.On, t.table)
	switch event := t.does.event(); {
	case t.does == retypes || t.does == revalues:
		return t.retyped(d, w)
	case event != "" && mine && slices.Contains(d.Events, event) && t.sets(d.Of):
		return plan.Fires
	case event != "":
		return ""
	case d.Table != "":
		return t.known(d, w)
	case mine && t.column == "":
		if t.does == renames || d.Text == "" && !d.Unread {
			return "" // it stays with its table, or is told of elsewhere
		}
		return plan.Goes
	case d.Unread:
		return plan.Unread
	case t.breaks(d, w):
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
func (t touch) known(d schema.Dependent, w *walk) plan.Outcome {
	if !w.same(d.Table, t.table) || t.column != "" && !w.same(d.Column, t.column) {
		return ""
	}
	mine := w.same(d.On, t.table)
	switch {
	case !mine && w.removesTable(d.On):
		return "" // it goes with a table of its own
	case t.does == renames && d.Fixed && t.column != "":
		return plan.Refuses
	case t.does == renames:
		return ""
	case t.column == "" && mine && d.Kind != "policy" && d.Kind != "rule":
		return "" // a part of the table
	case d.Held && !(t.column == "" && mine):
		return plan.Refuses
	case d.Plain:
		return ""
	case d.Shrinks:
		return plan.Shrinks
	}
	return plan.Goes
}

// breaks reports whether the text of an object names what is gone for good: the
// column and its table, unless the text is about rows of that table.
func (t touch) breaks(d schema.Dependent, w *walk) bool {
	found := schema.WordsIn(d.Text)
	if t.column == "" {
		return found[fold(t.table)] && !w.again[fold(t.table)]
	}
	about := slices.ContainsFunc(d.Tables, func(name string) bool { return w.same(name, t.table) })
	return found[fold(t.column)] && (about || found[fold(t.table)]) && !w.again[fold(t.table)+"."+fold(t.column)]
}

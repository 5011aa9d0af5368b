package phases

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"manage/engine/catalog"
	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/run"
	"manage/schema"
)

// Verification is a live schema held against what the applied revisions should
// have made.
type Verification struct {
	Catalog  string
	Position Position
	// Differences are what is missing, changed, or should not be there.
	Differences []schema.Difference
	// Unmanaged are objects that no revision makes, such as "view late".
	Unmanaged []string
	// Exact is true if manage itself applied every revision, so that names,
	// comments and boolean checks are compared as well. Schemas that other tools
	// made may differ in these without harm.
	Exact bool
}

// Verify compares the live schema with what the applied revisions should have
// made. It writes nothing. A database with half a revision, or whose schema
// cannot be told, is refused.
func (s *Service) Verify(ctx context.Context) (Verification, error) {
	sess, err := s.DB.Reader(ctx)
	if err != nil {
		return Verification{}, err
	}
	defer sess.Close()
	p, err := s.position(ctx, sess)
	if err != nil {
		return Verification{}, err
	}
	v := Verification{Catalog: s.Catalog.Name, Position: p}
	if err := s.known(p); err != nil {
		return v, err
	}
	if !p.Recorded {
		return v, &Refused{Reason: "no version is recorded, so it is not known what the schema should be", Next: "sync"}
	}
	journal, err := s.store(sess).Attempts(ctx)
	if err != nil {
		return v, err
	}
	for id := range run.Unfinished(journal) {
		return v, &Refused{Reason: id + " is half applied, so the schema is between two revisions", Hint: "run the command again that was interrupted, and verify then"}
	}
	v.Exact = s.madeHere(p, journal)
	return v, s.verify(ctx, sess, &v)
}

// madeHere reports whether each applied revision was run by manage.
func (s *Service) madeHere(p Position, journal []ledger.Attempt) bool {
	ran := map[string]bool{}
	for _, a := range journal {
		if a.Succeeded() && a.Phase != plan.Adopt && a.Phase != plan.Bridge {
			ran[a.Revision] = a.Direction == plan.Up
		}
	}
	return !slices.ContainsFunc(p.Applied.IDs(), func(id string) bool { return !ran[id] })
}

// verify compares, and lists what is not managed.
func (s *Service) verify(ctx context.Context, sess database.Session, v *Verification) error {
	want, err := s.Catalog.Fold(s.DB.Flavor(), false, v.Position.Applied)
	if err != nil {
		return err
	}
	if want.Opaque {
		return &Refused{
			Reason: fmt.Sprintf("the schema of %s cannot be told, because plain SQL leads to it", v.Position.Version),
			Hint:   "compare with a second database that was made by sync from nothing",
		}
	}
	bridged, err := s.Catalog.Fold(s.DB.Flavor(), true, v.Position.Applied)
	if err != nil {
		return err
	}
	live, err := s.inspect(ctx, sess)
	if err != nil {
		return err
	}
	s.setAside(v, want, live)
	s.setAsideTriggers(v, want, bridged, live)
	rules := schema.Rules{ColumnOrder: true, Charsets: true}
	if !v.Exact {
		rules = schema.TakingOver()
		rules.Triggers = false
	}
	rules.Known = s.Catalog.KnownDifferences
	v.Differences = append(schema.Compare(want, live, rules), unproved(live)...)
	routines, err := schema.Routines(ctx, sess, s.DB.Flavor(), s.DB.Schema())
	for _, routine := range routines {
		if !slices.ContainsFunc(live.Triggers, func(t schema.Trigger) bool { return routine == "function "+t.Function }) {
			v.Unmanaged = append(v.Unmanaged, routine)
		}
	}
	return err
}

// setAside takes out of a live schema the tables, views and types that are not
// the catalog's.
func (s *Service) setAside(v *Verification, want, live *schema.Schema) {
	ours := s.Catalog.Tables()
	for _, name := range live.TableNames() {
		switch {
		case s.bookkeeping(name):
			delete(live.Tables, name)
		case want.Table(name) == nil && !ours[name]:
			delete(live.Tables, name)
			v.Unmanaged = append(v.Unmanaged, "table "+name)
		}
	}
	for _, view := range live.Views {
		v.Unmanaged = append(v.Unmanaged, "view "+view.Name)
	}
	for name := range live.Enums {
		if want.Enums[name] == nil && !s.makesEnum(name) {
			delete(live.Enums, name)
			v.Unmanaged = append(v.Unmanaged, "type "+name)
		}
	}
	slices.Sort(v.Unmanaged)
}

// makesEnum reports whether a revision makes a type.
func (s *Service) makesEnum(name string) bool {
	return s.makes(func(op schema.Operation) bool {
		e, ok := op.(*schema.CreateEnum)
		return ok && e.Name == name
	})
}

// makesTrigger reports whether a revision makes a trigger.
func (s *Service) makesTrigger(t schema.Trigger) bool {
	return s.makes(func(op schema.Operation) bool {
		made, ok := op.(*schema.CreateTrigger)
		return ok && made.Name == t.Name && made.Table == t.Table
	})
}

// makes reports whether an operation of the catalog is such.
func (s *Service) makes(such func(schema.Operation) bool) bool {
	for _, r := range s.Catalog.Revisions {
		if slices.ContainsFunc(r.Up, func(c catalog.Change) bool { return such(c.Op) }) {
			return true
		}
	}
	return false
}

// setAsideTriggers takes out of a live schema the triggers that are not to be
// compared: those that join two releases may be there or not, and those that no
// revision makes are not managed.
func (s *Service) setAsideTriggers(v *Verification, want, bridged, live *schema.Schema) {
	has := func(in *schema.Schema, t schema.Trigger) bool {
		return slices.ContainsFunc(in.Triggers, func(o schema.Trigger) bool { return strings.EqualFold(o.Name, t.Name) && o.Table == t.Table })
	}
	kept := live.Triggers[:0:0]
	for _, t := range live.Triggers {
		switch {
		case has(want, t):
			kept = append(kept, t)
		case has(bridged, t):
			want.Triggers = append(want.Triggers, one(bridged, t))
			kept = append(kept, t)
		case s.makesTrigger(t):
			kept = append(kept, t) // its time is over, or has not come
		default:
			v.Unmanaged = append(v.Unmanaged, fmt.Sprintf("trigger %s of table %s", t.Name, t.Table))
		}
	}
	live.Triggers = kept
}

// one is the trigger of a schema that is called as t.
func one(s *schema.Schema, t schema.Trigger) schema.Trigger {
	for _, o := range s.Triggers {
		if strings.EqualFold(o.Name, t.Name) && o.Table == t.Table {
			return o
		}
	}
	return t
}

// unproved are constraints and indexes that are there and do not hold, because
// PostgreSQL has not looked at all rows yet.
func unproved(live *schema.Schema) []schema.Difference {
	var out []schema.Difference
	add := func(kind plan.ObjectKind, table, name, want string) {
		out = append(out, schema.Difference{Kind: kind, Table: table, Name: name, Want: want, Have: "not " + want})
	}
	for _, name := range live.TableNames() {
		t := live.Tables[name]
		for _, x := range t.Indexes {
			if !x.Valid {
				add(plan.KindIndex, name, x.Name, "valid")
			}
		}
		for _, f := range t.ForeignKeys {
			if f.NotValid {
				add(plan.KindForeignKey, name, f.Name, schema.ValidDefinition)
			}
		}
		for _, c := range t.Checks {
			if c.NotValid {
				add(plan.KindCheck, name, c.Name, schema.ValidDefinition)
			}
		}
	}
	return out
}

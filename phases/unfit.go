package phases

import (
	"context"
	"errors"
	"fmt"

	"manage/engine/database"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/schema"
)

// HalfDone is a revision that does not fit the schema as it is: what it makes is
// there already, what it removes is gone, or what it needs is missing, and the
// journal does not say why. Nothing was changed.
type HalfDone struct {
	Revision string
	Source   revision.Source // of the operation that does not fit
	// Recorded is true if the revision is applied, and was to be reverted.
	Recorded bool
	// Object is what is there, or gone, although the revision is not recorded;
	// without a kind where something else does not fit, which Missing tells.
	Object  plan.Effect
	Missing error
	// Table is a table that does not exist, and Tables are those that do.
	// Unmade is true if no revision makes a table of that name.
	Table  string
	Tables []string
	Unmade bool
	// Shown are how many of the revision's Of operations the schema shows.
	Shown, Of int
	// Between is true if the schema is between those of two revisions, and the
	// journal has nothing of it: another tool was at work.
	Between   bool
	Version   string // that is recorded; "" if none is
	Migration string // the data migration whose rows are still unset; "" if none is
	Rows      int64  // how many such rows there are
}

func (e *HalfDone) Error() string {
	text := e.fact()
	if e.Migration != "" {
		text += fmt.Sprintf("; %d rows still wait for %s, which can no longer be run", e.Rows, e.Migration)
	}
	return text
}

// fact is what does not fit.
func (e *HalfDone) fact() string {
	state := "is not recorded"
	if e.Recorded {
		state = "is recorded"
	}
	switch {
	case e.Object.Kind != "":
		is := "does not exist"
		if e.Object.Present {
			is = "exists"
		}
		return fmt.Sprintf("%s %s, but %s %s", objectName(e.Object), is, e.Revision, state)
	case e.Table != "":
		return fmt.Sprintf("table %s does not exist, but %s changes it", e.Table, e.Revision)
	}
	return fmt.Sprintf("%s does not fit the schema: %v", e.Revision, e.Missing)
}

// Unwrap returns what does not fit.
func (e *HalfDone) Unwrap() error { return e.Missing }

// objectName names an object as messages do: column t.c, index i of table t.
func objectName(e plan.Effect) string {
	switch {
	case e.Kind == plan.KindColumn:
		return fmt.Sprintf("column %s.%s", e.Table, e.Name)
	case e.Kind == plan.KindPrimaryKey:
		return "the primary key of table " + e.Table
	case e.Kind == plan.KindTable, e.Kind == plan.KindEnum, e.Kind == plan.KindView, e.Table == "":
		return fmt.Sprintf("%s %s", e.Kind, e.Name)
	case e.Kind == plan.KindUnique:
		return fmt.Sprintf("unique constraint %s of table %s", e.Name, e.Table)
	}
	return fmt.Sprintf("%s %s of table %s", e.Kind, e.Name, e.Table)
}

// explain turns an operation that does not fit the live schema into what a
// person can act on. Without a database there is nothing to add.
func (s *Service) explain(ctx context.Context, sess database.Session, err error, a attempt) error {
	var m *misfit
	if !errors.As(err, &m) || sess == nil {
		return err
	}
	applied := a.applied
	if _, err := s.Catalog.Fold(s.DB.Flavor(), false, applied.Union(s.Catalog.Graph.Closure(m.revision))); err != nil {
		return err // it would fit no database
	}
	live, readErr := s.inspect(ctx, sess)
	if readErr != nil {
		return readErr
	}
	half := &HalfDone{Revision: m.revision, Source: m.source, Recorded: applied.Has(m.revision), Missing: m.err}
	if a.position.Recorded {
		half.Version = s.Catalog.Graph.Version(applied).String()
	}
	s.diagnose(half, m, live)
	half.Between = s.between(half, a, live)
	return s.waitingRows(ctx, sess, half, applied)
}

// diagnose finds out what does not fit, and how much of the revision shows.
func (s *Service) diagnose(half *HalfDone, m *misfit, live *schema.Schema) {
	if m.op == nil {
		return
	}
	if e, taken := schema.Taken(m.op, live); taken {
		half.Object = e
	}
	for _, c := range s.Catalog.Revisions[m.revision].Up {
		if !c.Serves(live.Flavor.Dialect) || !changesSchema(c.Op) {
			continue
		}
		half.Of++
		if _, taken := schema.Taken(c.Op, live); taken {
			half.Shown++
		}
	}
	var missing *schema.MisfitError
	if half.Object.Kind == "" && errors.As(m.err, &missing) && missing.Table != "" && live.Table(missing.Table) == nil {
		s.withoutBooks(live)
		half.Table, half.Tables = missing.Table, live.TableNames()
		half.Unmade = !s.Catalog.Tables()[missing.Table]
	}
}

// changesSchema reports whether an operation leaves something in the schema
// that can be looked for.
func changesSchema(op schema.Operation) bool {
	switch op.(type) {
	case *schema.SQL, *schema.InsertRows, *schema.UpdateRows, *schema.DeleteRows:
		return false
	}
	return true
}

// between reports whether the schema is on its way from the applied revisions to
// the one that does not fit, by no run that the journal knows: a part of the
// revision is there, a part is not, and nothing else differs. Where no other tool
// knows the version table, none was at work.
func (s *Service) between(half *HalfDone, a attempt, live *schema.Schema) bool {
	shared := s.Catalog.VersionTable == "alembic_version" || s.Catalog.Legacy != nil
	if !shared || half.Object.Kind == "" || half.Recorded || s.begun(half.Revision, a) {
		return false
	}
	f := s.DB.Flavor()
	before, err := s.Catalog.Fold(f, false, a.applied)
	if err != nil || before.Opaque {
		return false
	}
	after, err := s.Catalog.Fold(f, false, a.applied.Union(s.Catalog.Graph.Closure(half.Revision)))
	if err != nil || after.Opaque {
		return false
	}
	way := map[object]bool{}
	rules := schema.TakingOver()
	rules.Known, rules.OtherTables = s.Catalog.KnownDifferences, true
	for _, d := range schema.Compare(before, after, rules) {
		way[objectOf(d)] = true
	}
	done, left := schema.Compare(before, live, rules), schema.Compare(after, live, rules)
	for _, d := range append(append([]schema.Difference{}, done...), left...) {
		if !way[objectOf(d)] {
			return false
		}
	}
	return len(done) > 0 && len(left) > 0
}

// begun reports whether the journal knows an attempt at a revision.
func (s *Service) begun(id string, a attempt) bool {
	for _, at := range a.journal {
		if at.Revision == id {
			return true
		}
	}
	return false
}

// waitingRows adds the rows of data migrations that can no longer be run.
func (s *Service) waitingRows(ctx context.Context, sess database.Session, half *HalfDone, applied revision.Set) error {
	for _, c := range s.Catalog.Graph.Candidates(applied) {
		if s.Catalog.Graph.Waiting(c.ID) != half.Revision {
			continue
		}
		found, err := s.pending(ctx, sess, s.Catalog.Migrations[c.ID])
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		half.Migration = c.ID
		if half.Rows, err = s.countPending(ctx, sess, c.ID); err != nil {
			return err
		}
	}
	return half
}

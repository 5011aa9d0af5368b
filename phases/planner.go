package phases

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/engine/sqltext"
	"manage/migrations/catalog"
	"manage/schema"
)

// planner renders revisions one behind the other, folding each into the schema
// that the next one is rendered on.
type planner struct {
	catalog *catalog.Catalog
	state   *schema.Schema
	online  bool
	applied revision.Set
	// allowed is true if statements may block while the service runs, and
	// blocking is the first that does where they may not.
	allowed  bool
	blocking *Blocking
	// made are the tables that this plan makes, which nobody uses yet.
	made map[string]bool
	// validated are the tables with constraints that plain SQL of this plan
	// validates.
	validated map[string]bool
	// here is the schema or the database worked in; "" where there is none.
	here string
	// cleared are the indexes that this plan builds, or drops because they are
	// not valid.
	cleared map[string]bool
	// offline is true if there is no database to look at again.
	offline bool
	// sees reports whether the user sees the triggers of a live table; nil where
	// statements to drop missing ones do no harm.
	sees func(table string) bool
}

// errOpaque stops planning: plain SQL that comes first has an effect that is
// not known here, so the schema must be looked at again once it has run.
var errOpaque = errors.New("the schema is not known until the steps before have run")

// misfit is an operation that cannot be made on the schema as it is.
type misfit struct {
	revision string
	op       schema.Operation // nil for the whole revision
	source   revision.Source
	err      error
}

// hidden is errOpaque with the operation that needs to know the schema.
type hidden struct{ misfit }

// Is makes it errOpaque.
func (e *hidden) Is(target error) bool { return target == errOpaque }

// refusal is for a revision in which plain SQL hides from the operations after
// it what they are about, so that no plan can be made of all of it.
func (e *hidden) refusal() *Refused {
	return &Refused{
		Reason: fmt.Sprintf("%s cannot be planned (%s:%d): %v, unless the plain SQL before it in the same revision makes it", e.revision, e.source.File, e.source.Line, e.err),
		Hint:   "put the plain SQL into a revision of its own, before this one",
	}
}

func (e *misfit) Error() string { return fmt.Sprintf("%s: %v", e.revision, e.err) }
func (e *misfit) Unwrap() error { return e.err }

// Place is where the operation is written.
func (e *misfit) Place() revision.Source { return e.source }

// up plans one revision. from leaves out the operations before it, which an
// earlier, interrupted run has finished.
func (p *planner) up(id string, from resume) (plan.Step, error) {
	r := p.catalog.Revisions[id]
	if d := p.state.Flavor.Dialect; !r.Speaks(d) {
		return plan.Step{}, &misfit{revision: id, source: r.Source, err: fmt.Errorf("there is no SQL for %s in it: add a section for that", d.Title())}
	}
	step := plan.Step{
		ID: id, Phase: plan.Phase(r.Branch), Direction: plan.Up, Release: r.Release,
		Message: r.Message, Checksum: r.Checksum, Outline: outline(r, p.state.Flavor.Dialect),
		Transaction: r.Transaction && p.state.Flavor.TransactionalDDL(),
	}
	if err := p.changes(&step, r.Up, from); err != nil {
		return plan.Step{}, err
	}
	p.applied = p.applied.Union(p.catalog.Graph.Closure(id))
	step.Rows = p.catalog.Graph.Rows(p.applied)
	return step, nil
}

// down plans the way back from one revision by changes, which leaves the
// revisions of left.
func (p *planner) down(id string, changes []catalog.Change, left revision.Set, from resume) (plan.Step, error) {
	r := p.catalog.Revisions[id]
	step := plan.Step{
		ID: id, Phase: plan.Downgrade, Direction: plan.Down, Release: r.Release,
		Message: r.Message, Checksum: r.Checksum,
		Transaction: r.Transaction && p.state.Flavor.TransactionalDDL(),
	}
	if err := p.changes(&step, changes, from); err != nil {
		return plan.Step{}, err
	}
	p.applied = left
	step.Rows = p.catalog.Graph.Rows(left)
	if step.Rows == nil {
		step.Rows = []string{}
	}
	return step, nil
}

// changes adds the statements of a revision's changes to step, without those
// that an earlier, interrupted run has finished.
func (p *planner) changes(step *plan.Step, changes []catalog.Change, from resume) error {
	resumed := catalog.Resume(changes, p.state.Flavor.Dialect, step.Transaction, p.takesPart)
	for i, c := range changes {
		if !p.takesPart(c) || i < from.attempt.Sent.Operation {
			continue
		}
		first := len(step.Statements)
		if err := p.operation(step, c, i, from); err != nil {
			found := misfit{revision: step.ID, op: c.Op, source: c.Source, err: err}
			if p.state.Opaque {
				return &hidden{found}
			}
			var never *schema.ImpossibleError
			if errors.As(err, &never) {
				return &NotPossible{Revision: step.ID, Source: c.Source, Reason: never.Reason, Hint: never.Hint}
			}
			return &found
		}
		if resumed != nil {
			_, plain := c.Op.(*schema.SQL)
			p.resumed(step.Statements[first:], resumed[i], plain)
		}
	}
	step.Opaque = step.Opaque || from.begun
	return nil
}

// resumed notes how a run goes on with the statements of one change on a new
// session: for an operation, one says it for all.
func (p *planner) resumed(statements []plan.Statement, all []catalog.Resumed, plain bool) {
	for i := range statements {
		st := &statements[i]
		one := all[min(st.Position.Part, len(all)-1)]
		st.Before = one.Before
		if one.Only {
			st.Effect = &plan.Effect{Kind: plan.KindNothing}
		} else if st.Effect != nil && plain && p.elsewhere(st.SQL, one) {
			st.Effect = nil // a look at this schema would say nothing of it
		}
		if one.Together {
			// On MySQL and MariaDB they commit nothing, as changes of rows do.
			st.Together, st.Data = true, st.Data || p.state.Flavor.Dialect.MySQLFamily()
		}
	}
}

// elsewhere reports whether a statement of plain SQL may have its effect in
// another schema or database than the one that is looked at.
func (p *planner) elsewhere(sql string, r catalog.Resumed) bool {
	schemas := sqltext.Classify(sql, p.state.Flavor.Dialect).Schemas
	if len(schemas) == 0 {
		return r.Path != "" && !strings.EqualFold(r.Path, p.here)
	}
	return p.here != "" && slices.ContainsFunc(schemas, func(name string) bool { return !strings.EqualFold(name, p.here) })
}

// refold takes the schema after what is planned so far from the catalog, which
// may know the effect of plain SQL, where no database can be asked for it.
func (p *planner) refold() bool {
	if !p.offline {
		return false
	}
	state, err := p.catalog.Fold(p.state.Flavor, p.online, p.applied)
	if err != nil || state.Opaque {
		return false
	}
	p.state = state
	return true
}

// takesPart reports whether a change belongs to this run.
func (p *planner) takesPart(c catalog.Change) bool {
	return c.Serves(p.state.Flavor.Dialect) && c.RunsIn(p.online)
}

// operation adds the statements of one change to step and folds it.
func (p *planner) operation(step *plan.Step, c catalog.Change, index int, from resume) error {
	underWay := from.begun && index == from.attempt.Sent.Operation
	f := p.form()
	if f.Begun = underWay; underWay && from.before != nil {
		// The live schema may show its effect already; the statement is
		// settled before it is sent again.
		f.Before = func() *schema.Schema { return from.before(index) }
	}
	statements, err := schema.Statements(c.Op, p.state, f)
	if err != nil {
		return err
	}
	if !underWay {
		statements = p.needed(statements)
	}
	for _, st := range statements {
		if p.idle(st) {
			continue
		}
		st.Position.Operation = index
		st.NoTransaction = st.NoTransaction || c.NoTransaction
		st = p.annotate(st, c)
		before, err := p.plainIndex(st, c)
		if err != nil {
			return err
		}
		step.Statements = append(append(step.Statements, before...), st)
		p.weigh(step.ID, st)
	}
	step.ForeignKeyCheck = append(step.ForeignKeyCheck, schema.Rebuilt(statements)...)
	if underWay && shows(p.state, statements) {
		step.Opaque = step.Opaque || p.state.Opaque
		return nil
	}
	if !underWay {
		p.tryOut(c.Op)
	}
	schema.Clear(c.Op, p.state, underWay)
	if err := c.Op.Apply(p.state); err != nil && !underWay {
		return err
	}
	p.make(c.Op)
	step.Opaque = step.Opaque || p.state.Opaque
	return nil
}

// idle reports whether a statement sets what the server does not have to the
// value that means nothing: dumps of newer releases do.
func (p *planner) idle(st plan.Statement) bool {
	f := p.state.Flavor
	if f.Dialect != flavor.Postgres || f.TransactionTimeout() || !strings.Contains(st.SQL, "transaction_timeout") {
		return false
	}
	a := sqltext.Assignments(st.SQL, f.Dialect)
	return len(a) == 1 && a[0] == sqltext.Assignment{Name: "transaction_timeout", Value: "0"}
}

// tryOut takes what plain SQL makes of a SQLite schema from a scratch database.
func (p *planner) tryOut(op schema.Operation) {
	sql, plain := op.(*schema.SQL)
	if !plain || p.state.Flavor.Dialect != flavor.SQLite {
		return
	}
	changes := func(st schema.SQLStatement) bool { return !st.Data }
	if !slices.ContainsFunc(sql.Statements[flavor.SQLite], changes) {
		return
	}
	if after := tryOut(p.state, sql); after != nil {
		p.state = after
	}
}

// form is how operations are rendered for the database as it is used.
func (p *planner) form() schema.Form {
	unused := func(table string) bool { return p.made[table] }
	return schema.Form{Online: p.online, Blocking: p.allowed, Unused: unused}
}

// shows reports whether the live schema holds what an operation leads to. An
// operation that adds something without a name would add it again.
func shows(live *schema.Schema, statements []plan.Statement) bool {
	for i := len(statements) - 1; i >= 0; i-- {
		if e := statements[i].Effect; e != nil {
			shown, known := live.Shows(*e)
			return shown && known
		}
	}
	return false
}

// make notes the tables that an operation makes, and what they are called.
func (p *planner) make(op schema.Operation) {
	switch op := op.(type) {
	case *schema.CreateTable:
		if p.made == nil {
			p.made = map[string]bool{}
		}
		p.made[op.Name] = !op.IfNotExists
	case *schema.RenameTable:
		if p.made[op.From] {
			p.made[op.To] = true
		}
	}
}

// weigh notes the first statement that would block while the service runs.
func (p *planner) weigh(id string, st plan.Statement) {
	if p.blocking == nil && st.Instead != "" {
		p.blocking = &Blocking{Revision: id, Statement: st}
	}
}

// annotate adds what the words of a plain SQL statement tell of it, and how it
// is to be sent.
func (p *planner) annotate(st plan.Statement, c catalog.Change) plan.Statement {
	if _, plain := c.Op.(*schema.SQL); !plain {
		st.Willing = !st.NoTransaction
		return st
	}
	k := sqltext.Classify(st.SQL, p.state.Flavor.Dialect)
	st.Data = st.Data || k.Data
	st.Willing = k.Known && !k.NoTransaction
	st.NoTransaction = st.NoTransaction || k.NoTransaction
	st.Effect = effectOf(k)
	if p.state.Flavor.Dialect == flavor.Postgres {
		indexEffect(&st)
		p.finalize(&st)
	}
	st.Session = sqltext.Lasting(st.SQL, k, p.state.Flavor.Dialect)
	p.appraise(&st, k)
	return st
}

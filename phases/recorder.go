package phases

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/engine/run"
	"manage/phases/backfill"
	"manage/schema"
)

// recorder keeps the record of the schema while a command works under the lease.
// It is opened before the first change: should the run die, the next one knows
// what the schema was when it began. It is closed when the run has ended.
type recorder struct {
	*Service
	held *run.Held
	// off is true if there is nothing to record, or no way to.
	off    bool
	record *schemaRecord // while it is open
}

// before opens the record before a plan that changes the schema, unless it is
// open.
func (r *recorder) before(ctx context.Context, p plan.Plan, unfinished map[string]ledger.Attempt) error {
	if r.off || r.record != nil {
		return nil
	}
	if r.off = !r.recorded(); r.off {
		return nil
	}
	err := r.open(ctx, p, unfinished)
	if database.ClassOf(err) == database.Denied {
		// Who may not make or write the table works on without the record.
		r.off, r.record = true, nil
		r.tell(Warned{fmt.Sprintf("The account may not write the table %s, so what plain SQL makes is not recorded and `verify` cannot compare it.", ledger.SchemaTable)})
		return nil
	}
	return err
}

// open reads the record and marks it open, with what the schema is now.
func (r *recorder) open(ctx context.Context, p plan.Plan, unfinished map[string]ledger.Attempt) error {
	sess := r.held.Session()
	known, err := r.readable(ctx)
	if err != nil {
		return err
	}
	if known != nil && known.Open && !stamps(p) {
		r.record = known // of a run that has not ended: what it began with counts
		return nil
	}
	live, err := r.objects(ctx, sess)
	if err != nil {
		return err
	}
	at, err := r.position(ctx, sess)
	if err != nil {
		return err
	}
	switch {
	case stamps(p):
		known, err = r.asFound(live, r.stamped(p))
	case known != nil && equalRows(known.Rows, sortedRows(at.Rows)):
	case !at.Recorded && len(unfinished) == 0:
		known = &schemaRecord{}
	default:
		known, err = r.asFound(live, at.Applied)
	}
	if err != nil {
		return err
	}
	known.Rows, known.Open, known.Before = sortedRows(at.Rows), true, digests(live)
	r.record = known
	return r.save(ctx)
}

// readable is the record; nil if there is none that makes sense, which is told
// and does not keep anybody from working.
func (r *recorder) readable(ctx context.Context) (*schemaRecord, error) {
	known, err := r.Service.record(ctx, r.held.Store())
	var garbled *ledger.Garbled
	if errors.As(err, &garbled) {
		r.tell(Warned{fmt.Sprintf("%v; the schema is recorded anew as it is.", garbled)})
		return nil, nil
	}
	return known, err
}

// stamps reports whether a plan records a version for a schema that is there.
func stamps(p plan.Plan) bool {
	return slices.ContainsFunc(p.Steps, func(st plan.Step) bool { return st.Phase == plan.Adopt && st.Checksum == "" })
}

// stamped is the set of revisions that such a plan records first.
func (r *recorder) stamped(p plan.Plan) revision.Set {
	i := slices.IndexFunc(p.Steps, func(st plan.Step) bool { return st.Phase == plan.Adopt && st.Checksum == "" })
	applied, _ := r.Catalog.Graph.Applied(p.Steps[i].Rows)
	return applied
}

// asFound is a record that takes the schema as it is, as far as the applied
// revisions name its objects: nobody has seen how it came about.
func (r *recorder) asFound(live []schema.Object, applied revision.Set) (*schemaRecord, error) {
	known := &schemaRecord{Since: r.Catalog.Graph.Version(applied).String()}
	named, err := r.named(applied)
	if err != nil {
		return nil, err
	}
	for _, o := range live {
		if named.has(o) {
			known.Objects = append(known.Objects, o)
		}
	}
	return known, nil
}

// close writes down what the schema is now, unless nothing is open.
func (r *recorder) close(ctx context.Context) error {
	if r.record == nil {
		return nil
	}
	sess := r.held.Session()
	live, err := r.objects(ctx, sess)
	if err != nil {
		return err
	}
	p, err := r.position(ctx, sess)
	if err != nil {
		return err
	}
	r.record.Objects = merged(r.record.Objects, r.record.Before, live)
	r.record.Rows, r.record.Open, r.record.Before = sortedRows(p.Rows), false, nil
	err = r.save(ctx)
	r.record = nil
	return err
}

// after closes the record at the end of a command, where it ended in good order.
// Otherwise it stays open for the next run.
func (r *recorder) after(ctx context.Context, err error) {
	var stopped *run.Interrupted
	var halted *backfill.Halted
	if err != nil && !errors.As(err, &stopped) && !errors.As(err, &halted) {
		return
	}
	if err := r.close(context.WithoutCancel(ctx)); err != nil {
		r.tell(Warned{fmt.Sprintf("The schema could not be recorded, so `verify` cannot compare what plain SQL made: %v", err)})
	}
}

// save writes the record.
func (r *recorder) save(ctx context.Context) error {
	text, err := r.record.encode()
	if err != nil {
		return err
	}
	return r.held.SaveSchema(ctx, ledger.SchemaRecord{Text: text})
}

// sortedRows are version rows in one order, none as an empty list.
func sortedRows(rows []string) []string {
	rows = append([]string{}, rows...)
	slices.Sort(rows)
	return rows
}

// otherwiseRecorded reports whether the record of the schema, where there should
// be one, is not of this version or not what is there.
func (s *Service) otherwiseRecorded(ctx context.Context, sess database.Session, p Position) (bool, error) {
	if !s.recorded() {
		return false, nil
	}
	known, err := s.record(ctx, s.store(sess))
	var garbled *ledger.Garbled
	switch {
	case errors.As(err, &garbled):
		return true, nil
	case err != nil:
		return false, err
	case known == nil, known.Open, !equalRows(known.Rows, sortedRows(p.Rows)):
		return true, nil
	}
	live, err := s.objects(ctx, sess)
	if err != nil {
		return false, err
	}
	expected, now := digests(known.Objects), digests(live)
	for key, sum := range expected {
		if now[key] != sum {
			return true, nil
		}
	}
	tables := map[string]bool{}
	for _, o := range known.Objects {
		tables[o.Table] = true
	}
	return slices.ContainsFunc(live, func(o schema.Object) bool {
		return o.Table != "" && o.Kind != plan.KindTrigger && tables[o.Table] && expected[keyText(o)] == ""
	}), nil
}

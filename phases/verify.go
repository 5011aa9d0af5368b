package phases

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/run"
	"manage/schema"
)

// Verification is how the live schema of a database stands to what its applied
// revisions should have made of it.
type Verification struct {
	Catalog  string
	Dialect  flavor.Dialect
	Position Position
	// Exact is true if manage itself applied every revision, so that names,
	// comments and boolean checks are compared as well. Schemas that other tools
	// made may differ in these without harm.
	Exact bool
	// Differences are what is missing, changed, or should not be there.
	Differences []Finding
	// Known are differences that the catalog knows and that alarm nobody.
	Known []Finding
	// Open are differences that may be none: Finding.Why says for what reason.
	Open []Finding
	// Half are the revisions that an interrupted run left half applied.
	Half []ledger.Attempt
	// Changed are the applied revisions whose files mean something else by
	// now; what they should have made is read from the files as they are.
	Changed []string
	// Unseen are the kinds of objects that the account may not see, so that
	// they are not compared.
	Unseen []plan.ObjectKind
	// Compared counts what was compared, by kind.
	Compared []Count
	// NotCompared is what could not be.
	NotCompared []Uncompared
	// Since is the version at which what plain SQL had made was recorded as it
	// was found; "" if it was recorded as it was made, or there is none.
	Since string
	// Repairs are the statements that would repair Differences, in an order in
	// which they can be run.
	Repairs []schema.Repair
	// Unmanaged are objects that no revision makes, such as "view late".
	Unmanaged []string
	Lease     *ledger.Lease // nil if nobody is at work
}

// Nothing reports whether nothing was compared, although there is something that
// could not be.
func (v Verification) Nothing() bool { return len(v.Compared) == 0 && len(v.NotCompared) > 0 }

// Partial reports whether there is anything that was not compared.
func (v Verification) Partial() bool { return len(v.NotCompared) > 0 || !v.Exact }

// Finding is a difference, and whose work it concerns.
type Finding struct {
	schema.Difference
	// Revision is the one that gave the object its form, or removed it; "" if
	// none did.
	Revision string
	Why      string
}

// Verify compares the live schema with what the applied revisions should have
// made. It writes nothing. A database without a version is refused.
func (s *Service) Verify(ctx context.Context) (Verification, error) {
	v := Verification{Catalog: s.Catalog.Name, Dialect: s.DB.Flavor().Dialect}
	sess, err := s.DB.Reader(ctx)
	if err != nil {
		return v, err
	}
	defer sess.Close()
	if v.Position, err = s.position(ctx, sess); err != nil {
		return v, err
	}
	if err := s.known(v.Position); err != nil {
		return v, err
	}
	journal, err := s.store(sess).Attempts(ctx)
	if err != nil {
		return v, err
	}
	if !v.Position.Recorded && len(run.Unfinished(journal)) == 0 {
		return v, &Refused{Reason: "no version is recorded, so it is not known what the schema should be", Next: "sync"}
	}
	if v.Lease, err = s.store(sess).Lease(ctx); err != nil {
		return v, err
	}
	live, err := s.inspect(ctx, sess)
	if err != nil {
		return v, err
	}
	others, err := schema.Others(ctx, sess, s.DB.Flavor(), s.DB.Schema())
	if err != nil {
		return v, err
	}
	w := &verifying{Service: s, v: &v, journal: journal, live: live, others: others}
	if v.Unseen, err = s.unseen(ctx, sess, live); err != nil {
		return v, err
	}
	if err := w.expect(); err != nil {
		return v, err
	}
	if err := w.readRecord(ctx, sess); err != nil {
		return v, err
	}
	if err := w.unseenOthers(ctx, sess); err != nil {
		return v, err
	}
	unsound, err := s.unsound(ctx, sess, v.Position.Applied)
	if err == nil {
		err = w.compare()
	}
	if err == nil {
		w.unsoundObjects(unsound)
		w.repairs()
	}
	return v, err
}

// verifying is one verification under way.
type verifying struct {
	*Service
	v       *Verification
	journal []ledger.Attempt
	live    *schema.Schema
	others  []string
	want    *schema.Schema // with all bridges
	offline *schema.Schema // without any
	// spoken are the objects that the words of plain SQL make, and record is what
	// is written down of the schema, where plain SQL hides it.
	spoken *spoken
	record *byRecord
	// bridges are the objects that join two releases, and whether each should be
	// there; certain are those of which the record tells the difference, and
	// differs those in which the schema is not what the revisions make.
	bridges map[object]bool
	certain map[object]bool
	differs map[object]bool
	// made is the revision that last changed an object.
	made map[object]string
	// half are the objects that half applied revisions change, by revision.
	half map[object]string
}

// object is what a difference is about, in the words of the comparison. Half
// applied revisions are looked up without a kind: an index may be on its way to
// become a constraint.
type object struct {
	kind        plan.ObjectKind
	table, name string
}

func objectOf(d schema.Difference) object {
	return object{d.Kind, strings.ToLower(d.Table), strings.ToLower(d.Name)}
}

// compare fills in the findings.
func (w *verifying) compare() error {
	w.v.Changed = w.changed(w.v.Position.Applied, w.journal)
	w.v.Exact = w.madeHere() || w.record.whole()
	if w.record.record != nil {
		w.v.Since = w.record.record.Since
	}
	if err := w.halfApplied(); err != nil {
		return err
	}
	w.unmanaged()
	rules := schema.Rules{ColumnOrder: true}
	if !w.v.Exact {
		rules = schema.TakingOver()
		rules.Triggers, rules.States = false, false
	}
	all := w.differences(rules)
	rules.Known = w.Catalog.KnownDifferences
	alarming := w.differences(rules)
	for _, d := range all {
		f := Finding{Difference: d, Revision: w.maker(d)}
		switch {
		case slices.Contains(w.v.Unseen, d.Kind) && (d.Have == "" || d.Kind == plan.KindTrigger):
		case !slices.Contains(alarming, d):
			w.v.Known = append(w.v.Known, f)
		case w.asMade(d), !w.certain[objectOf(d)] && w.meant(d):
		case w.open(&f):
			w.v.Open = append(w.v.Open, f)
		default:
			w.v.Differences = append(w.v.Differences, f)
		}
	}
	w.promised()
	w.count()
	return nil
}

// madeHere reports whether each applied revision was run by manage, or the
// schema made in one go.
func (w *verifying) madeHere() bool {
	ran := map[string]bool{}
	for _, at := range w.journal {
		if !at.Succeeded() || at.Direction != plan.Up {
			continue
		}
		switch at.Phase {
		case plan.Create:
			return true
		case plan.Trunk, plan.Expand, plan.Contract:
			ran[at.Revision] = true
		}
	}
	return !slices.ContainsFunc(w.v.Position.Applied.IDs(), func(id string) bool { return !ran[id] })
}

// expect computes what should be there, and notes which revision made it so.
func (w *verifying) expect() (err error) {
	w.made = map[object]string{}
	note := func(id string, before, after *schema.Schema) {
		for _, d := range schema.Compare(before, after, schema.Rules{}) {
			w.made[objectOf(d)] = id
		}
	}
	f, applied := w.DB.Flavor(), w.v.Position.Applied
	if w.want, err = w.Catalog.History(f, true, applied, note); err != nil {
		return err
	}
	w.spoken = w.Service.spoken(applied)
	for o, said := range w.spoken.objects {
		if w.made[o] == "" {
			w.made[o] = said.revision
		}
	}
	w.offline, err = w.Catalog.Fold(f, false, applied)
	return err
}

// maker is the revision that gave the object of a difference its form. What
// should not be there has none, unless one removed it.
func (w *verifying) maker(d schema.Difference) string {
	of := objectOf(d)
	id := w.made[of]
	if id == "" && d.Want != "" {
		id = w.made[object{kind: plan.KindTable, table: of.table}]
	}
	return id
}

// differences lists what differs, from the record and from what the revisions
// make. Where objects bridge two releases it is what the schema with them or
// without them has, as it is for the database.
func (w *verifying) differences(rules schema.Rules) []schema.Difference {
	w.certain = map[object]bool{}
	recorded := w.record.differences(w.live, schema.Rules{ColumnOrder: true, Known: rules.Known})
	for _, d := range recorded {
		w.certain[objectOf(d)] = true
	}
	out := w.folded(rules)
	w.differs = map[object]bool{}
	for _, d := range out {
		w.differs[objectOf(d)] = true
	}
	if w.record.whole() {
		return joined(recorded)
	}
	out = slices.DeleteFunc(out, func(d schema.Difference) bool { return w.certain[objectOf(d)] })
	return joined(append(out, recorded...))
}

// folded compares the live schema with what the revisions make.
func (w *verifying) folded(rules schema.Rules) []schema.Difference {
	with := schema.Compare(w.want, w.live, rules)
	without := schema.Compare(w.offline, w.live, rules)
	w.bridges = w.bridgeObjects(with, without)
	out := slices.DeleteFunc(append(slices.Clone(with), w.missingViews()...), func(d schema.Difference) bool {
		online, bridging := w.bridges[objectOf(d)]
		return bridging && !online
	})
	for _, d := range without {
		if online, bridging := w.bridges[objectOf(d)]; bridging && !online {
			out = append(out, d)
		}
	}
	return out
}

// missingViews are the views that plain SQL made, where that could be tried out.
func (w *verifying) missingViews() []schema.Difference {
	var out []schema.Difference
	for _, v := range w.want.Views {
		if !slices.ContainsFunc(w.live.Views, func(l schema.View) bool { return strings.EqualFold(l.Name, v.Name) }) {
			out = append(out, schema.Difference{Kind: plan.KindView, Name: v.Name, Want: schema.Present})
		}
	}
	return out
}

// joined makes one difference of what is missing in one form and there in
// another, and sorts by table.
func joined(found []schema.Difference) []schema.Difference {
	var out []schema.Difference
	at := map[object]int{}
	for _, d := range found {
		of := objectOf(d)
		i, seen := at[of]
		switch {
		case d.Name == "" || !seen:
		case out[i].Have == "" && d.Want == "":
			out[i].Have = d.Have
			continue
		case out[i].Want == "" && d.Have == "":
			out[i].Want = d.Want
			continue
		}
		at[of] = len(out)
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(a, b schema.Difference) int { return cmp.Compare(a.Table, b.Table) })
	return out
}

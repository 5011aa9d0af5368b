package catalog

import (
	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/schema"
)

// FoldError is an operation that does not fit the schema that those before it
// have made.
type FoldError struct {
	Source revision.Source
	Err    error
}

// Error says where the operation stands and why it does not fit.
func (e *FoldError) Error() string { return e.Source.String() + ": " + e.Err.Error() }

// Unwrap is the error of the operation.
func (e *FoldError) Unwrap() error { return e.Err }

// Fold is the schema that a set of revisions leads to on a server of flavor f,
// computed from their operations alone. online says whether what is made only
// to bridge two releases is there. Plain SQL is tried out on SQLite, where
// that is the server (Scratch); elsewhere, and where that fails, it makes the
// schema opaque. The error is a *FoldError.
func (c *Catalog) Fold(f flavor.Flavor, online bool, applied revision.Set) (*schema.Schema, error) {
	w := &folding{Catalog: c, online: online, state: schema.New(f)}
	defer w.close()
	for _, id := range applied.IDs() {
		if err := w.apply(id); err != nil {
			return nil, err
		}
	}
	return w.schema(), nil
}

// History is Fold, and calls visit for each revision with the schema before
// and after it.
func (c *Catalog) History(f flavor.Flavor, online bool, applied revision.Set, visit func(id string, before, after *schema.Schema)) (*schema.Schema, error) {
	w := &folding{Catalog: c, online: online, state: schema.New(f)}
	defer w.close()
	for _, id := range applied.IDs() {
		before := w.schema().Clone()
		if err := w.apply(id); err != nil {
			return nil, err
		}
		visit(id, before, w.schema())
	}
	return w.schema(), nil
}

// maxPositions is how many positions Positions goes through before it leaves
// out those that no release leads through.
const maxPositions = 10_000

// Positions calls visit for every position that an offline run can leave a
// database at, with the schema it then has, until visit returns false. The
// positions come oldest first: with the fewest contract revisions, and of
// these with the fewest expand revisions. visit must not keep or change the
// schema. In catalogs of very many revisions the positions in which contract
// is more than one revision behind expand are left out. The error is a
// *FoldError.
func (c *Catalog) Positions(f flavor.Flavor, visit func(revision.Set, *schema.Schema) bool) error {
	w := c.walk(visit)
	s := &folding{Catalog: c, state: schema.New(f)}
	defer func() { s.close() }()
	for _, id := range w.trunk {
		if err := s.apply(id); err != nil || !visit(c.Graph.Closure(id), s.schema()) {
			return err
		}
	}
	for n := 0; n <= len(w.contract); n++ {
		next, more, err := w.row(n, s)
		if next != s {
			s.close()
			s = next
		}
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// walk is one run of Positions. A row holds the positions with the same
// contract revisions; each begins where its last one first can be applied.
type walk struct {
	*Catalog
	visit                   func(revision.Set, *schema.Schema) bool
	trunk, expand, contract []string
	needs                   []int // for each contract revision, how many expand revisions it needs
	whole                   bool  // rows go on to the last expand revision
}

func (c *Catalog) walk(visit func(revision.Set, *schema.Schema) bool) *walk {
	w := &walk{Catalog: c, visit: visit}
	for _, r := range c.Graph.Revisions() {
		switch r.Branch {
		case revision.Expand:
			w.expand = append(w.expand, r.ID)
		case revision.Contract:
			w.contract = append(w.contract, r.ID)
		default:
			w.trunk = append(w.trunk, r.ID)
		}
	}
	need := 0
	for _, id := range w.contract {
		for set := c.Graph.Closure(id); need < len(w.expand) && set.Has(w.expand[need]); {
			need++
		}
		w.needs = append(w.needs, need)
	}
	w.whole = (len(w.expand)+1)*(len(w.contract)+1) <= maxPositions
	return w
}

// row visits the positions with n contract revisions. s is the schema with n-1
// of them and the expand revisions that the n-th needs; what is returned is
// the same for the next row.
func (w *walk) row(n int, s *folding) (next *folding, more bool, err error) {
	begin, end := 0, len(w.expand)
	if n > 0 {
		begin = w.needs[n-1]
		if err := s.apply(w.contract[n-1]); err != nil || !w.visit(w.at(begin, n), s.schema()) {
			return s, false, err
		}
	}
	stop := end
	if n < len(w.contract) {
		stop = w.needs[n]
	}
	if !w.whole {
		end = stop
	}
	next = s
	for e := begin; e < end; e++ {
		if e == stop {
			next = s.fork()
		}
		if err := s.apply(w.expand[e]); err != nil || !w.visit(w.at(e+1, n), s.schema()) {
			return next, false, err
		}
	}
	return next, true, nil
}

// at is the set with e expand and n contract revisions.
func (w *walk) at(e, n int) revision.Set {
	var ids []string
	if e > 0 {
		ids = append(ids, w.expand[e-1])
	}
	if n > 0 {
		ids = append(ids, w.contract[n-1])
	}
	return w.Graph.Closure(ids...)
}

package phases

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"manage/engine/database"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/engine/sqltext"
	"manage/migrations/catalog"
	"manage/schema"
)

// claims are what the revisions of a set make and want to work: the kind and
// name of an object, with the revision that made it so last. Of constraints it
// is those that it validates, too.
func (s *Service) claims(applied revision.Set) map[string]string {
	all := map[string]string{}
	for _, id := range applied.IDs() {
		r := s.Catalog.Revisions[id]
		if r == nil {
			continue
		}
		for _, c := range r.Up {
			if c.Serves(s.DB.Flavor().Dialect) {
				s.claim(all, id, c)
			}
		}
	}
	return all
}

// claim adds what one change makes.
func (s *Service) claim(all map[string]string, id string, c catalog.Change) {
	add := func(kind plan.ObjectKind, name string) { all[string(kind)+" "+fold(name)] = id }
	switch op := c.Op.(type) {
	case *schema.CreateTable:
		for _, x := range op.Indexes {
			add(plan.KindIndex, x.Name)
		}
		for _, u := range op.Unique {
			add(plan.KindIndex, u.Name)
		}
		for _, k := range op.Checks {
			add(plan.KindCheck, k.Name)
		}
	case *schema.AddIndex:
		add(plan.KindIndex, op.Name)
	case *schema.AddUnique:
		add(plan.KindIndex, op.Name)
	case *schema.AddForeignKey:
		add(plan.KindForeignKey, op.Name)
	case *schema.AddCheck:
		add(plan.KindCheck, op.Name)
	case *schema.SQL:
		for _, st := range op.Statements[s.DB.Flavor().Dialect] {
			s.claimPlain(all, id, st.SQL)
		}
	}
}

// claimPlain adds what a statement of plain SQL makes. A constraint that it adds
// NOT VALID, or NOT ENFORCED, is meant to be so until another validates it.
func (s *Service) claimPlain(all map[string]string, id, sql string) {
	for _, e := range sqltext.Classify(sql, s.DB.Flavor().Dialect).Effects {
		switch {
		case e.Kind == sqltext.KindIndex && e.Verb == sqltext.Create:
			all[string(plan.KindIndex)+" "+fold(e.Name)] = id
		case e.Kind == sqltext.KindConstraint && e.Verb == sqltext.Alter && e.Again:
			all[string(plan.KindForeignKey)+" "+fold(e.Name)] = id
			all[string(plan.KindCheck)+" "+fold(e.Name)] = id
		case e.Verb == sqltext.Alter && e.Kind == sqltext.KindTable && strings.Contains(strings.ToUpper(sql), "DETACH"):
			for name := range names(sql) {
				all["partition "+name] = id
			}
		}
	}
}

// unsound are the objects that an applied revision made and that do not work,
// each with the revision.
func (s *Service) unsound(ctx context.Context, sess database.Session, applied revision.Set) (map[schema.Unsound]string, error) {
	found, err := schema.UnsoundObjects(ctx, sess, s.DB.Flavor(), s.DB.Schema())
	if err != nil || len(found) == 0 {
		return nil, err
	}
	claims := s.claims(applied)
	all := map[schema.Unsound]string{}
	for _, u := range found {
		if id := claims[string(u.Kind)+" "+fold(u.Name)]; id != "" {
			all[u] = id
		}
	}
	return all, nil
}

// broken adds a problem for each such object. While somebody is at work, an
// index that is being built looks just so.
func (s *Service) broken(ctx context.Context, sess database.Session, r *Report) error {
	if r.Lease != nil && !r.Lease.Expired || !r.Position.Recorded {
		return nil
	}
	found, err := s.unsound(ctx, sess, r.Position.Applied)
	for u, id := range found {
		r.Problems = append(r.Problems, Problem{Kind: NotSound, ID: id, Cure: u.Cure,
			Message: fmt.Sprintf("the %s %s of %s, which %s made, is %s", u.Kind, u.Name, u.Table, id, u.Is)})
	}
	slices.SortFunc(r.Problems, func(a, b Problem) int { return strings.Compare(string(a.Kind)+a.Message, string(b.Kind)+b.Message) })
	return err
}

// unsoundObjects adds what does not work to the differences, unless it is told of
// there.
func (w *verifying) unsoundObjects(found map[schema.Unsound]string) {
	for u, id := range found {
		d := schema.Difference{Kind: u.Kind, Table: u.Table, Name: u.Name, Want: "sound", Have: u.Is}
		told := slices.ContainsFunc(w.v.Differences, func(f Finding) bool { return f.Table == u.Table && f.Name == u.Name })
		if _, half := w.half[object{"", fold(u.Table), fold(u.Name)}]; !told && !half {
			w.v.Differences = append(w.v.Differences, Finding{Difference: d, Revision: id})
		}
	}
	slices.SortStableFunc(w.v.Differences, func(a, b Finding) int { return strings.Compare(a.Table, b.Table) })
}

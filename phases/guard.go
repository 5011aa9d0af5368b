package phases

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/phases/rowaccess"
)

// GuardState is a guard that refuses its phase as things are, or cannot be asked.
type GuardState struct {
	Phase   string
	Name    string
	Message string
	Source  revision.Source
	Rows    []string // what its query returns, of many the first
	Err     error    // a *BadQuery, or one of the connection; nil if it could be asked
}

func (g GuardState) refusal() *Refused {
	return &Refused{
		Reason: fmt.Sprintf("guard %q refuses %s: %s (%s)", g.Name, g.Phase, g.Message, strings.Join(g.Rows, ", ")),
		Hint:   "run the command again once the guard's query returns no row",
	}
}

// Guards asks the guards of a phase, and returns those that would refuse it now.
// It writes nothing.
func (s *Service) Guards(ctx context.Context, phase plan.Phase) ([]GuardState, error) {
	if !slices.ContainsFunc(s.Catalog.Guards, func(g catalog.Guard) bool { return g.Phase == string(phase) }) {
		return nil, nil
	}
	sess, err := s.DB.Reader(ctx)
	if err != nil {
		return nil, err
	}
	defer sess.Close()
	var refusing []GuardState
	for _, g := range s.Catalog.Guards {
		if g.Phase != string(phase) {
			continue
		}
		if st := s.askGuard(ctx, sess, g); st.Err != nil || len(st.Rows) > 0 {
			refusing = append(refusing, st)
		}
	}
	return refusing, nil
}

// guards refuses a phase while one of the catalog's guard queries returns
// rows.
func (s *Service) guards(ctx context.Context, q database.Querier, phase plan.Phase) error {
	for _, g := range s.Catalog.Guards {
		if g.Phase != string(phase) {
			continue
		}
		st := s.askGuard(ctx, q, g)
		if st.Err != nil {
			return st.Err
		}
		if len(st.Rows) > 0 {
			return st.refusal()
		}
	}
	return nil
}

// askGuard runs a guard's query.
func (s *Service) askGuard(ctx context.Context, q database.Querier, g catalog.Guard) GuardState {
	st := GuardState{Phase: g.Phase, Name: g.Name, Message: g.Message, Source: g.Source}
	query, ok := g.Query.For(s.DB.Flavor().Dialect)
	if !ok {
		return st
	}
	if st.Err = rowaccess.Check(ctx, q, s.DB.Flavor().Dialect, rowaccess.Of(guardName(g), query, s.DB.Flavor().Dialect)); st.Err != nil {
		return st
	}
	found, err := queryStrings(ctx, q, query)
	if gone(err) && s.toCome(ctx, q, err) {
		return st
	}
	if err != nil {
		st.Err = rejected("the query of "+guardName(g), g.Source, err)
		return st
	}
	st.Rows = sample(found)
	return st
}

// toCome reports whether what a query misses is made by a revision that is not
// applied yet: then it returns no row.
func (s *Service) toCome(ctx context.Context, q database.Querier, err error) bool {
	sess, ok := q.(database.Session)
	if !ok {
		return false
	}
	p, readErr := s.position(ctx, sess)
	return readErr == nil && s.mentioned(missingName(err), func(r *catalog.Revision) bool { return !p.Applied.Has(r.ID) })
}

// sample is the first few values of a list, and how many more there are.
func sample(values []string) []string {
	const most = 5
	if len(values) <= most {
		return values
	}
	return append(values[:most:most], fmt.Sprintf("and %d more", len(values)-most))
}

// guarding are the guards of the phases of a plan.
func (s *Service) guarding(p plan.Plan) []plan.Guard {
	var all []plan.Guard
	for _, g := range s.Catalog.Guards {
		query, ok := g.Query.For(flavor.Dialect(p.Dialect))
		if ok && slices.ContainsFunc(p.Steps, func(step plan.Step) bool { return string(step.Phase) == g.Phase }) {
			all = append(all, plan.Guard{Phase: plan.Phase(g.Phase), Name: g.Name, Message: g.Message, Query: query, File: g.Source.File, Line: g.Source.Line})
		}
	}
	return all
}

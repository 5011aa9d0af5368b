package phases

import (
	"cmp"
	"context"
	"fmt"
	"sort"
	"strings"

	"manage/engine/database"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/engine/run"
	"manage/schema"
)

// adopt decides how a database without a version comes under control: by the
// number of an older scheme, by the position whose schema it has, or, if it
// holds nothing of the catalog's, from the beginning.
func (s *Service) adopt(ctx context.Context, sess database.Session, a *attempt) error {
	tables, err := s.tables(ctx, sess)
	if err != nil || len(tables) == 0 {
		return err
	}
	number, err := s.legacyNumber(ctx, sess, tables)
	if err != nil {
		return err
	}
	var applied revision.Set
	if number != "" {
		applied, err = s.legacyPosition(number)
	} else {
		applied, err = s.matching(ctx, sess, tables)
	}
	if err != nil || applied.Len() == 0 {
		return err
	}
	a.applied = applied
	a.adopted = strings.Join(s.Catalog.Graph.Version(applied).IDs(), ", ")
	a.adopt = append(a.adopt, stampStep(a.adopted, s.Catalog.Graph.Rows(applied)))
	return nil
}

// tables lists the tables of the database that are neither the catalog's
// version table nor manage's own.
func (s *Service) tables(ctx context.Context, sess database.Session) (map[string]bool, error) {
	names, err := schema.TableNames(ctx, sess, s.DB.Flavor(), s.DB.Schema())
	if err != nil {
		return nil, err
	}
	tables := map[string]bool{}
	for _, n := range names {
		if !s.bookkeeping(n) {
			tables[n] = true
		}
	}
	return tables, nil
}

// bookkeeping reports whether a table is the version table or one of those
// that the ledger makes.
func (s *Service) bookkeeping(table string) bool {
	switch table {
	case s.Catalog.VersionTable, "manage_journal", "manage_backfill", "manage_lease", "manage_schema":
		return true
	}
	return false
}

// legacyPosition is the position that a number of the older scheme stands for.
func (s *Service) legacyPosition(number string) (revision.Set, error) {
	id, ok := s.Catalog.Legacy.Versions[number]
	if ok {
		return s.Catalog.Graph.Closure(id), nil
	}
	var known []string
	for n := range s.Catalog.Legacy.Versions {
		known = append(known, n)
	}
	sort.Strings(known)
	return revision.Set{}, &Refused{
		Reason: fmt.Sprintf("the database is at number %s of the older scheme (table %s), which this catalog cannot take over: it knows %s",
			number, s.Catalog.Legacy.Table, strings.Join(known, ", ")),
		Hint: fmt.Sprintf("upgrade it with a release that still uses the older scheme, to %s, then run the command again",
			s.Catalog.Legacy.Versions[known[0]]),
	}
}

// matching is the oldest position whose schema the database has. Two services
// may share a database: tables that the catalog never makes are left out of
// the comparison if another service's version table is there.
func (s *Service) matching(ctx context.Context, sess database.Session, tables map[string]bool) (revision.Set, error) {
	live, err := s.inspect(ctx, sess)
	if err != nil {
		return revision.Set{}, err
	}
	ours := s.Catalog.Tables()
	shared := sharedDatabase(tables)
	for name := range live.Tables {
		foreign := !ours[name] && (shared || s.isLegacy(name))
		if s.bookkeeping(name) || foreign {
			delete(live.Tables, name)
		}
	}
	if len(live.Tables) == 0 {
		return revision.Set{}, nil
	}
	return s.nearest(live)
}

// isLegacy reports whether a table is the older scheme's version table.
func (s *Service) isLegacy(table string) bool {
	return s.Catalog.Legacy != nil && s.Catalog.Legacy.Table == table
}

// sharedDatabase reports whether another service keeps its version in the
// database. The catalog's own version table is not among tables.
func sharedDatabase(tables map[string]bool) bool {
	for name := range tables {
		if name == "alembic_version" || strings.HasPrefix(name, "manage_version_") {
			return true
		}
	}
	return false
}

// nearest walks over the positions a database can be at, oldest first, and
// returns the first whose schema is live, known differences aside; if none is,
// the error names the one that differs least. Positions behind plain SQL whose effect is not known
// cannot be compared; the error says where they begin.
func (s *Service) nearest(live *schema.Schema) (revision.Set, error) {
	var found revision.Set
	best, least := &Mismatch{}, -1
	rules := schema.TakingOver()
	rules.Known = s.Catalog.KnownDifferences
	err := s.Catalog.Positions(s.DB.Flavor(), func(at revision.Set, want *schema.Schema) bool {
		if want.Opaque {
			best.Beyond = cmp.Or(best.Beyond, s.Catalog.Graph.Version(at).String())
			return true
		}
		differences := schema.Compare(want, live, rules)
		if len(differences) == 0 {
			found = at
			return false
		}
		if least < 0 || len(differences) < least {
			least = len(differences)
			best.Nearest, best.Differences = s.Catalog.Graph.Version(at).IDs(), differences
		}
		return true
	})
	switch {
	case err != nil:
		return revision.Set{}, err
	case found.Len() > 0:
		return found, nil
	}
	return revision.Set{}, best
}

// Stamp records a version without running anything.
func (s *Service) Stamp(ctx context.Context, req Request) (Result, error) {
	return s.change(ctx, "stamp", func(ctx context.Context, sess database.Session) (work, error) {
		p, err := s.position(ctx, sess)
		if err != nil {
			return work{}, err
		}
		rows, err := s.Catalog.Graph.Stamp(p.Rows, req.Version)
		if err != nil {
			return work{}, err
		}
		w := work{plan: plan.Plan{Catalog: s.Catalog.Name, Dialect: string(s.DB.Flavor().Dialect), From: p.Rows, To: rows}}
		journal, err := s.store(sess).Attempts(ctx)
		if err != nil {
			return work{}, err
		}
		// Also where the rows stay as they are, it says that nothing is half
		// applied any more, and, where plain SQL hides what should be there, that
		// it is what is there now.
		due := !equalRows(p.Rows, rows) || len(run.Unfinished(journal)) > 0
		if !due && len(rows) > 0 {
			due, err = s.otherwiseRecorded(ctx, sess, p)
		}
		if err != nil {
			return work{}, err
		}
		if due {
			if rows == nil {
				rows = []string{}
			}
			w.plan.Steps = []plan.Step{stampStep(req.Version, rows)}
		}
		return w, nil
	})
}

// equalRows compares version rows, both sorted.
func equalRows(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

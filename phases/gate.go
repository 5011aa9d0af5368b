package phases

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"manage/engine/database"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/phases/rowaccess"
)

// pending reports whether a data migration's query finds rows. A migration
// whose tables or columns are gone has nothing left to move.
func (s *Service) pending(ctx context.Context, q database.Querier, m *catalog.Migration) (bool, error) {
	query, ok := m.Pending.For(s.DB.Flavor().Dialect)
	if !ok {
		return s.pendingElsewhere(ctx, q, m)
	}
	if err := rowaccess.Check(ctx, q, s.DB.Flavor().Dialect, rowaccess.Of(pendingName(m), query, s.DB.Flavor().Dialect)); err != nil {
		return false, err
	}
	found, err := anyRow(ctx, q, query)
	if gone(err) && s.everThere(err) {
		s.notDue(ctx, q, m, err)
		return false, nil
	}
	if err != nil {
		return false, rejected(pendingName(m), m.Source, err)
	}
	return found, nil
}

// saidKey is the key of the data migrations that notDue has spoken of, in the
// context of a command. Those that only look have none, and do not speak.
type saidKey struct{}

// notDue says, once in a command, that a data migration whose turn it is has
// nothing to move because what it reads was removed before: by a release that was
// contracted without it.
func (s *Service) notDue(ctx context.Context, q database.Querier, m *catalog.Migration, err error) {
	said, command := ctx.Value(saidKey{}).(map[string]bool)
	if !command || said[m.ID] || s.toCome(ctx, q, err) {
		return
	}
	sess, ok := q.(database.Session)
	if !ok {
		return
	}
	p, readErr := s.position(ctx, sess)
	turn := func(c revision.Migration) bool { return c.ID == m.ID }
	if readErr != nil || !slices.ContainsFunc(s.Catalog.Graph.Candidates(p.Applied), turn) {
		return
	}
	said[m.ID] = true
	s.tell(Warned{fmt.Sprintf("%s moves nothing: its pending query (%s) speaks of %s, which was removed before.", m.ID, m.Source, missingName(err))})
}

// gone reports whether a query failed because a table or column of it is not
// there.
func gone(err error) bool {
	var e *database.Error
	return errors.As(err, &e) && (e.Class == database.MissingColumn || e.Class == database.MissingTable)
}

// everThere reports whether what a query misses may have been there once: a name
// that no revision has ever had is a mistake in the query, which must not pass
// for a data migration that is done.
func (s *Service) everThere(err error) bool {
	name := missingName(err)
	return name == "" || s.mentioned(name, func(*catalog.Revision) bool { return true })
}

// due returns the data migrations among candidates that find rows. One that
// cannot be asked counts too, if unasked is to hear of it.
func (s *Service) due(ctx context.Context, q database.Querier, candidates []revision.Migration, unasked func(id string, err error)) ([]string, error) {
	var ids []string
	for _, c := range candidates {
		found, err := s.pending(ctx, q, s.Catalog.Migrations[c.ID])
		if err != nil && unasked != nil {
			unasked(c.ID, err)
			found, err = true, nil
		}
		if err != nil {
			return nil, err
		}
		if found {
			ids = append(ids, c.ID)
		}
	}
	return ids, nil
}

// mayExpand refuses `expand`, `migrate` and `contract` on a catalog that never
// parts.
func (s *Service) branched(command string) error {
	if s.Catalog.Graph.Branched() {
		return nil
	}
	return &Refused{
		Reason: fmt.Sprintf("the catalog %s has no expand and contract branches, so there is nothing to %s", s.Catalog.Name, command),
		Next:   "upgrade",
	}
}

// expandedFor refuses what needs expand revisions that are not applied.
func (s *Service) expandedFor(command string, applied, target revision.Set) error {
	for _, r := range s.Catalog.Graph.Pending(applied, target) {
		if r.Branch != revision.Contract {
			return &Refused{
				Reason: fmt.Sprintf("%s cannot run before %s is applied", command, r.ID),
				Next:   "expand",
			}
		}
	}
	return nil
}

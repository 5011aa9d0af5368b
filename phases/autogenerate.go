package phases

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"manage/engine/database"
	"manage/engine/revision"
	"manage/engine/run"
	"manage/phases/draft"
	"manage/schema"
)

// Autogenerate derives new revisions from what differs between the catalog's
// models and the database, which must be at the head: see package draft. It
// writes nothing, neither to the database nor to the catalog.
func (s *Service) Autogenerate(ctx context.Context) (draft.Draft, error) {
	if s.Catalog.Models == nil {
		return draft.Draft{}, &Refused{
			Reason: fmt.Sprintf("the catalog %s has no models.toml to compare the database with", s.Catalog.Name),
			Hint:   "write the newest schema into models.toml first",
		}
	}
	sess, err := s.DB.Reader(ctx)
	if err != nil {
		return draft.Draft{}, err
	}
	defer sess.Close()
	if err := s.atHead(ctx, sess); err != nil {
		return draft.Draft{}, err
	}
	live, err := s.inspect(ctx, sess)
	if err != nil {
		return draft.Draft{}, err
	}
	s.withoutBooks(live)
	return draft.Derive(s.Catalog, live)
}

// atHead refuses a database that is not at the head of the catalog: there, a
// difference would be one that a revision makes already.
func (s *Service) atHead(ctx context.Context, sess database.Session) error {
	p, err := s.position(ctx, sess)
	if err != nil {
		return err
	}
	if err := s.known(p); err != nil {
		return err
	}
	journal, err := s.store(sess).Attempts(ctx)
	if err != nil {
		return err
	}
	r, err := s.report(ctx, sess, known{journal: journal})
	if err != nil {
		return err
	}
	unfinished := run.Unfinished(journal)
	switch {
	case len(unfinished) > 0:
		ids := strings.Join(slices.Sorted(maps.Keys(unfinished)), ", ")
		return &Refused{Reason: "half applied is " + ids + ": the models cannot be compared with the database", Next: cmp.Or(r.Next, "upgrade")}
	case r.Stage != revision.Current:
		at := "has no version yet"
		if p.Recorded {
			at = "is at " + p.Version.String()
		}
		return &Refused{
			Reason: fmt.Sprintf("the database %s; to compare the models with it, it must be at the head, %s", at, s.Catalog.Graph.Version(s.Catalog.Graph.All())),
			Next:   cmp.Or(r.Next, "upgrade"),
		}
	}
	return nil
}

// withoutBooks takes the tables that manage keeps for itself out of a schema,
// and the version table of an older scheme.
func (s *Service) withoutBooks(live *schema.Schema) {
	for name := range live.Tables {
		if s.bookkeeping(name) || s.isLegacy(name) {
			delete(live.Tables, name)
		}
	}
}

package metadefs

import (
	"context"
	"fmt"

	"manage/engine/database"
	"manage/engine/ledger"
)

// unloading is what the lease and the positions call a removal.
const unloading = "unload_metadefs"

// Unload removes all metadata definitions, in one transaction. It tells Removing
// before, and Removed for each table after. The error is *MissingTables if the
// database has no such tables.
func (s *Service) Unload(ctx context.Context) error {
	if err := s.tellWhatGoes(ctx); err != nil {
		return err
	}
	held, err := s.acquire(ctx, unloading)
	if err != nil {
		return err
	}
	defer held.Release(ctx)
	var removed []Removed
	err = held.Batch(ctx, func(ctx context.Context, sess database.Session) (ledger.Progress, error) {
		removed = nil
		p := ledger.Progress{Migration: unloading}
		for _, t := range tables() {
			result, err := sess.ExecContext(ctx, "DELETE FROM "+sess.QuoteIdent(t.name))
			if err != nil {
				return p, err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return p, err
			}
			removed = append(removed, Removed{Table: t.name, Rows: n})
			p.Rows += n
		}
		p.Estimate, p.Finished = p.Rows, &p.Updated
		return p, nil
	})
	if err != nil {
		return held.Why(ctx, err)
	}
	for _, r := range removed {
		s.tell(r)
	}
	return nil
}

// tellWhatGoes tells how much a removal will destroy.
func (s *Service) tellWhatGoes(ctx context.Context) error {
	sess, err := s.look(ctx, true)
	if err != nil {
		return err
	}
	defer sess.Close()
	var all Removing
	r := &reader{sess: sess}
	query := fmt.Sprintf("SELECT (SELECT COUNT(*) FROM %s), (SELECT COUNT(*) FROM %s)", namespacesTable, typesTable)
	return r.each(ctx, query, func() { s.tell(all) }, &all.Namespaces, &all.ResourceTypes)
}

package ledger

import "context"

// Progress implements Store.
func (s *sqlStore) Progress(ctx context.Context) ([]Progress, error) {
	found, err := s.exists(ctx, BackfillTable)
	if err != nil || !found {
		return nil, err
	}
	var all []Progress
	err = s.each(ctx, BackfillTable, "SELECT migration, key_range, position, rows_done, estimate, started, updated, finished FROM "+
		BackfillTable+" WHERE catalog = "+s.catalog+" ORDER BY migration, key_range", func(scan func(...any) error) error {
		p, err := readProgress(scan)
		all = append(all, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

func readProgress(scan func(...any) error) (Progress, error) {
	var p Progress
	var started, updated, finished any
	err := scan(&p.Migration, &p.Range, &p.Position, &p.Rows, &p.Estimate, &started, &updated, &finished)
	if err != nil {
		return p, err
	}
	if p.Rows < 0 {
		return p, &Garbled{Table: BackfillTable, Column: "rows_done", Value: number(p.Rows)}
	}
	if p.Started, err = readTime(BackfillTable, "started", started); err != nil {
		return p, err
	}
	if p.Updated, err = readTime(BackfillTable, "updated", updated); err != nil {
		return p, err
	}
	p.Finished, err = readTimeOrNull(BackfillTable, "finished", finished)
	return p, err
}

// SaveProgress implements Store. A position is never cut short, unlike other
// texts: half a position would be another one.
func (s *sqlStore) SaveProgress(ctx context.Context, token int64, p Progress) error {
	if err := s.ensure(ctx, s.backfillTable()); err != nil {
		return err
	}
	finished := "NULL"
	if p.Finished != nil {
		finished = s.clock.now()
	}
	key := []field{{"catalog", s.catalog}, {"migration", s.q.QuoteLiteral(p.Migration)}, {"key_range", s.q.QuoteLiteral(p.Range)}}
	set := []field{{"position", s.q.QuoteLiteral(p.Position)}, {"rows_done", number(p.Rows)},
		{"estimate", number(p.Estimate)}, {"updated", s.clock.now()}, {"finished", finished}}
	return s.apply(ctx, token, write{verb: upsert, table: BackfillTable, set: set, key: key,
		fresh: []field{{"started", s.clock.now()}}})
}

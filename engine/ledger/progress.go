package ledger

import (
	"context"
	"math"
)

// Progress implements Store.
func (s *sqlStore) Progress(ctx context.Context) ([]Progress, error) {
	found, err := s.exists(ctx, BackfillTable)
	if err != nil || !found {
		return nil, err
	}
	more, err := s.has(ctx, pausesAdded)
	if err != nil {
		return nil, err
	}
	var all []Progress
	columns := []string{"migration", "key_range", "position", "rows_done", "estimate", "started", "updated", "finished"}
	if more {
		columns = append(columns, "batch_rows", "waiting", "speed_milli")
	} else { // an older release made the table
		columns = append(columns, "NULL", "NULL", "NULL")
	}
	tail := s.at(BackfillTable) + " WHERE catalog = " + s.catalog + " ORDER BY migration, key_range"
	from := source{table: BackfillTable, columns: columns, keys: 2, all: "catalog = " + s.catalog}
	err = s.each(ctx, from, tail, func(r *row) {
		p := Progress{Migration: r.name(), Range: r.name(), Position: r.text(longestText), Rows: r.number(0, mostRows), Estimate: r.count(),
			Started: r.time(), Updated: r.time(), Finished: r.timeOrNull(), Batch: r.countOrNone(), Waiting: r.textOrNone(),
			Speed: float64(r.countOrNone()) / 1000, Row: r.where()}
		all = append(all, p)
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// SaveProgress implements Store. A position is never cut short, unlike other
// texts: half a position would be another one.
func (s *sqlStore) SaveProgress(ctx context.Context, token int64, p Progress) error {
	if err := s.ensure(ctx, s.backfillTable()); err != nil {
		return err
	}
	more, err := s.has(ctx, pausesAdded)
	if err != nil {
		return err
	}
	finished := "NULL"
	if p.Finished != nil {
		finished = s.clock.now()
	}
	key := []field{{"catalog", s.catalog}, {"migration", s.q.QuoteLiteral(p.Migration)}, {"key_range", s.q.QuoteLiteral(p.Range)}}
	set := []field{{"position", s.q.QuoteLiteral(p.Position)}, {"rows_done", number(p.Rows)},
		{"estimate", number(p.Estimate)}, {"updated", s.clock.now()}, {"finished", finished}}
	fresh := []field{{"started", s.clock.now()}}
	if p.Started.IsZero() {
		set, fresh = append(fresh, set...), nil // first, so that it is not after what was updated
	}
	if more {
		set = append(set, field{"batch_rows", number(p.Batch)}, field{"waiting", s.text(p.Waiting, 0)},
			field{"speed_milli", number(int64(math.Round(p.Speed * 1000)))})
	}
	return s.apply(ctx, token, write{verb: upsert, table: s.at(BackfillTable), set: set, key: key,
		fresh: fresh})
}

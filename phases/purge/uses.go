package purge

import (
	"context"

	"manage/migrations/catalog"
	"manage/phases/rowaccess"
)

// purging is who needs the rows, in messages.
const purging = "the purge"

// uses are the tables whose rows a purge removes, and those that it has to see
// whole: a row that is hidden would not be in the way of the one that it refers
// to.
func (s *Selection) uses(more []need) []rowaccess.Use {
	var all []rowaccess.Use
	add := func(schemaName, table string, written bool) {
		if t := s.live.Table(table); schemaName == "" && t != nil {
			table = t.Name // as the server keeps it
		}
		all = append(all, rowaccess.Use{Schema: schemaName, Table: table, Written: written, By: purging})
	}
	for _, p := range s.parts {
		add("", p.kind.Table, p.kind.Keep == "")
		for _, w := range p.kind.With {
			add("", w.Table, true)
		}
	}
	for _, n := range more {
		add("", n.table, false)
	}
	for _, r := range s.references() {
		add(r.schema, r.table, false)
	}
	return all
}

// sweepable refuses a sweep, before its first table, for any of its tables.
func (s *Service) sweepable(ctx context.Context, sweep *catalog.Sweep) error {
	sess, err := s.DB.Session(ctx)
	if err != nil {
		return err
	}
	defer sess.Close()
	var all []rowaccess.Use
	for _, t := range sweep.Tables {
		all = append(all, rowaccess.Use{Table: t.Table, Written: true, By: purging})
		if t.Owner != "" {
			all = append(all, rowaccess.Use{Table: t.Owner, By: purging})
		}
	}
	return rowaccess.Check(ctx, sess, sess.Flavor().Dialect, all)
}

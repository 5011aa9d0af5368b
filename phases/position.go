package phases

import (
	"context"
	"fmt"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/revision"
)

// Position is where a database stands, from its version rows alone.
type Position struct {
	Rows     []string // as stored
	Recorded bool     // there is at least one row
	Unknown  []string // rows that the catalog does not know
	Applied  revision.Set
	Version  revision.Version
}

// store is the ledger of the service's catalog, through sess.
func (s *Service) store(sess database.Session) ledger.Store {
	return ledger.NewSQL(sess, s.Catalog.Name, s.Catalog.VersionTable)
}

// position reads the version rows and says what they mean.
func (s *Service) position(ctx context.Context, sess database.Session) (Position, error) {
	rows, _, err := s.store(sess).Rows(ctx)
	if err != nil {
		return Position{}, err
	}
	return s.positionOf(rows), nil
}

// positionOf says what version rows mean.
func (s *Service) positionOf(rows []string) Position {
	applied, unknown := s.Catalog.Graph.Applied(rows)
	return Position{
		Rows:     rows,
		Recorded: len(rows) > 0,
		Unknown:  unknown,
		Applied:  applied,
		Version:  s.Catalog.Graph.Version(applied),
	}
}

// known refuses to go on from a version that the catalog does not know.
func (s *Service) known(p Position) error {
	if len(p.Unknown) == 0 {
		return nil
	}
	return &Ahead{Unknown: p.Unknown, Newest: s.newest()}
}

// newest is the composite version of the catalog's heads.
func (s *Service) newest() []string {
	g := s.Catalog.Graph
	h := g.Heads()
	var ids []string
	for _, id := range []string{h.Expand, h.Contract} {
		if id != "" {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 && h.Trunk != "" {
		ids = append(ids, h.Trunk)
	}
	return ids
}

// legacyNumber reads the number in the older scheme's version table; "" if the
// catalog has no such scheme, or the table is not there or empty.
func (s *Service) legacyNumber(ctx context.Context, sess database.Session, tables map[string]bool) (string, error) {
	l := s.Catalog.Legacy
	if l == nil || !tables[l.Table] {
		return "", nil
	}
	query := fmt.Sprintf("SELECT %s FROM %s", sess.QuoteIdent(l.Column), sess.QuoteIdent(l.Table))
	values, err := queryStrings(ctx, sess, query)
	if err != nil || len(values) == 0 {
		return "", err
	}
	if len(values) > 1 {
		return "", &Refused{
			Reason: fmt.Sprintf("the older scheme's table %s holds %d numbers where one is expected", l.Table, len(values)),
			Hint:   "leave the one that is right in it, then run the command again",
		}
	}
	return values[0], nil
}

// queryStrings returns the first column of a query's rows as text.
func queryStrings(ctx context.Context, q database.Querier, query string) ([]string, error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var v any
	targets := make([]any, len(columns))
	for i := range targets {
		targets[i] = new(any)
	}
	targets[0] = &v
	var values []string
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		if v == nil {
			v = "NULL"
		}
		if b, ok := v.([]byte); ok {
			v = string(b)
		}
		values = append(values, fmt.Sprint(v))
	}
	return values, rows.Err()
}

// anyRow reports whether a query returns a row, and reads no more than one.
func anyRow(ctx context.Context, q database.Querier, query string) (bool, error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	found := rows.Next()
	return found, rows.Err()
}

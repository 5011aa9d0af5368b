package ledger

import (
	"context"
	"time"

	"manage/engine/database"
)

// Lease implements Store.
func (s *sqlStore) Lease(ctx context.Context) (*Lease, error) {
	l, err := s.readLease(ctx)
	if err != nil || l == nil || l.Holder == "" {
		return nil, err
	}
	return l, nil
}

// readLease reads the row, also that of a lease that was given back: it stays,
// with no holder, so that the token goes on growing.
func (s *sqlStore) readLease(ctx context.Context) (*Lease, error) {
	found, err := s.exists(ctx, LeaseTable)
	if err != nil || !found {
		return nil, err
	}
	var lease *Lease
	columns := []string{"holder", "server_session", "token", "doing", "acquired", "beat", "expires",
		"CASE WHEN expires <= " + s.clock.now() + " THEN 1 ELSE 0 END", s.clock.now()}
	from := source{table: LeaseTable, columns: columns, all: "catalog = " + s.catalog}
	err = s.each(ctx, from, s.at(LeaseTable)+" WHERE catalog = "+s.catalog, func(r *row) {
		l := Lease{Holder: r.name(), Session: r.name(), Token: r.number(0, lastToken), Doing: r.name(),
			Acquired: r.time(), Beat: r.time(), Expires: r.time(), Expired: r.flag(), Now: r.time()}
		lease = &l
	})
	if err != nil {
		return nil, err
	}
	return lease, nil
}

// Acquire implements Store. It is a compare-and-swap on the token, committed
// at once: on Galera the first to commit wins and the other gets a deadlock
// error, which is an answer too.
func (s *sqlStore) Acquire(ctx context.Context, holder, session, doing string, ttl time.Duration) (Lease, bool, error) {
	before, err := s.readLease(ctx)
	if err != nil {
		return Lease{}, false, err
	}
	if before != nil && before.Holder != "" && !before.Expired {
		return *before, false, nil
	}
	guard := ""
	if before != nil && before.Holder != "" {
		// Its holder may have extended it since it was read.
		guard = "expires <= " + s.clock.now()
	}
	return s.take(ctx, before, guard, holder, session, doing, ttl)
}

// Seize implements Store.
func (s *sqlStore) Seize(ctx context.Context, dead Lease, holder, session, doing string, ttl time.Duration) (Lease, bool, error) {
	return s.take(ctx, &dead, "", holder, session, doing, ttl)
}

// take makes the lease holder's if its row still is as it was read.
func (s *sqlStore) take(ctx context.Context, before *Lease, guard, holder, session, doing string, ttl time.Duration) (Lease, bool, error) {
	holder, session, doing = storable(holder, 255), storable(session, 128), storable(doing, 255)
	if holder == "" {
		holder = "unknown"
	}
	token := nextToken(before)
	values := []field{{"holder", s.q.QuoteLiteral(holder)}, {"server_session", s.q.QuoteLiteral(session)},
		{"doing", s.q.QuoteLiteral(doing)}, {"acquired", s.clock.now()}, {"beat", s.clock.now()}, {"expires", s.clock.after(ttl)},
		{"token", number(token)}}
	swapped, err := s.swap(ctx, before, guard, values)
	if err != nil || !swapped {
		return Lease{}, false, err
	}
	s.ttl, s.lastID, s.rowsRead = ttl, 0, false
	now, err := s.readLease(ctx)
	if err != nil || now == nil {
		return Lease{}, false, err
	}
	// Another may have taken it over already, if ttl is tiny.
	return *now, now.Token == token && now.Holder == holder, nil
}

// swap writes the lease's row if it still is as it was read and guard, if there
// is one, holds.
func (s *sqlStore) swap(ctx context.Context, before *Lease, guard string, values []field) (bool, error) {
	var w write
	if before == nil {
		w = write{verb: insert, table: s.at(LeaseTable), set: append(values, field{"catalog", s.catalog})}
	} else {
		w = write{verb: update, table: s.at(LeaseTable), set: values,
			key: []field{{"catalog", s.catalog}, {"token", number(before.Token)}, {"holder", s.q.QuoteLiteral(before.Holder)}}}
	}
	result, err := s.q.ExecContext(ctx, w.sql(s.dialect(), guard))
	switch database.ClassOf(err) {
	case database.Duplicate, database.Deadlock:
		return false, nil
	}
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// nextToken is the token of the next holder. The first one is the time: were it
// always 1, then a holder whose row somebody has removed by hand would have the
// token of whoever takes the lease after that.
func nextToken(before *Lease) int64 {
	if before == nil {
		return max(1, time.Now().UnixMicro())
	}
	return before.Token + 1
}

// Extend implements Store.
func (s *sqlStore) Extend(ctx context.Context, token int64, doing string, ttl time.Duration) error {
	s.ttl = ttl
	if doing == "" {
		return s.apply(ctx, token)
	}
	return s.lease(ctx, token, field{"doing", s.text(doing, 255)},
		field{"beat", s.clock.now()}, field{"expires", s.clock.after(ttl)})
}

// Move implements Store.
func (s *sqlStore) Move(ctx context.Context, token int64, session string) error {
	return s.lease(ctx, token, field{"server_session", s.text(session, 128)}, field{"beat", s.clock.now()}, field{"expires", s.clock.after(s.ttl)})
}

// Release implements Store. The token grows, so that whoever gave the lease back
// cannot write any more either.
func (s *sqlStore) Release(ctx context.Context, token int64) error {
	return s.lease(ctx, token, field{"holder", s.q.QuoteLiteral("")}, field{"server_session", s.q.QuoteLiteral("")},
		field{"doing", s.q.QuoteLiteral("")}, field{"expires", s.clock.now()}, field{"token", number(token + 1)})
}

// lease changes the lease's row if it has the token.
func (s *sqlStore) lease(ctx context.Context, token int64, set ...field) error {
	w := s.fence(token)
	w.set = set
	result, err := s.q.ExecContext(ctx, w.sql(s.dialect(), ""))
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return firstOf(err, ErrLeaseLost)
	}
	return nil
}

// firstOf is the first error that is not nil.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

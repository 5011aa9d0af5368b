package run

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/ledger"
)

// Dead reports whether it is certain that the holder of a lease works no more,
// although the lease has not expired: his process has ended, on this machine,
// or his session on the server s leads to has. It is false where neither can be
// known for certain; then only the lease's time tells.
func Dead(ctx context.Context, s database.Session, l ledger.Lease) bool {
	return dead(ctx, s, here(ctx, s), l)
}

// Stopped is the id of the holder's process if it is stopped, on this machine;
// 0 otherwise. What it has locked stays locked until it goes on or is ended.
func Stopped(l ledger.Lease) int { return processStopped(parsePlace(l.Session).process) }

// dead is Dead, asked from a place.
func dead(ctx context.Context, s database.Session, here place, l ledger.Lease) bool {
	there := parsePlace(l.Session)
	if processGone(there.process) {
		return true
	}
	ask, ok := sessionsOf(s.Flavor().Dialect)
	if !ok || there.number <= 0 || !there.direct || !here.direct || ask.alike && there.unique != here.unique {
		return false
	}
	left, err := numbers(ctx, s, fmt.Sprintf(ask.there, there.number, s.QuoteLiteral(there.unique)))
	return err == nil && len(left) == 1 && left[0] == 0
}

// here finds out where the one who asks through s works.
func here(ctx context.Context, s database.Session) place {
	p := place{process: thisProcess()}
	ask, ok := sessionsOf(s.Flavor().Dialect)
	if !ok {
		return p
	}
	rows, err := s.QueryContext(ctx, ask.here)
	if err != nil {
		return p
	}
	defer rows.Close()
	var port sql.NullString
	for rows.Next() {
		if rows.Scan(&p.number, &p.unique, &port) != nil {
			return place{process: p.process}
		}
	}
	if len(p.unique) > 16 {
		sum := sha256.Sum256([]byte(p.unique))
		p.unique = hex.EncodeToString(sum[:8])
	}
	p.direct = rows.Err() == nil && s.Port() > 0 && port.String == strconv.Itoa(s.Port())
	return p
}

// names are the names that a holder's session goes by on the server.
type names struct {
	mark string // what it is marked with, by the lease's token
	lock string // the server's own lock, by the catalog and the schema
}

// namesOf are the names of the holder with a token, as SQL.
func namesOf(s database.Session, schema, catalog string, token int64) names {
	sum := sha256.Sum256([]byte(schema + "\x00" + catalog))
	ask, _ := sessionsOf(s.Flavor().Dialect)
	return names{
		mark: s.QuoteLiteral(fmt.Sprintf("manage-%d-%s", token, hex.EncodeToString(sum[:8]))),
		lock: ask.lockName(lockNumber(schema, catalog)),
	}
}

// lockNumber is the number of a catalog's lock.
func lockNumber(schema, catalog string) int64 {
	sum := sha256.Sum256([]byte(schema + "\x00" + catalog))
	return int64(binary.BigEndian.Uint64(sum[8:]))
}

// identify marks the session and takes the server's own lock, if it can be
// trusted: a lock of a session that a pooler lends to others could be given
// back by nobody. If the session cannot be found by others, it cannot be ended
// by them, and the token has to do.
func (h *Held) identify(ctx context.Context) {
	ask, ok := sessionsOf(h.session.Flavor().Dialect)
	if !ok {
		return
	}
	n := h.names(h.lease.Token)
	if ask.mark != "" {
		_, _ = numbers(ctx, h.session, fmt.Sprintf(ask.mark, n.mark))
	}
	h.lockUp(ctx)
}

// lockUp takes the server's own lock and reports whether it is had, or cannot
// be.
func (h *Held) lockUp(ctx context.Context) bool {
	ask, ok := sessionsOf(h.session.Flavor().Dialect)
	if !ok || h.locked || h.session.Flavor().Dialect == flavor.Postgres && !h.place.direct {
		return true
	}
	had, err := numbers(ctx, h.session, fmt.Sprintf(ask.lock, h.names(0).lock))
	h.locked = err == nil && len(had) == 1 && had[0] == 1
	return h.locked || err != nil
}

// unlock gives the server's own lock back before the lease is, so that the next
// holder finds it free. What fails ends with the session.
func (h *Held) unlock(ctx context.Context) {
	if ask, ok := sessionsOf(h.session.Flavor().Dialect); ok && h.locked {
		_, _ = numbers(ctx, h.session, fmt.Sprintf(ask.unlock, h.names(0).lock))
	}
}

func (h *Held) names(token int64) names {
	return namesOf(h.session, h.r.DB.Schema(), h.r.Catalog, token)
}

// supersede ends what still works under an older lease, and reports whether
// there was something, and it is gone. before is nil if the lease was free:
// then only who has the server's lock can be there, without a lease.
func (h *Held) supersede(ctx context.Context, before *ledger.Lease) bool {
	if _, ok := sessionsOf(h.session.Flavor().Dialect); !ok || before == nil && (h.locked || h.lockUp(ctx)) {
		return false
	}
	token := int64(0)
	direct := false
	if before != nil {
		token, direct = before.Token, parsePlace(before.Session).direct
	}
	ended := endSession(ctx, h.session, h.names(token), direct)
	h.lockUp(ctx)
	return ended
}

// abort ends the working session of this runner on the server, from another
// one: drivers that are told to give up do not all tell the server. On SQLite
// there is none: what is in hand ends with the process.
func (h *Held) abort(ctx context.Context) {
	if _, ok := sessionsOf(h.session.Flavor().Dialect); !ok {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, whyWait)
	defer cancel()
	s, err := h.r.DB.Session(ctx)
	if err != nil {
		return
	}
	defer s.Close()
	endSession(ctx, s, h.names(h.lease.Token), true)
}

// endWait is how long an ended session is waited for: its statement may have
// to be rolled back.
const endWait = 10 * time.Second

// endSession ends the sessions that go by these names, and reports whether
// there were any and they are gone. direct is true if no pooler is between them
// and those who worked through them.
func endSession(ctx context.Context, s database.Session, n names, direct bool) bool {
	ask, ok := sessionsOf(s.Flavor().Dialect)
	if !ok {
		return false
	}
	find := fmt.Sprintf(ask.find, n.mark, n.lock, direct)
	found, err := others(ctx, s, find)
	if err != nil || len(found) == 0 {
		return false
	}
	for _, n := range found {
		if _, err := s.ExecContext(ctx, fmt.Sprintf(ask.end, n)); err != nil {
			return false
		}
	}
	for deadline := time.Now().Add(endWait); time.Now().Before(deadline); {
		left, err := others(ctx, s, find)
		if err != nil || len(left) == 0 {
			return err == nil
		}
		if database.Sleep(ctx, firstPoll) != nil {
			return false
		}
	}
	return false
}

// others are the numbers that a query finds, without this session's own.
func others(ctx context.Context, s database.Session, query string) ([]int64, error) {
	found, err := numbers(ctx, s, query)
	var rest []int64
	for _, n := range found {
		if strconv.FormatInt(n, 10) != s.ServerID() {
			rest = append(rest, n)
		}
	}
	return rest, err
}

// numbers reads the first column of a query, without its nulls and what is not
// a number.
func numbers(ctx context.Context, s database.Session, query string) ([]int64, error) {
	rows, err := s.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []int64
	for rows.Next() {
		var text sql.NullString
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		if n, err := strconv.ParseInt(text.String, 10, 64); err == nil {
			all = append(all, n)
		}
	}
	return all, rows.Err()
}

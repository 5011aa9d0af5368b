package phases

import (
	"context"
	"fmt"
	"strings"

	"manage/engine/database"
	"manage/engine/flavor"
)

// NotReady is a server, or a user on it, that would fail the plan half way. All
// that was found is in it; nothing was changed.
type NotReady struct{ Problems []Unready }

// Unready is one reason why a plan would fail.
type Unready struct {
	Class database.Class // what kind of error it would have become
	Text  string         // one sentence without a full stop
}

func (e *NotReady) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = p.Text
	}
	return "the database is not ready for this: " + strings.Join(texts, "; ")
}

// Warned is something that may make work slow, or wait, and does not forbid it.
type Warned struct{ Text string }

// ready finds out, before anything is changed, whether the server and the
// user's rights carry what was decided, with what can be planned only later.
// What cannot be asked is not held against it.
func (s *Service) ready(ctx context.Context, sess database.Session, w work) error {
	n := s.needsOf(w)
	err := s.able(ctx, sess, n)
	if err == nil {
		err = s.rowsTrusted(ctx, sess, n.books, n.uses)
	}
	if err == nil {
		err = keepsValues(ctx, sess, w.plan)
	}
	if err == nil {
		err = s.borne(ctx, sess, w.plan, false)
	}
	if err == nil && s.Events != nil {
		s.warn(ctx, sess, n)
	}
	return err
}

// able is a *NotReady if the server or the user's rights do not carry what is
// needed.
func (s *Service) able(ctx context.Context, sess database.Session, n needs) error {
	f := sess.Flavor()
	var found []Unready
	if floor, ok := floors[f.Dialect]; ok && !f.AtLeast(floor[0], floor[1], 0) {
		found = append(found, Unready{database.Other, fmt.Sprintf("%s is older than %s %d.%d, the oldest release that is supported", f, f.Dialect.Title(), floor[0], floor[1])})
	}
	switch {
	case f.Dialect == flavor.Postgres:
		found = append(found, postgresReady(ctx, sess, n)...)
	case f.Dialect.MySQLFamily():
		found = append(found, mysqlReady(ctx, sess, n, s.DB.Schema())...)
	default:
		found = append(found, fileReady(fileOf(ctx, sess))...)
	}
	if len(found) > 0 {
		return &NotReady{Problems: found}
	}
	return nil
}

// floors are the oldest releases for which statements are written.
var floors = map[flavor.Dialect][2]int{flavor.Postgres: {11, 0}, flavor.MySQL: {5, 7}, flavor.MariaDB: {10, 2}}

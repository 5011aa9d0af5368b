package throttle

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
)

// patience is how long one question to a server may take.
const patience = 3 * time.Second

// server is a database server and a session on it. It is for one goroutine at a
// time.
type server struct {
	name string
	open func(ctx context.Context) (connection, error)
	conn connection
	// pending is closed when a question that was given up comes back after all.
	// Until then the session is its own, and nothing else is asked: a server
	// that hangs would else collect connections.
	pending <-chan struct{}
	since   time.Time // when that question was asked
}

// connection is a session and what has to be closed with it.
type connection struct {
	session database.Session
	close   func()
}

// silent is a server that does not answer in time.
type silent struct {
	name string
	took time.Duration
}

func (e *silent) Error() string {
	return fmt.Sprintf("%s did not answer within %s", e.name, span(e.took))
}

// primary is the server that the rows are moved on.
func primary(db database.DB) *server {
	return &server{name: "the server", open: func(ctx context.Context) (connection, error) {
		s, err := db.Reader(ctx)
		if err != nil {
			return connection{}, err
		}
		if s.Flavor().Galera {
			// Else a look would wait for what flow control holds up.
			if _, err := s.ExecContext(ctx, "SET SESSION wsrep_sync_wait = 0"); err != nil {
				s.Close()
				return connection{}, err
			}
		}
		return connection{s, func() { s.Close() }}, nil
	}}
}

// elsewhere is another server, by its URL.
func elsewhere(u *database.URL) *server {
	return &server{name: nameOf(u), open: func(ctx context.Context) (connection, error) {
		db, err := database.Open(ctx, u, database.Options{ReadOnly: true})
		if err != nil {
			return connection{}, err
		}
		s, err := db.Session(ctx)
		if err != nil {
			db.Close()
			return connection{}, err
		}
		return connection{s, func() { s.Close(); db.Close() }}, nil
	}}
}

// nameOf is what to call the server of a URL: its address, and no secret.
func nameOf(u *database.URL) string {
	host := u.Host
	for _, option := range []string{"host", "unix_socket"} {
		if host == "" {
			host = u.Get(option)
		}
	}
	if host == "" {
		host = "localhost"
	}
	port := u.Port
	if port == 0 && u.Dialect == flavor.Postgres && u.Get("port") != "" {
		port, _ = strconv.Atoi(u.Get("port"))
	}
	if port == 0 {
		return host
	}
	return host + ":" + strconv.Itoa(port)
}

// answer is what a question brought.
type answer[T any] struct {
	value T
	err   error
}

// ask asks a server something through its session, which is opened if there is
// none. An error is *silent if no answer comes in time, else that of ask or of
// the server.
func ask[T any](ctx context.Context, s *server, question func(context.Context, database.Session) (T, error)) (T, error) {
	var none T
	if s.pending != nil {
		select {
		case <-s.pending:
			s.pending = nil
		default:
			return none, &silent{s.name, time.Since(s.since)}
		}
	}
	asked := time.Now()
	limited, cancel := context.WithTimeout(ctx, patience)
	answers, done := make(chan answer[T], 1), make(chan struct{})
	go func() {
		defer close(done)
		defer cancel()
		value, err := put(limited, s, question)
		answers <- answer[T]{value, err}
	}()
	// A driver leaves what it waits for when the context ends, but may need the
	// server for it.
	late := time.NewTimer(patience + patience/3)
	defer late.Stop()
	select {
	case a := <-answers:
		if limited.Err() == context.DeadlineExceeded && a.err != nil {
			a.err = &silent{s.name, time.Since(asked)}
		}
		return a.value, a.err
	case <-late.C:
	case <-ctx.Done():
	}
	s.pending, s.since = done, asked
	return none, errors.Join(ctx.Err(), &silent{s.name, time.Since(asked)})
}

// put puts the question to the session. One whose connection may be broken is
// not used again.
func put[T any](ctx context.Context, s *server, question func(context.Context, database.Session) (T, error)) (T, error) {
	if s.conn.session == nil {
		conn, err := s.open(ctx)
		if err != nil {
			var none T
			return none, err
		}
		s.conn = conn
	}
	value, err := question(ctx, s.conn.session)
	if err != nil {
		s.conn.close()
		s.conn = connection{}
	}
	return value, err
}

// close ends the session, unless a question still has it.
func (s *server) close() {
	if s.pending != nil {
		select {
		case <-s.pending:
		default:
			return
		}
	}
	if s.conn.session != nil {
		s.conn.close()
		s.conn = connection{}
	}
}

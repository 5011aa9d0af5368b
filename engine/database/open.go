package database

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"sync"
	"time"

	"manage/engine/database/backend"
	"manage/engine/flavor"
)

// Open connects to what u names and finds out what server it is. While the
// server does not answer it tries again as o says, telling o.Waiting; any other
// failure (a wrong password, a database that does not exist) is final at once.
// Errors are *Error.
func Open(ctx context.Context, u *URL, o Options) (DB, error) {
	server, err := backendFor(u.Dialect).Open(u, o)
	if err != nil {
		return nil, AsError(err)
	}
	pool := sql.OpenDB(server.Connector())
	// A connection that a session gave back would bring its settings along, so
	// none is kept for another session.
	pool.SetMaxIdleConns(-1)
	d := &opened{url: u, server: server, pool: pool}
	if server.Unborn() {
		d.id, err = identifyUnborn(ctx, u)
	} else {
		err = d.connect(ctx, o)
	}
	if err != nil {
		pool.Close()
		return nil, err
	}
	return d, nil
}

// identifyUnborn finds out what a database will be that does not exist yet,
// without making it.
func identifyUnborn(ctx context.Context, u *URL) (backend.Identity, error) {
	stand, err := Open(ctx, u, Options{ReadOnly: true})
	if err != nil {
		return backend.Identity{}, err
	}
	defer stand.Close()
	return stand.(*opened).id, nil
}

// opened is the one implementation of DB.
type opened struct {
	url    *URL
	server backend.Server
	pool   *sql.DB
	id     backend.Identity

	mu    sync.Mutex
	first *sql.Conn // the connection of Open, until a session takes it
	keep  *sql.Conn // what keeps a database in memory alive
}

// connect makes the first connection, patiently.
func (d *opened) connect(ctx context.Context, o Options) error {
	for attempt := 1; ; attempt++ {
		c, id, err := d.dial(ctx)
		if err == nil {
			d.first, d.id = c, id
			break
		}
		if err.Class != Unreachable || (o.MaxRetries >= 0 && attempt > o.MaxRetries) {
			return err
		}
		if o.Waiting != nil {
			o.Waiting(attempt, err, o.RetryInterval)
		}
		select {
		case <-ctx.Done():
			return classifyContext(ctx.Err())
		case <-time.After(o.RetryInterval):
		}
	}
	if !d.server.Transient() {
		return nil
	}
	c, _, err := d.dial(ctx)
	if err != nil {
		return err
	}
	d.keep = c
	return nil
}

// dial makes one connection and asks it who it is.
func (d *opened) dial(ctx context.Context) (*sql.Conn, backend.Identity, *Error) {
	var port int
	c, err := d.pool.Conn(backend.NotePort(ctx, &port))
	if err != nil {
		return nil, backend.Identity{}, dialError(err)
	}
	id, err := d.server.Identify(backend.Repeatable(ctx), c, port)
	if err != nil {
		c.Close()
		return nil, backend.Identity{}, dialError(err)
	}
	id.Port = port
	return c, id, nil
}

// dialError is the error of a connection that did not come about: losing it on
// the way loses nothing, so that is the same as no answer.
func dialError(err error) *Error {
	e := AsError(err)
	switch {
	case e.Class != ConnectionLost:
		return e
	case os.IsTimeout(e.Err):
		return backend.NoAnswer(e.Err)
	}
	return &Error{Class: Unreachable, Code: e.Code, Err: e.Err, Hint: e.Hint,
		Message: "the server closed the connection before it could be used"}
}

func (d *opened) Flavor() flavor.Flavor { return d.id.Flavor }
func (d *opened) Schema() string        { return d.id.Schema }
func (d *opened) Missing() bool         { return d.server.Missing() }
func (d *opened) String() string        { return d.url.String() }

func (d *opened) Session(ctx context.Context) (Session, error) {
	d.mu.Lock()
	c, id := d.first, d.id
	d.first = nil
	d.mu.Unlock()
	if c == nil {
		var err *Error
		if c, id, err = d.dial(ctx); err != nil {
			return nil, err
		}
	}
	return &session{db: d, conn: c, id: id, grammar: d.server.Grammar(id)}, nil
}

func (d *opened) Reader(ctx context.Context) (Session, error) {
	if !d.server.Unborn() {
		return d.Session(ctx)
	}
	stand, err := Open(ctx, d.url, Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	s, err := stand.Session(ctx)
	if err != nil {
		stand.Close()
		return nil, err
	}
	return standIn{s, stand}, nil
}

// standIn is a session on an empty database in memory, which ends with it.
type standIn struct {
	Session
	db DB
}

func (s standIn) Close() error {
	return errors.Join(s.Session.Close(), s.db.Close())
}

func (d *opened) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range []*sql.Conn{d.first, d.keep} {
		if c != nil {
			c.Close()
		}
	}
	d.first, d.keep = nil, nil
	if err := d.pool.Close(); err != nil {
		return AsError(err)
	}
	return nil
}

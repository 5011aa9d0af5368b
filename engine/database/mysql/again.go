package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/go-sql-driver/mysql"

	"manage/engine/database/backend"
)

// A node of a Galera cluster ends a read with the error of a deadlock when the
// table that it reads, or only looks up, is changed on some node: mostly while
// rows come, where nobody expects an error any more. A read that stands alone
// can simply be asked again.
const (
	readTries  = 20
	firstPause = 20 * time.Millisecond
	lastPause  = time.Second
	// keptRows is how many rows are fetched before the first is handed out. A
	// read with more of them cannot be asked again once they are on their way.
	keptRows = 10_000
)

// deadlock is the server's number of the error.
const deadlock = 1213

// repeating makes connections that ask a read again; see backend.Repeatable.
type repeating struct {
	driver.Connector
	pause func(context.Context, time.Duration) error
}

// Connect is driver.Connector's.
func (r repeating) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := r.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := c.(driverConn)
	if !ok {
		return c, nil
	}
	return &conn{driverConn: full, pause: r.pause}, nil
}

// driverConn is all that package sql asks of a connection of the driver.
type driverConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

type conn struct {
	driverConn
	pause func(context.Context, time.Duration) error
}

// QueryContext is driver.QueryerContext's.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if !backend.IsRepeatable(ctx) {
		return c.driverConn.QueryContext(ctx, query, args)
	}
	pause := firstPause
	for try := 1; ; try++ {
		rows, err := c.fetch(ctx, query, args)
		if !deadlocked(err) || try == readTries {
			return rows, err
		}
		if c.pause(ctx, pause*3/4+rand.N(pause/2)) != nil {
			return nil, err
		}
		pause = min(pause*3/2, lastPause)
	}
}

// fetch sends a query and takes its first rows.
func (c *conn) fetch(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := c.driverConn.QueryContext(ctx, query, args)
	if err != nil {
		return nil, err
	}
	f := &fetched{Rows: rows}
	for range keptRows {
		line := make([]driver.Value, len(rows.Columns()))
		if err := rows.Next(line); err == io.EOF {
			f.whole = true
			break
		} else if err != nil {
			_ = rows.Close()
			return nil, err
		}
		for i, v := range line {
			if text, ok := v.([]byte); ok {
				line[i] = slices.Clone(text) // the driver's, until the next row
			}
		}
		f.lines = append(f.lines, line)
	}
	return f, nil
}

// fetched are rows of which the first are here already.
type fetched struct {
	driver.Rows
	lines [][]driver.Value
	whole bool // no more will come
}

// Next is driver.Rows's.
func (f *fetched) Next(into []driver.Value) error {
	if len(f.lines) == 0 {
		if f.whole {
			return io.EOF
		}
		return f.Rows.Next(into)
	}
	copy(into, f.lines[0])
	f.lines = f.lines[1:]
	return nil
}

func deadlocked(err error) bool {
	var e *mysql.MySQLError
	return errors.As(err, &e) && e.Number == deadlock
}

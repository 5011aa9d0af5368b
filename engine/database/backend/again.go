package backend

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"time"
)

// A server ends a read for the sake of others now and then: as the victim of a
// deadlock, because a lock or the file was not to be had in time, or, on a node
// of a Galera cluster, because the table that is read, or only looked up, is
// changed on some node. Mostly that happens while rows come, where nobody
// expects an error any more. A read that stands alone can simply be asked again.
const (
	againFirst = 20 * time.Millisecond
	againLast  = time.Second
	// keptRows is how many rows are fetched before the first is handed out. A
	// read with more of them cannot be asked again once they are on their way.
	keptRows = 10_000
)

// Tries bounds how often a read is sent, the first time included, and the time
// from then on after which it is not sent again. The zero value is once.
type Tries struct {
	Number int
	Within time.Duration
	// Lock is true if the read waited in vain for a lock.
	Lock bool
}

// Repeating is a connector whose connections send a read again if its context
// allows it (see Repeatable); tries says how often after an error of the driver.
func Repeating(c driver.Connector, tries func(error) Tries) driver.Connector {
	return repeating{Connector: c, tries: tries, pause: Sleep}
}

type repeating struct {
	driver.Connector
	tries func(error) Tries
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
	return &conn{driverConn: full, tries: r.tries, pause: r.pause}, nil
}

// driverConn is what package sql asks of a connection, and each of our drivers
// has.
type driverConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

type conn struct {
	driverConn
	tries func(error) Tries
	pause func(context.Context, time.Duration) error
}

// CheckNamedValue is driver.NamedValueChecker's, which not every driver has.
func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.driverConn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

// QueryContext is driver.QueryerContext's.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if !IsRepeatable(ctx) {
		return c.driverConn.QueryContext(ctx, query, args)
	}
	pause, began := againFirst, time.Now()
	for try := 1; ; try++ {
		rows, err := c.fetch(ctx, query, args)
		if err == nil || errors.Is(err, driver.ErrSkip) {
			return rows, err
		}
		may := c.tries(err)
		if try >= may.Number || time.Since(began) >= may.Within || may.Lock && ctx.Value(lockless{}) != nil {
			return nil, err
		}
		if c.pause(ctx, pause*3/4+rand.N(pause/2)) != nil {
			return nil, err
		}
		pause = min(pause*3/2, againLast)
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

// ColumnTypeDatabaseTypeName is driver.RowsColumnTypeDatabaseTypeName's.
func (f *fetched) ColumnTypeDatabaseTypeName(index int) string {
	if named, ok := f.Rows.(driver.RowsColumnTypeDatabaseTypeName); ok {
		return named.ColumnTypeDatabaseTypeName(index)
	}
	return ""
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

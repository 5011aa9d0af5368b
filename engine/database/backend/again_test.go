package backend

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"testing"
	"time"
)

// victim is a server on which reads are ended: the first `sent` as they are
// sent, the next `coming` at their row `at`.
type victim struct {
	driverConn             // nil: nothing else is called
	sent, coming, at, rows int
	err                    error
	queries                int
}

func (v *victim) Connect(context.Context) (driver.Conn, error) { return v, nil }
func (v *victim) Driver() driver.Driver                        { return nil }
func (v *victim) Close() error                                 { return nil }
func (v *victim) IsValid() bool                                { return true }
func (v *victim) ResetSession(context.Context) error           { return nil }
func (v *victim) QueryContext(context.Context, string, []driver.NamedValue) (driver.Rows, error) {
	v.queries++
	if v.queries <= v.sent {
		return nil, v.err
	}
	return &lines{v: v, fails: v.queries <= v.sent+v.coming}, nil
}

// lines are the numbers from 1 as texts, all in the same bytes.
type lines struct {
	v     *victim
	fails bool
	n     int
	text  [1]byte
}

func (l *lines) Columns() []string { return []string{"n"} }
func (l *lines) Close() error      { return nil }
func (l *lines) Next(into []driver.Value) error {
	if l.fails && l.n == l.v.at {
		return l.v.err
	}
	if l.n == l.v.rows {
		return io.EOF
	}
	l.n++
	l.text[0] = byte('0' + l.n%10)
	into[0] = l.text[:]
	return nil
}

// read reads all rows on a connection that asks again, and counts the pauses.
func read(t *testing.T, v *victim, ctx context.Context) (text string, pauses int, err error) {
	t.Helper()
	pool := sql.OpenDB(repeating{v, twenty, func(ctx context.Context, d time.Duration) error {
		if pauses++; d <= 0 || d > 2*againLast {
			t.Errorf("a pause of %s", d)
		}
		return ctx.Err()
	}})
	defer pool.Close()
	rows, err := pool.QueryContext(ctx, "SELECT n FROM numbers")
	if err != nil {
		return "", pauses, err
	}
	defer rows.Close()
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		text += n
	}
	return text, pauses, rows.Err()
}

var (
	ended  = errors.New("Deadlock found when trying to get lock; try restarting transaction")
	locked = errors.New("Lock wait timeout exceeded")
	denied = errors.New("SELECT command denied")
)

// twenty asks again after two of these errors.
func twenty(err error) Tries {
	switch {
	case errors.Is(err, ended):
		return Tries{Number: 20, Within: time.Minute}
	case errors.Is(err, locked):
		return Tries{Number: 20, Within: time.Minute, Lock: true}
	}
	return Tries{}
}

func TestReadIsAskedAgain(t *testing.T) {
	alone := Repeatable(context.Background())
	for name, c := range map[string]struct {
		v       victim
		ctx     context.Context
		want    string
		queries int
		err     error
	}{
		"undisturbed":                   {victim{rows: 3}, alone, "123", 1, nil},
		"no rows":                       {victim{}, alone, "", 1, nil},
		"as it is sent":                 {victim{rows: 3, sent: 2, err: ended}, alone, "123", 3, nil},
		"before the first row":          {victim{rows: 3, coming: 2, err: ended}, alone, "123", 3, nil},
		"between rows":                  {victim{rows: 3, coming: 4, at: 2, err: ended}, alone, "123", 5, nil},
		"after the last row":            {victim{rows: 3, sent: 1, coming: 1, at: 3, err: ended}, alone, "123", 3, nil},
		"for ever":                      {victim{rows: 3, coming: 1 << 30, at: 1, err: ended}, alone, "", twenty(ended).Number, ended},
		"for another reason":            {victim{rows: 3, coming: 1, at: 1, err: denied}, alone, "", 1, denied},
		"for want of a lock":            {victim{rows: 3, sent: 2, err: locked}, alone, "123", 3, nil},
		"by a caller who does so":       {victim{rows: 3, sent: 1, err: locked}, WithoutLockRetries(alone), "", 1, locked},
		"a victim, by such a caller":    {victim{rows: 3, sent: 1, err: ended}, WithoutLockRetries(alone), "123", 2, nil},
		"in a transaction":              {victim{rows: 3, sent: 1, err: ended}, context.Background(), "", 1, ended},
		"in a transaction, as it comes": {victim{rows: 3, coming: 1, at: 2, err: ended}, context.Background(), "12", 1, ended},
	} {
		t.Run(name, func(t *testing.T) {
			text, pauses, err := read(t, &c.v, c.ctx)
			if text != c.want || c.v.queries != c.queries || pauses != c.queries-1 || !errors.Is(err, c.err) {
				t.Errorf("%q after %d queries and %d pauses: %v", text, c.v.queries, pauses, err)
			}
		})
	}
}

// More rows than are kept come all the same; ended among those, the read ends.
func TestReadOfManyRows(t *testing.T) {
	alone := Repeatable(context.Background())
	v := victim{rows: keptRows + 5, coming: 1, at: keptRows - 1, err: ended}
	if text, _, err := read(t, &v, alone); len(text) != keptRows+5 || err != nil {
		t.Errorf("%d rows, %v", len(text), err)
	}
	v = victim{rows: keptRows + 5, coming: 1, at: keptRows + 2, err: ended}
	if text, pauses, err := read(t, &v, alone); len(text) != keptRows+2 || pauses != 0 || !errors.Is(err, ended) {
		t.Errorf("%d rows, %d pauses, %v", len(text), pauses, err)
	}
}

// Nobody who gives up waits for the next try.
func TestNoPauseAfterTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(Repeatable(context.Background()))
	v := victim{rows: 1, sent: 1 << 30, err: ended}
	c := &conn{driverConn: &v, tries: twenty, pause: func(ctx context.Context, _ time.Duration) error {
		cancel()
		return Sleep(ctx, time.Hour)
	}}
	if _, err := c.QueryContext(ctx, "SELECT 1", nil); !errors.Is(err, ended) || v.queries != 1 {
		t.Errorf("%d queries, %v", v.queries, err)
	}
}

// Nor is a read sent again once the time for it is over.
func TestNoReadAfterItsTime(t *testing.T) {
	v := victim{rows: 1, sent: 1 << 30, err: ended}
	c := &conn{driverConn: &v, tries: func(error) Tries { return Tries{Number: 1 << 30, Within: 50 * time.Millisecond} }, pause: Sleep}
	if _, err := c.QueryContext(Repeatable(context.Background()), "SELECT 1", nil); !errors.Is(err, ended) || v.queries < 2 || v.queries > 10 {
		t.Errorf("%d queries, %v", v.queries, err)
	}
}

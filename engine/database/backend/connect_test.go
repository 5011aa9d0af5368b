package backend

import (
	"context"
	"database/sql/driver"
	"errors"
	"testing"
	"time"

	"manage/engine/flavor"
)

func TestConnectTimeout(t *testing.T) {
	for option, want := range map[string]time.Duration{"": 10 * time.Second, "?connect_timeout=3": 3 * time.Second, "?connect_timeout=0": 0,
		"?connect_timeout=-1": 0, "?connect_timeout=3&connect_timeout=4": 4 * time.Second} {
		u, err := ParseURL("mysql://h/d" + option)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := u.ConnectTimeout(); got != want || err != nil {
			t.Errorf("%q is %s, %v, want %s", option, got, err, want)
		}
	}
	u := &URL{Dialect: flavor.MySQL, Query: query("connect_timeout", "soon")}
	var e *Error
	if _, err := u.ConnectTimeout(); !errors.As(err, &e) || e.Class != BadURL {
		t.Errorf("error %v", err)
	}
}

// slow is a connector that takes its time, or as long as it is let.
type slow struct {
	driver.Connector
	takes time.Duration
	err   error
}

func (s slow) Connect(ctx context.Context) (driver.Conn, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(s.takes):
		return nil, s.err
	}
}

func TestLimited(t *testing.T) {
	refused := errors.New("refused")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name  string
		ctx   context.Context
		takes time.Duration
		limit time.Duration
		want  error
	}{
		{"fails by itself", t.Context(), 0, time.Hour, refused},
		{"no limit", t.Context(), time.Millisecond, 0, refused},
		{"the caller's own end", cancelled, time.Hour, time.Hour, context.Canceled},
	} {
		if _, err := Limited(slow{takes: c.takes, err: refused}, c.limit).Connect(c.ctx); err != c.want {
			t.Errorf("%s: error %v, want %v", c.name, err, c.want)
		}
	}
	_, err := Limited(slow{takes: time.Hour}, time.Millisecond).Connect(t.Context())
	var e *Error
	if !errors.As(err, &e) || e.Class != Unreachable || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("past the limit: error %v", err)
	}
}

func TestClassNames(t *testing.T) {
	seen := map[string]bool{}
	for c := Other; c <= HiddenRows; c++ {
		if name := c.String(); name == "" || name == "unknown class" || seen[name] {
			t.Errorf("class %d is called %q", c, name)
		} else {
			seen[name] = true
		}
	}
	if (HiddenRows+1).String() != "unknown class" || Class(-1).String() != "unknown class" {
		t.Error("a class that there is not has a name")
	}
}

package backend

import (
	"context"
	"database/sql/driver"
	"strconv"
	"time"
)

// connectTimeout bounds one attempt to connect where the URL does not say, so
// that a host that swallows packets is unreachable and does not hang.
const connectTimeout = 10 * time.Second

// ConnectTimeout is how long to wait for one server: the URL's connect_timeout
// in seconds, or the default. As with libpq, 0 and less are no limit, for which
// it returns 0.
func (u *URL) ConnectTimeout() (time.Duration, error) {
	text := u.Get("connect_timeout")
	if text == "" {
		return connectTimeout, nil
	}
	seconds, err := strconv.Atoi(text)
	if err != nil {
		return 0, badURL("the option connect_timeout of the connection URL is not a number of seconds")
	}
	return max(0, time.Duration(seconds)*time.Second), nil
}

// Limited is a connector that gives up after a limit of time, for drivers that
// bound only a part of what connecting is. A limit of 0 is none.
func Limited(c driver.Connector, limit time.Duration) driver.Connector {
	if limit == 0 {
		return c
	}
	return limited{c, limit}
}

type limited struct {
	driver.Connector
	limit time.Duration
}

// Connect is driver.Connector's.
func (l limited) Connect(ctx context.Context) (driver.Conn, error) {
	bounded, cancel := context.WithTimeout(ctx, l.limit)
	defer cancel()
	c, err := l.Connector.Connect(bounded)
	if err != nil && bounded.Err() != nil && ctx.Err() == nil {
		return nil, NoAnswer(err)
	}
	return c, err
}

// NoAnswer is the error of a server that did not answer in time.
func NoAnswer(err error) *Error {
	return &Error{Class: Unreachable, Err: err, Message: "the server did not answer in time",
		Hint: "check the host and port of the connection URL, and that no firewall is between; connect_timeout in the URL sets the limit"}
}

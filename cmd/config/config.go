// Package config finds out what a run is to work on and how: from flags, the
// environment, manage.toml and the services' own .conf files, in that order of
// precedence. It reads files through an interface and knows no globals, so that
// every rule is tested with literals. It opens no database.
package config

import (
	"errors"
	"fmt"
	"time"

	"manage/engine/database"
	"manage/phases/backfill/throttle"
)

// Config is what was configured. Values that nobody gave are the defaults of
// the table in options.go.
type Config struct {
	// Connection is the database's URL; "" if none is configured, or if it
	// cannot be read. Database says why.
	Connection string
	// ConnectionFrom says where the connection comes from, such as
	// "--connection" or "/etc/glance/glance.conf:12".
	ConnectionFrom string
	Schema         string
	MaxRetries     int
	RetryInterval  time.Duration
	SQLMode        *string
	WsrepSyncWait  *int
	// CatalogName names a built-in catalog, CatalogPath a directory. At most
	// one of them is set.
	CatalogName, CatalogPath string
	// CatalogFound is true if the path stands in a file that was found by
	// searching.
	CatalogFound bool
	Locks        Locks
	Lease        Lease
	Batches      Batches
	Replicas     Replicas
	// MaxLoad is how many sessions may be at work on the server before a data
	// migration pauses; 0: any number. Queries are the tables [[throttle]].
	MaxLoad int
	Queries []throttle.Query
	Debug   bool
	// MetadefsPath is where the image service keeps its metadata definitions.
	MetadefsPath string
	// Files are the configuration files that were read, in order.
	Files []string

	source   value // where the connection comes from
	unusable error // why there is no connection
	replicas value // where the replicas come from
	replica  *Config
}

// Replica is the configuration for a command that reads from a service's
// replica: with `[database] slave_connection` in place of the connection where
// one is configured, and otherwise as it is.
func (c Config) Replica() Config {
	if c.replica == nil {
		return c
	}
	return *c.replica
}

// Locks bounds how long a statement waits for a lock, and how often it is
// tried again.
type Locks struct {
	Timeout time.Duration
	Retries int
}

// Lease says how long a holder that gives no sign keeps the lease.
type Lease struct{ TTL time.Duration }

// Replicas are the databases whose lag slows data migrations down, and the lag
// from which it does.
type Replicas struct {
	Connections []string
	MaxLag      time.Duration
}

// Database is the configured connection, ready to be opened. The error is an
// *Error that says what is missing or wrong, and where.
func (c Config) Database() (*database.URL, database.Options, error) {
	options := database.Options{Schema: c.Schema, MaxRetries: c.MaxRetries, RetryInterval: c.RetryInterval,
		SQLMode: c.SQLMode, WsrepSyncWait: c.WsrepSyncWait}
	if c.unusable != nil {
		return nil, options, c.unusable
	}
	u, err := database.ParseURL(c.Connection)
	if err != nil {
		return nil, options, c.source.error(err.Error())
	}
	return u, options, nil
}

// Blame says where the connection is configured if that is what an error of
// database.Open is about; any other error stays as it is.
func (c Config) Blame(err error) error {
	var e *database.Error
	if !errors.As(err, &e) || e.Class != database.BadURL {
		return err
	}
	blamed := c.source.error(e.Message)
	blamed.Hint, blamed.Err = e.Hint, err
	return blamed
}

// Error is something wrong with the configuration. It never holds a secret.
type Error struct {
	// File and Line are where; Line is 0 if no line is to blame. Place stands
	// for both where the source is no file: a flag or a variable.
	File  string
	Line  int
	Place string
	// Problem is what is wrong, and Hint what to do if that is not plain.
	Problem, Hint string
	// Unknown is a word that is not known, and Known are the words that could
	// stand in its place.
	Unknown string
	Known   []string
	// Err is the error of the system, if there was one.
	Err error
}

func (e *Error) Error() string {
	switch {
	case e.File != "" && e.Line > 0:
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Problem)
	case e.File != "":
		return e.File + ": " + e.Problem
	case e.Place != "":
		return e.Place + ": " + e.Problem
	}
	return e.Problem
}

// Unwrap returns the error of the system.
func (e *Error) Unwrap() error { return e.Err }

// Package sqlite opens SQLite files for package database.
package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	sqlite "modernc.org/sqlite"

	"manage/engine/database/backend"
	"manage/engine/files"
	"manage/engine/flavor"
	"manage/engine/quote"
)

// busyTimeout is how long a statement waits for another writer where nobody
// says otherwise: what Python's driver waits.
const busyTimeout = 5 * time.Second

// Backend is SQLite.
type Backend struct{}

// Open is backend.Backend's.
func (Backend) Open(u *backend.URL, o backend.Options) (backend.Server, error) {
	if o.Schema != "" && o.Schema != "main" {
		return nil, bad("SQLite has no schemas: take the schema out of the configuration")
	}
	t, err := parseTarget(u)
	if err != nil {
		return nil, err
	}
	missing, err := t.inspect(o.ReadOnly)
	if err != nil {
		return nil, err
	}
	if missing {
		t = target{memory: true, timeout: t.timeout, queryOnly: true}
	}
	connector, err := sqlite.NewConnector(t.dsn(o.ReadOnly))
	if err != nil {
		return nil, &backend.Error{Class: backend.BadURL, Message: "the SQLite URL cannot be used: " + err.Error(), Err: err}
	}
	return &server{connector: backend.Repeating(connector, tries), target: t, missing: missing}, nil
}

// inspect looks at the file before SQLite does: what SQLite says of a missing
// directory is that it is "out of memory". It reports whether there is no file
// and none may be made.
func (t target) inspect(readOnly bool) (missing bool, err error) {
	if t.memory {
		return false, nil
	}
	info, err := os.Stat(t.path)
	switch {
	case err == nil && info.IsDir():
		return false, bad(fmt.Sprintf("%s is a directory, not a SQLite file", t.path))
	case err == nil:
		return false, readable(t.path)
	case !errors.Is(err, fs.ErrNotExist):
		return false, &backend.Error{Class: backend.Denied, Err: err, Message: fmt.Sprintf("the SQLite file %s cannot be opened: %s", t.path, cause(err))}
	}
	if readOnly || t.readOnly() {
		return true, nil
	}
	dir := filepath.Dir(t.path)
	if _, err := os.Stat(dir); err != nil {
		return false, &backend.Error{Class: backend.NoDatabase, Err: err,
			Message: fmt.Sprintf("the directory %s of the SQLite file %s does not exist", dir, filepath.Base(t.path)),
			Hint:    "make the directory, or correct the path in the connection URL"}
	}
	return false, nil
}

// readable reads the beginning of the file: what is no database shall be called
// so by its name ("Database File Format", 1.3.1, SQLite manual).
func readable(path string) error {
	f, err := files.Open(path)
	var refused *files.Refused
	if errors.As(err, &refused) {
		return &backend.Error{Class: backend.NoDatabase, Err: err, Message: fmt.Sprintf("the file %s is not a SQLite database: %s", path, refused.Reason),
			Hint: "check the path in the connection URL"}
	}
	if err != nil {
		return &backend.Error{Class: backend.Denied, Err: err, Message: fmt.Sprintf("the SQLite file %s cannot be read: %s", path, cause(err))}
	}
	defer f.Close()
	header := make([]byte, len(magic))
	if n, err := io.ReadFull(f, header); n > 0 && (err != nil || string(header) != magic) {
		return &backend.Error{Class: backend.NoDatabase, Message: fmt.Sprintf("the file %s is not a SQLite database", path),
			Hint: "check the path in the connection URL"}
	}
	return nil
}

// magic is what a SQLite file begins with, unless it is empty.
const magic = "SQLite format 3\x00"

// cause is the reason in an error of package os, without the path.
func cause(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

func bad(message string) *backend.Error {
	return &backend.Error{Class: backend.BadURL, Message: message}
}

type server struct {
	connector driver.Connector
	target    target
	missing   bool
}

func (s *server) Connector() driver.Connector { return s.connector }
func (s *server) Missing() bool               { return s.missing }
func (s *server) Transient() bool             { return s.target.memory }

// Unborn is backend.Server's: SQLite makes a missing file when it is opened.
func (s *server) Unborn() bool {
	if s.target.memory {
		return false
	}
	_, err := os.Stat(s.target.path)
	return errors.Is(err, fs.ErrNotExist)
}

func (s *server) Identify(ctx context.Context, q backend.Querier, _ int) (backend.Identity, error) {
	rows, err := q.QueryContext(ctx, "SELECT sqlite_version()")
	if err != nil {
		return backend.Identity{}, err
	}
	defer rows.Close()
	var version string
	for rows.Next() {
		if err := rows.Scan(&version); err != nil {
			return backend.Identity{}, err
		}
	}
	return backend.Identity{Flavor: flavor.Parse(flavor.SQLite, version)}, rows.Err()
}

func (s *server) Grammar(backend.Identity) backend.Grammar {
	return backend.Grammar{
		// IMMEDIATE takes the write lock at once. A deferred transaction that
		// has read fails with SQLITE_BUSY, without waiting, when it first
		// writes after somebody else did ("Transactions", SQLite manual).
		Begin: "BEGIN IMMEDIATE", Commit: "COMMIT", Rollback: "ROLLBACK",
		// Some failures, such as a full disk, end the transaction ("Response To
		// Errors Within A Transaction").
		Ended:        func(e *backend.Error) bool { return strings.Contains(e.Message, "no transaction is active") },
		LockTimeout:  s.lockTimeout,
		QuoteIdent:   func(name string) string { return quote.Ident(name, flavor.SQLite) },
		QuoteLiteral: func(text string) string { return quote.Text(text, flavor.SQLite) },
	}
}

func (s *server) lockTimeout(d time.Duration, _ bool) string {
	if d <= 0 {
		d = s.target.timeout
	}
	return fmt.Sprintf("PRAGMA busy_timeout = %d", max(d.Milliseconds(), 1))
}

package database

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestReaderMakesNoFile looks at a SQLite file that is not there, as a command
// does before it decides to write.
func TestReaderMakesNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	u, err := ParseURL("sqlite:///" + path)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	db, err := Open(ctx, u, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if f := db.Flavor(); f.Major != 3 {
		t.Errorf("the flavor is %s", f)
	}
	r, err := db.Reader(ctx)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := r.QueryContext(ctx, "SELECT name FROM sqlite_master")
	if err != nil || rows.Next() {
		t.Errorf("the database is not empty: %v", err)
	}
	rows.Close()
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading made the file: %v", err)
	}
	s, err := db.Session(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.ExecContext(ctx, "CREATE TABLE t (id INTEGER)"); err != nil {
		t.Fatal(err)
	}
	again, err := db.Reader(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if rows, err = again.QueryContext(ctx, "SELECT name FROM sqlite_master"); err != nil || !rows.Next() {
		t.Errorf("the reader does not see the file that is there now: %v", err)
	}
	rows.Close()
}

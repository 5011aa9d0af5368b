package ledger_test

import (
	"errors"
	"sync"
	"testing"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/ledger"
)

// crowd opens n sessions on the database.
func crowd(t *testing.T, e enginetest.Database, n int) []database.Session {
	t.Helper()
	var all []database.Session
	for range n {
		all = append(all, open(t, e))
	}
	return all
}

// Fifty processes that start at once on an empty database all find the tables
// made, and one of them gets the lease.
func TestCrowdStarts(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			e := enginetest.New(t, d)
			sessions := crowd(t, e, 50)
			errs := make([]error, len(sessions))
			tokens := make(chan int64, len(sessions))
			var all sync.WaitGroup
			for i, s := range sessions {
				all.Go(func() {
					store := ledger.NewSQL(s, "glance", "alembic_version")
					errs[i] = again(func() error {
						return store.Prepare(t.Context(), ledger.Versions, ledger.Positions)
					})
					if errs[i] != nil {
						return
					}
					var l ledger.Lease
					var ok bool
					errs[i] = again(func() (err error) {
						l, ok, err = store.Acquire(t.Context(), "me", "", "", minute)
						return err
					})
					if ok {
						tokens <- l.Token
						errs[i] = again(func() error { return store.SetRows(t.Context(), l.Token, []string{"liberty"}) })
					}
				})
			}
			all.Wait()
			must(t, errors.Join(errs...))
			equal(t, "holders", len(tokens), 1)
			equal(t, "version rows", e.Strings(t, "SELECT version_num FROM alembic_version"), []string{"liberty"})
		})
	}
}

// again repeats what a Galera node ended because somebody's schema change came
// in between, as package run does.
func again(f func() error) error {
	for {
		if err := f(); database.ClassOf(err) != database.Deadlock {
			return err
		}
	}
}

// The version table is the one that Alembic makes, to the letter.
func TestVersionTable(t *testing.T) {
	e := enginetest.New(t, flavor.SQLite)
	s := ledger.NewSQL(open(t, e), "c", "alembic_version")
	must(t, s.Prepare(t.Context(), ledger.Versions))
	equal(t, "table", e.Strings(t, "SELECT sql FROM sqlite_master WHERE name = 'alembic_version'"),
		[]string{`CREATE TABLE "alembic_version" (version_num VARCHAR(32) NOT NULL, CONSTRAINT "alembic_version_pkc" PRIMARY KEY (version_num))`})
	pg := enginetest.New(t, flavor.Postgres)
	s = ledger.NewSQL(open(t, pg), "c", "manage_version_mine")
	must(t, s.Prepare(t.Context(), ledger.Versions))
	equal(t, "constraint", pg.Strings(t, "SELECT conname FROM pg_constraint WHERE conrelid = 'manage_version_mine'::regclass AND contype = 'p'"),
		[]string{"manage_version_mine_pkc"})
}

// Every table has a primary key, and reading makes none.
func TestTables(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		count := "SELECT count(*) FROM information_schema.table_constraints WHERE constraint_type = 'PRIMARY KEY' AND table_name LIKE 'manage%' AND table_schema = "
		switch e.Dialect {
		case flavor.SQLite:
			count = "SELECT count(DISTINCT m.name) FROM sqlite_master m, pragma_table_info(m.name) c WHERE c.pk > 0 AND m.name LIKE 'manage%'"
		case flavor.Postgres:
			count += "current_schema()"
		default:
			count += "DATABASE()"
		}
		s := ledger.NewSQL(open(t, e), "c", "alembic_version")
		emptyReads(t, func(string) ledger.Store { return s })
		equal(t, "tables after reading", e.Strings(t, count), []string{"0"})
		must(t, s.Prepare(t.Context()))
		equal(t, "tables after Prepare", e.Strings(t, count), []string{"2"})
		must(t, s.Prepare(t.Context(), ledger.Positions))
		equal(t, "tables with positions", e.Strings(t, count), []string{"3"})
		must(t, s.Prepare(t.Context(), ledger.Schemas))
		equal(t, "tables with schemas", e.Strings(t, count), []string{"4"})
		equal(t, "named tables", len(ledger.Tables()), 4)
	})
}

// Positions that need their table inside a transaction get it only where that
// does not end the transaction.
func TestEnsureInTransaction(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		session := open(t, e)
		s := ledger.NewSQL(session, "c", "alembic_version")
		must(t, s.Prepare(t.Context()))
		l, _, err := s.Acquire(t.Context(), "me", "", "", minute)
		must(t, err)
		for range 2 { // the second time after the table went away again
			must(t, session.Begin(t.Context()))
			err = s.SetRows(t.Context(), l.Token, []string{"a"})
			if e.Dialect.MySQLFamily() {
				if database.ClassOf(err) != database.MissingTable {
					t.Errorf("error %v, want a missing table", err)
				}
			} else {
				must(t, err)
			}
			must(t, session.Rollback(t.Context()))
		}
		_, found, err := s.Rows(t.Context())
		must(t, err)
		equal(t, "version table", found, false)
		must(t, s.SetRows(t.Context(), l.Token, []string{"a"}))
		rows, _, err := s.Rows(t.Context())
		must(t, err)
		equal(t, "version rows", rows, []string{"a"})
	})
}

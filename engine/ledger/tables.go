package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
)

// The tables of the books, beside the version table.
const (
	JournalTable  = "manage_journal"
	BackfillTable = "manage_backfill"
	LeaseTable    = "manage_lease"
	SchemaTable   = "manage_schema"
)

// Tables lists the tables that this package may make in a database beside the
// version table, so that others know them as not the service's.
func Tables() []string { return []string{JournalTable, BackfillTable, LeaseTable, SchemaTable} }

// table is one table of the books: its name and its CREATE statement. Every
// table has a primary key, because MySQL Group Replication takes no rows
// without one, and its first column is the catalog's name, because two
// services may share a database.
type table struct {
	name   string
	create string
}

func (s *sqlStore) journalTable() table {
	return s.define(JournalTable, "catalog, id",
		"catalog VARCHAR(128) NOT NULL",
		"id BIGINT NOT NULL",
		"revision VARCHAR(128) NOT NULL",
		"phase VARCHAR(32) NOT NULL",
		"direction VARCHAR(8) NOT NULL",
		"checksum VARCHAR(128) NOT NULL",
		"total INTEGER NOT NULL",
		"done INTEGER NOT NULL",
		"sent_operation INTEGER NOT NULL",
		"sent_part INTEGER NOT NULL",
		"confirmed SMALLINT NOT NULL",
		"who VARCHAR(255) NOT NULL",
		"started "+s.clock.columnType()+" NOT NULL",
		"finished "+s.clock.columnType()+" NULL",
		"error TEXT NOT NULL",
		"outline TEXT NULL")
}

func (s *sqlStore) backfillTable() table {
	return s.define(BackfillTable, "catalog, migration, key_range",
		"catalog VARCHAR(128) NOT NULL",
		"migration VARCHAR(128) NOT NULL",
		"key_range VARCHAR(255) NOT NULL",
		"position TEXT NOT NULL",
		"rows_done BIGINT NOT NULL",
		"estimate BIGINT NOT NULL",
		"started "+s.clock.columnType()+" NOT NULL",
		"updated "+s.clock.columnType()+" NOT NULL",
		"finished "+s.clock.columnType()+" NULL",
		"batch_rows BIGINT NULL",
		"waiting TEXT NULL",
		"speed_milli BIGINT NULL")
}

func (s *sqlStore) leaseTable() table {
	return s.define(LeaseTable, "catalog",
		"catalog VARCHAR(128) NOT NULL",
		"holder VARCHAR(255) NOT NULL",
		"server_session VARCHAR(128) NOT NULL",
		"token BIGINT NOT NULL",
		"doing VARCHAR(255) NOT NULL",
		"acquired "+s.clock.columnType()+" NOT NULL",
		"beat "+s.clock.columnType()+" NOT NULL",
		"expires "+s.clock.columnType()+" NOT NULL")
}

// versionsTable is Alembic's, to the letter, but for the engine: the server's
// default may have no transactions.
func (s *sqlStore) versionsTable() table {
	text := fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (version_num VARCHAR(32) NOT NULL, CONSTRAINT %s PRIMARY KEY (version_num))",
		s.at(s.versions), s.q.QuoteIdent(flavor.FitBefore(s.versions, "_pkc")))
	if s.dialect().MySQLFamily() {
		text += " ENGINE=InnoDB"
	}
	return table{s.versions, text}
}

// define writes one CREATE statement. The MySQL family is told the engine, a
// binary collation and the row format: the server's defaults may be a table type
// without transactions, an order in which two names that differ in case are one,
// or keys that are too short.
func (s *sqlStore) define(name, key string, columns ...string) table {
	text := fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (%s, PRIMARY KEY (%s))", s.at(name), strings.Join(columns, ", "), key)
	if s.dialect().MySQLFamily() {
		text += " ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC"
	}
	return table{name, text}
}

// Prepare implements Store.
func (s *sqlStore) Prepare(ctx context.Context, parts ...Part) error {
	wanted := []table{s.leaseTable(), s.journalTable()}
	for _, p := range parts {
		switch p {
		case Versions:
			wanted = append(wanted, s.versionsTable())
		case Positions:
			wanted = append(wanted, s.backfillTable())
		case Schemas:
			wanted = append(wanted, s.schemaTable())
		}
	}
	for {
		missing, err := s.missing(ctx, wanted)
		if err != nil {
			return err
		}
		if len(missing) == 0 {
			return s.addColumns(ctx)
		}
		for _, t := range missing {
			if err := s.create(ctx, t); err != nil {
				return err
			}
		}
	}
}

// ensure makes one table if it is not there. In a transaction that is only
// possible where DDL does not end it; elsewhere Prepare has to be called
// before.
func (s *sqlStore) ensure(ctx context.Context, t table) error {
	found, err := s.exists(ctx, t.name)
	if err != nil || found {
		return err
	}
	if s.q.InTransaction() && !s.q.Flavor().TransactionalDDL() {
		return &database.Error{Class: database.MissingTable, Message: "the table " + t.name + " does not exist"}
	}
	return s.create(ctx, t)
}

// createTries bounds how often a CREATE is repeated that lost a race.
const createTries = 20

// create makes one table while others may be making it too. PostgreSQL looks
// whether a table exists before it locks the catalog, so the loser of a race
// gets a unique violation in pg_type in spite of IF NOT EXISTS.
func (s *sqlStore) create(ctx context.Context, t table) error {
	for try := 1; ; try++ {
		_, err := s.q.ExecContext(ctx, t.create)
		if err == nil || database.ClassOf(err) == database.AlreadyExists {
			return nil
		}
		if try == createTries || !lostRace(err) {
			return fmt.Errorf("cannot make the table %s: %w", t.name, err)
		}
		if err := database.Sleep(ctx, time.Duration(try)*5*time.Millisecond); err != nil {
			return err
		}
	}
}

// lostRace reports whether err is what a CREATE TABLE gets when another makes
// the same table at the same moment. XX000 is PostgreSQL's "tuple concurrently
// updated".
func lostRace(err error) bool {
	var e *database.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Class {
	case database.Duplicate, database.LockTimeout, database.Deadlock:
		return true
	}
	return e.Code == "XX000"
}

// missing returns those of the tables that are not there, asking at most once
// about each that is.
func (s *sqlStore) missing(ctx context.Context, tables []table) ([]table, error) {
	var unknown []string
	for _, t := range tables {
		if !s.known[t.name] {
			unknown = append(unknown, t.name)
		}
	}
	found, err := s.look(ctx, unknown)
	if err != nil {
		return nil, err
	}
	var missing []table
	for _, t := range tables {
		if !s.known[t.name] && !found[t.name] {
			missing = append(missing, t)
		}
	}
	return missing, nil
}

// exists reports whether a table is there. What was found once is not asked
// again; what was not found is.
func (s *sqlStore) exists(ctx context.Context, name string) (bool, error) {
	if s.known[name] {
		return true, nil
	}
	// One question for all, because one read is seldom alone.
	found, err := s.look(ctx, append(Tables(), s.versions))
	return found[name], err
}

// look asks the server's catalog which of the tables are there. What it finds
// outside of a transaction is remembered; within one, the table may have been
// made in it and go away with it.
func (s *sqlStore) look(ctx context.Context, names []string) (map[string]bool, error) {
	found := map[string]bool{}
	if len(names) == 0 {
		return found, nil
	}
	names = slices.Clip(names)
	for _, a := range additions() {
		names = append(names, a.name())
	}
	literals := make([]string, len(names))
	for i, n := range names {
		literals[i] = s.q.QuoteLiteral(n)
	}
	column, from := s.catalogQuery()
	tail := from + " IN (" + strings.Join(literals, ", ") + ")"
	for _, a := range additions() {
		tail += " UNION ALL SELECT '" + a.name() + "' FROM " + s.addedQuery(a)
	}
	err := s.each(ctx, source{table: "of the server's catalog", columns: []string{column}}, tail, func(r *row) {
		name := r.name()
		for _, n := range names {
			// Servers may fold the case of names.
			found[n] = found[n] || strings.EqualFold(n, name)
		}
	})
	if err == nil && !s.q.InTransaction() {
		for n, there := range found {
			s.known[n] = s.known[n] || there
		}
	}
	return found, err
}

// catalogQuery lists tables where the books are: the column with their names,
// and the query from FROM up to the name again.
func (s *sqlStore) catalogQuery() (column, from string) {
	switch s.dialect() {
	case flavor.Postgres:
		return "c.relname", "pg_catalog.pg_class c WHERE c.relnamespace = " + s.namespace() + " AND c.relkind IN ('r', 'p') AND c.relname"
	case flavor.SQLite:
		return "name", "main.sqlite_master WHERE type = 'table' AND name COLLATE NOCASE"
	}
	return "table_name", "information_schema.tables WHERE table_schema = " + s.here() + " AND table_name"
}

// here is the name of the schema as a literal.
func (s *sqlStore) here() string { return s.q.QuoteLiteral(s.q.Schema()) }

// namespace is PostgreSQL's number of the schema. Queries of one table each are
// planned in half the time that joins take, and each new session plans anew.
func (s *sqlStore) namespace() string {
	return "(SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = " + s.here() + ")"
}

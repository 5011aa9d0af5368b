package ledger

import (
	"context"

	"manage/engine/database"
	"manage/engine/flavor"
)

// added is what tables of an older release do not have. Among the names of
// tables that were seen, the last column of each stands for all of it, as
// "table.column".
type added struct {
	table  string
	column string   // the one that was added last
	alters []string // what is behind ALTER TABLE …, in order
}

// The columns that came after the first release.
var (
	outlineAdded = added{JournalTable, "outline", []string{"ADD COLUMN outline TEXT NULL"}}
	pausesAdded  = added{BackfillTable, "speed_milli", []string{"ADD COLUMN batch_rows BIGINT NULL", "ADD COLUMN waiting TEXT NULL", "ADD COLUMN speed_milli BIGINT NULL"}}
)

// additions lists them.
func additions() []added { return []added{outlineAdded, pausesAdded} }

// name is how a column is called among the names of tables.
func (a added) name() string { return a.table + "." + a.column }

// has reports whether the columns are there.
func (s *sqlStore) has(ctx context.Context, a added) (bool, error) { return s.exists(ctx, a.name()) }

// addColumns adds what is missing of the tables that are there. A user who may
// not change the tables works on without it.
func (s *sqlStore) addColumns(ctx context.Context) error {
	for _, a := range additions() {
		if !s.known[a.table] {
			continue
		}
		found, err := s.has(ctx, a)
		if err != nil {
			return err
		}
		for _, alter := range a.alters {
			if found {
				break
			}
			err := s.create(ctx, table{a.table, "ALTER TABLE " + s.at(a.table) + " " + alter})
			if err != nil && database.ClassOf(err) != database.Denied {
				return err
			}
		}
	}
	return nil
}

// addedQuery is a row of the server's catalog if the columns are there, and
// none if not: what follows FROM.
func (s *sqlStore) addedQuery(a added) string {
	switch s.dialect() {
	case flavor.Postgres:
		return "pg_catalog.pg_attribute a WHERE a.attrelid = (SELECT c.oid FROM pg_catalog.pg_class c" +
			" WHERE c.relnamespace = " + s.namespace() + " AND c.relname = '" + a.table + "')" +
			" AND a.attname = '" + a.column + "' AND NOT a.attisdropped"
	case flavor.SQLite:
		return "pragma_table_info('" + a.table + "', 'main') WHERE name = '" + a.column + "'"
	}
	return "information_schema.columns WHERE table_schema = " + s.here() + " AND table_name = '" + a.table + "' AND column_name = '" + a.column + "'"
}

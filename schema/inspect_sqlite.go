package schema

import (
	"database/sql"
	"fmt"
	"strings"
)

func sqliteSteps() []inspectStep { return []inspectStep{{false, (*inspector).sqliteMaster}} }

// sqliteMaster reads a SQLite schema from the texts of its CREATE statements,
// which SQLite keeps and changes with each ALTER TABLE. They say all, also
// what no pragma says: how constraints are named, where a check is written.
func (i *inspector) sqliteMaster() error {
	var kind, name, table string
	var text sql.NullString
	query := "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY rowid"
	err := i.each(query, []any{&kind, &name, &table, &text}, func() error {
		if !text.Valid || strings.HasPrefix(name, "sqlite_") {
			return nil // an index of a constraint, SQLite's own table
		}
		if err := i.sqliteObject(kind, name, table, text.String); err != nil {
			return fmt.Errorf("read the definition of %s %q: %w", kind, name, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	i.s.completeReferences()
	return nil
}

func (i *inspector) sqliteObject(kind, name, table, text string) error {
	switch kind {
	case "table":
		t, err := ParseSQLiteTable(text)
		if err != nil {
			return err
		}
		t.Name = name
		i.s.Tables[name] = t
	case "index":
		x, err := parseSQLiteIndex(text)
		if err != nil {
			return err
		}
		x.Name = name
		t := i.s.Table(table)
		if t == nil {
			return fmt.Errorf("its table %q is missing", table)
		}
		t.Indexes = append(t.Indexes, x)
	case "trigger":
		tr := parseSQLiteTrigger(text)
		tr.Name, tr.Table = name, table
		i.s.Triggers = append(i.s.Triggers, tr)
	case "view":
		i.s.Views = append(i.s.Views, View{Name: name, Text: text})
	}
	return nil
}

// completeReferences fills in the columns of references that name a table
// only: its primary key is meant (SQLite, "Foreign Key Support").
func (s *Schema) completeReferences() {
	for _, t := range s.Tables {
		for _, fk := range t.ForeignKeys {
			if ref := s.Table(fk.RefTable); len(fk.RefColumns) == 0 && ref != nil && ref.PrimaryKey != nil {
				fk.RefColumns = append([]string(nil), ref.PrimaryKey.Columns...)
			}
		}
	}
}

package schema

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// This file is about keys and numbers: foreign keys that a change of a column's
// type would part, and what numbers its rows.

// fitKeys refuses another type for a column of a foreign key, on either side,
// where the server refuses it: MySQL and MariaDB want both sides alike (manual,
// "FOREIGN KEY Constraints"), PostgreSQL wants values that can be compared.
func (s *Schema) fitKeys(t *Table, c, to *Column) error {
	for _, name := range s.TableNames() {
		child := s.Tables[name]
		for _, f := range child.ForeignKeys {
			for i, column := range f.Columns {
				if i >= len(f.RefColumns) {
					continue
				}
				other := ""
				switch parent := s.Table(f.RefTable); {
				case child == t && sameName(column, c.Name, s.Flavor.Dialect) && parent != nil:
					other = typeOfColumn(parent, f.RefColumns[i], s.Flavor.Dialect)
				case parent == t && sameName(f.RefColumns[i], c.Name, s.Flavor.Dialect):
					other = typeOfColumn(child, column, s.Flavor.Dialect)
				}
				if other != "" && !s.joins(c.Type, to.Type, other) {
					return fmt.Errorf("column %q of the type %s would not fit the foreign key %s of table %q, on whose other side is %s; drop the key before, and add it again once both columns are altered",
						c.Name, to.Type, byNameOr(f.Name, f.Columns), name, other)
				}
			}
		}
	}
	return nil
}

func typeOfColumn(t *Table, name string, d flavor.Dialect) string {
	if c := t.column(name, d); c != nil {
		return c.Type
	}
	return ""
}

// joins reports whether a foreign key stays while a column on one of its sides
// changes its type. SQLite compares any values.
func (s *Schema) joins(from, to, other string) bool {
	switch d := s.Flavor.Dialect; d {
	case flavor.SQLite:
		return true
	case flavor.MariaDB:
		return false
	case flavor.MySQL:
		a, b := s.valueTypeOf(from), s.valueTypeOf(to)
		return a.name == "varchar" && b.name == "varchar" && b.size >= a.size
	}
	if a, b := typeClass(to), typeClass(other); a != "" || b != "" {
		return a == b
	}
	return to == other
}

// fitNulls refuses NOT NULL for a column that a foreign key of MySQL or MariaDB
// sets to null (error 1830).
func (s *Schema) fitNulls(t *Table, c, to *Column) error {
	if !s.Flavor.Dialect.MySQLFamily() || !c.Nullable || to.Nullable {
		return nil
	}
	for _, f := range t.ForeignKeys {
		if hasColumn(f.Columns, c.Name, s.Flavor.Dialect) && (f.OnDelete == "SET NULL" || f.OnUpdate == "SET NULL") {
			return fmt.Errorf("column %q cannot be NOT NULL while the foreign key %s sets it to null; drop that first", c.Name, byNameOr(f.Name, f.Columns))
		}
	}
	return nil
}

// wholeNumbers are the greatest numbers of types that can number rows.
var wholeNumbers = map[string]uint64{
	"tinyint": 1<<7 - 1, "smallint": 1<<15 - 1, "mediumint": 1<<23 - 1, "int": 1<<31 - 1, "integer": 1<<31 - 1, "bigint": 1<<63 - 1,
}

// fitNumbers refuses a type for a column that numbers rows by itself which
// cannot, or which has no room for the next number.
func (s *Schema) fitNumbers(t *Table, c, to *Column) error {
	if !c.Autoincrement {
		return nil
	}
	b := s.valueTypeOf(to.Type)
	if !b.is(intValues) {
		return fmt.Errorf("column %q numbers the rows by itself, so it cannot become %s", c.Name, to.Type)
	}
	most := wholeNumbers[b.name]
	if strings.Contains(to.Type, "unsigned") {
		most = most*2 + 1
	}
	if next, err := strconv.ParseUint(t.Next, 10, 64); err == nil && next > most {
		return fmt.Errorf("column %q would have no number for the next row: that is %s, and %s ends at %d; set AUTO_INCREMENT of the table before, if no row has so great a number", c.Name, t.Next, to.Type, most)
	}
	return nil
}

// nextNumber finds the number of the next row among the options of a table of
// MySQL.
var nextNumber = regexp.MustCompile(`(?i)\bAUTO_INCREMENT=(\d+)`)

// retypeSequence gives the sequence of a serial column of PostgreSQL the
// column's new type. It stays what it was otherwise, and gives out at the old
// one's end. An identity's sequence follows by itself. The name of the sequence
// is the server's to tell.
func retypeSequence(table string, from, to *Column) []plan.Statement {
	if !from.Autoincrement || from.Extra != "" || from.Type == to.Type {
		return nil
	}
	return []plan.Statement{{Effect: again(), SQL: "DO $$ BEGIN EXECUTE 'ALTER SEQUENCE ' || " + sequenceOf(table, from) + " || ' AS " + to.Type + "'; END $$"}}
}

// sequenceOf is the name of a column's sequence, as an expression.
func sequenceOf(table string, c *Column) string {
	return "pg_get_serial_sequence(" + quoteText(quoteIdent(table, flavor.Postgres)) + ", " + quoteText(c.Name) + ")"
}

// sequenceCheck asks whether the sequence of a column, of whichever kind, has
// given a number that a smaller type does not have.
func sequenceCheck(table string, from, to *Column) []plan.ValueCheck {
	most := wholeNumbers[to.Type]
	if !from.Autoincrement || most == 0 || most >= wholeNumbers[from.Type] {
		return nil
	}
	return []plan.ValueCheck{{Table: table, Column: from.Name, From: from.Type, To: to.Type, Numbers: true,
		Query: fmt.Sprintf("SELECT count(*) WHERE pg_sequence_last_value(%s::regclass) > %d", sequenceOf(table, from), most)}}
}

// Package schema is the portable language of schema changes: types,
// operations, the schema that a list of operations leads to, the SQL that
// makes it on each dialect, the inspection of live schemas, and their
// comparison. It is the only package that knows Atlas, and it knows no
// revisions.
package schema

import "manage/engine/flavor"

// Schema is the schema of one database as it is (Inspect) or as it will be
// once operations are applied (Apply). It belongs to one flavor: types are in
// that server's own spelling.
type Schema struct {
	Flavor   flavor.Flavor
	Tables   map[string]*Table
	Enums    map[string]*Enum // PostgreSQL only
	Triggers []Trigger
	Views    []View
	// Opaque is true once plain SQL whose effect is unknown was applied, so
	// that the value may differ from the database.
	Opaque bool
}

// New returns the schema of an empty database.
func New(f flavor.Flavor) *Schema {
	return &Schema{Flavor: f, Tables: map[string]*Table{}, Enums: map[string]*Enum{}}
}

// Table is one table. Columns are in order; the other lists are in the order
// in which they were made. On MySQL and MariaDB, where a unique constraint is
// a unique index, Uniques holds the unique indexes of whole columns and
// Indexes those with an expression, a prefix or a descending part.
type Table struct {
	Name        string
	Columns     []*Column
	PrimaryKey  *Key // nil if there is none
	Uniques     []*Key
	Indexes     []*Index
	ForeignKeys []*ForeignKey
	Checks      []*Check
	// Engine, Charset and Collation are MySQL and MariaDB table options;
	// empty means the server's default.
	Engine, Charset, Collation string
	Comment                    string
	// Next is the number that the next row gets on MySQL and MariaDB, for tables
	// whose columns are altered (Schema.Define); "" where that is not known.
	Next string
	// Partitioned is true for a partitioned table of PostgreSQL, PartitionKey are
	// the columns that it is partitioned by, "" for an expression, and Partitions
	// its own partitions.
	Partitioned  bool
	PartitionKey []string
	Partitions   []Partition
	// Suffix is what follows the closing parenthesis of a SQLite table, such
	// as "WITHOUT ROWID".
	Suffix string
}

// Column is one column of a table.
type Column struct {
	Name string
	// Type is the server's own spelling, canonical: lower case except on
	// SQLite, without display widths ("varchar(36)", "timestamp without time
	// zone", "enum('a','b')", "VARCHAR(36)").
	Type     string
	Nullable bool
	// Autoincrement is true where the server numbers rows by itself: MySQL's
	// AUTO_INCREMENT, a PostgreSQL column with a sequence of its own (serial;
	// Default is then nil). On SQLite it stands for the keyword AUTOINCREMENT
	// only: any INTEGER PRIMARY KEY numbers its rows.
	Autoincrement bool
	// Default is the default as SQL text, such as `'pending'`, `0` or
	// `CURRENT_TIMESTAMP`; nil if there is none.
	Default *string
	Comment string
	// Charset and Collation are set only where they differ from the table's.
	Charset, Collation string
	// Extra is what else the server keeps of the column and a change must not
	// lose, in its own words: `ON UPDATE CURRENT_TIMESTAMP`, `GENERATED
	// ALWAYS AS (…) STORED`, a SQLite `COLLATE NOCASE`.
	Extra string
	// Inherited is true for a column that PostgreSQL changes with that of a
	// parent: of a partition, for example.
	Inherited bool
	// Storage and Compression are how PostgreSQL keeps long values, where that is
	// not what the type brings (ALTER COLUMN … SET STORAGE, SET COMPRESSION).
	Storage, Compression string
	// Definition is the column's definition as SHOW CREATE TABLE has it on MySQL
	// and MariaDB, for tables whose columns are altered (Schema.Define); "" where
	// it is to be rendered from the other fields.
	Definition string
	// Text is the column's definition as it stands in a SQLite CREATE TABLE,
	// kept so that a rebuild changes only what it means to; "" where the
	// definition is to be rendered from the other fields.
	Text string
}

// Key is a primary key or a unique constraint.
type Key struct {
	Name    string // "" if it was left to the server
	Columns []string
	Text    string // as Column.Text
	// Inline is true if it stands in its column's Text, so that the table's
	// definition must not repeat it (SQLite).
	Inline bool
	// Hidden is true for one whose index queries do not use (MySQL INVISIBLE,
	// MariaDB IGNORED).
	Hidden bool
	// Parent is the constraint of a partitioned table that it is a part of, and
	// Partial is true for one that a partition lacks.
	Parent  string
	Partial bool
}

// Index is an index that is not a constraint.
type Index struct {
	Name    string
	Columns []IndexColumn
	Unique  bool
	Where   string // predicate of a partial index; "" for none
	// Method is the access method or kind where it is not a B-tree, in lower
	// case: gin, hash, fulltext.
	Method string
	// Made is true for an index that MySQL is known to have made for a foreign
	// key, and drops by itself once another serves. Servers do not tell, so
	// only computed schemas know.
	Made bool
	// Valid is false for what PostgreSQL keeps and does not use: what a CREATE or
	// DROP INDEX CONCURRENTLY left that did not come to its end, and an index of a
	// partitioned table that one of its partitions lacks.
	Valid  bool
	Hidden bool   // as Key.Hidden
	Parent string // the index of a partitioned table that it is a part of
	// Text is the whole statement that made it, where the server keeps it.
	Text string
	// Comment is what PostgreSQL's COMMENT ON says of it.
	Comment string
	// Exclusion is true for one that an exclusion constraint of PostgreSQL has.
	Exclusion bool
}

// IndexColumn is one part of an index.
type IndexColumn struct {
	Name   string // "" for an expression
	Expr   string
	Length int // prefix length in characters (MySQL, MariaDB); 0 for all
	Desc   bool
}

// ForeignKey is a reference from one table to another.
type ForeignKey struct {
	Name       string // "" if it was left to the server
	Columns    []string
	RefTable   string
	RefColumns []string
	OnDelete   string // "" for NO ACTION
	OnUpdate   string
	Text       string // as Column.Text; on PostgreSQL what follows the name
	Comment    string // as Index.Comment
	Inline     bool   // as Key.Inline
	// NotValid is true on PostgreSQL while rows that were there before have
	// not been looked at (ADD CONSTRAINT … NOT VALID).
	NotValid bool
	// Off is true where it is not kept to: PostgreSQL's triggers for it are
	// switched off.
	Off bool
}

// Check is a check constraint.
type Check struct {
	Name string // "" if it was left to the server
	Expr string // without the outer parentheses
	// Column is the column the check is written at, for checks that vanish
	// with their column; "" for a table's check.
	Column   string
	Text     string // as ForeignKey.Text
	Comment  string // as Index.Comment
	Inline   bool   // as Key.Inline
	NotValid bool   // as ForeignKey.NotValid
	Off      bool   // not kept to (MySQL NOT ENFORCED)
}

// Enum is a named enumeration type.
type Enum struct {
	Name   string
	Values []string
}

// Trigger is one trigger of a table.
type Trigger struct {
	Name   string
	Table  string
	Timing string // before, after, instead of
	Event  string // insert, update, delete
	// Body is what runs, without the white space around it: MySQL's statement
	// (BEGIN … END), the source of PostgreSQL's function, what stands between
	// BEGIN and END on SQLite.
	Body string
	// Text is the whole statement, where the server keeps it.
	Text string
	// Disabled is true for one that is switched off (PostgreSQL).
	Disabled bool
	// Function is the function that a PostgreSQL trigger calls, and
	// FunctionText the statement that makes it.
	Function, FunctionText string
}

// View is one view; manage does not make views but must not lose any.
type View struct {
	Name string
	Text string
}

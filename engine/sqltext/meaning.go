package sqltext

// Meaning is what a statement does, as far as its words tell.
type Meaning struct {
	// Known is false if more may happen than is said here: the statement calls
	// code (CALL, DO $$…$$), or has a clause that this package does not know.
	// Functions in a query are taken to change nothing.
	Known bool
	// Verb is what the statement as a whole does.
	Verb Verb
	// Effects are the objects that it makes, changes or removes, in its order.
	// ALTER TABLE has one for each clause.
	Effects []Effect
	// Schemas are what names in it are qualified with, such as the schema or the
	// database of a table: the effects may be there.
	Schemas []string
	// Table is the table of Insert, Update, Delete and Truncate, where it is
	// one.
	Table string
	// Data is true for statements that read or change rows only, and so can
	// share a transaction with other such statements on every server.
	Data bool
	// Session is true for statements whose effect ends with the session: SET,
	// PRAGMA, USE, and temporary tables.
	Session bool
	// NoTransaction is true for statements that a server refuses to run, or
	// passes over, inside a transaction.
	NoTransaction bool
}

// Verb says what a statement does to an object or to rows.
type Verb string

// The verbs. Those from Create to Rename have effects.
const (
	Create      Verb = "create"
	Drop        Verb = "drop"
	Alter       Verb = "alter" // also MODIFY, CHANGE without a new name, VALIDATE
	Rename      Verb = "rename"
	Insert      Verb = "insert" // also REPLACE, COPY … FROM and LOAD DATA
	Update      Verb = "update"
	Delete      Verb = "delete"
	Truncate    Verb = "truncate"
	Merge       Verb = "merge"
	Select      Verb = "select"      // also VALUES, TABLE, SHOW, EXPLAIN and COPY … TO
	Transaction Verb = "transaction" // BEGIN, COMMIT, ROLLBACK, SAVEPOINT and the like
	Set         Verb = "set"
	Maintain    Verb = "maintain" // VACUUM, ANALYZE, REINDEX, OPTIMIZE and the like
	Grant       Verb = "grant"    // also REVOKE
	Comment     Verb = "comment"
	Other       Verb = "other"
)

// Effect is one object and what becomes of it.
type Effect struct {
	// Verb is Create, Drop, Alter or Rename.
	Verb Verb
	Kind Kind
	// Table is the table that the object belongs to; "" if it belongs to none,
	// and where a dialect does not say it (DROP INDEX on PostgreSQL).
	Table string
	// Name is the object's name without schema and quotes; on PostgreSQL an
	// unquoted one is in small letters, as the server keeps it. It is "" where
	// the server chooses it.
	Name string
	// NewName is the name after a Rename.
	NewName string
	// Guarded is true if the statement says IF EXISTS, IF NOT EXISTS or OR
	// REPLACE, and so can be run again.
	Guarded bool
	// Again is true for an Alter that says what something is to be, whatever it
	// is now, and so can be made again.
	Again bool
}

// Kind is a kind of object. Other kinds than those below are the word of the
// statement in small letters, such as "sequence".
type Kind string

// The kinds of objects of tables, views and types.
const (
	KindTable      Kind = "table"
	KindColumn     Kind = "column"
	KindIndex      Kind = "index"
	KindPrimaryKey Kind = "primary key"
	KindUnique     Kind = "unique"
	KindForeignKey Kind = "foreign key"
	KindCheck      Kind = "check"
	// KindConstraint is any of the four before, where only its name is said.
	KindConstraint Kind = "constraint"
	KindTrigger    Kind = "trigger"
	KindView       Kind = "view"
	KindType       Kind = "type"
	KindEnum       Kind = "enum"
	// KindEnumValue is a value of an enumeration: Table is its type.
	KindEnumValue Kind = "enum value"
)

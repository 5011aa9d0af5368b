// Package plan holds what is going to be done to a database, as data.
//
// A Plan is a value: it has no connection and no behaviour. It is made once
// (package phases), shown (`manage db plan`) or replayed (package run); nothing
// that was decided when it was made is decided again when it is run.
package plan

// Phase is the part of an upgrade that a step belongs to.
type Phase string

// The phases of a rolling upgrade, and those of other work.
const (
	Trunk     Phase = "trunk"     // revisions before the branches part
	Expand    Phase = "expand"    // only adds
	Migrate   Phase = "migrate"   // moves rows
	Contract  Phase = "contract"  // removes what the old release needed
	Bridge    Phase = "bridge"    // restores or removes what joins two releases
	Adopt     Phase = "adopt"     // takes an existing database under control
	Create    Phase = "create"    // makes the newest schema in one go
	Downgrade Phase = "downgrade" // goes back
)

// Direction says whether a revision is applied or taken back.
type Direction string

// The two directions.
const (
	Up   Direction = "up"
	Down Direction = "down"
)

// Plan is an ordered list of steps, with the version rows it starts from and
// those it leaves.
type Plan struct {
	Catalog string
	Dialect string
	From    []string
	To      []string
	Steps   []Step
	// Guards are asked before their phases. A plan that is run has none: who runs
	// it asks those of the catalog.
	Guards []Guard
	// Online is true if others write while it runs: they never wait longer than
	// the limit on locks, whatever number of them a transaction takes.
	Online bool
	// SideEffects are what its steps do to objects that none of their operations
	// names, as far as was asked.
	SideEffects []SideEffect
	// Losses are what its steps, and those that can be planned only later, take
	// away, as far as was asked.
	Losses []Loss
	// NotAsked are data migrations among its steps whose programs were not asked
	// whether rows are left.
	NotAsked []string
	// More is true if more is to be done than Steps, and can be planned only
	// once they have run.
	More bool
}

// Empty reports whether there is nothing to do.
func (p Plan) Empty() bool { return len(p.Steps) == 0 }

// Step is one revision, one data migration or one bridge, with the statements
// that make it and the version rows after it.
type Step struct {
	ID        string
	Phase     Phase
	Direction Direction
	Release   string
	Message   string
	Checksum  string
	// Outline is what the checksum is over, part by part, for telling later
	// which of them were changed; empty for what is no revision on its way up.
	Outline Outline
	// Transaction is true if all statements, the version rows and the journal
	// are written in one transaction. It is false where the server commits DDL
	// by itself and for revisions that ask for it.
	Transaction bool
	Statements  []Statement
	// Rows are the version rows once this step is done; nil for a step that
	// does not change them (data migrations and bridges).
	Rows []string
	// ForeignKeyCheck names tables whose references must be no more broken
	// after the step than before (SQLite table rebuilds).
	ForeignKeyCheck []string
	// Checks are the comparisons of rows that come before the step, because it
	// removes what they read.
	Checks []RowCheck
	// Opaque is true if the statements' effect on the schema is not known, so
	// that what follows must be planned again from the live schema.
	Opaque bool
}

// Statement is one SQL statement and what is known of it.
type Statement struct {
	SQL string
	// Position names the operation within the revision, and the statement
	// within the operation, both from 0. It is stable between plans of the
	// same revision, and is what the journal keeps.
	Position Position
	// Effect is what the statement changes, for settling by a look at the
	// schema whether it took place; nil if that cannot be told, and for what
	// shares a transaction with its journal entry.
	Effect *Effect
	// Data is true for statements that change rows only: on every server they
	// can share a transaction with their journal entry.
	Data bool
	// NoTransaction is true for statements that refuse to run in one, and for
	// those that must not share one with others.
	NoTransaction bool
	// Willing is true for statements that are known to run in a transaction as
	// well, if it is their own.
	Willing bool
	// Lock is the lock that the statement takes on the table, in the server's
	// own words; "none" if it takes none, "" if that is not known.
	Lock string
	// Rewrites is true if the rows of the table are written anew.
	Rewrites bool
	// Blocks is whom the statement keeps waiting for as long as it works
	// through the rows: BlocksNone, BlocksWriters or BlocksAll; "" if that is
	// not known. A lock that is held for a moment, whatever the number of rows,
	// blocks nobody in this sense: the limit on waiting for locks sees to that.
	Blocks string
	// Instead says what could be done instead of a statement that would block
	// a service that runs, and is not allowed to; "" for all others.
	Instead string
	// Fallbacks are other forms of the statement, to be sent in turn where the
	// server answers that it does not support the form before.
	Fallbacks []string
	// Patient is true for a statement for whose lock nobody has to queue, so
	// that it can wait for it long.
	Patient bool
	// Together is true for a statement that means something only in one
	// transaction with those before it in the same operation.
	Together bool
	// Values are asked before the statement; none if no value can be lost by it.
	Values []ValueCheck
	// Session is true if the statement may leave something in the session that
	// later statements meet: a setting, a variable, a temporary table, a lock.
	Session bool
	// Before are the statements that give a new session what this statement
	// expects of those before it: settings, variables, temporary tables. They
	// are sent where an earlier run, or a failed attempt, ended between the two.
	Before []string
}

// The values of Statement.Blocks.
const (
	BlocksNone    = "none"
	BlocksWriters = "writers"
	BlocksAll     = "all"
)

// Position is the place of a statement in its revision.
type Position struct {
	Operation int
	Part      int
}

// Before reports whether p comes before q.
func (p Position) Before(q Position) bool {
	return p.Operation < q.Operation || p.Operation == q.Operation && p.Part < q.Part
}

// Effect names one object and whether the statement leaves it there.
type Effect struct {
	Kind    ObjectKind
	Table   string
	Name    string
	Present bool
	// Definition, where not empty, is how the object reads once the statement
	// is done; two plans of one operation give the same text.
	Definition string
	// Also are further objects that the statement makes, changes or removes.
	// Where some of them show the effect and others do not, it cannot be told.
	Also []Effect
}

// ObjectKind is a kind of schema object.
type ObjectKind string

// The kinds of objects that effects name.
const (
	KindTable      ObjectKind = "table"
	KindColumn     ObjectKind = "column"
	KindIndex      ObjectKind = "index"
	KindUnique     ObjectKind = "unique"
	KindForeignKey ObjectKind = "foreign key"
	KindCheck      ObjectKind = "check"
	KindTrigger    ObjectKind = "trigger"
	KindView       ObjectKind = "view"
	KindEnum       ObjectKind = "enum"
	KindPrimaryKey ObjectKind = "primary key"
	// KindConstraint is a unique constraint, foreign key, check or primary key
	// of which only the name is known.
	KindConstraint ObjectKind = "constraint"
	// KindShell is an index or unique constraint of a partitioned table, whether
	// all partitions have it yet or not.
	KindShell ObjectKind = "partitioned index"
	// KindAttached is an index, or that of a unique constraint, of a partition that
	// is a part of the one of its table that Definition names.
	KindAttached ObjectKind = "attached index"
	// KindPartition is a partition of a table.
	KindPartition ObjectKind = "partition"
	// KindReindex is the effect of a REINDEX CONCURRENTLY, which can be sent again,
	// once what it left is gone. Name is the index, or Table the table, that is
	// built anew; neither for all of them.
	KindReindex ObjectKind = "reindex"
	// KindNothing is the effect of a statement that can be sent again whatever
	// became of it: it is not looked for, and the statement is sent again.
	KindNothing ObjectKind = "nothing"
)

package schema

import "manage/engine/plan"

// Operation is one portable change of a schema. Each kind is one file of this
// package and one line in the list of kinds. Operations are values decoded
// from catalogs; no method changes its receiver.
type Operation interface {
	// Kind is the operation's name in catalogs, such as "add_column".
	Kind() string
	// Check reports what is wrong with the operation taken by itself, in one
	// sentence without file and line: the catalog adds them.
	Check() error
	// Apply changes s to what it is after the operation. It fails if the
	// operation does not fit s (an unknown table, a column that exists).
	Apply(s *Schema) error
	// Render returns the statements that make the change on s, which is the
	// schema before the operation. The number of statements may depend on s;
	// their order does not.
	Render(s *Schema) ([]plan.Statement, error)
	// Inverse returns the operations that undo this one, given the schema
	// before it, or an *IrreversibleError.
	Inverse(s *Schema) ([]Operation, error)
}

// IrreversibleError says that an operation has no inverse, and why.
type IrreversibleError struct {
	Kind string
	Why  string
}

func (e *IrreversibleError) Error() string { return e.Kind + " cannot be undone: " + e.Why }

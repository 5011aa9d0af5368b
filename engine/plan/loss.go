package plan

// Loss is something that a step takes away together with what is in it, so that
// no other step brings it back.
type Loss struct {
	Step  string
	Kind  LossKind
	Table string // as the database calls it now; "" of LossEnumValue and LossUnknown
	// Column is that of LossColumn and LossValues.
	Column string
	// Where is the condition for the rows of LossRows and LossValues, as SQL; ""
	// for all rows.
	Where string
	// Enum and Value are those of LossEnumValue.
	Enum, Value string
	// SQL is the statement of LossUnknown.
	SQL string
	// Remade is true if the step makes another table of the name, so that it may
	// keep some of the rows.
	Remade bool
	// Rows is how many rows are lost, of a column those with a value; it counts
	// only if Counted is true.
	Rows    int64
	Counted bool
	// TableRows is about how many rows the table has, and Bytes about how large
	// it is, by what the server knows; 0 where it does not.
	TableRows, Bytes int64
}

// LossKind is a kind of Loss.
type LossKind string

// The kinds of losses.
const (
	LossTable     LossKind = "table"
	LossColumn    LossKind = "column"
	LossRows      LossKind = "rows"
	LossValues    LossKind = "values" // of a column, of some rows
	LossEnumValue LossKind = "enum value"
	// LossUnknown is a statement of plain SQL of which it is not known what it
	// removes.
	LossUnknown LossKind = "unknown"
)

// Same reports whether two losses are of the same thing, whatever is in it.
func (l Loss) Same(other Loss) bool {
	l.Rows, l.Counted, l.TableRows, l.Bytes = other.Rows, other.Counted, other.TableRows, other.Bytes
	return l == other
}

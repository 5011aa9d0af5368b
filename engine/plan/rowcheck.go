package plan

// RowCheck is a comparison of the rows of a table, made before something is
// removed: that the new place holds what the old place says.
type RowCheck struct {
	// Name tells it from the others of its catalog. It stays the same from plan
	// to plan, and is what its position is kept under.
	Name string
	// By is the data migration, or the revision with the pair of columns, that
	// says what agrees, and File and Line where.
	By   string
	File string
	Line int
	// What is compared, in words: "images.visibility with what ocata_migrate01
	// makes of is_public".
	What  string
	Table string
	Key   []string
	// Where is the condition for the rows that are compared; "" for all.
	Where string
	// Agrees is the condition that is true for a row that agrees.
	Agrees string
	// Columns are those of the table that are compared.
	Columns []string
	// Sampled is true if only a part of the rows is compared.
	Sampled bool
	// Skipped says why the comparison is not made; "" if it is.
	Skipped string
}

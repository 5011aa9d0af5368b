package schema

import (
	"fmt"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// KnownKind says in which way a known difference differs.
type KnownKind string

// The ways in which a database may differ from what its revisions make.
const (
	Changed KnownKind = "changed" // the column is there, in another form
	Extra   KnownKind = "extra"   // it is there, though no revision makes it
)

// KnownDifference is a column, a unique constraint or an index in which
// databases of a service may differ from what its revisions make, because
// another tool made them. Exactly one of Column, Unique and Index is set, and
// reads as such a database has it.
type KnownDifference struct {
	Table  string     `toml:"table"`
	Kind   KnownKind  `toml:"kind"`
	Column *ColumnDef `toml:"column"`
	Unique *UniqueDef `toml:"unique"`
	// Index is the name of an index, whatever it is made of.
	Index string `toml:"index"`
	// Dialects limits it to databases of some dialects; empty means all.
	Dialects []string `toml:"dialects"`
	// Why says where such databases come from.
	Why string `toml:"why"`
}

// Check reports what is wrong with the description, in one sentence.
func (k KnownDifference) Check() error {
	if err := checkNeeded("table", k.Table, "kind", string(k.Kind), "why", k.Why); err != nil {
		return err
	}
	if err := checkDialects(k.Dialects); err != nil {
		return err
	}
	switch {
	case k.Kind != Changed && k.Kind != Extra:
		return fmt.Errorf("kind may be changed or extra, not %q", k.Kind)
	case k.Index != "" && k.Column == nil && k.Unique == nil:
		if k.Kind == Changed {
			return fmt.Errorf("an index can only be extra, not changed")
		}
		return nil
	case (k.Column == nil) == (k.Unique == nil) || k.Index != "":
		return fmt.Errorf("give one of column, unique and index")
	case k.Column != nil:
		return k.Column.check()
	case k.Kind == Changed:
		return fmt.Errorf("a unique constraint can only be extra, not changed")
	}
	return k.Unique.check()
}

// known reports whether a difference is one of those that alarm nobody.
func (c *comparer) known(d Difference) bool {
	for _, k := range c.rules.Known {
		here := flavor.Serves(k.Dialects, c.f.Dialect) && c.fold(k.Table) == c.fold(d.Table)
		// What is extra has nothing that it should be.
		if here && (d.Want == "") == (k.Kind == Extra) && c.describes(k, d) {
			return true
		}
	}
	return false
}

// describes reports whether a known difference is about the object of d, in
// the form in which the database has it.
func (c *comparer) describes(k KnownDifference, d Difference) bool {
	if k.Index != "" {
		return d.Kind == plan.KindIndex && c.fold(k.Index) == c.fold(d.Name)
	}
	if k.Unique != nil {
		named := k.Unique.Name == "" || c.fold(k.Unique.Name) == c.fold(d.Name)
		return d.Kind == plan.KindUnique && named && d.Have == "("+c.foldAll(k.Unique.Columns)+")"
	}
	if d.Kind != plan.KindColumn || c.fold(k.Column.Name) != c.fold(d.Name) || d.Have == "" {
		return false
	}
	col, err := k.Column.column(c.f) // fails for what the server cannot have
	return err == nil && d.Have == c.describeColumn(c.have.Table(k.Table), col)
}

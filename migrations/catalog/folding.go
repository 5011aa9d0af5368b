package catalog

import (
	"slices"

	"manage/engine/flavor"
	"manage/schema"
)

// Scratch is an empty SQLite database in which nothing is kept. What plain SQL
// does to a schema is found out by running it there.
type Scratch interface {
	// Run runs one statement.
	Run(statement string) error
	// Schema is the schema that the database has.
	Schema() (*schema.Schema, error)
	// Close throws the database away.
	Close()
}

// folding is a schema that revisions are applied to, one after the other.
type folding struct {
	*Catalog
	online bool
	state  *schema.Schema
	// scratch has the schema while plain SQL follows plain SQL; nil otherwise.
	// state is then that of before.
	scratch Scratch
}

// apply changes the schema to what it is after a revision.
func (w *folding) apply(id string) error {
	for _, change := range w.Revisions[id].Up {
		if !change.Serves(w.state.Flavor.Dialect) || !change.RunsIn(w.online) {
			continue
		}
		if sql, ok := change.Op.(*schema.SQL); ok && w.try(sql) {
			continue
		}
		// What does not fit a schema that is not fully known may fit the
		// database.
		if err := change.Op.Apply(w.schema()); err != nil && !w.state.Opaque {
			return &FoldError{Source: change.Source, Err: err}
		}
	}
	return nil
}

// schema is the schema as it is now.
func (w *folding) schema() *schema.Schema {
	if w.scratch == nil {
		return w.state
	}
	found, err := w.scratch.Schema()
	w.close()
	if err != nil {
		w.state.Opaque = true
		return w.state
	}
	found.Flavor = w.state.Flavor
	w.state = found
	return found
}

// try runs plain SQL on a scratch database; false if its effect cannot be
// found out there, or need not be.
func (w *folding) try(op *schema.SQL) bool {
	statements := op.Statements[w.state.Flavor.Dialect]
	if w.Scratch == nil || w.state.Flavor.Dialect != flavor.SQLite || w.state.Opaque {
		return false
	}
	if !slices.ContainsFunc(statements, func(s schema.SQLStatement) bool { return !s.Data }) {
		return true // rows only
	}
	if w.scratch == nil && !w.open() {
		return false
	}
	for _, s := range statements {
		if s.Data {
			continue
		}
		if err := w.scratch.Run(s.SQL); err != nil {
			w.close() // state is that of before, and made opaque by the caller
			return false
		}
	}
	return true
}

// open makes a scratch database with the schema as it is now.
func (w *folding) open() bool {
	script, err := w.state.Script()
	if err != nil {
		return false
	}
	w.scratch, err = w.Scratch()
	if err != nil {
		w.scratch = nil
		return false
	}
	for _, s := range script {
		if err := w.scratch.Run(s.SQL); err != nil {
			w.close()
			return false
		}
	}
	return true
}

// close throws the scratch database away.
func (w *folding) close() {
	if w.scratch != nil {
		w.scratch.Close()
		w.scratch = nil
	}
}

// fork is the same schema again, to go on with in another direction.
func (w *folding) fork() *folding {
	return &folding{Catalog: w.Catalog, online: w.online, state: w.schema().Clone()}
}

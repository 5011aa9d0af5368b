package schema

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// SyncColumns keeps two columns of a table equal while two releases run, of
// which one writes the old column and the other the new: a trigger for inserts
// and one for updates fill the column that a statement leaves alone from the
// one that it writes.
type SyncColumns struct {
	// Name is what the triggers are called after: <name>_sync_insert and
	// <name>_sync_update.
	Name  string `toml:"name"`
	Table string `toml:"table"`
	Old   string `toml:"old"`
	New   string `toml:"new"`
	// ToNew is the expression that makes the new value from {old}, ToOld the
	// one that makes the old value from {new}. Neither is asked for NULL,
	// which stays NULL.
	ToNew Text `toml:"to_new"`
	ToOld Text `toml:"to_old"`
	// Conflict is what happens to a row in which both are written and neither
	// follows from the other: refuse (also ""), new or old, which then wins.
	Conflict string `toml:"conflict"`
	// Message is what a refused statement fails with; "" for one that names
	// the columns.
	Message string `toml:"message"`

	earlier []*SyncColumns // hang together with it
}

// The longest message that every server takes is one of 128 characters (MySQL).
const longestSyncMessage = 128

// What the names of the triggers end in.
const (
	syncInsert = "_sync_insert"
	syncUpdate = "_sync_update"
)

// Kind is "sync_columns".
func (o *SyncColumns) Kind() string { return "sync_columns" }

// Check reports what is wrong with the operation by itself.
func (o *SyncColumns) Check() error {
	if err := checkNeeded("name", o.Name, "table", o.Table, "old", o.Old, "new", o.New); err != nil {
		return err
	}
	switch {
	case o.Old == o.New:
		return fmt.Errorf("old and new are the same column %q", o.Old)
	case !slices.Contains([]string{"", "refuse", "new", "old"}, o.Conflict):
		return fmt.Errorf("conflict: %q is not refuse, new or old", o.Conflict)
	case utf8.RuneCountInString(o.Message) > longestSyncMessage:
		return fmt.Errorf("message has more than the %d characters that MySQL takes", longestSyncMessage)
	}
	if err := checkMapping("to_new", o.ToNew, "{old}", "{new}"); err != nil {
		return err
	}
	return checkMapping("to_old", o.ToOld, "{new}", "{old}")
}

// checkMapping checks one of the two expressions: it is made from one column,
// so that it can be computed when only that one is written.
func checkMapping(key string, text Text, from, to string) error {
	if text.IsZero() || text.blank() {
		return fmt.Errorf("%s is missing", key)
	}
	for _, expr := range text.all() {
		if !strings.Contains(expr, from) {
			return fmt.Errorf("%s does not name %s, which it is to be computed from", key, from)
		}
		if strings.Contains(expr, to) {
			return fmt.Errorf("%s names %s, which it computes", key, to)
		}
	}
	return nil
}

// TriggerNames are the names of the triggers that it may make.
func (o *SyncColumns) TriggerNames() []string {
	var names []string
	for _, suffix := range []string{syncInsert, syncUpdate, syncMoreInsert, syncMoreUpdate} {
		names = append(names, flavor.FitBefore(o.Name, suffix))
	}
	return names
}

// Parts are the triggers on s, which is the schema before the operation,
// as operations of their own. It fails where the table or a column is not
// there, or the server has no expression.
func (o *SyncColumns) Parts(s *Schema) ([]Operation, error) {
	w, err := o.writer(s, "NEW.")
	if err != nil {
		return nil, err
	}
	timing := "before"
	if w.d == flavor.SQLite {
		timing = "after" // a trigger cannot set a column there
	}
	part := func(suffix, event string, insert bool) Operation {
		return &CreateTrigger{Name: flavor.FitBefore(o.Name, suffix), Table: o.Table, Timing: Text{All: timing}, Event: event,
			Body: Text{All: w.body(w.written(insert))}}
	}
	more, err := w.more(s)
	return append([]Operation{part(syncInsert, "insert", true), part(syncUpdate, "update", false)}, more...), err
}

// Apply adds the triggers.
func (o *SyncColumns) Apply(s *Schema) error {
	parts, err := o.Parts(s)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if err := part.Apply(s); err != nil {
			return err
		}
	}
	return nil
}

// Render makes the triggers, and on PostgreSQL the function of each before it.
func (o *SyncColumns) Render(s *Schema) ([]plan.Statement, error) {
	parts, err := o.Parts(s)
	if err != nil {
		return nil, err
	}
	return renderParts(s, parts)
}

// renderParts are the statements of operations that do not depend on each
// other.
func renderParts(s *Schema, parts []Operation) ([]plan.Statement, error) {
	var out []plan.Statement
	for _, part := range parts {
		statements, err := part.Render(s)
		if err != nil {
			return nil, err
		}
		out = append(out, statements...)
	}
	return number(out), nil
}

// Inverse drops the triggers.
func (o *SyncColumns) Inverse(*Schema) ([]Operation, error) {
	undo := &UnsyncColumns{Name: o.Name, Table: o.Table}
	if len(o.earlier) > 0 {
		undo.joint = []string{o.Name}
	}
	return []Operation{undo}, nil
}

// UnsyncColumns removes the triggers that sync_columns made, where they are
// there.
type UnsyncColumns struct {
	Name string `toml:"name"`
	// Table is the table that they are on. A catalog may leave it out: the
	// loader then takes it from the sync_columns of that name.
	Table string `toml:"table"`

	joint []string // the pairs whose further triggers settle its columns
}

// Kind is "unsync_columns".
func (o *UnsyncColumns) Kind() string { return "unsync_columns" }

// Check reports what is wrong with the operation by itself.
func (o *UnsyncColumns) Check() error { return checkNeeded("name", o.Name) }

// parts are the removals of the triggers on a dialect, the younger ones first.
func (o *UnsyncColumns) parts(d flavor.Dialect) []Operation {
	var all []Operation
	remove := func(name string) {
		all = append(all, &DropTrigger{Name: name, Table: o.Table, IfExists: true})
	}
	if d != flavor.SQLite {
		for _, name := range o.joint {
			remove(flavor.FitBefore(name, syncMoreUpdate))
			remove(flavor.FitBefore(name, syncMoreInsert))
		}
	}
	remove(flavor.FitBefore(o.Name, syncUpdate))
	remove(flavor.FitBefore(o.Name, syncInsert))
	return all
}

// Apply removes the triggers.
func (o *UnsyncColumns) Apply(s *Schema) error {
	for _, part := range o.parts(s.Flavor.Dialect) {
		if err := part.Apply(s); err != nil {
			return err
		}
	}
	return nil
}

// Render drops the triggers. The statements are there also when the triggers
// are not, as those of drop_trigger with if_exists.
func (o *UnsyncColumns) Render(s *Schema) ([]plan.Statement, error) {
	return renderParts(s, o.parts(s.Flavor.Dialect))
}

// Inverse makes the triggers again that are there.
func (o *UnsyncColumns) Inverse(s *Schema) ([]Operation, error) {
	var out []Operation
	for _, part := range slices.Backward(o.parts(s.Flavor.Dialect)) {
		back, err := part.Inverse(s)
		if err != nil {
			return nil, err
		}
		out = append(out, back...)
	}
	return out, nil
}

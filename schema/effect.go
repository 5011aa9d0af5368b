package schema

import (
	"regexp"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// Shows reports whether s, read from the server, shows what a statement's
// effect says; known is false if that cannot be told.
//
// An object that is to be there and reads otherwise than the effect says does
// not show it: a change that had not taken place yet looks just so. An effect
// on several objects is shown if all of them show it; if only some do, the
// server did half of it, or somebody else did.
func (s *Schema) Shows(e plan.Effect) (shown, known bool) {
	shown, known = s.shows(e)
	for _, other := range e.Also {
		if is, told := s.shows(other); !told || is != shown {
			return false, false
		}
	}
	return shown, known
}

// shows is Shows for a single object.
func (s *Schema) shows(e plan.Effect) (shown, known bool) {
	if e.Kind == plan.KindNothing || e.Kind == plan.KindReindex {
		return false, true
	}
	have, definition, known := s.find(e)
	if !known {
		return false, false
	}
	if !e.Present || !have || e.Definition == "" || definition == "" {
		return have == e.Present, true
	}
	return definition == e.Definition, true
}

// find looks an effect's object up, with its definition as the operations
// write it, where they write one.
func (s *Schema) find(e plan.Effect) (have bool, definition string, known bool) {
	d := s.Flavor.Dialect
	switch e.Kind {
	case plan.KindTable:
		return s.Table(e.Name) != nil, "", true
	case plan.KindEnum:
		return s.findEnum(e)
	case plan.KindTrigger:
		return slices.ContainsFunc(s.Triggers, func(tr Trigger) bool {
			return sameName(tr.Name, e.Name, d) && (e.Table == "" || sameName(tr.Table, e.Table, d))
		}), "", true
	case plan.KindView:
		return slices.ContainsFunc(s.Views, func(v View) bool { return sameName(v.Name, e.Name, d) }), "", true
	}
	if e.Table == "" {
		return s.findAnywhere(e)
	}
	t := s.Table(e.Table)
	if t == nil {
		return false, "", true
	}
	return t.find(e, s.Flavor)
}

// findAnywhere finds an object whose table is not known, as in DROP INDEX on
// PostgreSQL and SQLite, where the names of indexes belong to the schema.
func (s *Schema) findAnywhere(e plan.Effect) (have bool, definition string, known bool) {
	for _, name := range s.TableNames() {
		if have, definition, known = s.Tables[name].find(e, s.Flavor); have || !known {
			return have, definition, known
		}
	}
	return false, "", true
}

// findEnum finds an enumeration; its definition is the value that an effect
// names, if it has it.
func (s *Schema) findEnum(e plan.Effect) (have bool, definition string, known bool) {
	enum, have := s.Enums[e.Name]
	if !have || e.Definition == "" {
		return have, "", true
	}
	for _, v := range enum.Values {
		if v == e.Definition {
			return true, v, true
		}
	}
	return false, "", true
}

// find finds an object of the table.
func (t *Table) find(e plan.Effect, f flavor.Flavor) (have bool, definition string, known bool) {
	d := f.Dialect
	switch e.Kind {
	case plan.KindColumn:
		if c := t.column(e.Name, d); c != nil {
			return true, c.definition(f), true
		}
		return false, "", true
	case plan.KindIndex:
		return t.findIndex(e, d), "", true
	case plan.KindUnique:
		k := t.unique(e.Name, d)
		return k != nil && !(k.Partial && e.Present), "", true
	case plan.KindShell:
		return t.hasShell(e.Name), "", true
	case plan.KindAttached:
		name, attached := t.part(e.Definition)
		return attached && name == e.Name, e.Definition, true
	case plan.KindPartition:
		return slices.ContainsFunc(t.Partitions, func(p Partition) bool { return p.Name == e.Name }), "", true
	case plan.KindForeignKey:
		for _, fk := range t.ForeignKeys {
			if sameName(fk.Name, e.Name, d) {
				return true, validity(fk.NotValid), true
			}
		}
		return false, "", true
	case plan.KindCheck:
		for _, c := range t.Checks {
			if sameName(c.Name, e.Name, d) {
				return true, validity(c.NotValid), true
			}
		}
		return false, "", true
	case plan.KindPrimaryKey:
		return t.PrimaryKey != nil, "", true
	case plan.KindConstraint:
		return t.hasConstraint(e.Name, d), t.constraintValidity(e.Name, d), true
	}
	return false, "", false
}

// findIndex finds an index. One that PostgreSQL's CREATE INDEX CONCURRENTLY
// left is not what was to be made, and is there where it is to be gone. On
// MySQL a unique index is a constraint, see Table.
func (t *Table) findIndex(e plan.Effect, d flavor.Dialect) bool {
	if x := t.index(e.Name, d); x != nil {
		return x.Valid || !e.Present
	}
	return d.MySQLFamily() && t.unique(e.Name, d) != nil
}

// constraintValidity is validity for a constraint of which the name is known.
func (t *Table) constraintValidity(name string, d flavor.Dialect) string {
	notValid := slices.ContainsFunc(t.ForeignKeys, func(f *ForeignKey) bool { return f.NotValid && sameName(f.Name, name, d) }) ||
		slices.ContainsFunc(t.Checks, func(c *Check) bool { return c.NotValid && sameName(c.Name, name, d) })
	return validity(notValid)
}

// validity is a constraint's definition, as far as an effect asks for it.
func validity(notValid bool) string {
	if notValid {
		return "not validated"
	}
	return ValidDefinition
}

// Leftover returns the statements that remove what a statement left half done
// that did not come to its end, before it is sent again: on PostgreSQL the
// indexes that are not valid of a CREATE INDEX CONCURRENTLY and a REINDEX
// CONCURRENTLY (PostgreSQL manual, "Building Indexes Concurrently", "Rebuilding
// Indexes Concurrently").
func (s *Schema) Leftover(e plan.Effect) []string {
	var drops []string
	for _, x := range s.LeftoverIndexes(e) {
		drops = append(drops, "DROP INDEX CONCURRENTLY IF EXISTS "+quoteIdent(x.Name, s.Flavor.Dialect))
	}
	return drops
}

// LeftoverIndexes are the indexes that Leftover removes.
func (s *Schema) LeftoverIndexes(e plan.Effect) []*Index {
	build := e.Kind == plan.KindIndex && e.Present
	if !build && e.Kind != plan.KindReindex || s.Flavor.Dialect != flavor.Postgres {
		return nil
	}
	var found []*Index
	for _, name := range s.TableNames() {
		if e.Table != "" && e.Table != name {
			continue
		}
		for _, x := range s.Tables[name].Indexes {
			switch {
			case x.Valid || x.Partitioned():
			case build && (x.Name == e.Name || e.Name == "" && chosenIndex(name, x.Name)):
				found = append(found, x)
			case !build && rebuilt(x.Name, e.Name):
				found = append(found, x)
			}
		}
	}
	return found
}

// Partitioned reports whether the index is that of a partitioned table, which
// is only the sum of those of its partitions.
func (x *Index) Partitioned() bool { return strings.Contains(x.Text, " ON ONLY ") }

// chosenIndex reports whether PostgreSQL may have given an index of a table its
// name, for a CREATE INDEX without one.
func chosenIndex(table, name string) bool {
	return serverIndex.MatchString(name) && strings.HasPrefix(name, flavor.Cut(table, len(name)/3))
}

var serverIndex = regexp.MustCompile(`_idx\d*$`)

// rebuilt reports whether an index is what a REINDEX CONCURRENTLY of another
// one left, of any one if none is named.
func rebuilt(name, of string) bool {
	at := concurrentCopy.FindStringIndex(name)
	return at != nil && (of == "" || strings.HasPrefix(of, name[:at[0]]))
}

// concurrentCopy is what REINDEX CONCURRENTLY adds to the names of the new and the old
// index.
var concurrentCopy = regexp.MustCompile(`_cc(?:new|old)\d*$`)

package schema

import (
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// Shows reports whether s, read from the server, shows what a statement's
// effect says; known is false for kinds of objects that s does not hold.
//
// An object that is to be there and reads otherwise than the effect says does
// not show it: a change that had not taken place yet looks just so.
func (s *Schema) Shows(e plan.Effect) (shown, known bool) {
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
	switch e.Kind {
	case plan.KindTable:
		return s.Table(e.Name) != nil, "", true
	case plan.KindEnum:
		return s.findEnum(e)
	case plan.KindTrigger:
		return s.findTrigger(e)
	case plan.KindView:
		for _, v := range s.Views {
			if sameName(v.Name, e.Name, s.Flavor.Dialect) {
				return true, "", true
			}
		}
		return false, "", true
	}
	t := s.Table(e.Table)
	if t == nil {
		return false, "", true
	}
	return t.find(e, s.Flavor)
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

// findTrigger finds a trigger by its table and name.
func (s *Schema) findTrigger(e plan.Effect) (have bool, definition string, known bool) {
	for _, tr := range s.Triggers {
		if sameName(tr.Name, e.Name, s.Flavor.Dialect) && (e.Table == "" || sameName(tr.Table, e.Table, s.Flavor.Dialect)) {
			return true, "", true
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
		for _, x := range t.Indexes {
			if sameName(x.Name, e.Name, d) {
				return x.Valid || !e.Present, "", true
			}
		}
		return d.MySQLFamily() && t.unique(e.Name, d) != nil, "", true // see Table
	case plan.KindUnique:
		for _, k := range t.Uniques {
			if sameName(k.Name, e.Name, d) {
				return true, strings.Join(k.Columns, ", "), true
			}
		}
		return false, "", true
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
	}
	return false, "", false
}

// validity is a constraint's definition, as far as an effect asks for it.
func validity(notValid bool) string {
	if notValid {
		return "not validated"
	}
	return validDefinition
}

// Leftover returns the statements that remove what an interrupted statement
// left half done, before it is sent again: on PostgreSQL the invalid index of
// a CREATE INDEX CONCURRENTLY (PostgreSQL manual, "Building Indexes
// Concurrently").
func (s *Schema) Leftover(e plan.Effect) []string {
	t := s.Table(e.Table)
	if e.Kind != plan.KindIndex || !e.Present || t == nil {
		return nil
	}
	for _, x := range t.Indexes {
		if x.Name == e.Name && !x.Valid {
			return []string{"DROP INDEX CONCURRENTLY " + quoteIdent(x.Name, s.Flavor.Dialect)}
		}
	}
	return nil
}

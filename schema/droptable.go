package schema

import (
	"slices"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// DropTable removes a table with all that belongs to it.
type DropTable struct {
	Name     string `toml:"name"`
	IfExists bool   `toml:"if_exists"`
}

// Kind is "drop_table".
func (o *DropTable) Kind() string { return "drop_table" }

// Check reports what is wrong with the operation by itself.
func (o *DropTable) Check() error { return checkNeeded("name", o.Name) }

// Apply removes the table and its triggers. Foreign keys of other tables to it
// must be dropped before: servers refuse it otherwise, except SQLite, which
// would keep references that lead nowhere.
func (o *DropTable) Apply(s *Schema) error {
	t := s.Table(o.Name)
	if t == nil {
		if o.IfExists {
			return nil
		}
		return misfit(o.Kind(), o.Name, "the table does not exist")
	}
	if name := s.refersTo(t); name != "" {
		return misfit(o.Kind(), o.Name, "table %q has a foreign key to it; drop that first", name)
	}
	delete(s.Tables, t.Name)
	s.Triggers = slices.DeleteFunc(s.Triggers, func(tr Trigger) bool { return tr.Table == t.Name })
	return nil
}

// refersTo is the first of the other tables that have a foreign key to t, ""
// if there is none.
func (s *Schema) refersTo(t *Table) string {
	first := ""
	for name, other := range s.Tables {
		if name == t.Name || first != "" && name > first {
			continue
		}
		if slices.ContainsFunc(other.ForeignKeys, func(f *ForeignKey) bool { return s.Table(f.RefTable) == t }) {
			first = name
		}
	}
	return first
}

// Render drops the table, and on PostgreSQL the functions that create_trigger
// made for its triggers.
func (o *DropTable) Render(s *Schema) ([]plan.Statement, error) {
	if err := applied(s, o); err != nil {
		return nil, err
	}
	out, err := renderDropTable(s, o.Name, o.IfExists)
	if err != nil || s.Flavor.Dialect != flavor.Postgres {
		return out, err
	}
	for _, tr := range s.Triggers {
		if own := s.ownFunction(tr.Table, tr.Name); tr.Table == o.Name && own == tr.Function {
			out = append(out, plan.Statement{SQL: dropFunction(own), Effect: again()})
		}
	}
	return number(out), nil
}

// Inverse makes the table and its triggers again, as they are in s. The rows
// are gone.
func (o *DropTable) Inverse(s *Schema) ([]Operation, error) {
	t := s.Table(o.Name)
	if t == nil {
		if o.IfExists {
			return nil, nil
		}
		return nil, misfit(o.Kind(), o.Name, "the table does not exist")
	}
	ops := []Operation{&CreateTable{Name: t.Name, live: t.Clone()}}
	for _, tr := range s.Triggers {
		if tr.Table == t.Name {
			back, err := (&DropTrigger{Name: tr.Name, Table: tr.Table}).Inverse(s)
			if err != nil {
				return nil, err
			}
			ops = append(ops, back...)
		}
	}
	return ops, nil
}

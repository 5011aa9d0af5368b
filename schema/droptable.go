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

// Apply removes the table, its triggers, and on SQLite nothing else: foreign
// keys to it stay and lead nowhere. The other servers refuse while there are
// any.
func (o *DropTable) Apply(s *Schema) error {
	t := s.Table(o.Name)
	if t == nil {
		if o.IfExists {
			return nil
		}
		return misfit(o.Kind(), o.Name, "the table does not exist")
	}
	if s.Flavor.Dialect != flavor.SQLite {
		for _, name := range s.TableNames() {
			for _, f := range s.Tables[name].ForeignKeys {
				if f.RefTable == t.Name && name != t.Name {
					return misfit(o.Kind(), o.Name, "table %q has a foreign key to it", name)
				}
			}
		}
	}
	delete(s.Tables, t.Name)
	s.Triggers = slices.DeleteFunc(s.Triggers, func(tr Trigger) bool { return tr.Table == t.Name })
	return nil
}

// Render drops the table.
func (o *DropTable) Render(s *Schema) ([]plan.Statement, error) {
	if err := applied(s, o); err != nil {
		return nil, err
	}
	return renderDropTable(s, o.Name, o.IfExists)
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
			ops = append(ops, restoreTrigger(tr))
		}
	}
	return ops, nil
}

package schema

import (
	"fmt"
	"slices"

	"manage/engine/plan"
)

// AddUnique adds a unique constraint.
type AddUnique struct {
	Table string `toml:"table"`
	UniqueDef
	IfNotExists bool `toml:"if_not_exists"`
}

// Kind is "add_unique".
func (o *AddUnique) Kind() string { return "add_unique" }

// Check reports what is wrong with the operation by itself.
func (o *AddUnique) Check() error {
	if err := checkNeeded("table", o.Table); err != nil {
		return err
	}
	return o.UniqueDef.check()
}

// Apply adds the constraint.
func (o *AddUnique) Apply(s *Schema) error {
	if o.there(s) {
		return nil
	}
	t, err := s.need(o.Kind(), o.Table)
	if err != nil {
		return err
	}
	d := s.Flavor.Dialect
	if err := needColumns(o.Kind(), t, o.Columns, d); err != nil {
		return err
	}
	if err := s.uniqueAcross(t, o.Columns); err != nil {
		return err
	}
	if t.hasConstraint(o.Name, d) || o.Name != "" && s.indexOwner(o.Name, t) != nil {
		return misfit(o.Kind(), o.Table, "%q exists already", o.Name)
	}
	k := &Key{Name: o.Name, Columns: slices.Clone(o.Columns)}
	t.dropSupport(k.Columns, k.Name, d) // before, so that its name is free
	if k.Name == "" {
		k.Name = s.nameUnique(t, k.Columns)
	}
	t.Uniques = append(t.Uniques, k)
	return nil
}

// Render adds the constraint.
func (o *AddUnique) Render(s *Schema) ([]plan.Statement, error) {
	if o.there(s) {
		return nil, nil
	}
	after := s.scratch(o.Table)
	if err := o.Apply(after); err != nil {
		return nil, err
	}
	k := after.Table(o.Table).Uniques[len(after.Table(o.Table).Uniques)-1]
	effect := &plan.Effect{Kind: plan.KindUnique, Table: o.Table, Name: k.Name, Present: true}
	return renderAlter(alteration{before: s, after: after, table: o.Table, effect: effect}, func(p *planner) {
		p.addUnique(&Key{Name: o.Name, Columns: o.Columns})
	})
}

// Inverse drops the constraint.
func (o *AddUnique) Inverse(s *Schema) ([]Operation, error) {
	if o.there(s) {
		return nil, nil
	}
	ops, err := givenWay(s, o, o.Table)
	if err != nil {
		return nil, err
	}
	return append(ops, &DropUnique{Table: o.Table, Name: o.Name, Columns: columnsUnlessNamed(o.Name, o.Columns)}), nil
}

// columnsUnlessNamed is columns for finding what has no name.
func columnsUnlessNamed(name string, columns []string) []string {
	if name != "" {
		return nil
	}
	return slices.Clone(columns)
}

// DropUnique removes a unique constraint, found by its name or its columns.
type DropUnique struct {
	Table    string   `toml:"table"`
	Name     string   `toml:"name"`
	Columns  []string `toml:"columns"`
	IfExists bool     `toml:"if_exists"`
}

// Kind is "drop_unique".
func (o *DropUnique) Kind() string { return "drop_unique" }

// Check reports what is wrong with the operation by itself.
func (o *DropUnique) Check() error {
	if err := checkNeeded("table", o.Table); err != nil {
		return err
	}
	return checkEither("columns", o.Name, len(o.Columns) > 0)
}

// checkEither asks for a name or another key, and not both.
func checkEither(key, name string, has bool) error {
	switch {
	case name == "" && !has:
		return fmt.Errorf("give name or %s", key)
	case name != "" && has:
		return fmt.Errorf("name and %s exclude each other", key)
	}
	return nil
}

// find is the constraint that is dropped; nil if it is not there and need not
// be. Of several over the columns it is one whose name a server chose, as who
// gave a name would say it, and of those the one made last.
func (o *DropUnique) find(s *Schema) (*Table, *Key, error) {
	d := s.Flavor.Dialect
	w := wanted{kind: o.Kind(), table: o.Table, what: "unique constraint " + byNameOr(o.Name, o.Columns), optional: o.IfExists}
	return find(s, w, func(t *Table) (found *Key) {
		for _, k := range t.Uniques {
			switch {
			case o.Name != "" && sameName(k.Name, o.Name, d):
				found = k
			case o.Name != "" || !sameColumns(k.Columns, o.Columns, d):
			case found == nil || chosenName(t, k.Columns, k.Name, s.Flavor) || !chosenName(t, found.Columns, found.Name, s.Flavor):
				found = k
			}
		}
		return found
	})
}

// Apply removes the constraint.
func (o *DropUnique) Apply(s *Schema) error {
	t, k, err := o.find(s)
	if err != nil || k == nil {
		return err
	}
	uniques := t.Uniques
	t.Uniques = drop(t.Uniques, k)
	if f := t.unsupported(s.Flavor.Dialect); f != nil {
		t.Uniques = uniques
		return misfit(o.Kind(), o.Table, "unique constraint %q is needed by the foreign key %q; drop that first", k.Name, f.Name)
	}
	t.dropInline(k.Inline, k.Columns[0], func(p definitionPart) bool { return p.kind == "UNIQUE" })
	return nil
}

// Render drops the constraint.
func (o *DropUnique) Render(s *Schema) ([]plan.Statement, error) {
	t, k, err := o.find(s)
	if err != nil || k == nil {
		return nil, err
	}
	return renderDrop(s, o, &plan.Effect{Kind: plan.KindUnique, Table: t.Name, Name: k.Name}, func(p *planner) { p.dropUnique(k) })
}

// Inverse adds the constraint again.
func (o *DropUnique) Inverse(s *Schema) ([]Operation, error) {
	t, k, err := o.find(s)
	if err != nil || k == nil {
		return nil, err
	}
	return []Operation{&AddUnique{Table: t.Name, UniqueDef: UniqueDef{Name: k.Name, Columns: slices.Clone(k.Columns)}}}, nil
}

package schema

import (
	"cmp"

	"manage/engine/plan"
)

// AddForeignKey adds a foreign key.
type AddForeignKey struct {
	Table string `toml:"table"`
	ForeignKeyDef
	IfNotExists bool `toml:"if_not_exists"`
}

// Kind is "add_foreign_key".
func (o *AddForeignKey) Kind() string { return "add_foreign_key" }

// Check reports what is wrong with the operation by itself.
func (o *AddForeignKey) Check() error {
	if err := checkNeeded("table", o.Table); err != nil {
		return err
	}
	return o.ForeignKeyDef.check()
}

// Apply adds the foreign key and, on MySQL, the index that it needs.
func (o *AddForeignKey) Apply(s *Schema) error {
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
	if t.hasConstraint(o.Name, d) {
		return misfit(o.Kind(), o.Table, "%q exists already", o.Name)
	}
	f := o.key()
	switch ref := s.Table(o.RefTable); {
	case ref != nil:
		if err := needColumns(o.Kind(), ref, o.RefColumns, d); err != nil {
			return err
		}
		f.RefTable = ref.Name
	case !s.Opaque:
		return misfit(o.Kind(), o.Table, "the foreign key's table %q does not exist", o.RefTable)
	}
	named := f.Name != ""
	if !named {
		f.Name = s.nameForeignKey(t, f.Columns)
	}
	t.ForeignKeys = append(t.ForeignKeys, f)
	s.supportForeignKey(t, f, named || t.explicit(f.Name, d) != "")
	return nil
}

// Render adds the foreign key.
func (o *AddForeignKey) Render(s *Schema) ([]plan.Statement, error) {
	if o.there(s) {
		return nil, nil
	}
	after := s.scratch(o.Table)
	if err := o.Apply(after); err != nil {
		return nil, err
	}
	list := after.Table(o.Table).ForeignKeys
	effect := &plan.Effect{Kind: plan.KindForeignKey, Table: o.Table, Name: list[len(list)-1].Name, Present: true}
	return renderAlter(alteration{before: s, after: after, table: o.Table, effect: effect}, func(p *planner) {
		f := o.key()
		f.Name = cmp.Or(f.Name, after.Table(o.Table).explicit(effect.Name, s.Flavor.Dialect))
		p.addForeignKey(f)
	})
}

// Inverse drops the foreign key, and the index that came with it unless that
// took the place of another foreign key's.
func (o *AddForeignKey) Inverse(s *Schema) ([]Operation, error) {
	if o.there(s) {
		return nil, nil
	}
	back := &DropForeignKey{Table: o.Table, Name: o.Name, Columns: columnsUnlessNamed(o.Name, o.Columns)}
	ops := []Operation{back}
	after := s.scratch(o.Table)
	if err := o.Apply(after); err != nil {
		return nil, err
	}
	if err := back.Apply(after); err != nil {
		return nil, err
	}
	before := s.Table(o.Table)
	for _, x := range after.Table(o.Table).Indexes {
		dropped := &DropIndex{Table: o.Table, Name: x.Name}
		if before.index(x.Name, s.Flavor.Dialect) == nil && applied(after, dropped, o.Table) == nil {
			ops = append(ops, dropped)
		}
	}
	return ops, nil
}

// DropForeignKey removes a foreign key, found by its name or its columns. An
// index that MySQL made for it stays, as it does there.
type DropForeignKey struct {
	Table    string   `toml:"table"`
	Name     string   `toml:"name"`
	Columns  []string `toml:"columns"`
	IfExists bool     `toml:"if_exists"`
}

// Kind is "drop_foreign_key".
func (o *DropForeignKey) Kind() string { return "drop_foreign_key" }

// Check reports what is wrong with the operation by itself.
func (o *DropForeignKey) Check() error {
	if err := checkNeeded("table", o.Table); err != nil {
		return err
	}
	return checkEither("columns", o.Name, len(o.Columns) > 0)
}

// find is the foreign key that is dropped; of several the one made
// last, nil if it is not there and need not be.
func (o *DropForeignKey) find(s *Schema) (*Table, *ForeignKey, error) {
	d := s.Flavor.Dialect
	w := wanted{kind: o.Kind(), table: o.Table, what: "foreign key " + byNameOr(o.Name, o.Columns), optional: o.IfExists}
	return find(s, w, func(t *Table) *ForeignKey {
		return last(t.ForeignKeys, func(f *ForeignKey) bool {
			return o.Name != "" && f.Name != "" && sameName(f.Name, o.Name, d) || o.Name == "" && sameColumns(f.Columns, o.Columns, d)
		})
	})
}

// Apply removes the foreign key.
func (o *DropForeignKey) Apply(s *Schema) error {
	t, f, err := o.find(s)
	if err != nil || f == nil {
		return err
	}
	t.ForeignKeys = drop(t.ForeignKeys, f)
	t.dropInlineForeignKey(f)
	return nil
}

// Render drops the foreign key.
func (o *DropForeignKey) Render(s *Schema) ([]plan.Statement, error) {
	t, f, err := o.find(s)
	if err != nil || f == nil {
		return nil, err
	}
	return renderDrop(s, o, &plan.Effect{Kind: plan.KindForeignKey, Table: t.Name, Name: f.Name}, func(p *planner) { p.dropForeignKey(f) })
}

// Inverse adds the foreign key again. A name that MySQL chose is left to it
// again, because the index that it brings is called after a given name.
func (o *DropForeignKey) Inverse(s *Schema) ([]Operation, error) {
	t, f, err := o.find(s)
	if err != nil || f == nil {
		return nil, err
	}
	def := f.def()
	if s.Flavor.Dialect.MySQLFamily() && numberAfter(def.Name, t.Name+"_ibfk_") > 0 {
		def.Name = ""
	}
	return []Operation{&AddForeignKey{Table: t.Name, ForeignKeyDef: def}}, nil
}

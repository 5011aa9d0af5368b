package schema

import (
	"slices"

	"manage/engine/plan"
)

// AddIndex makes an index.
type AddIndex struct {
	Table string `toml:"table"`
	IndexDef
	IfNotExists bool `toml:"if_not_exists"`

	// live is the index as a server had it, for undoing its removal.
	live *Index
}

// Kind is "add_index".
func (o *AddIndex) Kind() string { return "add_index" }

// Check reports what is wrong with the operation by itself.
func (o *AddIndex) Check() error {
	if err := checkNeeded("table", o.Table); err != nil {
		return err
	}
	return o.IndexDef.check()
}

// Apply adds the index.
func (o *AddIndex) Apply(s *Schema) error {
	if o.there(s) {
		return nil
	}
	t, x, err := o.fitting(s)
	if err != nil {
		return err
	}
	t.putIndex(x, s.Flavor.Dialect)
	return nil
}

// fitting is the table and its new index, if they fit s.
func (o *AddIndex) fitting(s *Schema) (*Table, *Index, error) {
	t, err := s.need(o.Kind(), o.Table)
	if err != nil {
		return nil, nil, err
	}
	if owner := s.indexOwner(o.Name, t); owner != nil {
		return nil, nil, misfit(o.Kind(), o.Table, "table %q has an index %q already", owner.Name, o.Name)
	}
	if o.Unique && s.Flavor.Dialect.MySQLFamily() && t.hasConstraint(o.Name, s.Flavor.Dialect) {
		return nil, nil, misfit(o.Kind(), o.Table, "%q exists already", o.Name) // a unique index is a constraint there
	}
	if o.live != nil {
		x := o.live.clone()
		x.Made = false // it is asked for now
		return t, x, nil
	}
	if err := needColumns(o.Kind(), t, o.Columns, s.Flavor.Dialect); err != nil {
		return nil, nil, err
	}
	x, err := o.IndexDef.index(s.Flavor.Dialect)
	if err != nil {
		return nil, nil, misfit(o.Kind(), o.Table, "%s", err)
	}
	if o.Unique {
		if err := s.uniqueAcross(t, o.Columns); err != nil {
			return nil, nil, err
		}
	}
	return t, x, nil
}

// Render makes the index.
func (o *AddIndex) Render(s *Schema) ([]plan.Statement, error) {
	if o.there(s) {
		return nil, nil
	}
	t, x, err := o.fitting(s)
	if err != nil {
		return nil, err
	}
	return renderAddIndex(s, t, x)
}

// index is the unique index that a unique constraint is on MySQL.
func (k *Key) index() *Index {
	x := &Index{Name: k.Name, Unique: true, Valid: true}
	for _, c := range k.Columns {
		x.Columns = append(x.Columns, IndexColumn{Name: c})
	}
	return x
}

// Inverse drops the index.
func (o *AddIndex) Inverse(s *Schema) ([]Operation, error) {
	if o.there(s) {
		return nil, nil
	}
	ops, err := givenWay(s, o, o.Table)
	if err != nil {
		return nil, err
	}
	return append(ops, &DropIndex{Table: o.Table, Name: o.Name}), nil
}

// DropIndex removes an index.
type DropIndex struct {
	Table    string `toml:"table"`
	Name     string `toml:"name"`
	IfExists bool   `toml:"if_exists"`
}

// Kind is "drop_index".
func (o *DropIndex) Kind() string { return "drop_index" }

// Check reports what is wrong with the operation by itself.
func (o *DropIndex) Check() error { return checkNeeded("table", o.Table, "name", o.Name) }

// find is the index or, on MySQL, the unique constraint that is dropped; both
// nil if it is not there and need not be.
func (o *DropIndex) find(s *Schema) (*Table, *Index, *Key, error) {
	d := s.Flavor.Dialect
	t := s.Table(o.Table)
	if t == nil && o.IfExists {
		return nil, nil, nil, nil
	}
	t, err := s.need(o.Kind(), o.Table)
	if err != nil {
		return nil, nil, nil, err
	}
	if x := t.index(o.Name, d); x != nil {
		return t, x, nil, nil
	}
	if d.MySQLFamily() {
		if k := t.unique(o.Name, d); k != nil {
			return t, nil, k, nil
		}
	}
	if o.IfExists {
		return t, nil, nil, nil
	}
	return nil, nil, nil, misfit(o.Kind(), o.Table, "there is no index %q", o.Name)
}

// Apply removes the index.
func (o *DropIndex) Apply(s *Schema) error {
	t, x, k, err := o.find(s)
	if err != nil || x == nil && k == nil {
		return err
	}
	indexes, uniques := t.Indexes, t.Uniques
	t.Indexes, t.Uniques = drop(t.Indexes, x), drop(t.Uniques, k)
	if f := t.unsupported(s.Flavor.Dialect); f != nil {
		t.Indexes, t.Uniques = indexes, uniques
		return misfit(o.Kind(), o.Table, "index %q is needed by the foreign key %q; drop that first", o.Name, f.Name)
	}
	return nil
}

// Render drops the index.
func (o *DropIndex) Render(s *Schema) ([]plan.Statement, error) {
	t, x, k, err := o.find(s)
	if err != nil || x == nil && k == nil {
		return nil, err
	}
	if err := applied(s, o, o.Table); err != nil {
		return nil, err
	}
	if x == nil {
		x = k.index()
	}
	return renderDropIndex(s, t, x)
}

// Inverse makes the index again.
func (o *DropIndex) Inverse(s *Schema) ([]Operation, error) {
	t, x, k, err := o.find(s)
	if err != nil || x == nil && k == nil {
		return nil, err
	}
	if k != nil {
		return []Operation{&AddUnique{Table: t.Name, UniqueDef: UniqueDef{Name: k.Name, Columns: slices.Clone(k.Columns)}}}, nil
	}
	return []Operation{&AddIndex{Table: t.Name, IndexDef: IndexDef{Name: x.Name}, live: x.clone()}}, nil
}

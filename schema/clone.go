package schema

import (
	"maps"
	"slices"
)

// Clone returns a copy of s that shares nothing with it.
func (s *Schema) Clone() *Schema {
	out := *s
	out.Tables = make(map[string]*Table, len(s.Tables))
	for name, t := range s.Tables {
		out.Tables[name] = t.Clone()
	}
	out.Enums = make(map[string]*Enum, len(s.Enums))
	for name, e := range s.Enums {
		out.Enums[name] = &Enum{Name: e.Name, Values: slices.Clone(e.Values)}
	}
	out.Triggers = slices.Clone(s.Triggers)
	out.Views = slices.Clone(s.Views)
	return &out
}

// scratch returns a copy of s on which an operation that changes only the
// named tables can be tried; the others are shared. A plan of thousands of
// operations cannot afford a whole copy for each.
func (s *Schema) scratch(tables ...string) *Schema {
	out := *s
	out.Tables = maps.Clone(s.Tables)
	for _, name := range tables {
		if t := s.Table(name); t != nil {
			out.Tables[t.Name] = t.Clone()
		}
	}
	out.Enums = maps.Clone(s.Enums)
	for name, e := range s.Enums {
		out.Enums[name] = &Enum{Name: e.Name, Values: slices.Clone(e.Values)}
	}
	out.Triggers = slices.Clone(s.Triggers)
	return &out
}

// Clone returns a copy of t that shares nothing with it.
func (t *Table) Clone() *Table {
	out := *t
	out.Columns = cloneAll(t.Columns, (*Column).clone)
	if t.PrimaryKey != nil {
		out.PrimaryKey = t.PrimaryKey.clone()
	}
	out.Uniques = cloneAll(t.Uniques, (*Key).clone)
	out.Indexes = cloneAll(t.Indexes, (*Index).clone)
	out.ForeignKeys = cloneAll(t.ForeignKeys, (*ForeignKey).clone)
	out.Checks = cloneAll(t.Checks, (*Check).clone)
	return &out
}

func cloneAll[T any](list []*T, clone func(*T) *T) []*T {
	if list == nil {
		return nil
	}
	out := make([]*T, len(list))
	for i, v := range list {
		out[i] = clone(v)
	}
	return out
}

func (c *Column) clone() *Column {
	out := *c
	if c.Default != nil {
		text := *c.Default
		out.Default = &text
	}
	return &out
}

func (k *Key) clone() *Key {
	out := *k
	out.Columns = slices.Clone(k.Columns)
	return &out
}

func (x *Index) clone() *Index {
	out := *x
	out.Columns = slices.Clone(x.Columns)
	return &out
}

func (f *ForeignKey) clone() *ForeignKey {
	out := *f
	out.Columns = slices.Clone(f.Columns)
	out.RefColumns = slices.Clone(f.RefColumns)
	return &out
}

func (c *Check) clone() *Check {
	out := *c
	return &out
}

// TableNames lists the tables in the order of their names.
func (s *Schema) TableNames() []string { return slices.Sorted(maps.Keys(s.Tables)) }

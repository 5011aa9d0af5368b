package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// Object is one object of a schema by itself, so that a schema can be stored and
// two of them merged object by object. Definition is all that this package knows
// of it, as JSON.
type Object struct {
	Kind       plan.ObjectKind `json:"kind"`
	Table      string          `json:"table,omitempty"`
	Name       string          `json:"name,omitempty"`
	Definition json.RawMessage `json:"definition"`
}

// Readable reports whether the account that listed an object could read what it
// is: servers show the names of views and routines to more people than their
// texts.
func (o Object) Readable() bool {
	if o.Kind != plan.KindView {
		return string(o.Definition) != "null"
	}
	var v View
	return readDefinition(o, &v) == nil && !strings.HasSuffix(strings.TrimSpace(v.Text), " AS")
}

// kindOrder is the order of a table's columns: an object of its own, because it
// changes with every column, whoever adds it.
const kindOrder plan.ObjectKind = "order of columns"

// tableOptions is what a table is beside its parts.
type tableOptions struct {
	Engine, Charset, Collation, Comment, Suffix string
}

// Objects lists the objects of the schema, tables in the order of their names.
func (s *Schema) Objects() []Object {
	var all []Object
	for _, name := range s.TableNames() {
		all = append(all, s.Tables[name].objects()...)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Enums)) {
		all = append(all, object(plan.KindEnum, "", name, s.Enums[name]))
	}
	for _, tr := range s.Triggers {
		all = append(all, object(plan.KindTrigger, tr.Table, tr.Name, tr))
	}
	for _, v := range s.Views {
		all = append(all, object(plan.KindView, "", v.Name, v))
	}
	return all
}

// objects are the table and its parts. Parts without a name have that of their
// place.
func (t *Table) objects() []Object {
	all := []Object{object(plan.KindTable, t.Name, "", tableOptions{t.Engine, t.Charset, t.Collation, t.Comment, t.Suffix})}
	var order []string
	for _, c := range t.Columns {
		order = append(order, c.Name)
		all = append(all, object(plan.KindColumn, t.Name, c.Name, c))
	}
	all = append(all, object(kindOrder, t.Name, "", order))
	if t.PrimaryKey != nil {
		all = append(all, object(plan.KindPrimaryKey, t.Name, "", t.PrimaryKey))
	}
	unnamed := 0
	name := func(name string) string {
		if name == "" {
			unnamed++
			return fmt.Sprintf("#%d", unnamed)
		}
		return name
	}
	for _, k := range t.Uniques {
		all = append(all, object(plan.KindUnique, t.Name, name(k.Name), k))
	}
	for _, x := range t.Indexes {
		all = append(all, object(plan.KindIndex, t.Name, name(x.Name), x))
	}
	for _, f := range t.ForeignKeys {
		all = append(all, object(plan.KindForeignKey, t.Name, name(f.Name), f))
	}
	for _, c := range t.Checks {
		all = append(all, object(plan.KindCheck, t.Name, name(c.Name), c))
	}
	return all
}

func object(kind plan.ObjectKind, table, name string, value any) Object {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // plain structs of texts and numbers
	}
	return Object{Kind: kind, Table: table, Name: name, Definition: text}
}

// FromObjects is the schema that Objects were listed of. Those of kinds that a
// Schema does not hold are left out. Parts of a table that is not among them are
// an error, as is anything that this package would not have written.
func FromObjects(f flavor.Flavor, objects []Object) (*Schema, error) {
	s := New(f)
	for _, o := range objects {
		if o.Kind == plan.KindTable {
			var options tableOptions
			if err := readDefinition(o, &options); err != nil {
				return nil, err
			}
			s.Tables[o.Table] = &Table{Name: o.Table, Engine: options.Engine, Charset: options.Charset,
				Collation: options.Collation, Comment: options.Comment, Suffix: options.Suffix}
		}
	}
	for _, o := range objects {
		if err := s.put(o); err != nil {
			return nil, err
		}
	}
	for _, o := range objects { // once all columns are there
		if t := s.Tables[o.Table]; t != nil && o.Kind == kindOrder {
			if err := decodeInto(o, func(order *[]string) { t.reorder(*order) }); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// put adds an object that is no table.
func (s *Schema) put(o Object) error {
	switch o.Kind {
	case plan.KindEnum:
		return decodeInto(o, func(e *Enum) { s.Enums[o.Name] = e })
	case plan.KindTrigger:
		return decodeInto(o, func(t *Trigger) { s.Triggers = append(s.Triggers, *t) })
	case plan.KindView:
		return decodeInto(o, func(v *View) { s.Views = append(s.Views, *v) })
	}
	if t := s.Tables[o.Table]; t != nil {
		return t.put(o)
	}
	if o.Table != "" {
		return fmt.Errorf("%s %s belongs to table %s, which is not there", o.Kind, o.Name, o.Table)
	}
	return nil
}

// put adds a part of the table.
func (t *Table) put(o Object) error {
	switch o.Kind {
	case plan.KindColumn:
		return decodeInto(o, func(c *Column) { t.Columns = append(t.Columns, c) })
	case plan.KindPrimaryKey:
		return decodeInto(o, func(k *Key) { t.PrimaryKey = k })
	case plan.KindUnique:
		return decodeInto(o, func(k *Key) { t.Uniques = append(t.Uniques, k) })
	case plan.KindIndex:
		return decodeInto(o, func(x *Index) { t.Indexes = append(t.Indexes, x) })
	case plan.KindForeignKey:
		return decodeInto(o, func(f *ForeignKey) { t.ForeignKeys = append(t.ForeignKeys, f) })
	case plan.KindCheck:
		return decodeInto(o, func(c *Check) { t.Checks = append(t.Checks, c) })
	}
	return nil
}

// reorder puts the columns into an order; those that it does not name come last.
func (t *Table) reorder(order []string) {
	place := map[string]int{}
	for i, name := range order {
		place[name] = i + 1
	}
	at := func(c *Column) int {
		if n := place[c.Name]; n > 0 {
			return n
		}
		return len(order) + 1
	}
	slices.SortStableFunc(t.Columns, func(a, b *Column) int { return at(a) - at(b) })
}

// decodeInto decodes an object's definition and hands it on.
func decodeInto[T any](o Object, take func(*T)) error {
	v := new(T)
	if err := readDefinition(o, v); err != nil {
		return err
	}
	take(v)
	return nil
}

// readDefinition reads a definition strictly: a key that is not known was written by a
// newer release, or by something else.
func readDefinition(o Object, into any) error {
	d := json.NewDecoder(strings.NewReader(string(o.Definition)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s %s.%s: %w", o.Kind, o.Table, o.Name, err)
	}
	return nil
}

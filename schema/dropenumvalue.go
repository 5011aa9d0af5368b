package schema

import (
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// DropEnumValue removes a value from an enumeration type. It does nothing but
// on PostgreSQL, which has no statement for that: the type is made anew, and
// the columns are given the new one. It fails if a row still has the value.
type DropEnumValue struct {
	Name  string `toml:"name"`
	Value string `toml:"value"`
}

// Kind is "drop_enum_value".
func (o *DropEnumValue) Kind() string { return "drop_enum_value" }

// Check reports what is wrong with the operation by itself.
func (o *DropEnumValue) Check() error { return checkNeeded("name", o.Name, "value", o.Value) }

// Apply removes the value.
func (o *DropEnumValue) Apply(s *Schema) error {
	if !s.Flavor.NamedEnums() {
		return nil
	}
	e := s.Enums[o.Name]
	if e == nil {
		return misfit(o.Kind(), "", "the enum type %q does not exist", o.Name)
	}
	at := slices.Index(e.Values, o.Value)
	if at < 0 {
		return misfit(o.Kind(), "", "the enum type %q has no value %q", o.Name, o.Value)
	}
	if len(e.Values) == 1 {
		return misfit(o.Kind(), "", "%q is the only value of the enum type %q", o.Value, o.Name)
	}
	for _, name := range s.TableNames() {
		if err := o.fits(s.Tables[name], s.Flavor); err != nil {
			return misfit(o.Kind(), name, "%s", err)
		}
	}
	e.Values = slices.Delete(slices.Clone(e.Values), at, at+1)
	return nil
}

// Render makes the type anew under its name, and gives it to the columns that
// have it. Their defaults, the checks and conditions that name them, and the
// foreign keys between them are taken away meanwhile: they hold the old type.
func (o *DropEnumValue) Render(s *Schema) ([]plan.Statement, error) {
	if !s.Flavor.NamedEnums() {
		return nil, nil
	}
	after := s.Clone()
	if err := o.Apply(after); err != nil {
		return nil, err
	}
	name, old := quoteIdent(o.Name, flavor.Postgres), quoteIdent(o.stand(), flavor.Postgres)
	quoted := make([]string, len(after.Enums[o.Name].Values))
	for i, v := range after.Enums[o.Name].Values {
		quoted[i] = quoteText(v)
	}
	away := o.inTheWay(s)
	texts := append(away.drop,
		"ALTER TYPE "+name+" RENAME TO "+old,
		"CREATE TYPE "+name+" AS ENUM ("+strings.Join(quoted, ", ")+")",
	)
	for _, table := range s.TableNames() {
		if actions := o.retype(s.Tables[table], name); len(actions) > 0 {
			texts = append(texts, "ALTER TABLE "+quoteIdent(table, flavor.Postgres)+" "+strings.Join(actions, ", "))
		}
	}
	texts = append(append(texts, "DROP TYPE "+old), away.add...)
	var out []plan.Statement
	for _, text := range texts {
		out = append(out, plan.Statement{SQL: text, Together: true})
	}
	out[len(out)-1].Effect = &plan.Effect{Kind: plan.KindEnum, Name: o.stand()}
	return number(out), nil
}

// stand is the name of the old type until it goes.
func (o *DropEnumValue) stand() string { return flavor.FitBefore(o.Name, "__old") }

// retype lists what gives a table's columns the new type.
func (o *DropEnumValue) retype(t *Table, name string) []string {
	var actions []string
	for _, c := range t.Columns {
		if c.Type != o.Name || c.Inherited {
			continue
		}
		column := "ALTER COLUMN " + quoteIdent(c.Name, flavor.Postgres)
		if c.Default != nil {
			actions = append(actions, column+" DROP DEFAULT")
		}
		actions = append(actions, column+" TYPE "+name+" USING "+quoteIdent(c.Name, flavor.Postgres)+"::text::"+name)
		if c.Default != nil {
			actions = append(actions, column+" SET DEFAULT "+*c.Default)
		}
	}
	return actions
}

// Inverse adds the value again, where it was.
func (o *DropEnumValue) Inverse(s *Schema) ([]Operation, error) {
	e := s.Enums[o.Name]
	if !s.Flavor.NamedEnums() || e == nil {
		return nil, nil
	}
	return []Operation{addedBack(o.Name, e.Values, o.Value)}, nil
}

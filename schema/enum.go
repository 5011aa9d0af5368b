package schema

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// CreateEnum makes an enumeration type. It does nothing but on PostgreSQL.
type CreateEnum struct {
	Name   string   `toml:"name"`
	Values []string `toml:"values"`
}

// Kind is "create_enum".
func (o *CreateEnum) Kind() string { return "create_enum" }

// Check reports what is wrong with the operation by itself.
func (o *CreateEnum) Check() error {
	if o.Name == "" {
		return fmt.Errorf("name is missing")
	}
	if len(o.Values) == 0 {
		return fmt.Errorf("values: at least one is needed")
	}
	for i, v := range o.Values {
		if v == "" {
			return fmt.Errorf("values: a value is empty")
		}
		if slices.Contains(o.Values[:i], v) {
			return fmt.Errorf("values: %q stands twice", v)
		}
	}
	return nil
}

// Apply adds the type.
func (o *CreateEnum) Apply(s *Schema) error {
	if !s.Flavor.NamedEnums() {
		return nil
	}
	if s.Enums[o.Name] != nil {
		return misfit(o.Kind(), "", "the enum type %q exists already", o.Name)
	}
	s.Enums[o.Name] = &Enum{Name: o.Name, Values: slices.Clone(o.Values)}
	return nil
}

// Render makes the type.
func (o *CreateEnum) Render(s *Schema) ([]plan.Statement, error) {
	if !s.Flavor.NamedEnums() {
		return nil, nil
	}
	if err := applied(s, o); err != nil {
		return nil, err
	}
	quoted := make([]string, len(o.Values))
	for i, v := range o.Values {
		quoted[i] = quoteText(v)
	}
	sql := "CREATE TYPE " + quoteIdent(o.Name, flavor.Postgres) + " AS ENUM (" + strings.Join(quoted, ", ") + ")"
	return one(sql, &plan.Effect{Kind: plan.KindEnum, Name: o.Name, Present: true}), nil
}

// Inverse drops the type.
func (o *CreateEnum) Inverse(*Schema) ([]Operation, error) {
	return []Operation{&DropEnum{Name: o.Name}}, nil
}

// DropEnum removes an enumeration type. It does nothing but on PostgreSQL.
type DropEnum struct {
	Name     string `toml:"name"`
	IfExists bool   `toml:"if_exists"`
}

// Kind is "drop_enum".
func (o *DropEnum) Kind() string { return "drop_enum" }

// Check reports what is wrong with the operation by itself.
func (o *DropEnum) Check() error { return checkNeeded("name", o.Name) }

// Apply removes the type; a column that has it is an error.
func (o *DropEnum) Apply(s *Schema) error {
	if !s.Flavor.NamedEnums() {
		return nil
	}
	if s.Enums[o.Name] == nil {
		if o.IfExists {
			return nil
		}
		return misfit(o.Kind(), "", "the enum type %q does not exist", o.Name)
	}
	for _, name := range s.TableNames() {
		for _, c := range s.Tables[name].Columns {
			if c.Type == o.Name {
				return misfit(o.Kind(), name, "column %q has the type %q", c.Name, o.Name)
			}
		}
	}
	delete(s.Enums, o.Name)
	return nil
}

// Render drops the type.
func (o *DropEnum) Render(s *Schema) ([]plan.Statement, error) {
	if !s.Flavor.NamedEnums() {
		return nil, nil
	}
	if err := applied(s, o); err != nil {
		return nil, err
	}
	sql := "DROP TYPE "
	if o.IfExists {
		sql += "IF EXISTS "
	}
	return one(sql+quoteIdent(o.Name, flavor.Postgres), &plan.Effect{Kind: plan.KindEnum, Name: o.Name}), nil
}

// Inverse makes the type again.
func (o *DropEnum) Inverse(s *Schema) ([]Operation, error) {
	e := s.Enums[o.Name]
	if e == nil {
		return nil, nil
	}
	return []Operation{&CreateEnum{Name: e.Name, Values: slices.Clone(e.Values)}}, nil
}

// AddEnumValue adds a value to an enumeration type. It does nothing but on
// PostgreSQL: elsewhere the values belong to a column's type, and
// alter_column changes them.
type AddEnumValue struct {
	Name  string `toml:"name"`
	Value string `toml:"value"`
	// After is the value that the new one follows, Before the one that it goes
	// before; without both it goes to the end.
	After  string `toml:"after"`
	Before string `toml:"before"`
}

// Kind is "add_enum_value".
func (o *AddEnumValue) Kind() string { return "add_enum_value" }

// Check reports what is wrong with the operation by itself.
func (o *AddEnumValue) Check() error {
	if o.After != "" && o.Before != "" {
		return fmt.Errorf("after and before exclude each other")
	}
	return checkNeeded("name", o.Name, "value", o.Value)
}

// Apply adds the value.
func (o *AddEnumValue) Apply(s *Schema) error {
	if !s.Flavor.NamedEnums() {
		return nil
	}
	e := s.Enums[o.Name]
	if e == nil {
		return misfit(o.Kind(), "", "the enum type %q does not exist", o.Name)
	}
	if slices.Contains(e.Values, o.Value) {
		return misfit(o.Kind(), "", "the enum type %q has the value %q already", o.Name, o.Value)
	}
	at := len(e.Values)
	if beside := o.After + o.Before; beside != "" {
		if at = slices.Index(e.Values, beside); at < 0 {
			return misfit(o.Kind(), "", "the enum type %q has no value %q", o.Name, beside)
		}
		if o.After != "" {
			at++
		}
	}
	e.Values = slices.Insert(slices.Clone(e.Values), at, o.Value)
	return nil
}

// Render adds the value, outside of a transaction: in the one that adds it "the
// new value cannot be used until after the transaction has been committed", so
// that it could not become a default in the same revision, and before PostgreSQL
// 12 it "cannot be executed inside a transaction block" (manual, ALTER TYPE).
func (o *AddEnumValue) Render(s *Schema) ([]plan.Statement, error) {
	if !s.Flavor.NamedEnums() {
		return nil, nil
	}
	if err := applied(s, o); err != nil {
		return nil, err
	}
	sql := "ALTER TYPE " + quoteIdent(o.Name, flavor.Postgres) + " ADD VALUE " + quoteText(o.Value)
	switch {
	case o.After != "":
		sql += " AFTER " + quoteText(o.After)
	case o.Before != "":
		sql += " BEFORE " + quoteText(o.Before)
	}
	out := one(sql, &plan.Effect{Kind: plan.KindEnum, Name: o.Name, Present: true, Definition: o.Value})
	out[0].NoTransaction = true
	return out, nil
}

// Inverse removes the value, which fails while a row has it.
func (o *AddEnumValue) Inverse(s *Schema) ([]Operation, error) {
	if !s.Flavor.NamedEnums() {
		return nil, nil
	}
	return []Operation{&DropEnumValue{Name: o.Name, Value: o.Value}}, nil
}

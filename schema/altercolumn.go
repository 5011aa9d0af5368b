package schema

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// AlterColumn changes a column's type, whether it may be null, or its
// default. What is left out stays as it is.
type AlterColumn struct {
	Table string `toml:"table"`
	Name  string `toml:"name"`
	// Type, TypeOn and TypeName are as in ColumnDef.
	Type     string            `toml:"type"`
	TypeOn   map[string]string `toml:"type_on"`
	TypeName string            `toml:"type_name"`
	Nullable *bool             `toml:"nullable"`
	// Default is as in ColumnDef; DropDefault removes the default.
	Default     any  `toml:"default"`
	DefaultSQL  Text `toml:"default_sql"`
	DropDefault bool `toml:"drop_default"`

	// undo is set for undoing another alter_column.
	undo *undoneColumn
}

// Kind is "alter_column".
func (o *AlterColumn) Kind() string { return "alter_column" }

// Check reports what is wrong with the operation by itself.
func (o *AlterColumn) Check() error {
	if o.undo != nil {
		return nil
	}
	if err := checkNeeded("table", o.Table, "name", o.Name); err != nil {
		return err
	}
	if err := checkTypes(o.Type, o.TypeOn, false); err != nil {
		return err
	}
	if err := checkDefault(o.Default, o.DefaultSQL); err != nil {
		return err
	}
	hasDefault := o.Default != nil || !o.DefaultSQL.IsZero()
	if o.DropDefault && hasDefault {
		return fmt.Errorf("drop_default and a default exclude each other")
	}
	if o.Type == "" && len(o.TypeOn) == 0 && o.Nullable == nil && !o.DropDefault && !hasDefault {
		return fmt.Errorf("nothing is changed: give type, nullable, default or drop_default")
	}
	return nil
}

// Apply changes the column.
func (o *AlterColumn) Apply(s *Schema) error {
	t, c, err := s.needColumn(o.Kind(), o.Table, o.Name)
	if err != nil {
		return err
	}
	to, check, err := o.target(s, t, c)
	if err != nil {
		return err
	}
	if old := t.columnCheck(c.Name, s.Flavor.Dialect); old != check {
		if t.Checks = drop(t.Checks, old); check != nil {
			t.Checks = append(t.Checks, check.clone())
		}
	}
	*c = *to
	return nil
}

// changesType reports whether a type is given for a dialect.
func (o *AlterColumn) changesType(d flavor.Dialect) bool {
	_, here := flavor.Pick(o.TypeOn, d)
	return o.Type != "" || here
}

// target is the column as it is to be, with the check that MariaDB then keeps
// at it.
func (o *AlterColumn) target(s *Schema, t *Table, c *Column) (*Column, *Check, error) {
	check := t.columnCheck(c.Name, s.Flavor.Dialect)
	if o.undo != nil {
		to, after := o.undo.apply(c, check, s.Flavor)
		return to, s.redefine(c, to, check, after), nil
	}
	to := c.clone()
	portable, err := o.setType(s, to)
	if err == nil {
		err = s.fitType(t, c, to)
	}
	if err != nil {
		return nil, nil, misfit(o.Kind(), o.Table, "%s", err)
	}
	if o.Nullable != nil {
		to.Nullable = *o.Nullable
	}
	if to.Nullable && t.PrimaryKey != nil && hasColumn(t.PrimaryKey.Columns, c.Name, s.Flavor.Dialect) && !c.Nullable {
		return nil, nil, misfit(o.Kind(), o.Table, "column %q belongs to the primary key and cannot be null", c.Name)
	}
	if o.DropDefault {
		to.Default = nil
	} else if text := defaultText(o.Default, o.DefaultSQL, portable, s.Flavor); text != nil {
		to.Default = text
	} else if err := s.keepDefault(c, to, portable); err != nil {
		return nil, nil, misfit(o.Kind(), o.Table, "%s", err)
	}
	if err := s.fitNulls(t, c, to); err != nil {
		return nil, nil, misfit(o.Kind(), o.Table, "%s", err)
	}
	after, err := o.jsonCheck(s, c, to, check)
	if err != nil {
		return nil, nil, misfit(o.Kind(), o.Table, "%s", err)
	}
	return to, s.redefine(c, to, check, after), nil
}

// setType gives the column its new type, and returns the portable one, which
// says how a default is to be spelled.
func (o *AlterColumn) setType(s *Schema, to *Column) (Type, error) {
	if !o.changesType(s.Flavor.Dialect) {
		return portableType(to.Type, s.Flavor), nil
	}
	t, err := typeFor(o.Type, o.TypeOn, s.Flavor.Dialect)
	if err != nil {
		return t, err
	}
	if t.Name == "enum" && s.Flavor.NamedEnums() && o.TypeName == "" {
		return t, fmt.Errorf("an enum needs a type_name on %s", s.Flavor.Dialect.Title())
	}
	to.Type = SQLType(t, s.Flavor, o.TypeName)
	return t, nil
}

// EnumValuesLost are the values that a column of a table on MySQL or MariaDB has
// and alter_column leaves out.
func EnumValuesLost(t *Table, column string, o *AlterColumn) []string {
	c := t.column(column, flavor.MariaDB)
	if c == nil || !strings.HasPrefix(c.Type, "enum(") || !o.changesType(flavor.MariaDB) {
		return nil
	}
	from, ok := enumMembers(c.Type, flavor.MariaDB)
	to, toErr := typeFor(o.Type, o.TypeOn, flavor.MariaDB)
	if !ok || toErr != nil || to.Name != "enum" {
		return nil
	}
	return slices.DeleteFunc(from, func(v string) bool { return slices.Contains(to.Values, v) })
}

// jsonCheck is the check that MariaDB keeps at the column. The one that belongs
// to the type JSON comes and goes with it; another stays.
func (o *AlterColumn) jsonCheck(s *Schema, c, to *Column, check *Check) (*Check, error) {
	if s.Flavor.Dialect != flavor.MariaDB || !o.changesType(flavor.MariaDB) {
		return check, nil
	}
	own := check != nil && check.Expr != jsonValid(c.Name)
	json := jsonCheck(o.Type, o.TypeOn, to, s.Flavor)
	switch {
	case own && json != nil:
		return nil, fmt.Errorf("column %q has the check %s of its own, and MariaDB keeps one check at a column, which the type json needs: drop it before, and add it as a check of the table after", c.Name, check.Expr)
	case own:
		return check, nil
	case json == nil && isJSON(c, check):
		to.Charset, to.Collation = "", "" // which were the type's
	}
	return json, nil
}

func sameDefault(a, b *string) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// portableType is a portable type of the kind that a server's type has, as
// far as the spelling of literals needs it.
func portableType(server string, f flavor.Flavor) Type {
	for _, name := range []string{"boolean", "integer", "bigint", "smallint", "float", "double", "text", "mediumtext", "json", "binary", "datetime", "date"} {
		if t := (Type{Name: name}); SQLType(t, f, "") == server {
			return t
		}
	}
	switch name, _, _ := cutServerType(server); strings.ToLower(name) {
	case "decimal", "numeric":
		return Type{Name: "numeric"}
	case "varchar", "char", "character varying", "character", "enum":
		return Type{Name: "string"}
	case "text", "tinytext", "longtext": // with a length, or for one
		return Type{Name: "text"}
	}
	return Type{}
}

// Render changes the column: on MySQL and MariaDB by repeating its whole
// definition, on SQLite by a rebuild of the table.
func (o *AlterColumn) Render(s *Schema) ([]plan.Statement, error) {
	after := s.scratch(o.Table)
	if err := o.Apply(after); err != nil {
		return nil, err
	}
	_, from, err := s.needColumn(o.Kind(), o.Table, o.Name)
	if err != nil {
		return nil, err
	}
	changed := after.Table(o.Table)
	to := changed.column(from.Name, s.Flavor.Dialect)
	check := changed.columnCheck(to.Name, s.Flavor.Dialect)
	effect := &plan.Effect{Kind: plan.KindColumn, Table: o.Table, Name: to.Name, Present: true, Definition: to.definition(s.Flavor)}
	if from.definition(s.Flavor) == to.definition(s.Flavor) {
		if s.Flavor.Dialect == flavor.SQLite {
			return nil, nil
		}
		effect = again() // what changes is not in the definition
	}
	a := alteration{before: s, after: after, table: o.Table, effect: effect}
	if c := s.conversionOf(from, to.Type); c.using != "" {
		a.values = map[string]string{from.Name: c.using}
	}
	out, err := renderAlter(a, func(p *planner) {
		p.modifyColumn(from, to, check)
	})
	if s.Flavor.Dialect == flavor.Postgres && err == nil {
		out = number(slices.Concat(out, keepStorage(o.Table, from, to), retypeSequence(o.Table, from, to)))
	}
	if len(out) > 0 {
		out[0].Values = s.valueChecks(s.Table(o.Table).Name, from, to)
	}
	return out, err
}

// Inverse gives the column its former definition. Values that a narrower type
// cut are not restored.
func (o *AlterColumn) Inverse(s *Schema) ([]Operation, error) {
	t, c, err := s.needColumn(o.Kind(), o.Table, o.Name)
	if err != nil {
		return nil, err
	}
	to, _, err := o.target(s, t, c)
	if err != nil {
		return nil, err
	}
	back := &AlterColumn{Table: t.Name, Name: c.Name, undo: &undoneColumn{was: c.clone(), became: to, check: t.columnCheck(c.Name, s.Flavor.Dialect)}}
	return []Operation{back}, nil
}

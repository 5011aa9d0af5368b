package schema

import (
	"cmp"
	"fmt"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// AddCheck adds a check constraint.
type AddCheck struct {
	Table string `toml:"table"`
	CheckDef
	IfNotExists bool `toml:"if_not_exists"`
}

// Kind is "add_check".
func (o *AddCheck) Kind() string { return "add_check" }

// Check reports what is wrong with the operation by itself.
func (o *AddCheck) Check() error {
	if err := checkNeeded("table", o.Table); err != nil {
		return err
	}
	return o.CheckDef.check()
}

// constraint is the check as it is written for a dialect.
func (o *AddCheck) constraint(d flavor.Dialect) (*Check, error) {
	expr, ok := o.Expr.condition(d)
	if !ok {
		return nil, misfit(o.Kind(), o.Table, "there is no expr for %s", d.Title())
	}
	return &Check{Name: o.Name, Expr: expr}, nil
}

// Apply adds the check.
func (o *AddCheck) Apply(s *Schema) error {
	if o.there(s) {
		return nil
	}
	t, err := s.need(o.Kind(), o.Table)
	if err != nil {
		return err
	}
	c, err := o.constraint(s.Flavor.Dialect)
	if err != nil {
		return err
	}
	if t.hasConstraint(c.Name, s.Flavor.Dialect) {
		return misfit(o.Kind(), o.Table, "%q exists already", c.Name)
	}
	if c.Name == "" {
		c.Name = s.nameCheck(t, c.Expr)
	}
	t.Checks = append(t.Checks, c)
	return nil
}

// Render adds the check.
func (o *AddCheck) Render(s *Schema) ([]plan.Statement, error) {
	if o.there(s) {
		return nil, nil
	}
	after := s.scratch(o.Table)
	if err := o.Apply(after); err != nil {
		return nil, err
	}
	c, err := o.constraint(s.Flavor.Dialect)
	if err != nil {
		return nil, err
	}
	list := after.Table(o.Table).Checks
	effect := &plan.Effect{Kind: plan.KindCheck, Table: o.Table, Name: list[len(list)-1].Name, Present: true}
	c.Name = cmp.Or(c.Name, after.Table(o.Table).explicit(effect.Name, s.Flavor.Dialect))
	return renderAlter(alteration{before: s, after: after, table: o.Table, effect: effect}, func(p *planner) {
		p.addCheck(c)
	})
}

// Inverse drops the check.
func (o *AddCheck) Inverse(s *Schema) ([]Operation, error) {
	if o.there(s) {
		return nil, nil
	}
	d := &DropCheck{Table: o.Table, Name: o.Name}
	if o.Name == "" {
		d.Expr = o.Expr
	}
	return []Operation{d}, nil
}

// DropCheck removes a check constraint, found by its name or its expression.
type DropCheck struct {
	Table    string `toml:"table"`
	Name     string `toml:"name"`
	Expr     Text   `toml:"expr"`
	IfExists bool   `toml:"if_exists"`
}

// Kind is "drop_check".
func (o *DropCheck) Kind() string { return "drop_check" }

// Check reports what is wrong with the operation by itself.
func (o *DropCheck) Check() error {
	if err := checkNeeded("table", o.Table); err != nil {
		return err
	}
	return checkEither("expr", o.Name, !o.Expr.IsZero())
}

// find is the check that is dropped; of several the one made last, nil
// if it is not there and need not be.
func (o *DropCheck) find(s *Schema) (*Table, *Check, error) {
	d := s.Flavor.Dialect
	expr, _ := o.Expr.condition(d)
	w := wanted{kind: o.Kind(), table: o.Table, what: fmt.Sprintf("check %q", cmp.Or(o.Name, expr)), optional: o.IfExists}
	return find(s, w, func(t *Table) *Check {
		return last(t.Checks, func(c *Check) bool {
			return o.Name != "" && c.Name != "" && sameName(c.Name, o.Name, d) || o.Name == "" && expr != "" && sameExpr(c.Expr, expr)
		})
	})
}

// Apply removes the check.
func (o *DropCheck) Apply(s *Schema) error {
	t, c, err := o.find(s)
	if err != nil || c == nil {
		return err
	}
	t.Checks = drop(t.Checks, c)
	t.dropInlineCheck(c)
	if column := t.column(c.Column, s.Flavor.Dialect); c.Column != "" && column != nil && s.Flavor.Dialect == flavor.MariaDB {
		column.Definition = withoutCheck(column.Definition)
	}
	return nil
}

// Render drops the check.
func (o *DropCheck) Render(s *Schema) ([]plan.Statement, error) {
	t, c, err := o.find(s)
	if err != nil || c == nil {
		return nil, err
	}
	return renderDrop(s, o, &plan.Effect{Kind: plan.KindCheck, Table: t.Name, Name: c.Name}, func(p *planner) { p.dropCheck(c) })
}

// Inverse adds the check again.
func (o *DropCheck) Inverse(s *Schema) ([]Operation, error) {
	t, c, err := o.find(s)
	if err != nil || c == nil {
		return nil, err
	}
	return []Operation{&AddCheck{Table: t.Name, CheckDef: CheckDef{Name: c.Name, Expr: onlyFor(c.Expr, s.Flavor.Dialect)}}}, nil
}

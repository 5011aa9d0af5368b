package schema

import (
	"fmt"
	"slices"

	"manage/engine/flavor"
)

// takenAway are the statements that take away what is in the way of a change of
// an enumeration, and put it back.
type takenAway struct{ drop, add []string }

// fits reports what of a table does not bear that the value goes.
func (o *DropEnumValue) fits(t *Table, f flavor.Flavor) error {
	columns := t.columnsOfType(o.Name)
	if len(columns) == 0 {
		return nil
	}
	for _, c := range columns {
		if c.generated() {
			return fmt.Errorf("column %q is generated, and PostgreSQL does not give it another type; drop it first, and add it again after", c.Name)
		}
		if text, _ := settleDefault(c, f); text == quoteText(o.Value) {
			return fmt.Errorf("%q is the default of column %q; change that first", o.Value, c.Name)
		}
	}
	for _, c := range t.Checks {
		if o.concerns(columns, c.Expr) && says(c.Expr, o.Value) {
			return fmt.Errorf("the check %q names %q; drop or change it first", c.Name, o.Value)
		}
	}
	for _, x := range t.Indexes {
		texts := x.expressions()
		concerned := slices.ContainsFunc(texts, func(text string) bool { return o.concerns(columns, text) })
		switch {
		case concerned && x.Exclusion:
			return fmt.Errorf("the exclusion constraint %q has an expression of the type; drop it first, and add it again after", x.Name)
		case concerned && slices.ContainsFunc(texts, func(text string) bool { return says(text, o.Value) }):
			return fmt.Errorf("the index %q names %q; drop or change it first", x.Name, o.Value)
		}
	}
	return nil
}

// columnsOfType are the table's columns of a type.
func (t *Table) columnsOfType(name string) []*Column {
	return slices.DeleteFunc(slices.Clone(t.Columns), func(c *Column) bool { return c.Type != name })
}

// expressions are the texts of an index in which a column may stand.
func (x *Index) expressions() []string {
	texts := []string{x.Where}
	for _, c := range x.Columns {
		texts = append(texts, c.Expr)
	}
	return texts
}

// concerns reports whether an expression names one of the columns, or the type.
func (o *DropEnumValue) concerns(columns []*Column, expr string) bool {
	return mentions(expr, o.Name) || slices.ContainsFunc(columns, func(c *Column) bool { return mentions(expr, c.Name) })
}

// says reports whether a string with a value stands in an expression.
func says(expr, value string) bool {
	return slices.ContainsFunc(lex(expr), func(t token) bool { return t.text == quoteText(value) })
}

// inTheWay is what is taken away and put back.
func (o *DropEnumValue) inTheWay(s *Schema) takenAway {
	var away takenAway
	for _, name := range s.TableNames() {
		t := s.Tables[name]
		columns := t.columnsOfType(o.Name)
		if len(columns) == 0 {
			continue
		}
		table := "ALTER TABLE " + quoteIdent(name, flavor.Postgres)
		for _, f := range t.ForeignKeys {
			if slices.ContainsFunc(columns, func(c *Column) bool { return slices.Contains(f.Columns, c.Name) }) {
				away.constraint(table, f.Name, orText(f.Text, postgresForeignKey(f)), f.Comment)
			}
		}
		for _, c := range t.Checks {
			if o.concerns(columns, c.Expr) {
				away.constraint(table, c.Name, orText(c.Text, "CHECK ("+c.Expr+")"), c.Comment)
			}
		}
		for _, x := range t.Indexes {
			if slices.ContainsFunc(x.expressions(), func(text string) bool { return o.concerns(columns, text) }) {
				away.index(s, t, x)
			}
		}
	}
	return away
}

// constraint takes a constraint away and puts it back.
func (a *takenAway) constraint(table, name, text, comment string) {
	quoted := quoteIdent(name, flavor.Postgres)
	a.drop = append(a.drop, table+" DROP CONSTRAINT "+quoted)
	a.add = append(a.add, table+" ADD CONSTRAINT "+quoted+" "+text)
	if comment != "" {
		a.add = append(a.add, "COMMENT ON CONSTRAINT "+quoted+" ON "+table[len("ALTER TABLE "):]+" IS "+quoteText(comment))
	}
}

// index takes an index away and makes it again.
func (a *takenAway) index(s *Schema, t *Table, x *Index) {
	a.drop = append(a.drop, "DROP INDEX "+quoteIdent(x.Name, flavor.Postgres))
	made, err := renderAddIndex(s, t, x)
	if err != nil {
		return // of an index that the server has told there is a text
	}
	for _, st := range made {
		a.add = append(a.add, st.SQL)
	}
	if x.Comment != "" {
		a.add = append(a.add, "COMMENT ON INDEX "+quoteIdent(x.Name, flavor.Postgres)+" IS "+quoteText(x.Comment))
	}
}

// postgresForeignKey is a foreign key without its name.
func postgresForeignKey(f *ForeignKey) string {
	bare := *f
	bare.Name = ""
	return sqliteForeignKey(&bare)
}

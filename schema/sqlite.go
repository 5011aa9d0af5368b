package schema

import (
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// This file writes SQLite's CREATE TABLE and CREATE INDEX. Definitions that a
// database already has are repeated word for word; only what is new or
// changed is written from its fields.

// sqliteCreate makes a table and its indexes.
func sqliteCreate(t *Table, ifNotExists bool, effect *plan.Effect) []plan.Statement {
	head := "CREATE TABLE "
	if ifNotExists {
		head += "IF NOT EXISTS "
	}
	out := []plan.Statement{{SQL: head + sqliteTable(t, t.Name), Effect: effect}}
	for _, x := range t.Indexes {
		out = append(out, plan.Statement{SQL: sqliteIndex(t.Name, x), Effect: indexEffect(t.Name, x, true)})
	}
	return number(out)
}

// sqliteTable is what follows CREATE TABLE: the name, the definitions, and
// what stands behind them.
func sqliteTable(t *Table, name string) string {
	var parts []string
	rowid := t.autoincrement()
	for _, c := range t.Columns {
		text := c.Text
		if text == "" {
			text = sqliteColumn(c)
			if c == rowid {
				text += " PRIMARY KEY AUTOINCREMENT"
			}
		}
		parts = append(parts, text)
	}
	if k := t.PrimaryKey; k != nil && !k.Inline && rowid == nil {
		parts = append(parts, orText(k.Text, named(k.Name)+"PRIMARY KEY ("+quoteIdents(k.Columns, flavor.SQLite)+")"))
	}
	for _, k := range t.Uniques {
		if !k.Inline {
			parts = append(parts, orText(k.Text, named(k.Name)+"UNIQUE ("+quoteIdents(k.Columns, flavor.SQLite)+")"))
		}
	}
	for _, f := range t.ForeignKeys {
		if !f.Inline {
			parts = append(parts, orText(f.Text, sqliteForeignKey(f)))
		}
	}
	for _, c := range t.Checks {
		if !c.Inline {
			parts = append(parts, orText(c.Text, named(c.Name)+"CHECK ("+c.Expr+")"))
		}
	}
	out := quoteIdent(name, flavor.SQLite) + " (" + joinDefinitions(parts) + ")"
	if t.Suffix != "" {
		out += " " + t.Suffix
	}
	return out
}

// joinDefinitions puts commas between definitions. One that ends in a comment
// up to the end of its line gets a line end, so that the comma counts.
func joinDefinitions(parts []string) string {
	for i, text := range parts {
		if line := text[strings.LastIndexByte(text, '\n')+1:]; strings.Contains(line, "--") {
			parts[i] = text + "\n"
		}
	}
	return strings.Join(parts, ", ")
}

// autoincrement is the column with the keyword AUTOINCREMENT if its
// definition is to be written; the keyword stands behind PRIMARY KEY, at the
// column.
func (t *Table) autoincrement() *Column {
	at := slices.IndexFunc(t.Columns, func(c *Column) bool { return c.Autoincrement && c.Text == "" })
	if at < 0 {
		return nil
	}
	return t.Columns[at]
}

func orText(text, written string) string {
	if text != "" {
		return text
	}
	return written
}

// named is the beginning of a constraint that has a name.
func named(name string) string {
	if name == "" {
		return ""
	}
	return "CONSTRAINT " + quoteIdent(name, flavor.SQLite) + " "
}

// sqliteColumn is a column's definition.
func sqliteColumn(c *Column) string {
	text := quoteIdent(c.Name, flavor.SQLite)
	if c.Type != "" {
		text += " " + c.Type
	}
	if c.Default != nil {
		text += " DEFAULT " + *c.Default
	}
	if !c.Nullable {
		text += " NOT NULL"
	}
	if c.Collation != "" {
		text += " COLLATE " + quoteIdent(c.Collation, flavor.SQLite)
	}
	if c.Extra != "" {
		text += " " + c.Extra
	}
	return text
}

// sqliteForeignKey is a foreign key's definition.
func sqliteForeignKey(f *ForeignKey) string {
	text := named(f.Name) + "FOREIGN KEY (" + quoteIdents(f.Columns, flavor.SQLite) + ") REFERENCES " + quoteIdent(f.RefTable, flavor.SQLite)
	if len(f.RefColumns) > 0 {
		text += " (" + quoteIdents(f.RefColumns, flavor.SQLite) + ")"
	}
	if f.OnDelete != "" {
		text += " ON DELETE " + f.OnDelete
	}
	if f.OnUpdate != "" {
		text += " ON UPDATE " + f.OnUpdate
	}
	return text
}

// sqliteIndex is the statement that makes an index.
func sqliteIndex(table string, x *Index) string {
	if x.Text != "" {
		return x.Text
	}
	text := "CREATE "
	if x.Unique {
		text += "UNIQUE "
	}
	var parts []string
	for _, c := range x.Columns {
		part := c.Expr
		if c.Name != "" {
			part = quoteIdent(c.Name, flavor.SQLite)
		}
		if c.Desc {
			part += " DESC"
		}
		parts = append(parts, part)
	}
	text += "INDEX " + quoteIdent(x.Name, flavor.SQLite) + " ON " + quoteIdent(table, flavor.SQLite) + " (" + strings.Join(parts, ", ") + ")"
	if x.Where != "" {
		text += " WHERE " + x.Where
	}
	return text
}

// addable reports whether ALTER TABLE ADD COLUMN takes the column: it may not
// be NOT NULL without a default, and its default may not be an expression or
// one of the CURRENT_ words (SQLite, "ALTER TABLE").
func (c *Column) addable() bool {
	if c.Text != "" || c.Extra != "" {
		return false
	}
	if c.Default == nil {
		return c.Nullable
	}
	upper := strings.ToUpper(*c.Default)
	switch {
	case strings.HasPrefix(upper, "("), strings.HasPrefix(upper, "CURRENT_"):
		return false
	case upper == "NULL":
		return c.Nullable
	}
	return true
}

package schema

import (
	"fmt"
	"strings"

	"manage/engine/flavor"
)

// column reads a column's definition into t.
func (p *sqlParser) column(t *Table) error {
	c := &Column{Name: p.ident(), Nullable: true, Text: p.inner()}
	if c.Name == "" {
		return fmt.Errorf("a column has no name: %s", p.inner())
	}
	start := p.at
	for !p.done() && !p.startsColumnConstraint() {
		if p.group() == nil {
			p.at++
		}
	}
	typ := p.since(start)
	if p.at == start+1 {
		typ = identOf(p.tokens[start]) // SQLite drops the quotes of a quoted type
	}
	c.Type = CanonicalType(typ, flavor.Flavor{Dialect: flavor.SQLite})
	t.Columns = append(t.Columns, c)
	for !p.done() {
		name := ""
		if p.accept("CONSTRAINT") {
			name = p.ident()
		}
		before := p.at
		p.columnConstraint(t, c, name)
		if p.at == before {
			p.at++
		}
	}
	return nil
}

// startsColumnConstraint reports whether the type ends here.
func (p *sqlParser) startsColumnConstraint() bool {
	switch p.peek(0) {
	case "CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES", "GENERATED", "AS":
		return true
	}
	return false
}

// columnConstraint reads one constraint of a column.
func (p *sqlParser) columnConstraint(t *Table, c *Column, name string) {
	start := p.at
	switch {
	case p.accept("PRIMARY", "KEY"):
		if !p.accept("ASC") {
			p.accept("DESC")
		}
		p.conflict()
		c.Autoincrement = p.accept("AUTOINCREMENT")
		t.PrimaryKey = &Key{Name: name, Columns: []string{c.Name}, Inline: true}
	case p.accept("NOT", "NULL"):
		c.Nullable = false
		p.conflict()
	case p.accept("NULL"):
		p.conflict()
	case p.accept("UNIQUE"):
		p.conflict()
		t.Uniques = append(t.Uniques, &Key{Name: name, Columns: []string{c.Name}, Inline: true})
	case p.accept("CHECK"):
		t.Checks = append(t.Checks, &Check{Name: name, Expr: p.expression(), Column: c.Name, Inline: true})
		p.conflict()
	case p.accept("DEFAULT"):
		value := p.defaultValue()
		c.Default = &value
	case p.accept("COLLATE"):
		p.at++
		c.addExtra(p.since(start))
	case p.accept("REFERENCES"):
		fk := &ForeignKey{Name: name, Columns: []string{c.Name}, Inline: true}
		p.references(fk)
		t.ForeignKeys = append(t.ForeignKeys, fk)
	case p.accept("GENERATED", "ALWAYS", "AS"), p.accept("AS"):
		p.group()
		if !p.accept("STORED") {
			p.accept("VIRTUAL")
		}
		c.addExtra(p.since(start))
	}
}

// defaultValue reads a default: an expression in parentheses, which it keeps,
// a literal, a number with its sign, or a word.
func (p *sqlParser) defaultValue() string {
	start := p.at
	if p.group() != nil {
		return p.since(start)
	}
	if !p.accept("-") {
		p.accept("+")
	}
	if blob := p.peek(0) == "X" && strings.HasPrefix(p.peek(1), "'"); blob {
		p.at++
	}
	p.at++
	return p.since(start)
}

// addExtra adds to what else is kept of the column.
func (c *Column) addExtra(text string) {
	if c.Extra != "" {
		c.Extra += " "
	}
	c.Extra += text
}

package schema

import (
	"slices"
	"strings"

	"manage/engine/flavor"
)

// definition is a SQLite column's definition cut into parts, so that a change
// of one leaves the others word for word as they were.
type definition struct {
	name, typ string
	parts     []definitionPart
}

// definitionPart is one constraint of a column.
type definitionPart struct {
	kind  string // its first word, CONSTRAINT and a name left aside
	text  string
	check *Check
	ref   *ForeignKey
}

// cutDefinition cuts the text of a column's definition.
func cutDefinition(text string) definition {
	p := newParser(text)
	p.ident()
	d := definition{name: p.since(0)}
	start := p.at
	for !p.done() && !p.startsColumnConstraint() {
		if p.group() == nil {
			p.at++
		}
	}
	d.typ = p.since(start)
	for !p.done() {
		d.parts = append(d.parts, p.definitionPart())
	}
	return d
}

// definitionPart steps over one constraint.
func (p *sqlParser) definitionPart() definitionPart {
	start := p.at
	if p.accept("CONSTRAINT") {
		p.ident()
	}
	part := definitionPart{kind: p.peek(0)}
	read, before := &Table{}, p.at
	p.columnConstraint(read, &Column{}, "")
	if p.at == before {
		p.at++
	}
	if len(read.Checks) > 0 {
		part.check = read.Checks[0]
	}
	if len(read.ForeignKeys) > 0 {
		part.ref = read.ForeignKeys[0]
	}
	part.text = p.since(start)
	return part
}

// String joins the parts.
func (d definition) String() string {
	words := []string{d.name}
	if d.typ != "" {
		words = append(words, d.typ)
	}
	for _, p := range d.parts {
		words = append(words, p.text)
	}
	return strings.Join(words, " ")
}

// drop removes the parts that are as which says.
func (d *definition) drop(which func(definitionPart) bool) {
	d.parts = slices.DeleteFunc(d.parts, which)
}

// redefine is the text of a column after a change of its type, default or
// nullability.
func redefine(text string, from, to *Column) string {
	d := cutDefinition(text)
	if from.Type != to.Type {
		d.typ = to.Type
	}
	if !sameDefault(from.Default, to.Default) {
		d.drop(func(p definitionPart) bool { return p.kind == "DEFAULT" })
		if to.Default != nil {
			d.parts = slices.Insert(d.parts, 0, definitionPart{text: "DEFAULT " + *to.Default})
		}
	}
	if from.Nullable != to.Nullable || !to.Nullable && from.Type != to.Type && d.unsaid() {
		d.drop(func(p definitionPart) bool { return p.kind == "NOT" || p.kind == "NULL" })
		if !to.Nullable {
			d.parts = slices.Insert(d.parts, 0, definitionPart{text: "NOT NULL"})
		}
	}
	return d.String()
}

// unsaid reports whether the definition says nothing of nulls: the key of a
// table has none as long as it is the rowid.
func (d *definition) unsaid() bool {
	return !slices.ContainsFunc(d.parts, func(p definitionPart) bool { return p.kind == "NOT" || p.kind == "NULL" })
}

// dropInline removes from a column's text a constraint that stands there.
func (t *Table) dropInline(inline bool, column string, which func(definitionPart) bool) {
	c := t.column(column, flavor.SQLite)
	if !inline || c == nil || c.Text == "" {
		return
	}
	d := cutDefinition(c.Text)
	d.drop(which)
	c.Text = d.String()
}

// dropInlineCheck removes a check from the text of the column it stands at.
func (t *Table) dropInlineCheck(c *Check) {
	t.dropInline(c.Inline, c.Column, func(p definitionPart) bool { return p.check != nil && p.check.Expr == c.Expr })
}

// dropInlineForeignKey removes a reference from the text of its column.
func (t *Table) dropInlineForeignKey(f *ForeignKey) {
	t.dropInline(f.Inline, f.Columns[0], func(p definitionPart) bool {
		return p.ref != nil && strings.EqualFold(p.ref.RefTable, f.RefTable)
	})
}

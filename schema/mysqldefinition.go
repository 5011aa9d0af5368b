package schema

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/quote"
)

// This file keeps the definitions of columns as SHOW CREATE TABLE writes them on
// MySQL and MariaDB. MODIFY gives a column the definition that it is told and
// nothing else, so what is not repeated is gone: a check, a character set, a
// place in the table's history, and whatever releases to come can say of a
// column. Only the whole text has all of it.

// Altered lists the tables whose columns some operations define anew, by the
// names that these have before: those of MODIFY and CHANGE.
func Altered(ops []Operation) []string {
	var names []string
	for _, op := range ops {
		switch o := op.(type) {
		case *AlterColumn:
			names = append(names, o.Table)
		case *RenameColumn:
			names = append(names, o.Table)
		case *DropCheck:
			names = append(names, o.Table)
		case *RenameTable:
			names = append(names, o.From)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Define adds the definitions of the columns of some tables to a schema that
// was read from a server. Other servers than MySQL and MariaDB have said all
// before. Tables that are not there are left out.
func (s *Schema) Define(ctx context.Context, q Querier, tables []string) error {
	if !s.Flavor.Dialect.MySQLFamily() {
		return nil
	}
	i := &inspector{ctx: ctx, q: q, s: s}
	for _, name := range tables {
		t := s.Table(name)
		if t == nil {
			continue
		}
		var shown, text string
		err := i.each("SHOW CREATE TABLE "+quoteIdent(t.Name, flavor.MySQL), []any{&shown, &text}, func() error {
			t.define(text)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// define takes the columns' definitions from the statement that makes the table.
func (t *Table) define(create string) {
	p := newMySQLParser(create)
	for !p.done() && p.peek(0) != "(" {
		p.at++
	}
	body := p.group()
	if body == nil {
		return
	}
	if m := nextNumber.FindStringSubmatch(create[p.tokens[p.at-1].end:]); m != nil {
		t.Next = m[1]
	}
	for _, part := range body.parts() {
		if len(part.tokens) == 0 || part.tokens[0].text[0] != '`' {
			continue
		}
		if c := t.column(part.tokens[0].name, flavor.MySQL); c != nil {
			c.Definition = part.inner()
			t.placeCheck(c)
		}
	}
}

// placeCheck finds the check that is written at a column, whatever it is called.
func (t *Table) placeCheck(c *Column) {
	written := cutMySQLDefinition(c.Definition).check
	if written == "" {
		return
	}
	p := newMySQLParser(written)
	p.accept("CHECK")
	expr := standardQuotes(p.expression())
	for _, k := range t.Checks {
		if k.Column != "" && sameExpr(k.Expr, expr) {
			k.Column = c.Name
		}
	}
}

// newMySQLParser reads SQL in which a backslash in a string is an escape, and
// comments with an exclamation mark are words of the statement.
func newMySQLParser(text string) *sqlParser {
	p := &sqlParser{text: text}
	for i := 0; i < len(text); {
		words := strings.HasPrefix(text[i:], "/*!") || strings.HasPrefix(text[i:], "/*M!")
		if n := skipBlank(text[i:]); n > 0 && !words {
			i += n
			continue
		}
		n := tokenLength(text[i:])
		switch c := text[i]; {
		case c == '\'' || c == '"':
			n = escapedLength(text[i:])
		case words:
			if end := strings.Index(text[i:], "*/"); end >= 0 {
				n = end + 2
			}
		}
		w := token{text: text[i : i+n], start: i, end: i + n}
		w.name = nameOf(w.text)
		p.tokens = append(p.tokens, w)
		i += n
	}
	return p
}

// escapedLength is the length of the string that text begins with.
func escapedLength(text string) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == text[0] && i+1 < len(text) && text[i+1] == text[0]:
			i++
		case text[i] == text[0]:
			return i + 1
		}
	}
	return len(text)
}

// standardQuotes writes the strings of an expression anew, each in the one
// spelling that whoever knows no other escapes than a doubled quote can cut.
func standardQuotes(text string) string { return quote.Translate(text, flavor.MySQL, flavor.MySQL) }

// mysqlDefinition is a column's definition cut into parts, so that a change of
// one leaves the others word for word as they were.
type mysqlDefinition struct {
	name, typ string
	parts     []definitionPart // without the check
	check     string
}

// cutMySQLDefinition cuts the text of a column's definition.
func cutMySQLDefinition(text string) mysqlDefinition {
	p := newMySQLParser(text)
	p.ident()
	d := mysqlDefinition{name: p.since(0)}
	start := p.at
	p.mysqlType()
	d.typ = p.since(start)
	for !p.done() {
		start := p.at
		kind := p.peek(0)
		p.mysqlPart(kind)
		if kind == "CHECK" {
			d.check = p.since(start)
			continue
		}
		d.parts = append(d.parts, definitionPart{kind: kind, text: p.since(start)})
	}
	return d
}

// mysqlType steps over a type with its character set.
func (p *sqlParser) mysqlType() {
	p.at++
	p.group()
	for !p.done() {
		switch {
		case p.accept("UNSIGNED"), p.accept("SIGNED"), p.accept("ZEROFILL"), p.accept("BINARY"), p.accept("PRECISION"):
		case p.accept("CHARACTER", "SET"), p.accept("COLLATE"):
			p.at++
		case strings.HasSuffix(strings.TrimSuffix(p.peek(0), "*/"), "COMPRESSED"):
			p.at++
		default:
			return
		}
	}
}

// mysqlPart steps over one part of a definition that begins with a word.
func (p *sqlParser) mysqlPart(word string) {
	p.at++
	switch word {
	case "NOT":
		p.at++ // NULL or SECONDARY
	case "DEFAULT":
		p.mysqlValue()
	case "COMMENT", "COLUMN_FORMAT", "STORAGE", "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE", "SRID", "REF_SYSTEM_ID":
		p.accept("=")
		p.at++
	case "ON":
		p.accept("UPDATE")
		p.mysqlValue()
	case "GENERATED":
		p.accept("ALWAYS")
		p.accept("AS")
		p.group()
		if !p.accept("VIRTUAL") && !p.accept("STORED") {
			p.accept("PERSISTENT")
		}
	case "CHECK":
		p.group()
	case "WITH", "WITHOUT":
		p.accept("SYSTEM", "VERSIONING")
	}
	if p.accept("=") { // an option of a storage engine
		p.at++
	}
}

// mysqlValue steps over a default: a group, a literal with what stands before
// it, or a call.
func (p *sqlParser) mysqlValue() {
	if p.group() != nil {
		return
	}
	if !p.accept("-") {
		p.accept("+")
	}
	word := p.peek(0)
	p.at++
	switch next := p.peek(0); {
	case next == "(":
		p.group()
	case word != "" && wordByte(word[0]) && strings.HasPrefix(next, "'"):
		p.at++
	}
}

// String joins the parts. MariaDB takes a check at the end only.
func (d mysqlDefinition) String() string {
	words := []string{d.name, d.typ}
	for _, p := range d.parts {
		words = append(words, p.text)
	}
	if d.check != "" {
		words = append(words, d.check)
	}
	return strings.Join(words, " ")
}

// withoutCheck is a definition without the check that is written in it.
func withoutCheck(text string) string {
	if text == "" {
		return ""
	}
	d := cutMySQLDefinition(text)
	d.check = ""
	return d.String()
}

// put adds a part behind the type and what generates the column.
func (d *mysqlDefinition) put(text string) {
	at := 0
	if len(d.parts) > 0 && d.parts[0].kind == "GENERATED" {
		at = 1
	}
	d.parts = slices.Insert(d.parts, at, definitionPart{text: text})
}

// drop removes the parts that begin with one of some words.
func (d *mysqlDefinition) drop(words ...string) {
	d.parts = slices.DeleteFunc(d.parts, func(p definitionPart) bool {
		return slices.Contains(words, p.kind) && !strings.HasSuffix(strings.ToUpper(p.text), "SECONDARY")
	})
}

// fraction finds the current time with its digits of seconds.
var fraction = regexp.MustCompile(`(?i)\b(current_timestamp)(?:\(\d?\))?`)

// redefineMySQL is the definition of a column after a change, but for its
// check. typeText is the new type as it is written.
func redefineMySQL(text string, from, to *Column, typeText string) mysqlDefinition {
	d := cutMySQLDefinition(text)
	d.name = quoteIdent(to.Name, flavor.MySQL)
	if from.Type != to.Type || from.Collation != to.Collation {
		d.typ = typeText
	}
	if !sameDefault(from.Default, to.Default) {
		d.drop("DEFAULT")
		if to.Default != nil {
			d.put("DEFAULT " + *to.Default)
		}
	}
	if from.Nullable != to.Nullable {
		d.drop("NOT", "NULL")
		d.parts = slices.DeleteFunc(d.parts, func(p definitionPart) bool { return strings.EqualFold(p.text, "DEFAULT NULL") })
		d.put(map[bool]string{true: "NULL", false: "NOT NULL"}[to.Nullable])
	}
	for i, p := range d.parts {
		if p.kind == "ON" {
			d.parts[i].text = to.onUpdate()
		}
	}
	return d
}

// onUpdate is what else is kept of a column that takes the time of each update.
func (c *Column) onUpdate() string {
	_, update, _ := strings.Cut(strings.ToUpper(c.Extra), "ON UPDATE ")
	return "ON UPDATE " + strings.Join(strings.Fields(update)[:min(1, len(strings.Fields(update)))], "")
}

// renameInDefinition follows the rename of a column into a definition of its
// table.
func renameInDefinition(text, from, to string) string {
	p := newMySQLParser(text)
	var b strings.Builder
	at := 0
	for _, t := range p.tokens {
		if t.text[0] != '`' || !strings.EqualFold(t.name, from) {
			continue
		}
		b.WriteString(text[at:t.start])
		b.WriteString(quoteIdent(to, flavor.MySQL))
		at = t.end
	}
	b.WriteString(text[at:])
	return b.String()
}

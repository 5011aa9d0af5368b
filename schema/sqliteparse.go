package schema

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/flavor"
)

// This file and its neighbours read the CREATE statements that SQLite keeps.
// SQLite has parsed them before, so they are right; the parser needs to find
// its way, not to judge.

// sqlParser walks the tokens of one definition.
type sqlParser struct {
	text   string
	tokens []token
	at     int
}

func newParser(text string) *sqlParser { return &sqlParser{text: text, tokens: lex(text)} }

func (p *sqlParser) done() bool { return p.at >= len(p.tokens) }

// peek is the word at n tokens from here in upper case; "" behind the end and
// for quoted names, which are no keywords.
func (p *sqlParser) peek(n int) string {
	if p.at+n >= len(p.tokens) {
		return ""
	}
	text := p.tokens[p.at+n].text
	if text[0] == '"' || text[0] == '`' || text[0] == '[' {
		return ""
	}
	return strings.ToUpper(text)
}

// accept steps over the words if they are next.
func (p *sqlParser) accept(words ...string) bool {
	for n, w := range words {
		if p.peek(n) != w {
			return false
		}
	}
	p.at += len(words)
	return true
}

// ident steps over a name. SQLite takes a string in its place.
func (p *sqlParser) ident() string {
	if p.done() {
		return ""
	}
	t := p.tokens[p.at]
	p.at++
	return identOf(t)
}

func identOf(t token) string {
	if t.name == "" && len(t.text) > 1 && t.text[0] == '\'' {
		return strings.ReplaceAll(t.text[1:len(t.text)-1], "''", "'")
	}
	return t.name
}

// since is the text from token number start up to here.
func (p *sqlParser) since(start int) string {
	end := min(p.at, len(p.tokens)) // steps may lead beyond a text that is cut off
	if start >= end {
		return ""
	}
	return p.text[p.tokens[start].start:p.tokens[end-1].end]
}

// group steps over a group in parentheses and returns a parser for what is
// inside; nil if none is next.
func (p *sqlParser) group() *sqlParser {
	if p.peek(0) != "(" {
		return nil
	}
	start, depth := p.at, 0
	for !p.done() {
		switch p.tokens[p.at].text {
		case "(":
			depth++
		case ")":
			depth--
		}
		p.at++
		if depth == 0 {
			return &sqlParser{text: p.text, tokens: p.tokens[start+1 : p.at-1]}
		}
	}
	return &sqlParser{text: p.text, tokens: p.tokens[start+1:]}
}

// expression steps over a group in parentheses and returns its text.
func (p *sqlParser) expression() string {
	if g := p.group(); g != nil {
		return g.inner()
	}
	return ""
}

// inner is the text of all tokens.
func (p *sqlParser) inner() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.text[p.tokens[0].start:p.tokens[len(p.tokens)-1].end]
}

// parts cuts the tokens at the commas outside of parentheses.
func (p *sqlParser) parts() []*sqlParser {
	var out []*sqlParser
	depth, start := 0, 0
	for n, t := range p.tokens {
		switch t.text {
		case "(":
			depth++
		case ")":
			depth--
		case ",":
			if depth == 0 {
				out = append(out, &sqlParser{text: p.text, tokens: p.tokens[start:n]})
				start = n + 1
			}
		}
	}
	return append(out, &sqlParser{text: p.text, tokens: p.tokens[start:]})
}

// names reads a list of columns in parentheses; collations and directions
// behind the names are left out.
func (p *sqlParser) names() []string {
	var out []string
	if g := p.group(); g != nil {
		for _, part := range g.parts() {
			out = append(out, part.ident())
		}
	}
	return out
}

// qualified steps over a name that may have a schema before it.
func (p *sqlParser) qualified() string {
	name := p.ident()
	if p.accept(".") {
		return p.ident()
	}
	return name
}

// ParseSQLiteTable reads a CREATE TABLE statement in SQLite's dialect. Every
// column and constraint keeps its definition in Text; constraints written at
// a column are Inline, and their text is the column's. References that name
// no columns have none.
func ParseSQLiteTable(text string) (*Table, error) {
	p := newParser(text)
	if p.accept("CREATE", "VIRTUAL", "TABLE") {
		return virtualTable(p), nil
	}
	if !p.accept("CREATE") || !(p.accept("TABLE") || p.accept("TEMP", "TABLE") || p.accept("TEMPORARY", "TABLE")) {
		return nil, fmt.Errorf("it is no CREATE TABLE statement")
	}
	p.accept("IF", "NOT", "EXISTS")
	t := &Table{Name: p.qualified()}
	body := p.group()
	if body == nil {
		return nil, fmt.Errorf("it has no list of columns")
	}
	start := p.at
	p.at = len(p.tokens)
	if p.at > start && p.tokens[p.at-1].text == ";" {
		p.at--
	}
	t.Suffix = p.since(start)
	for _, part := range body.parts() {
		if part.startsConstraint() {
			part.tableConstraints(t)
			continue
		}
		if err := part.column(t); err != nil {
			return nil, err
		}
	}
	t.settleSQLiteKey()
	return t, nil
}

// virtualTable keeps a virtual table's module as its suffix; its columns are
// the module's.
func virtualTable(p *sqlParser) *Table {
	p.accept("IF", "NOT", "EXISTS")
	t := &Table{Name: p.qualified()}
	start := p.at
	p.at = len(p.tokens)
	t.Suffix = p.since(start)
	return t
}

// settleSQLiteKey marks the columns of the primary key that cannot be null:
// all of them in tables without rowid and strict ones, else a sole INTEGER
// column, which is the rowid (SQLite, "CREATE TABLE": for historical reasons
// other columns of the key may).
func (t *Table) settleSQLiteKey() {
	if t.PrimaryKey == nil {
		return
	}
	strict := mentions(t.Suffix, "WITHOUT") || mentions(t.Suffix, "STRICT")
	rowid := t.rowid()
	for _, c := range t.Columns {
		if c == rowid || strict && hasColumn(t.PrimaryKey.Columns, c.Name, flavor.SQLite) {
			c.Nullable = false
		}
	}
}

// rowid is the column of a SQLite table that is another name for its rowid, by
// which SQLite numbers rows; nil if there is none: the sole column of the
// primary key, of the type INTEGER and no other, but for the words INTEGER
// PRIMARY KEY DESC, which mean no rowid "for historical reasons" (SQLite,
// "CREATE TABLE", "ROWIDs and the INTEGER PRIMARY KEY").
func (t *Table) rowid() *Column {
	if t.PrimaryKey == nil || len(t.PrimaryKey.Columns) != 1 || mentions(t.Suffix, "WITHOUT") {
		return nil
	}
	c := t.column(t.PrimaryKey.Columns[0], flavor.SQLite)
	if c == nil || c.Type != "INTEGER" || t.PrimaryKey.Inline && keyDescends(c.Text) {
		return nil
	}
	return c
}

// keyDescends reports whether a column's definition says PRIMARY KEY DESC.
func keyDescends(text string) bool {
	for p := newParser(text); !p.done(); p.at++ {
		if p.accept("PRIMARY", "KEY", "DESC") {
			return true
		}
	}
	return false
}

// keepRowid leaves a column that numbers the rows what it is under another type
// of whole numbers, as at creation: with the word BIGINT it would be a column
// like any other, which takes no number of its own.
func keepRowid(from, to *Column) error {
	switch {
	case strings.Contains(to.Type, "INT"):
		to.Type = from.Type
	case from.Autoincrement:
		return fmt.Errorf("column %q numbers the rows by itself, so it cannot become %s", from.Name, to.Type)
	}
	return nil
}

// startsConstraint reports whether a definition is a table's constraint.
func (p *sqlParser) startsConstraint() bool {
	switch p.peek(0) {
	case "CONSTRAINT", "CHECK", "FOREIGN", "PRIMARY", "UNIQUE":
		return true
	}
	return false
}

// tableConstraints reads the constraints of one definition; SQLite does not
// ask for commas between them.
func (p *sqlParser) tableConstraints(t *Table) {
	for !p.done() {
		start, name := p.at, ""
		if p.accept("CONSTRAINT") {
			name = p.ident()
		}
		switch {
		case p.accept("PRIMARY", "KEY"):
			list := p.at
			k := &Key{Name: name, Columns: p.names()}
			if len(k.Columns) == 1 && mentions(p.since(list), "AUTOINCREMENT") {
				t.count(k.Columns[0])
			}
			p.conflict()
			k.Text, t.PrimaryKey = p.since(start), k
		case p.accept("UNIQUE"):
			k := &Key{Name: name, Columns: p.names()}
			p.conflict()
			k.Text, t.Uniques = p.since(start), append(t.Uniques, k)
		case p.accept("CHECK"):
			c := &Check{Name: name, Expr: p.expression()}
			p.conflict()
			c.Text, t.Checks = p.since(start), append(t.Checks, c)
		case p.accept("FOREIGN", "KEY"):
			fk := &ForeignKey{Name: name, Columns: p.names()}
			p.accept("REFERENCES")
			p.references(fk)
			fk.Text, t.ForeignKeys = p.since(start), append(t.ForeignKeys, fk)
		default:
			p.at++
		}
	}
}

// count marks a column as one with the keyword AUTOINCREMENT.
func (t *Table) count(column string) {
	if c := t.column(column, flavor.SQLite); c != nil {
		c.Autoincrement = true
	}
}

// conflict steps over ON CONFLICT and its action.
func (p *sqlParser) conflict() {
	if p.accept("ON", "CONFLICT") {
		p.at++
	}
}

// references reads what follows REFERENCES.
func (p *sqlParser) references(fk *ForeignKey) {
	fk.RefTable = p.ident()
	fk.RefColumns = p.names()
	for {
		switch {
		case p.accept("ON", "DELETE"):
			fk.OnDelete = p.action()
		case p.accept("ON", "UPDATE"):
			fk.OnUpdate = p.action()
		case p.accept("MATCH"):
			p.at++
		case p.accept("NOT", "DEFERRABLE"), p.accept("DEFERRABLE"),
			p.accept("INITIALLY", "DEFERRED"), p.accept("INITIALLY", "IMMEDIATE"):
		default:
			return
		}
	}
}

// action reads a referential action, "" for NO ACTION.
func (p *sqlParser) action() string {
	for _, words := range [][]string{{"NO", "ACTION"}, {"SET", "NULL"}, {"SET", "DEFAULT"}, {"CASCADE"}, {"RESTRICT"}} {
		if p.accept(words...) {
			if words[0] == "NO" {
				return ""
			}
			return strings.Join(words, " ")
		}
	}
	return ""
}

// parseSQLiteIndex reads a CREATE INDEX statement.
func parseSQLiteIndex(text string) (*Index, error) {
	p := newParser(text)
	x := &Index{Text: text, Valid: true}
	p.accept("CREATE")
	x.Unique = p.accept("UNIQUE")
	if !p.accept("INDEX") {
		return nil, fmt.Errorf("it is no CREATE INDEX statement")
	}
	p.accept("IF", "NOT", "EXISTS")
	x.Name = p.qualified()
	if !p.accept("ON") {
		return nil, fmt.Errorf("it does not say of which table")
	}
	p.ident()
	list := p.group()
	if list == nil {
		return nil, fmt.Errorf("it has no list of columns")
	}
	for _, part := range list.parts() {
		x.Columns = append(x.Columns, part.indexColumn())
	}
	if p.accept("WHERE") {
		start := p.at
		p.at = len(p.tokens)
		x.Where = strings.TrimSuffix(p.since(start), ";")
	}
	return x, nil
}

// indexColumn reads one part of an index: a name and perhaps a direction, or
// an expression.
func (p *sqlParser) indexColumn() IndexColumn {
	var c IndexColumn
	if last := len(p.tokens) - 1; last > 0 {
		switch strings.ToUpper(p.tokens[last].text) {
		case "DESC":
			c.Desc = true
			p.tokens = p.tokens[:last]
		case "ASC":
			p.tokens = p.tokens[:last]
		}
	}
	if len(p.tokens) == 1 && identOf(p.tokens[0]) != "" {
		c.Name = identOf(p.tokens[0])
		return c
	}
	c.Expr = p.inner()
	return c
}

// parseSQLiteTrigger reads a CREATE TRIGGER statement.
func parseSQLiteTrigger(text string) Trigger {
	p := newParser(text)
	tr := Trigger{Text: text, Timing: "before"}
	for !p.done() && !p.accept("TRIGGER") {
		p.at++
	}
	p.accept("IF", "NOT", "EXISTS")
	tr.Name = p.qualified()
	for _, timing := range []string{"BEFORE", "AFTER", "INSTEAD"} {
		if p.accept(timing) {
			tr.Timing = strings.ToLower(timing)
		}
	}
	if p.accept("OF") {
		tr.Timing += " of"
	}
	tr.Event = strings.ToLower(p.peek(0))
	begin := slices.IndexFunc(p.tokens, func(t token) bool { return strings.EqualFold(t.text, "BEGIN") })
	for end := len(p.tokens) - 1; begin >= 0 && end > begin; end-- {
		if strings.EqualFold(p.tokens[end].text, "END") {
			tr.Body = strings.TrimSpace(text[p.tokens[begin].end:p.tokens[end].start])
			break
		}
	}
	return tr
}

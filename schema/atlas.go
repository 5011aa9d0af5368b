package schema

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/postgres"
	atlas "ariga.io/atlas/sql/schema"

	"manage/engine/flavor"
)

// planner is the door to Atlas: it turns parts of this package's model into
// Atlas's and has Atlas's planner, for the server's real version, arrange them
// as SQL.
//
// Atlas is given structure only. Every name, type, default and expression
// stands in its model as a mark, and is put into the planned text afterwards,
// spelled by this package: so nothing is quoted twice, requoted or refused on
// the way, and what must stay unnamed can.
type planner struct {
	schema  *Schema // before the change
	table   *Table  // the table that is altered, nil if there is none
	keyName string  // of a primary key that has a name
	changes []atlas.Change
	marks   []mark
	direct  string // the statement, where it is written without Atlas
}

// mark is what a mark in the planned text stands for.
type mark struct {
	text string
	name bool // an identifier, to be quoted
}

// marked finds marks with what may stand around them: a CONSTRAINT before and
// quotes.
var marked = regexp.MustCompile("(CONSTRAINT )?([\"'`])?zq([0-9]+)zq([\"'`])?( )?")

// name marks an identifier; the empty one leaves nothing in the text.
func (p *planner) name(text string) string { return p.put(mark{text: text, name: true}) }

// raw marks SQL text.
func (p *planner) raw(text string) string { return p.put(mark{text: text}) }

// put returns the mark for m: one thing has one mark, so that Atlas can tell
// what is the same.
func (p *planner) put(m mark) string {
	at := slices.Index(p.marks, m)
	if at < 0 {
		at = len(p.marks)
		p.marks = append(p.marks, m)
	}
	return fmt.Sprintf("zq%dzq", at)
}

// fill puts what the marks stand for into planned text.
func (p *planner) fill(planned string) string {
	planned = strings.ReplaceAll(planned, "ON UPDATE "+suffixMark, "")
	planned = generatedMark.ReplaceAllString(planned, "$1")
	if p.keyName != "" {
		planned = strings.Replace(planned, "PRIMARY KEY", "CONSTRAINT "+p.name(p.keyName)+" PRIMARY KEY", 1)
	}
	return marked.ReplaceAllStringFunc(planned, func(found string) string {
		parts := marked.FindStringSubmatch(found)
		n, err := strconv.Atoi(parts[3])
		if err != nil || n >= len(p.marks) {
			return found
		}
		m := p.marks[n]
		switch {
		case m.name && m.text == "":
			return "" // with its CONSTRAINT
		case m.name:
			return parts[1] + quoteIdent(m.text, p.schema.Flavor.Dialect) + parts[5]
		}
		return parts[1] + m.text + parts[5]
	})
}

// suffixMark stands before what follows a MySQL column's default; Atlas
// writes it behind ON UPDATE, which fill takes away.
const suffixMark = "suffixzq "

// generatedMark finds MySQL generation clauses, which Atlas writes behind AS
// and in parentheses.
var generatedMark = regexp.MustCompile(`AS \(generatedzq (zq[0-9]+zq)\)`)

// plan has Atlas write the changes.
func (p *planner) plan() ([]string, error) {
	driver, err := atlasDriver(p.schema.Flavor)
	if err != nil {
		return nil, err
	}
	planned, err := driver.PlanChanges(context.Background(), "", p.changes, func(o *migrate.PlanOptions) {
		o.Mode = migrate.PlanModeUnsortedDump
	})
	if err != nil {
		return nil, fmt.Errorf("planning for %s: %w", p.schema.Flavor, err)
	}
	var out []string
	for _, c := range planned.Changes {
		out = append(out, p.fill(c.Cmd))
	}
	return out, nil
}

// tableRef is a table that is only named.
func (p *planner) tableRef(name string) *atlas.Table { return &atlas.Table{Name: p.name(name)} }

// columnRef is a column that is only named.
func (p *planner) columnRef(name string) *atlas.Column {
	return &atlas.Column{Name: p.name(name), Type: &atlas.ColumnType{Type: p.typeOf("integer"), Null: true}}
}

// typeOf is a type whose text is taken as it is.
func (p *planner) typeOf(text string) atlas.Type {
	if p.schema.Flavor.Dialect == flavor.Postgres {
		return &postgres.UserDefinedType{T: p.raw(text)}
	}
	return &atlas.UUIDType{T: p.raw(text)} // formatted by its name alone
}

// column is a column with its definition. check, on MariaDB, is the one that
// is written at the column.
func (p *planner) column(c *Column, check *Check) *atlas.Column {
	out := &atlas.Column{Name: p.name(c.Name), Type: &atlas.ColumnType{Type: p.typeOf(p.typeText(c)), Null: c.Nullable}}
	if c.Default != nil {
		// In quotes, so that MySQL's planner does not add some.
		out.Default = &atlas.RawExpr{X: "'" + p.raw(*c.Default) + "'"}
	}
	if c.Comment != "" {
		out.Attrs = append(out.Attrs, &atlas.Comment{Text: "'" + p.raw(quoteLiteral(c.Comment, p.schema.Flavor.Dialect)) + "'"})
	}
	if p.schema.Flavor.Dialect.MySQLFamily() {
		p.mysqlAttrs(out, c, check)
	}
	return out
}

// mysqlAttrs adds what MySQL keeps of a column beside type, null and default.
func (p *planner) mysqlAttrs(out *atlas.Column, c *Column, check *Check) {
	if c.Autoincrement {
		out.Attrs = append(out.Attrs, &mysql.AutoIncrement{})
	}
	extra := strings.TrimSpace(c.Extra)
	if strings.HasPrefix(strings.ToUpper(extra), "GENERATED") {
		out.Attrs = append(out.Attrs, &atlas.GeneratedExpr{Expr: "generatedzq " + p.raw(extra)})
		extra = ""
	}
	if check != nil {
		extra = strings.TrimSpace(extra + " CHECK (" + check.Expr + ")")
	}
	if extra != "" {
		out.Attrs = append(out.Attrs, &mysql.OnUpdate{A: suffixMark + p.raw(extra)})
	}
}

// typeText is a column's type as it is written in DDL.
func (p *planner) typeText(c *Column) string {
	if p.schema.Flavor.Dialect != flavor.Postgres {
		text := c.Type
		if c.Charset != "" {
			text += " CHARACTER SET " + c.Charset
		}
		if c.Collation != "" {
			text += " COLLATE " + c.Collation
		}
		return text
	}
	text := p.postgresTypeName(c)
	if c.Collation != "" {
		text += " COLLATE " + quoteIdent(c.Collation, flavor.Postgres)
	}
	if c.Extra != "" {
		text += " " + c.Extra
	}
	return text
}

// postgresTypeName is the type's name: a serial for a column with a sequence
// of its own, and in quotes for a type of the user's.
func (p *planner) postgresTypeName(c *Column) string {
	if c.Autoincrement {
		switch c.Type {
		case "smallint":
			return "smallserial"
		case "integer":
			return "serial"
		case "bigint":
			return "bigserial"
		}
	}
	return postgresTypeText(c.Type, p.schema)
}

// postgresTypeText quotes the name of an enum.
func postgresTypeText(name string, s *Schema) string {
	if s.Enums[name] != nil {
		return quoteIdent(name, flavor.Postgres)
	}
	return name
}

// index is an index; a unique constraint is one for Atlas, too.
func (p *planner) index(x *Index) *atlas.Index {
	out := &atlas.Index{Name: p.name(x.Name), Unique: x.Unique}
	for i, c := range x.Columns {
		part := &atlas.IndexPart{SeqNo: i, Desc: c.Desc}
		if c.Name == "" {
			part.X = &atlas.RawExpr{X: p.raw(c.Expr)}
		} else {
			part.C = p.columnRef(c.Name)
		}
		if c.Length > 0 {
			part.Attrs = append(part.Attrs, &mysql.SubPart{Len: c.Length})
		}
		out.Parts = append(out.Parts, part)
	}
	if x.Method != "" {
		method := strings.ToUpper(x.Method)
		out.Attrs = append(out.Attrs, &mysql.IndexType{T: method}, &postgres.IndexType{T: method})
	}
	if x.Where != "" {
		out.Attrs = append(out.Attrs, &postgres.IndexPredicate{P: p.raw(x.Where)})
	}
	return out
}

// unique is a unique constraint.
func (p *planner) unique(k *Key) *atlas.Index {
	out := p.index(k.index())
	if p.schema.Flavor.Dialect == flavor.Postgres {
		out.Attrs = append(out.Attrs, postgres.UniqueConstraint(""))
	}
	return out
}

// foreignKey is a foreign key.
func (p *planner) foreignKey(f *ForeignKey) *atlas.ForeignKey {
	out := &atlas.ForeignKey{
		Symbol: p.name(f.Name), RefTable: p.tableRef(f.RefTable),
		OnDelete: atlas.ReferenceOption(f.OnDelete), OnUpdate: atlas.ReferenceOption(f.OnUpdate),
	}
	for _, c := range f.Columns {
		out.Columns = append(out.Columns, p.columnRef(c))
	}
	for _, c := range f.RefColumns {
		out.RefColumns = append(out.RefColumns, p.columnRef(c))
	}
	return out
}

// check is a check constraint.
func (p *planner) check(c *Check) *atlas.Check {
	return &atlas.Check{Name: p.name(c.Name), Expr: p.raw(c.Expr)}
}

// wholeTable is a table with all that belongs to it.
func (p *planner) wholeTable(t *Table) *atlas.Table {
	out := p.tableRef(t.Name)
	for _, c := range t.Columns {
		out.Columns = append(out.Columns, p.column(c, t.columnCheck(c.Name, p.schema.Flavor.Dialect)))
	}
	if t.PrimaryKey != nil {
		out.PrimaryKey = p.index(t.PrimaryKey.index())
	}
	for _, k := range t.Uniques {
		out.Indexes = append(out.Indexes, p.unique(k))
	}
	for _, x := range t.Indexes {
		out.Indexes = append(out.Indexes, p.index(x))
	}
	for _, f := range t.ForeignKeys {
		out.ForeignKeys = append(out.ForeignKeys, p.foreignKey(f))
	}
	for _, c := range t.Checks {
		if c.Column == "" || p.schema.Flavor.Dialect != flavor.MariaDB {
			out.Attrs = append(out.Attrs, p.check(c))
		}
	}
	return p.tableOptions(out, t)
}

// tableOptions adds what stands behind a table.
func (p *planner) tableOptions(out *atlas.Table, t *Table) *atlas.Table {
	if t.Engine != "" {
		out.Attrs = append(out.Attrs, &mysql.Engine{V: p.raw(t.Engine)})
	}
	if p.schema.Flavor.ShortKeys && (t.Engine == "" || strings.EqualFold(t.Engine, "InnoDB")) {
		out.Attrs = append(out.Attrs, &mysql.CreateOptions{V: "ROW_FORMAT=DYNAMIC"})
	}
	if t.Charset != "" {
		out.Attrs = append(out.Attrs, &atlas.Charset{V: p.raw(t.Charset)})
	}
	if t.Collation != "" {
		out.Attrs = append(out.Attrs, &atlas.Collation{V: p.raw(t.Collation)})
	}
	if t.Comment != "" {
		out.Attrs = append(out.Attrs, &atlas.Comment{Text: "'" + p.raw(quoteLiteral(t.Comment, p.schema.Flavor.Dialect)) + "'"})
	}
	return out
}

// columnCheck is the check that MariaDB keeps at a column; nil elsewhere.
func (t *Table) columnCheck(name string, d flavor.Dialect) *Check {
	if d != flavor.MariaDB {
		return nil
	}
	at := slices.IndexFunc(t.Checks, func(c *Check) bool { return c.Column != "" && sameName(c.Column, name, d) })
	if at < 0 {
		return nil
	}
	return t.Checks[at]
}

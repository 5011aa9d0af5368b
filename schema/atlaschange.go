package schema

import (
	"ariga.io/atlas/sql/postgres"
	atlas "ariga.io/atlas/sql/schema"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// This file holds the changes of a table that a planner can be asked for.

func (p *planner) add(c atlas.Change) { p.changes = append(p.changes, c) }

func (p *planner) addColumn(c *Column, check *Check) {
	p.add(&atlas.AddColumn{C: p.column(c, check)})
}

func (p *planner) dropColumn(c *Column) { p.add(&atlas.DropColumn{C: p.column(c, nil)}) }

// renameColumn renames a column. MySQL refuses that while a check names it
// (error 3959), so such checks are dropped and made again in the same
// statement.
func (p *planner) renameColumn(from, to *Column) {
	d := p.schema.Flavor.Dialect
	var again []*Check
	for _, c := range p.table.Checks {
		if d != flavor.MySQL || !mentions(c.Expr, from.Name) {
			continue
		}
		p.add(&atlas.DropCheck{C: p.check(c)})
		renamed := c.clone()
		renamed.Expr = renameText(c.Expr, from.Name, to.Name, d)
		again = append(again, renamed)
	}
	check := p.table.columnCheck(from.Name, d)
	p.add(&atlas.RenameColumn{From: p.column(from, check), To: p.column(to, check)})
	for _, c := range again {
		p.addCheck(c)
	}
}

// modifyColumn changes a column from one definition to another. checks is the
// check that the column has afterwards on MariaDB.
func (p *planner) modifyColumn(from, to *Column, check *Check) {
	if p.schema.Flavor.Dialect == flavor.Postgres {
		p.modifyPostgres(from, to)
		return
	}
	if to.Definition != "" {
		p.direct = "ALTER TABLE " + quoteIdent(p.table.Name, p.schema.Flavor.Dialect) + " MODIFY COLUMN " + definedAsJSON(to, check)
		return
	}
	to, check = asJSON(to, check)
	p.add(&atlas.ModifyColumn{From: p.column(from, check), To: p.column(to, check), Change: atlas.ChangeType})
}

// asJSON spells a column that is JSON on MariaDB so. Spelled as the text and
// the check that it is made of, MODIFY takes it for another type and copies the
// table.
func asJSON(c *Column, check *Check) (*Column, *Check) {
	if !isJSON(c, check) {
		return c, check
	}
	out := c.clone()
	out.Type, out.Charset, out.Collation = "json", "", ""
	return out, nil
}

// isJSON reports whether a column of MariaDB is one of type JSON.
func isJSON(c *Column, check *Check) bool {
	return check != nil && c.Type == "longtext" && c.Collation == "utf8mb4_bin" && check.Expr == jsonValid(c.Name)
}

// definedAsJSON is a column's definition, spelled as asJSON does.
func definedAsJSON(c *Column, check *Check) string {
	d := cutMySQLDefinition(c.Definition)
	if isJSON(c, check) {
		d.typ, d.check = "json", ""
	}
	return d.String()
}

// modifyPostgres asks for what differs. A default is dropped before the type
// changes and set again after, because it may not fit the new type.
func (p *planner) modifyPostgres(from, to *Column) {
	var kind atlas.ChangeKind
	var extra []atlas.Clause
	bare := from.clone()
	bare.Default = nil
	if from.Type != to.Type {
		kind |= atlas.ChangeType
		if from.Default != nil {
			p.add(&atlas.ModifyColumn{From: p.column(from, nil), To: p.column(bare, nil), Change: atlas.ChangeDefault})
			if to.Default != nil {
				kind |= atlas.ChangeDefault
			}
		}
		if using := p.schema.conversionOf(from, to.Type).using; using != "" {
			extra = append(extra, &postgres.ConvertUsing{X: p.raw(using)})
		}
	}
	if from.Nullable != to.Nullable {
		kind |= atlas.ChangeNull
	}
	if !sameDefault(from.Default, to.Default) && (from.Type == to.Type || to.Default != nil) {
		kind |= atlas.ChangeDefault
	}
	if kind != atlas.NoChange {
		p.add(&atlas.ModifyColumn{From: p.column(from, nil), To: p.typed(to), Change: kind, Extra: extra})
	}
}

// keepStorage gives a column of PostgreSQL back how it kept long values: a
// change of its type, to whatever, takes what the type brings ("ALTER TABLE",
// SET STORAGE and SET COMPRESSION).
func keepStorage(table string, from, to *Column) []plan.Statement {
	if from.Type == to.Type {
		return nil
	}
	var out []plan.Statement
	set := func(what, to string) {
		if to != "" {
			out = append(out, plan.Statement{Effect: again(), SQL: "ALTER TABLE " + quoteIdent(table, flavor.Postgres) +
				" ALTER COLUMN " + quoteIdent(from.Name, flavor.Postgres) + " SET " + what + " " + to})
		}
	}
	set("STORAGE", to.Storage)
	set("COMPRESSION", to.Compression)
	return out
}

// typed is a column whose type is written without what ALTER … TYPE does not
// take: serial, or a generation clause.
func (p *planner) typed(c *Column) *atlas.Column {
	plain := c.clone()
	plain.Autoincrement, plain.Extra = false, ""
	return p.column(plain, nil)
}

// needsUsing reports whether PostgreSQL has no assignment cast between two
// types, so that the conversion must be written (manual, ALTER TABLE). A cast
// that is written truncates a text silently, so it is not where it need not.
func needsUsing(from, to string) bool {
	a, b := typeClass(from), typeClass(to)
	return b != "text" && a != b || a == "" && b == ""
}

// throughText is a cast to text where PostgreSQL has no cast from one type to
// the other, but reads what it writes: of an enum to another, of JSON to a
// number.
func throughText(from, to string) string {
	a, b := typeClass(from), typeClass(to)
	switch {
	case a == "text", a == b && a != "", from == "integer" && b == "boolean", a == "boolean" && to == "integer":
		return ""
	}
	return "::text"
}

// typeClass groups the types between which PostgreSQL converts by itself.
func typeClass(name string) string {
	switch base, _, _ := cutServerType(name); base {
	case "character varying", "character", "text":
		return "text"
	case "smallint", "integer", "bigint", "numeric", "real", "double precision":
		return "number"
	case "timestamp", "date", "time":
		return "time"
	case "boolean":
		return "boolean"
	case "json", "jsonb":
		return "json"
	}
	return ""
}

func (p *planner) addIndex(x *Index) { p.add(&atlas.AddIndex{I: p.index(x)}) }

func (p *planner) dropIndex(x *Index) { p.add(&atlas.DropIndex{I: p.index(x)}) }

func (p *planner) addUnique(k *Key) { p.add(&atlas.AddIndex{I: p.unique(k)}) }

func (p *planner) dropUnique(k *Key) { p.add(&atlas.DropIndex{I: p.unique(k)}) }

func (p *planner) addForeignKey(f *ForeignKey) { p.add(&atlas.AddForeignKey{F: p.foreignKey(f)}) }

func (p *planner) dropForeignKey(f *ForeignKey) { p.add(&atlas.DropForeignKey{F: p.foreignKey(f)}) }

func (p *planner) addCheck(c *Check) { p.add(&atlas.AddCheck{C: p.check(c)}) }

// dropCheck drops a check. One that MariaDB keeps at a column goes by writing
// the column's definition without it.
func (p *planner) dropCheck(c *Check) {
	d := p.schema.Flavor.Dialect
	if d == flavor.MariaDB && c.Column != "" {
		if column := p.table.column(c.Column, d); column != nil {
			without := column.clone()
			without.Definition = withoutCheck(column.Definition)
			p.modifyColumn(column, without, nil)
			return
		}
	}
	p.add(&atlas.DropCheck{C: p.check(c)})
}

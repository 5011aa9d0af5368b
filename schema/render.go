package schema

import (
	"fmt"
	"strings"

	atlas "ariga.io/atlas/sql/schema"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// alteration is a change of one table: the schema on both sides of it, and
// what it does. The side after is looked at on SQLite only.
type alteration struct {
	before, after *Schema
	table         string
	effect        *plan.Effect
	// values are the expressions that give columns their new values on SQLite,
	// where these are not the old ones.
	values map[string]string
}

// renderAlter writes a change of a table: on SQLite as a rebuild, from the
// difference of the two schemas, on other servers as what change asks for.
func renderAlter(a alteration, change func(*planner)) ([]plan.Statement, error) {
	if a.before.Flavor.Dialect == flavor.SQLite {
		return rebuild(a)
	}
	t := a.before.Table(a.table)
	p := &planner{schema: a.before, table: t}
	change(p)
	if p.direct != "" {
		return one(p.direct, a.effect), nil
	}
	if len(p.changes) == 0 {
		return nil, nil
	}
	modified := p.tableRef(t.Name)
	modified.Columns = append(modified.Columns, p.columnRef("")) // MySQL's planner asks for some
	p.changes = []atlas.Change{&atlas.ModifyTable{T: modified, Changes: p.changes}}
	return p.statements(a.effect)
}

// renderDrop writes an operation that removes a constraint.
func renderDrop(s *Schema, o Operation, effect *plan.Effect, change func(*planner)) ([]plan.Statement, error) {
	after := s.scratch(effect.Table)
	if err := o.Apply(after); err != nil {
		return nil, err
	}
	return renderAlter(alteration{before: s, after: after, table: effect.Table, effect: effect}, change)
}

// again is the effect of a statement that can be sent again.
func again() *plan.Effect { return &plan.Effect{Kind: plan.KindNothing} }

// statements plans, and gives the first statement the effect; comments that
// PostgreSQL takes as statements of their own can be made again.
func (p *planner) statements(effects ...*plan.Effect) ([]plan.Statement, error) {
	texts, err := p.plan()
	if err != nil {
		return nil, err
	}
	var out []plan.Statement
	for i, text := range texts {
		st := plan.Statement{SQL: text, Effect: again()}
		if i < len(effects) {
			st.Effect = effects[i]
		}
		out = append(out, st)
	}
	return number(out), nil
}

// renderCreate writes a table as it is, with what has no name left to the
// server. On PostgreSQL and SQLite its indexes are statements of their own.
func renderCreate(s *Schema, t *Table, ifNotExists bool) ([]plan.Statement, error) {
	effects := []*plan.Effect{{Kind: plan.KindTable, Table: t.Name, Name: t.Name, Present: true}}
	if s.Flavor.Dialect == flavor.SQLite {
		return sqliteCreate(t, ifNotExists, effects[0]), nil
	}
	whole := t.Clone()
	var own []plan.Statement
	if s.Flavor.Dialect == flavor.Postgres {
		whole.Indexes, own = splitIndexes(t)
		for _, x := range whole.Indexes {
			effects = append(effects, indexEffect(t.Name, x, true))
		}
	}
	p := &planner{schema: s}
	add := &atlas.AddTable{T: p.wholeTable(whole)}
	if ifNotExists {
		add.Extra = append(add.Extra, &atlas.IfNotExists{})
	}
	p.add(add)
	if key := t.PrimaryKey; key != nil && s.Flavor.Dialect == flavor.Postgres {
		p.keyName = key.Name
	}
	out, err := p.statements(effects...)
	if err != nil {
		return nil, err
	}
	return number(append(out, own...)), nil
}

// splitIndexes parts the indexes whose statement the server has told from
// those that are to be written.
func splitIndexes(t *Table) ([]*Index, []plan.Statement) {
	var plain []*Index
	var own []plan.Statement
	for _, x := range t.Indexes {
		if x.Text == "" {
			plain = append(plain, x)
			continue
		}
		own = append(own, plan.Statement{SQL: x.Text, Effect: indexEffect(t.Name, x, true)})
	}
	return plain, own
}

// indexEffect is the effect of making or dropping an index.
func indexEffect(table string, x *Index, present bool) *plan.Effect {
	e := &plan.Effect{Kind: plan.KindIndex, Table: table, Name: x.Name, Present: present}
	if present {
		e.Definition = x.definition()
	}
	return e
}

// definition is the index as text, the same for two plans of one operation.
func (x *Index) definition() string {
	var parts []string
	for _, c := range x.Columns {
		part := c.Name + c.Expr
		if c.Length > 0 {
			part += fmt.Sprintf("(%d)", c.Length)
		}
		if c.Desc {
			part += " DESC"
		}
		parts = append(parts, part)
	}
	text := strings.Join(parts, ", ")
	if x.Unique {
		text = "UNIQUE " + text
	}
	if x.Where != "" {
		text += " WHERE " + settle(x.Where)
	}
	return text
}

// renderDropTable drops a table.
func renderDropTable(s *Schema, name string, ifExists bool) ([]plan.Statement, error) {
	effect := &plan.Effect{Kind: plan.KindTable, Table: name, Name: name}
	if s.Flavor.Dialect == flavor.SQLite {
		sql := "DROP TABLE "
		if ifExists {
			sql += "IF EXISTS "
		}
		return one(sql+quoteIdent(name, flavor.SQLite), effect), nil
	}
	p := &planner{schema: s}
	dropped := p.tableRef(name)
	dropped.Columns = append(dropped.Columns, p.columnRef("")) // Atlas plans the way back, too
	change := &atlas.DropTable{T: dropped}
	if ifExists {
		change.Extra = append(change.Extra, &atlas.IfExists{})
	}
	p.add(change)
	return p.statements(effect)
}

// renderRenameTable renames a table.
func renderRenameTable(s *Schema, from, to string) ([]plan.Statement, error) {
	effect := &plan.Effect{Kind: plan.KindTable, Table: to, Name: to, Present: true}
	if s.Flavor.Dialect == flavor.SQLite {
		return sqliteRename(s, from, to, effect), nil
	}
	p := &planner{schema: s}
	p.add(&atlas.RenameTable{From: p.tableRef(from), To: p.tableRef(to)})
	return p.statements(effect)
}

// sqliteRename renames a table of SQLite. A name that differs in its case alone
// is taken, by the table itself: that is reached by way of another.
func sqliteRename(s *Schema, from, to string, effect *plan.Effect) []plan.Statement {
	rename := func(from, to string) string {
		return fmt.Sprintf("ALTER TABLE %s RENAME TO %s", quoteIdent(from, flavor.SQLite), quoteIdent(to, flavor.SQLite))
	}
	if !strings.EqualFold(from, to) {
		return one(rename(from, to), effect)
	}
	stand := standIn(s, to)
	return withEffect([]string{rename(from, stand), rename(stand, to)}, effect)
}

// renderAddIndex makes an index.
func renderAddIndex(s *Schema, t *Table, x *Index) ([]plan.Statement, error) {
	effect := indexEffect(t.Name, x, true)
	switch {
	case x.Text != "" && !s.Flavor.Dialect.MySQLFamily():
		return one(x.Text, effect), nil
	case s.Flavor.Dialect == flavor.SQLite:
		return one(sqliteIndex(t.Name, x), effect), nil
	}
	return renderAlter(alteration{before: s, table: t.Name, effect: effect}, func(p *planner) { p.addIndex(x) })
}

// renderDropIndex drops an index.
func renderDropIndex(s *Schema, t *Table, x *Index) ([]plan.Statement, error) {
	effect := indexEffect(t.Name, x, false)
	if s.Flavor.Dialect == flavor.SQLite {
		return one("DROP INDEX "+quoteIdent(x.Name, flavor.SQLite), effect), nil
	}
	return renderAlter(alteration{before: s, table: t.Name, effect: effect}, func(p *planner) { p.dropIndex(x) })
}

// one is a single statement.
func one(sql string, effect *plan.Effect) []plan.Statement {
	return number([]plan.Statement{{SQL: sql, Effect: effect}})
}

// number gives statements their place within the operation.
func number(statements []plan.Statement) []plan.Statement {
	for i := range statements {
		statements[i].Position.Part = i
	}
	return statements
}

package schema

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// Model is a schema in portable words.
type Model struct {
	Enums  []CreateEnum
	Tables []CreateTable
}

// table is the model's table called name, or nil.
func (m *Model) table(name string) *CreateTable {
	for i := range m.Tables {
		if m.Tables[i].Name == name {
			return &m.Tables[i]
		}
	}
	return nil
}

// Unportable is something of a schema that portable words cannot say.
type Unportable struct {
	Kind  plan.ObjectKind
	Table string
	Name  string
	// What is the thing in its server's words.
	What string
	// Written is what stands for it in the model; "" if it is left out.
	Written string
}

// Portable puts one schema into portable words, given as it is on one or more
// servers. What the servers agree on by the mapping of portable types is said
// once, the rest by dialect. Views and triggers are not put into words.
func Portable(on ...*Schema) (Model, []Unportable) {
	p := &porter{on: on}
	var m Model
	for _, name := range p.tableNames() {
		m.Tables = append(m.Tables, p.table(name))
	}
	m.Enums = p.allEnums()
	return m, p.left
}

// porter is one schema being put into portable words.
type porter struct {
	on    []*Schema
	enums []CreateEnum // of columns that have none on a server with named ones
	left  []Unportable
	// here is the table under way, as it is on the servers that have it.
	here []onServer
}

// onServer is a table on one server.
type onServer struct {
	s *Schema
	t *Table
}

func (o onServer) dialect() flavor.Dialect { return o.s.Flavor.Dialect }

// named are columns of the table as they are written there: references to them
// may differ in case.
func (o onServer) named(columns []string) []string { return namedAs(o.t, columns, o.dialect()) }

func namedAs(t *Table, columns []string, d flavor.Dialect) []string {
	out := slices.Clone(columns)
	for i, name := range columns {
		if c := t.column(name, d); c != nil {
			out[i] = c.Name
		}
	}
	return out
}

func (p *porter) leave(u Unportable) { p.left = append(p.left, u) }

func (p *porter) tableNames() []string {
	seen := map[string]bool{}
	for _, s := range p.on {
		for name := range s.Tables {
			seen[name] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// allEnums are the named enumerations, and those that columns were given.
func (p *porter) allEnums() []CreateEnum {
	byName := map[string]CreateEnum{}
	for _, s := range p.on {
		for _, e := range s.Enums {
			byName[e.Name] = CreateEnum{Name: e.Name, Values: slices.Clone(e.Values)}
		}
	}
	for _, e := range p.enums {
		if _, there := byName[e.Name]; !there {
			byName[e.Name] = e
		}
	}
	return slices.SortedFunc(maps.Values(byName), func(a, b CreateEnum) int { return strings.Compare(a.Name, b.Name) })
}

// table puts one table into portable words.
func (p *porter) table(name string) CreateTable {
	p.here = nil
	for _, s := range p.on {
		if t := s.Table(name); t != nil {
			p.here = append(p.here, onServer{s, t})
		}
	}
	out := CreateTable{Name: name, Options: p.options()}
	first := p.here[0]
	if first.t.PrimaryKey != nil {
		out.PrimaryKey = first.named(first.t.PrimaryKey.Columns)
	}
	for _, c := range first.t.Columns {
		out.Columns = append(out.Columns, p.column(name, c.Name))
	}
	out.Indexes = p.indexes(name)
	out.Unique = p.uniques(out.Indexes)
	out.ForeignKeys = p.foreignKeys()
	out.Checks = p.checks(name)
	for _, o := range p.here {
		if o.t.Suffix != "" {
			p.leave(Unportable{Kind: plan.KindTable, Table: name, What: o.t.Suffix})
		}
	}
	return out
}

// options are what MySQL and MariaDB have behind a table.
func (p *porter) options() map[string]TableOptions {
	for _, o := range p.here {
		if o.dialect().MySQLFamily() && (o.t.Engine != "" || o.t.Charset != "") {
			return map[string]TableOptions{"mysql": {Engine: o.t.Engine, Charset: o.t.Charset}}
		}
	}
	return nil
}

// column puts a column into portable words.
func (p *porter) column(table, name string) ColumnDef {
	def := ColumnDef{Name: name}
	var has []columnOn
	for _, o := range p.here {
		if c := o.t.column(name, o.dialect()); c != nil {
			has = append(has, columnOn{o, c})
		}
	}
	key := p.here[0].t.PrimaryKey
	inKey := key != nil && hasColumn(key.Columns, name, p.here[0].dialect())
	for _, c := range has {
		if !c.Nullable || inKey {
			def.Nullable = new(bool)
		}
		def.Autoincrement = def.Autoincrement || c.Autoincrement || len(p.on) == 1 && c.rowid()
		def.Comment = cmp.Or(def.Comment, c.Comment)
	}
	p.setType(&def, table, has)
	setDefault(&def, has)
	p.extras(def, table, has)
	return def
}

// columnOn is a column on one server.
type columnOn struct {
	onServer
	*Column
}

// rowid reports whether the column is a SQLite table's number of its rows,
// which SQLite gives by itself.
func (c columnOn) rowid() bool {
	key := c.t.PrimaryKey
	return c.dialect() == flavor.SQLite && key != nil && len(key.Columns) == 1 && strings.EqualFold(key.Columns[0], c.Column.Name) &&
		strings.EqualFold(c.Type, "INTEGER")
}

// extras names what a server keeps of a column that has no portable words.
func (p *porter) extras(def ColumnDef, table string, has []columnOn) {
	for _, c := range has {
		if extra := settleExtra(c.Column); extra != "" {
			p.leave(Unportable{Kind: plan.KindColumn, Table: table, Name: def.Name, What: c.Extra})
		}
	}
}

// dialectNames are the names of dialects, without MariaDB's where MySQL's
// stands for it.
func dialectNames(has []flavor.Dialect) []string {
	var names []string
	for _, d := range flavor.Dialects() {
		if slices.Contains(has, d) && !(d == flavor.MariaDB && slices.Contains(has, flavor.MySQL)) {
			names = append(names, string(d))
		}
	}
	return names
}

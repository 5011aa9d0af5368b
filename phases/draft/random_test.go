package draft_test

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"manage/migrations/catalog"
	"manage/schema"
)

// models are models that random changes are made to.
type models struct {
	*rapid.T
	catalog.Models
}

func pick[T any](t *rapid.T, from ...T) T { return rapid.SampledFrom(from).Draw(t, "pick") }

// columnTypes are portable types with defaults that go with them; nil for none.
var columnTypes = map[string][]any{
	"integer": {nil, int64(0), int64(-7)}, "bigint": {nil, int64(5)}, "smallint": {nil}, "string(20)": {nil, "", "it's", `back\slash`, "0"}, "string(40)": {nil, "x"},
	"text": {nil}, "boolean": {nil, true, false}, "float": {nil, 0.5}, "double": {nil}, "numeric(8,2)": {nil, 1.25}, "datetime": {nil, "now"}, "date": {nil}, "json": {nil},
	"binary": {nil}, "uuid": {nil}, "char(3)": {nil, "abc"}, "mediumtext": {nil}, "text(300)": {nil}, "float(24)": {nil}, "binary(16)": {nil},
}

func typeNames() []string {
	var names []string
	for name := range columnTypes {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// column draws a column.
func (m *models) column(name string) schema.ColumnDef {
	c := schema.ColumnDef{Name: name, Type: pick(m.T, typeNames()...)}
	if len(m.Enums) > 0 && pick(m.T, 0, 1, 2, 3, 4) == 0 {
		e := pick(m.T, m.Enums...)
		c.TypeName = e.Name
		c.Type = schema.Type{Name: "enum", Values: e.Values}.String()
		if rapid.Bool().Draw(m.T, "enum default") {
			c.Default = e.Values[0]
		}
	} else {
		m.setDefault(&c)
	}
	if rapid.Bool().Draw(m.T, "not null") {
		c.Nullable = new(bool)
	}
	return c
}

func (m *models) setDefault(c *schema.ColumnDef) {
	c.Default, c.DefaultSQL = pick(m.T, columnTypes[c.Type]...), schema.Text{}
	if c.Default == "now" {
		c.Default, c.DefaultSQL = nil, schema.Text{All: "CURRENT_TIMESTAMP"}
	}
}

var columnNames = []string{"a", "b", "c", "d", "order"}

// addTable draws a table.
func (m *models) addTable() {
	name := pick(m.T, "t1", "t2", "t3", "t4")
	if m.find(name) != nil {
		return
	}
	id := schema.ColumnDef{Name: "id", Type: "integer", Nullable: new(bool), Autoincrement: name < "t3"}
	t := schema.CreateTable{Name: name, Columns: []schema.ColumnDef{id}, PrimaryKey: []string{"id"}}
	for _, c := range rapid.SliceOfNDistinct(rapid.SampledFrom(columnNames), 1, 4, rapid.ID[string]).Draw(m.T, "columns") {
		t.Columns = append(t.Columns, m.column(c))
	}
	m.Tables = append(m.Tables, catalog.ModelTable{CreateTable: t})
	for range pick(m.T, 0, 1, 2, 3) {
		m.addPart(&m.Tables[len(m.Tables)-1].CreateTable)
	}
}

func (m *models) find(name string) *schema.CreateTable {
	for i := range m.Tables {
		if m.Tables[i].Name == name {
			return &m.Tables[i].CreateTable
		}
	}
	return nil
}

// keyColumns are columns that every server can put into an index.
func keyColumns(t *schema.CreateTable) []string {
	var names []string
	for _, c := range t.Columns {
		if slices.Contains([]string{"integer", "bigint", "smallint", "string(20)", "string(40)", "date"}, c.Type) && c.Name != "id" {
			names = append(names, c.Name)
		}
	}
	return names
}

func integers(t *schema.CreateTable) []string {
	return slices.DeleteFunc(keyColumns(t), func(name string) bool {
		return !slices.ContainsFunc(t.Columns, func(c schema.ColumnDef) bool { return c.Name == name && c.Type == "integer" })
	})
}

// addPart draws an index or a constraint.
func (m *models) addPart(t *schema.CreateTable) {
	keys, numbers := keyColumns(t), integers(t)
	if len(keys) == 0 {
		return
	}
	columns := rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 1, 2, rapid.ID[string]).Draw(m.T, "columns")
	name := fmt.Sprintf("%s_%s", t.Name, pick(m.T, "x", "y", "z"))
	perhaps := pick(m.T, "", name+"_named")
	switch pick(m.T, "index", "index", "unique", "key", "key", "check") {
	case "index":
		if !slices.ContainsFunc(t.Indexes, func(x schema.IndexDef) bool { return x.Name == name }) && !keyed(t, columns) {
			t.Indexes = append(t.Indexes, schema.IndexDef{Name: name, Columns: columns, Unique: pick(m.T, false, false, true)})
		}
	case "unique":
		if !keyed(t, columns) && !m.named(t, perhaps) {
			t.Unique = append(t.Unique, schema.UniqueDef{Name: perhaps, Columns: columns})
		}
	case "key":
		if len(numbers) > 0 && !m.named(t, perhaps) {
			column := pick(m.T, numbers...)
			if slices.ContainsFunc(t.ForeignKeys, func(f schema.TableForeignKey) bool { return f.Columns[0] == column }) {
				return
			}
			f := schema.ForeignKeyDef{Name: perhaps, Columns: []string{column}, RefTable: pick(m.T, m.Tables...).Name, RefColumns: []string{"id"}, OnDelete: pick(m.T, "", "cascade", "restrict")}
			t.ForeignKeys = append(t.ForeignKeys, schema.TableForeignKey{ForeignKeyDef: f})
		}
	case "check":
		// The one reserved word is left out: servers quote it differently.
		numbers = slices.DeleteFunc(numbers, func(name string) bool { return name == "order" })
		if len(numbers) > 0 && !m.named(t, perhaps) {
			expr := pick(m.T, numbers[0]+" > 0", numbers[0]+" IN (1, 2)", numbers[0]+" <> 5 AND "+numbers[0]+" > -3")
			if !slices.ContainsFunc(t.Checks, func(c schema.TableCheck) bool { return c.Expr.All == expr }) {
				t.Checks = append(t.Checks, schema.TableCheck{CheckDef: schema.CheckDef{Name: perhaps, Expr: schema.Text{All: expr}}})
			}
		}
	}
}

// keyed reports whether columns have an index or a unique constraint. SQLite
// makes one index of two constraints that say the same, and MySQL describes a
// unique index as a constraint.
func keyed(t *schema.CreateTable, columns []string) bool {
	return slices.ContainsFunc(t.Unique, func(u schema.UniqueDef) bool { return slices.Equal(u.Columns, columns) }) ||
		slices.ContainsFunc(t.Indexes, func(x schema.IndexDef) bool { return slices.Equal(x.Columns, columns) })
}

// named reports whether a constraint of the table has a name already.
func (m *models) named(t *schema.CreateTable, name string) bool {
	return name != "" && (slices.ContainsFunc(t.Unique, func(u schema.UniqueDef) bool { return u.Name == name }) ||
		slices.ContainsFunc(t.ForeignKeys, func(f schema.TableForeignKey) bool { return f.Name == name }) ||
		slices.ContainsFunc(t.Checks, func(c schema.TableCheck) bool { return c.Name == name }))
}

// mutate makes one random change.
func (m *models) mutate() {
	if len(m.Tables) == 0 {
		m.addTable()
		return
	}
	t := &m.Tables[rapid.IntRange(0, len(m.Tables)-1).Draw(m.T, "table")].CreateTable
	switch pick(m.T, "table", "drop table", "column", "drop column", "alter", "alter", "part", "part", "drop part", "drop part", "enum", "enum") {
	case "table":
		m.addTable()
	case "drop table":
		m.dropTable(t.Name)
	case "column":
		name := pick(m.T, columnNames...)
		if !slices.ContainsFunc(t.Columns, func(c schema.ColumnDef) bool { return c.Name == name }) {
			at := rapid.IntRange(1, len(t.Columns)).Draw(m.T, "at")
			t.Columns = slices.Insert(slices.Clone(t.Columns), at, m.column(name))
		}
	case "drop column":
		if len(t.Columns) > 2 {
			at := rapid.IntRange(1, len(t.Columns)-1).Draw(m.T, "at")
			m.release(t, t.Columns[at].Name)
			t.Columns = slices.Delete(slices.Clone(t.Columns), at, at+1)
		}
	case "alter":
		m.alter(t)
	case "part":
		m.addPart(t)
	case "drop part":
		m.dropPart(t)
	case "enum":
		m.enum()
	}
}

func (m *models) dropTable(name string) {
	m.Tables = slices.DeleteFunc(slices.Clone(m.Tables), func(t catalog.ModelTable) bool { return t.Name == name })
	for i := range m.Tables {
		m.Tables[i].ForeignKeys = slices.DeleteFunc(slices.Clone(m.Tables[i].ForeignKeys), func(f schema.TableForeignKey) bool { return f.RefTable == name })
	}
}

// release drops what uses a column.
func (m *models) release(t *schema.CreateTable, column string) {
	uses := func(columns []string) bool { return slices.Contains(columns, column) }
	t.Indexes = slices.DeleteFunc(slices.Clone(t.Indexes), func(x schema.IndexDef) bool { return uses(x.Columns) })
	t.Unique = slices.DeleteFunc(slices.Clone(t.Unique), func(u schema.UniqueDef) bool { return uses(u.Columns) })
	t.ForeignKeys = slices.DeleteFunc(slices.Clone(t.ForeignKeys), func(f schema.TableForeignKey) bool { return uses(f.Columns) })
	t.Checks = slices.DeleteFunc(slices.Clone(t.Checks), func(c schema.TableCheck) bool { return slices.Contains(schema.NamesIn(c.Expr.All), column) })
}

// alter changes a column.
func (m *models) alter(t *schema.CreateTable) {
	if len(t.Columns) < 2 {
		return
	}
	t.Columns = slices.Clone(t.Columns)
	c := &t.Columns[rapid.IntRange(1, len(t.Columns)-1).Draw(m.T, "column")]
	switch pick(m.T, "null", "default", "type") {
	case "null":
		if c.Nullable == nil {
			c.Nullable = new(bool)
		} else {
			c.Nullable = nil
		}
	case "default":
		if c.TypeName == "" {
			m.setDefault(c)
		}
	case "type":
		m.release(t, c.Name)
		to := m.column(c.Name)
		if a, b := class(c.Type), class(to.Type); a == b || a == "text" || b == "text" {
			to.Nullable = c.Nullable
			*c = to
		}
	}
}

// class groups the types that servers convert into each other. All of them can
// be text.
func class(typ string) string {
	name, _, _ := strings.Cut(typ, "(")
	switch name {
	case "integer", "bigint", "smallint", "float", "double", "numeric":
		return "number"
	case "string", "char", "text", "mediumtext", "enum":
		return "text"
	case "datetime", "date":
		return "time"
	}
	return name
}

func (m *models) dropPart(t *schema.CreateTable) {
	switch {
	case len(t.Indexes) > 0 && rapid.Bool().Draw(m.T, "index"):
		t.Indexes = slices.Clone(t.Indexes)[1:]
	case len(t.Unique) > 0 && rapid.Bool().Draw(m.T, "unique"):
		t.Unique = slices.Clone(t.Unique)[1:]
	case len(t.ForeignKeys) > 0 && rapid.Bool().Draw(m.T, "key"):
		t.ForeignKeys = slices.Clone(t.ForeignKeys)[1:]
	case len(t.Checks) > 0:
		t.Checks = slices.Clone(t.Checks)[1:]
	}
}

// enum makes or drops an enumeration, or changes its values.
func (m *models) enum() {
	name := pick(m.T, "mood", "Size")
	at := slices.IndexFunc(m.Enums, func(e schema.CreateEnum) bool { return e.Name == name })
	values := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"ok", "it's", "no"}), 1, 3, rapid.ID[string]).Draw(m.T, "values")
	slices.Sort(values)
	m.Enums = slices.Clone(m.Enums)
	if at < 0 {
		m.Enums = append(m.Enums, schema.CreateEnum{Name: name, Values: values})
		return
	}
	used := false
	for i := range m.Tables {
		t := &m.Tables[i].CreateTable
		t.Columns = slices.Clone(t.Columns)
		for n := range t.Columns {
			c := &t.Columns[n]
			if c.TypeName != name {
				continue
			}
			used = true
			c.Type = schema.Type{Name: "enum", Values: values}.String()
			if text, _ := c.Default.(string); c.Default != nil && !slices.Contains(values, text) {
				c.Default = nil
			}
		}
	}
	if !used && rapid.Bool().Draw(m.T, "drop enum") {
		m.Enums = slices.Delete(m.Enums, at, at+1)
		return
	}
	m.Enums[at].Values = values
}

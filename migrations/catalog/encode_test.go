package catalog_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"manage/migrations/catalog"
	"manage/schema"
)

// random fills an operation with values that its keys may have.
type random struct{ *rapid.T }

func (r random) word(from ...string) string { return rapid.SampledFrom(from).Draw(r.T, "word") }

// text is any string, often with what TOML or SQL could trip over.
func (r random) text() string {
	return r.word("a", "b c", `it's`, `say "no"`, `back\slash`, "two\nlines", "tab\t", "\x01", "ü€", "''' ", "x'", "{old} = 'public'", "a\r\nb\n", "''") +
		rapid.StringMatching(`[a-z]{1,3}`).Draw(r.T, "rest")
}

func (r random) sql() schema.Text {
	if rapid.Bool().Draw(r.T, "for all") {
		return schema.Text{All: r.text()}
	}
	return schema.Text{By: map[string]string{"other": r.text(), r.word("sqlite", "postgres", "mysql", "mariadb"): r.text()}}
}

func (r random) literal() any {
	switch rapid.IntRange(0, 4).Draw(r.T, "literal") {
	case 0:
		return rapid.Int64().Draw(r.T, "integer")
	case 1:
		return rapid.Float64Range(-1e30, 1e30).Draw(r.T, "float")
	case 2:
		return rapid.Bool().Draw(r.T, "truth")
	case 3:
		return time.Date(2024, 2, 29, 23, 59, 58, 120_000_000, time.UTC)
	}
	return r.text()
}

// column is one of the few names of columns, so that lists fit together.
func (r random) column() string { return r.word("a", "b", "c d", "E") }

// byKey is a value for a key whose type alone does not say what it may hold.
func (r random) byKey(key string) (any, bool) {
	switch key {
	case "type":
		return r.word("integer", "string(5)", "enum(a, 'b c', \"d'\")", "numeric(5,2)", "json", "text(99)"), true
	case "type_on":
		return map[string]string{r.word("sqlite", "postgres", "mysql", "other"): "bigint"}, true
	case "name_on":
		return map[string]string{"mysql": "x_1", "other": "X 2"}, true
	case "options":
		return map[string]schema.TableOptions{"mysql": {Engine: "InnoDB", Charset: r.word("", "utf8mb4")}}, true
	case "on_delete", "on_update":
		return r.word("", "cascade", "SET NULL"), true
	case "dialects":
		return [][]string{nil, {"mysql"}, {"sqlite", "postgres"}}[rapid.IntRange(0, 2).Draw(r.T, "dialects")], true
	case "conflict":
		return r.word("", "refuse", "new", "old"), true
	case "timing":
		return schema.Text{All: r.word("before", "after")}, true
	case "event":
		return r.word("insert", "update", "delete"), true
	case "primary_key", "ref_columns", "of":
		return []string{r.column()}, true
	}
	return nil, false
}

// fill fills a value; key is the one that it stands behind.
func (r random) fill(v reflect.Value, key string) {
	if known, ok := r.byKey(key); ok {
		v.Set(reflect.ValueOf(known))
		return
	}
	switch v.Interface().(type) {
	case schema.Text:
		v.Set(reflect.ValueOf(r.sql()))
		return
	case schema.Lengths:
		v.Set(reflect.ValueOf(schema.Lengths{All: 7}))
		return
	case schema.Value:
		v.Set(reflect.ValueOf(r.value()))
		return
	case schema.SetClause:
		v.Set(reflect.ValueOf(schema.SetClause{Value: r.value()}))
		return
	}
	r.fillKind(v, key)
}

func (r random) value() schema.Value {
	switch rapid.IntRange(0, 2).Draw(r.T, "value") {
	case 0:
		return schema.Value{SQL: r.sql()}
	case 1:
		return schema.Value{Literal: r.literal()}
	}
	return schema.Value{}
}

func (r random) fillKind(v reflect.Value, key string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(map[string]string{"columns": r.column()}[key])
		if key == "name" || v.String() == "" {
			v.SetString(r.text())
		}
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(r.T, key))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		r.fill(v.Elem(), key)
	case reflect.Interface:
		v.Set(reflect.ValueOf(r.literal()))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(1, 3).Draw(r.T, key), 3))
		for i := range v.Len() {
			r.fill(v.Index(i), key)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		element := reflect.New(v.Type().Elem()).Elem()
		r.fill(element, "")
		v.SetMapIndex(reflect.ValueOf(r.column()), element)
	case reflect.Struct:
		r.fillStruct(v)
	}
}

// fillStruct gives some of the keys of a struct a value.
func (r random) fillStruct(v reflect.Value) {
	for _, f := range reflect.VisibleFields(v.Type()) {
		key, tagged := f.Tag.Lookup("toml")
		needed := slices.Contains([]string{"table", "name", "type", "expr", "ref_table", "ref_columns", "body", "columns"}, key)
		if tagged && key != "-" && rapid.IntRange(0, 9).Draw(r.T, "give "+key) > map[bool]int{true: 0, false: 4}[needed] {
			r.fill(v.FieldByIndex(f.Index), key)
		}
	}
}

// fit makes the parts of a table fit each other, as far as Check asks for it.
func fit(o *schema.CreateTable) {
	o.Columns = o.Columns[:min(len(o.Columns), 3)]
	for i := range o.Columns {
		c := &o.Columns[i]
		c.Name, c.TypeName, c.Autoincrement = []string{"a", "b", "c d"}[i], "", false
		if c.Default != nil {
			c.DefaultSQL = schema.Text{}
		}
	}
	own := []string{"a"}
	o.PrimaryKey = own
	for i := range o.Unique {
		o.Unique[i].Columns = own
	}
	for i := range o.Indexes {
		o.Indexes[i].Columns = own
		o.Indexes[i].Name += fmt.Sprint(i)
	}
	for i := range o.ForeignKeys {
		o.ForeignKeys[i].Columns, o.ForeignKeys[i].RefColumns = own, own
	}
}

// files is a catalog with one revision.
func files(revision, models string) fstest.MapFS {
	fsys := fstest.MapFS{
		"catalog.toml":       {Data: []byte("name = \"c\"\ndialects = [\"sqlite\", \"postgres\", \"mysql\", \"mariadb\"]\n")},
		"versions/r1_x.toml": {Data: []byte("revision = \"r1\"\n\n" + revision)},
	}
	if models != "" {
		fsys["models.toml"] = &fstest.MapFile{Data: []byte(models)}
	}
	return fsys
}

// unsourced compares what files say, without where they say it.
func unsourced() cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool {
		f, ok := p.Last().(cmp.StructField)
		return ok && (f.Name()[0] >= 'a' || slices.Contains([]string{"Source", "Statements", "DownStatements"}, f.Name()))
	}, cmp.Ignore())
}

// TestEncodedChangesAreReadBack: what is written says the same.
func TestEncodedChangesAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var up []catalog.Change
		for range rapid.IntRange(1, 4).Draw(t, "operations") {
			op, _ := schema.NewOperation(rapid.SampledFrom(schema.Kinds()).Draw(t, "kind"))
			random{t}.fill(reflect.ValueOf(op).Elem(), "")
			if table, ok := op.(*schema.CreateTable); ok {
				fit(table)
			}
			when := rapid.SampledFrom([]catalog.When{catalog.Always, catalog.Online}).Draw(t, "when")
			switch op := op.(type) {
			case *schema.SyncColumns:
				op.ToNew, op.ToOld = schema.Text{All: "{old}" + random{t}.text()}, schema.Text{All: "{new} + 1"}
				op.ToNew.All, when = strings.ReplaceAll(op.ToNew.All, "{new}", ""), catalog.Online
			case *schema.UnsyncColumns:
				op.Table, when = "goods", catalog.Always
			}
			if op.Check() != nil {
				continue
			}
			c := catalog.Change{Op: op, When: when}
			if rapid.Bool().Draw(t, "for some") {
				c.Dialects = []string{"postgres", "mysql"}
			}
			if sql, ok := op.(*schema.SQL); ok {
				// Scripts must be whole statements.
				sql.Text = schema.Text{All: "SELECT 'a\nb';\nSELECT \"2\""}
				sql.Down = schema.Text{By: map[string]string{"other": "SELECT ''''", "sqlite": `SELECT 'x\'`, "mysql": `SELECT '"'`}}
			}
			up = append(up, c)
		}
		text := catalog.EncodeChanges("up", up)
		c, err := catalog.Load(files(text, ""), catalog.Options{})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(up, c.Revisions["r1"].Up, unsourced()); diff != "" {
			t.Fatalf("%s\n%s", diff, text)
		}
		if again := catalog.EncodeChanges("up", c.Revisions["r1"].Up); again != text {
			t.Fatalf("written again it is\n%s\nand was\n%s", again, text)
		}
	})
}

// TestEncodedModelsAreReadBack: the models of the built-in catalogs, and
// random ones, are read back as they were.
func TestEncodedModelsAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &catalog.Models{Enums: []schema.CreateEnum{{Name: "mood", Values: []string{"a", "b's"}}}}
		for i := range rapid.IntRange(1, 3).Draw(t, "tables") {
			table := catalog.ModelTable{RenamedFrom: rapid.SampledFrom([]string{"", "old"}).Draw(t, "renamed from")}
			random{t}.fill(reflect.ValueOf(&table.CreateTable).Elem(), "")
			table.Name = fmt.Sprintf("t%d", i)
			table.ForeignKeys = nil
			if fit(&table.CreateTable); table.Check() == nil {
				m.Tables = append(m.Tables, table)
			}
		}
		text := catalog.EncodeModels(m)
		c, err := catalog.Load(files("", text), catalog.Options{})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(m, c.Models, unsourced()); diff != "" {
			t.Fatalf("%s\n%s", diff, text)
		}
	})
}

// TestLayout: generated files read as those that people write.
func TestLayout(t *testing.T) {
	not := false
	text := catalog.EncodeChanges("up", []catalog.Change{
		{Op: &schema.AddColumn{Table: "goods", ColumnDef: schema.ColumnDef{Name: "cents", Type: "bigint", Default: int64(0)}}},
		{Op: &schema.DropCheck{Table: "goods", Expr: schema.Text{All: "kind IN (0, 1)"}}, Dialects: []string{"sqlite"}},
		{Op: &schema.CreateTable{Name: "nodes", PrimaryKey: []string{"host"},
			Columns: []schema.ColumnDef{{Name: "host", Type: "string(80)", Nullable: &not}, {Name: "up", Type: "boolean"}},
			Indexes: []schema.IndexDef{{Name: "up_idx", Columns: []string{"up"}}}}},
		{Op: &schema.CreateTrigger{Name: "tr", Table: "nodes", Timing: schema.Text{All: "before"}, Event: "insert",
			Body: schema.Text{By: map[string]string{"mysql": "BEGIN\n  SET NEW.up = 1;\nEND", "sqlite": "SELECT 1;"}}}, When: catalog.Online},
	})
	want := `[[up]]
add_column = { table = "goods", name = "cents", type = "bigint", default = 0 }

[[up]]
dialects = ["sqlite"]
drop_check = { table = "goods", expr = "kind IN (0, 1)" }

[[up]]
[up.create_table]
name = "nodes"
columns = [
  { name = "host", type = "string(80)", nullable = false },
  { name = "up", type = "boolean" },
]
primary_key = ["host"]
indexes = [ { name = "up_idx", columns = ["up"] } ]

[[up]]
when = "online"
[up.create_trigger]
name = "tr"
table = "nodes"
timing = "before"
event = "insert"
[up.create_trigger.body]
mysql = '''
BEGIN
  SET NEW.up = 1;
END'''
sqlite = "SELECT 1;"
`
	if text != want {
		t.Errorf("%s", cmp.Diff(want, text))
	}
}

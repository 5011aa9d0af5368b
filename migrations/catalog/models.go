package catalog

import (
	"reflect"
	"slices"

	"manage/schema"
)

// modelsFile is the name of the file with the newest schema.
const modelsFile = "models.toml"

// modelsText is models.toml as it is written.
type modelsText struct {
	Enums  []schema.CreateEnum `toml:"enum"`
	Tables []modelTableText    `toml:"table"`
}

type modelTableText struct {
	schema.CreateTable
	RenamedFrom string `toml:"renamed_from"`
}

// readModels reads models.toml from parsed TOML.
func (w *worker) readModels(raw map[string]any) *Models {
	d := &w.decoder
	var f modelsText
	d.naming(func() { d.table(raw, reflect.ValueOf(&f).Elem()) })
	m := &Models{Enums: f.Enums}
	if len(d.problems) == 0 {
		d.checkModels(&f)
	}
	lines := headers(d.text)["table"]
	for i, t := range f.Tables {
		m.Tables = append(m.Tables, ModelTable{CreateTable: t.CreateTable, RenamedFrom: t.RenamedFrom, Source: d.source(nth(lines, i))})
	}
	return m
}

// checkModels looks at what models.toml says.
func (d *decoder) checkModels(f *modelsText) {
	seen := map[string]bool{}
	for i, t := range f.Tables {
		d.at("table", func() {
			d.atIndex(i, func() {
				if seen[t.Name] {
					d.fail("the table %q is described twice", t.Name)
				}
				seen[t.Name] = true
				if err := t.CreateTable.Check(); err != nil {
					d.fail("%v", err)
				}
				d.checkRefers(f, t)
			})
		})
	}
	for i, e := range f.Enums {
		if err := e.Check(); err != nil {
			d.at("enum", func() { d.atIndex(i, func() { d.fail("%v", err) }) })
		}
	}
}

// checkRefers looks for the tables and enumerations that a table refers to.
func (d *decoder) checkRefers(f *modelsText, t modelTableText) {
	for _, k := range t.ForeignKeys {
		if !slices.ContainsFunc(f.Tables, func(o modelTableText) bool { return o.Name == k.RefTable }) {
			d.fail("table %q: a foreign key refers to the table %q, which is not described", t.Name, k.RefTable)
		}
	}
	for _, c := range t.Columns {
		if c.TypeName != "" && !slices.ContainsFunc(f.Enums, func(e schema.CreateEnum) bool { return e.Name == c.TypeName }) {
			d.fail("table %q: column %q has the type_name %q: describe that in an [[enum]]", t.Name, c.Name, c.TypeName)
		}
	}
}

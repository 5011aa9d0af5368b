package catalog

import (
	"reflect"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/schema"
)

// revisionFile is a revision in TOML as it is written.
type revisionFile struct {
	Revision    string `toml:"revision"`
	Revises     string `toml:"revises"`
	Branch      string `toml:"branch"`
	DependsOn   words  `toml:"depends_on"`
	Release     string `toml:"release"`
	Message     string `toml:"message"`
	Transaction *bool  `toml:"transaction"`
	Up          any    `toml:"up"`
	Down        any    `toml:"down"`
}

// tomlRevision reads a revision from parsed TOML. It is nil if the file does
// not even say which revision it is.
func (w *worker) tomlRevision(file string, raw map[string]any) *Revision {
	d := &w.decoder
	var f revisionFile
	d.table(raw, reflect.ValueOf(&f).Elem())
	h := head{ID: f.Revision, Parent: f.Revises, Branch: f.Branch, DependsOn: f.DependsOn, Release: f.Release, line: d.keyLine}
	branch, ok := h.resolve(d.report, file, "revision")
	if !ok {
		return nil
	}
	r := &Revision{
		Revision: revision.Revision{ID: h.ID, Parent: h.Parent, Branch: branch, DependsOn: h.DependsOn,
			Release: h.Release, Source: d.source(topLine(d.text, "revision"))},
		Message:     f.Message,
		Transaction: f.Transaction == nil || *f.Transaction,
	}
	lines := headers(d.text)
	r.Up = w.changes("up", f.Up, lines["up"])
	r.Down = w.changes("down", f.Down, lines["down"])
	_, r.HasDown = raw["down"]
	w.resumable(r.Up, r.Transaction, d.report)
	w.resumable(r.Down, r.Transaction, d.report)
	r.Checksum = d.sum(r.Up)
	return r
}

// keyLine is the line of a key at the top of the file.
func (d *decoder) keyLine(key string) int {
	line := 1
	d.at(key, func() { line = d.line() })
	return line
}

// changes decodes the operations of [[up]] or [[down]].
func (w *worker) changes(section string, raw any, lines []int) []Change {
	d := &w.decoder
	items, ok := tables(raw)
	if !ok {
		d.at(section, func() {
			d.fail("%s must be an array of tables: write each operation below a line [[%s]]", section, section)
		})
	}
	var all []Change
	for i, item := range items {
		d.at(section, func() {
			d.atIndex(i, func() {
				line := nth(lines, i)
				if len(lines) != len(items) {
					line = d.line() // written as inline tables
				}
				if c := w.change(item, line); c.Op != nil {
					all = append(all, c)
				}
			})
		})
	}
	return all
}

// tables are the elements of an array of tables, however it is written.
func tables(raw any) ([]map[string]any, bool) {
	switch v := raw.(type) {
	case nil:
		return nil, true
	case []map[string]any:
		return v, true
	case []any:
		items := make([]map[string]any, 0, len(v))
		for _, item := range v {
			table, ok := item.(map[string]any)
			if !ok {
				return nil, false
			}
			items = append(items, table)
		}
		return items, true
	}
	return nil, false
}

// change decodes one [[up]] or [[down]]; it has no Op if something is wrong.
func (w *worker) change(item map[string]any, line int) Change {
	d := &w.decoder
	c := Change{Source: d.source(line)}
	var ops []string
	for key, v := range item {
		switch key {
		case "dialects":
			d.at(key, func() { d.value(v, reflect.ValueOf(&c.Dialects).Elem()) })
		case "when":
			d.at(key, func() { d.value(v, reflect.ValueOf(&c.When).Elem()) })
		default:
			ops = append(ops, key)
		}
	}
	d.dialectList(c.Dialects)
	d.oneOf("when", string(c.When), string(Online), string(Offline))
	if len(ops) != 1 {
		d.notOne(ops)
		return c
	}
	c.Op = w.operation(ops[0], item[ops[0]], c.Dialects)
	d.syncing(&c)
	return c
}

// notOne records that a change has no operation, or several.
func (d *decoder) notOne(ops []string) {
	slices.Sort(ops)
	if len(ops) == 0 {
		d.fail("there is no operation here; known are %s", strings.Join(schema.Kinds(), ", "))
		return
	}
	for _, key := range ops {
		if !slices.Contains(schema.Kinds(), key) {
			d.unknown(key, schema.Kinds(), []string{"dialects", "when"})
			return
		}
	}
	d.fail("there are %d operations here (%s): give each a header line of its own", len(ops), strings.Join(ops, ", "))
}

// operation decodes one operation; nil if there is no such kind, or something
// is wrong with it.
func (w *worker) operation(kind string, body any, dialects []string) schema.Operation {
	d := &w.decoder
	op, ok := schema.NewOperation(kind)
	if !ok {
		d.unknown(kind, schema.Kinds(), []string{"dialects", "when"})
		return nil
	}
	before := len(d.problems)
	d.dialects = served(w.dialects, dialects)
	d.at(kind, func() {
		d.naming(func() { d.table(body, reflect.ValueOf(op).Elem()) })
		if len(d.problems) > before {
			return
		}
		if err := op.Check(); err != nil {
			d.fail("%s: %v", kind, err)
			return
		}
		d.checkLimits(op)
		if text, found := schema.ZeroByte(op); found && slices.Contains(d.dialects, flavor.Postgres) {
			d.fail("%s: the text %q has a zero byte, which PostgreSQL does not store. Leave it out, or say with dialects that this is not for PostgreSQL", kind, shown(text))
		}
		if sql, ok := op.(*schema.SQL); ok {
			w.plainSQL(sql, dialects)
		}
	})
	d.dialects = w.dialects
	if len(d.problems) > before {
		return nil
	}
	return op
}

// served are those of the catalog's dialects that a list of names is for.
func served(all []flavor.Dialect, names []string) []flavor.Dialect {
	if len(names) == 0 {
		return all
	}
	var some []flavor.Dialect
	for _, d := range all {
		if flavor.Serves(names, d) {
			some = append(some, d)
		}
	}
	return some
}

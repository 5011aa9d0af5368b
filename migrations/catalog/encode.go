package catalog

import (
	"reflect"
	"slices"
	"strings"

	"manage/schema"
)

// lineWidth is how long a line of generated TOML gets before what stands on it
// is written below a header of its own.
const lineWidth = 120

// EncodeChanges writes operations as the [[up]] or [[down]] part of a revision
// in TOML; section is "up" or "down". The loader reads the same changes back.
// Operations that undo others on a live schema have no form of their own and
// cannot be written.
func EncodeChanges(section string, changes []Change) string {
	e := newEncoder()
	for i, c := range changes {
		if i > 0 {
			e.line("")
		}
		e.change(section, c)
	}
	return e.out.String()
}

// EncodeModels writes models.toml. The loader reads the same models back.
func EncodeModels(m *Models) string {
	e := newEncoder()
	for _, enum := range m.Enums {
		e.line("[[enum]]")
		e.body("enum", reflect.ValueOf(enum))
		e.line("")
	}
	for i, t := range m.Tables {
		if i > 0 {
			e.line("")
		}
		e.line("[[table]]")
		e.body("table", reflect.ValueOf(modelTableText{CreateTable: t.CreateTable, RenamedFrom: t.RenamedFrom}))
	}
	return e.out.String()
}

// encodeKnown writes the known differences of catalog.toml.
func encodeKnown(all []schema.KnownDifference) string {
	e := newEncoder()
	for _, k := range all {
		e.line("")
		e.line("[[known_difference]]")
		e.body("known_difference", reflect.ValueOf(k))
	}
	return e.out.String()
}

// encoder writes values as TOML, laid out as people lay catalogs out: what is
// short on one line, a table with one column a line.
type encoder struct {
	out    strings.Builder
	shapes *decoder // knows the structs
}

func newEncoder() *encoder {
	return &encoder{shapes: &decoder{shapes: map[reflect.Type]*shape{}}}
}

func (e *encoder) line(text string) {
	e.out.WriteString(text)
	e.out.WriteByte('\n')
}

// change writes one operation below its header line.
func (e *encoder) change(section string, c Change) {
	e.line("[[" + section + "]]")
	if len(c.Dialects) > 0 {
		e.line("dialects = " + e.inline(reflect.ValueOf(c.Dialects)))
	}
	if c.When != Always {
		e.line("when = " + quoteString(string(c.When)))
	}
	kind, op := c.Op.Kind(), reflect.ValueOf(c.Op).Elem()
	if short := kind + " = " + e.inline(op); !alwaysLong(c.Op) && len(short) <= lineWidth && !e.manyLines(op) {
		e.line(short)
		return
	}
	e.line("[" + section + "." + kind + "]")
	e.body(section+"."+kind, op)
}

// alwaysLong reports whether an operation is written over several lines even
// if it would fit one.
func alwaysLong(op schema.Operation) bool {
	_, table := op.(*schema.CreateTable)
	return table
}

// body writes the keys of a struct, one a line; path is the header that they
// stand below. Texts by dialect of several lines come last, as tables of their
// own.
func (e *encoder) body(path string, v reflect.Value) {
	var later []string
	for _, key := range e.keys(v) {
		field := e.field(v, key)
		if t, ok := field.Interface().(schema.Text); ok && len(t.By) > 0 && e.manyLines(field) {
			later = append(later, key)
			continue
		}
		e.line(key + " = " + e.value(field, len(key)+len(" = ")))
	}
	for _, key := range later {
		e.line("[" + path + "." + key + "]")
		by := e.field(v, key).Interface().(schema.Text).By
		for _, dialect := range sortedKeys(by) {
			e.line(dialect + " = " + textBlock(by[dialect]))
		}
	}
}

// value is a value behind a key that stands on a line of its own; indent is
// how much of the line is taken.
func (e *encoder) value(v reflect.Value, indent int) string {
	if t, ok := v.Interface().(schema.Text); ok && len(t.By) == 0 {
		return textBlock(t.All)
	}
	short := e.inline(v)
	if v.Kind() != reflect.Slice || v.Len() == 0 {
		return short
	}
	switch element := v.Index(0).Kind(); {
	case v.Len() == 1 && element == reflect.Struct && indent+len(short) <= lineWidth,
		element == reflect.String && indent+len(short) <= lineWidth:
		return short
	}
	var b strings.Builder
	b.WriteString("[\n")
	for i := range v.Len() {
		b.WriteString("  " + e.inline(v.Index(i)) + ",\n")
	}
	b.WriteString("]")
	return b.String()
}

// keys are the keys of a struct that have a value, in the order of its fields;
// what a table or a column was called before follows its name.
func (e *encoder) keys(v reflect.Value) []string {
	s := e.shapes.shapeOf(v.Type())
	keys := slices.DeleteFunc(slices.Clone(s.order), func(key string) bool { return blank(v.FieldByIndex(s.keys[key])) })
	if at := slices.Index(keys, "renamed_from"); at > 0 {
		keys = slices.Insert(slices.Delete(keys, at, at+1), slices.Index(keys, "name")+1, "renamed_from")
	}
	return keys
}

func (e *encoder) field(v reflect.Value, key string) reflect.Value {
	return v.FieldByIndex(e.shapes.shapeOf(v.Type()).keys[key])
}

// manyLines reports whether any text within a value has several lines.
func (e *encoder) manyLines(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return strings.Contains(v.String(), "\n")
	case reflect.Struct:
		if t, ok := v.Interface().(schema.Text); ok {
			return strings.Contains(t.All, "\n") || e.manyLines(reflect.ValueOf(t.By))
		}
		return slices.ContainsFunc(e.keys(v), func(key string) bool { return e.manyLines(e.field(v, key)) })
	case reflect.Map:
		return slices.ContainsFunc(v.MapKeys(), func(key reflect.Value) bool { return e.manyLines(v.MapIndex(key)) })
	}
	return false
}

// blank reports whether a value need not be written: it is that of a key left
// out.
func blank(v reflect.Value) bool {
	return v.IsZero() || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0
}

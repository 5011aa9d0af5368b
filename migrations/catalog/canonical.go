package catalog

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"manage/engine/flavor"
	"manage/engine/sqltext"
	"manage/schema"
)

// canonical writes values in a form that two files have in common exactly if
// they say the same: keys in the order of the alphabet, keys without a value
// left out, SQL normalised, types in their parsed form. Keys that operations
// are given later so change no checksum of those that do not use them.
type canonical struct {
	buf    []byte
	shapes *decoder // knows the structs
}

// operation writes one operation.
func (c *canonical) operation(op schema.Operation) {
	c.buf = append(c.buf, op.Kind()...)
	c.value(reflect.ValueOf(op).Elem())
	c.buf = append(c.buf, '\n')
}

// value writes any value that an operation may hold.
func (c *canonical) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		c.value(v.Elem())
	case reflect.Struct:
		c.structure(v)
	case reflect.Slice:
		c.buf = append(c.buf, '[')
		for i := range v.Len() {
			c.value(v.Index(i))
			c.buf = append(c.buf, ',')
		}
		c.buf = append(c.buf, ']')
	case reflect.Map:
		c.mapping(v)
	case reflect.String:
		c.buf = strconv.AppendQuote(c.buf, v.String())
	case reflect.Bool:
		c.buf = strconv.AppendBool(c.buf, v.Bool())
	case reflect.Int, reflect.Int64:
		c.buf = strconv.AppendInt(c.buf, v.Int(), 10)
	case reflect.Float64:
		c.buf = strconv.AppendFloat(c.buf, v.Float(), 'g', -1, 64)
	default:
		panic(fmt.Sprintf("catalog: no canonical form of %s", v.Type())) // a field of an operation of a new kind: every test would fail
	}
}

// mapping writes a table whose keys are not fixed.
func (c *canonical) mapping(v reflect.Value) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	c.buf = append(c.buf, '{')
	for _, key := range keys {
		c.buf = strconv.AppendQuote(c.buf, key.String())
		c.buf = append(c.buf, '=')
		c.value(v.MapIndex(key))
		c.buf = append(c.buf, ',')
	}
	c.buf = append(c.buf, '}')
}

// structure writes a struct by its keys.
func (c *canonical) structure(v reflect.Value) {
	switch value := v.Interface().(type) {
	case schema.Text:
		c.text(value, flavor.SQLite)
		return
	case time.Time:
		c.buf = value.AppendFormat(c.buf, time.RFC3339Nano)
		return
	}
	c.buf = append(c.buf, '{')
	for _, key := range c.shapes.shapeOf(v.Type()).names {
		field := v.FieldByIndex(c.shapes.shapeOf(v.Type()).keys[key])
		if field.IsZero() || implied(v.Type(), key, field) {
			continue
		}
		c.buf = append(append(c.buf, key...), '=')
		switch {
		case key == "type" && field.Kind() == reflect.String:
			c.columnType(field.String())
		default:
			c.value(field)
		}
		c.buf = append(c.buf, ',')
	}
	c.buf = append(c.buf, '}')
}

// implied reports whether a key says what is meant without it, too.
func implied(in reflect.Type, key string, v reflect.Value) bool {
	return key == "nullable" && in != reflect.TypeFor[schema.AlterColumn]() && v.Kind() == reflect.Pointer && v.Elem().Bool()
}

// columnType writes a portable type without regard to its layout.
func (c *canonical) columnType(text string) {
	if t, err := schema.ParseType(text); err == nil {
		c.buf = fmt.Appendf(c.buf, "%q", t)
		return
	}
	c.buf = strconv.AppendQuote(c.buf, text)
}

// text writes SQL, normalised as the dialect that reads it would; d reads what
// is for all.
func (c *canonical) text(t schema.Text, d flavor.Dialect) {
	if len(t.By) == 0 {
		c.sql(t.All, d)
		return
	}
	c.buf = append(c.buf, '{')
	for _, key := range sortedKeys(t.By) {
		reader := flavor.Dialect(key)
		if !reader.Known() {
			reader = d
		}
		c.buf = append(append(c.buf, key...), '=')
		c.sql(t.By[key], reader)
		c.buf = append(c.buf, ',')
	}
	c.buf = append(c.buf, '}')
}

func (c *canonical) sql(text string, d flavor.Dialect) {
	c.buf = strconv.AppendQuote(c.buf, sqltext.Normalize(text, d))
}

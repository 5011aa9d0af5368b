package catalog

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"manage/schema"
)

// inline is a value on one line.
func (e *encoder) inline(v reflect.Value) string {
	switch value := v.Interface().(type) {
	case schema.Text:
		if len(value.By) == 0 {
			return quoteString(value.All)
		}
		return e.inline(reflect.ValueOf(value.By))
	case schema.Lengths:
		if len(value.By) == 0 {
			return strconv.Itoa(value.All)
		}
		return e.inline(reflect.ValueOf(value.By))
	case schema.Value:
		return e.tableValue(value)
	case schema.SetClause:
		return e.setClause(value)
	case time.Time:
		return timeLiteral(value)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return e.inline(v.Elem())
	case reflect.Struct:
		return e.inlineStruct(v)
	case reflect.Slice:
		return e.inlineList(v)
	case reflect.Map:
		return e.inlineMap(v)
	case reflect.String:
		return quoteString(v.String())
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Float64:
		return floatLiteral(v.Float())
	}
	panic(fmt.Sprintf("catalog: no TOML form of %s", v.Type())) // a field of an operation of a new kind: every test would fail
}

func (e *encoder) inlineStruct(v reflect.Value) string {
	var parts []string
	for _, key := range e.keys(v) {
		parts = append(parts, key+" = "+e.inline(e.field(v, key)))
	}
	return braces(parts)
}

func (e *encoder) inlineList(v reflect.Value) string {
	parts := make([]string, v.Len())
	tables := false
	for i := range parts {
		parts[i] = e.inline(v.Index(i))
		tables = tables || strings.HasPrefix(parts[i], "{")
	}
	if tables {
		return "[ " + strings.Join(parts, ", ") + " ]"
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func (e *encoder) inlineMap(v reflect.Value) string {
	entries := map[string]string{}
	for _, key := range v.MapKeys() {
		entries[key.String()] = e.inline(v.MapIndex(key))
	}
	var parts []string
	for _, key := range sortedKeys(entries) {
		parts = append(parts, bareKey(key)+" = "+entries[key])
	}
	return braces(parts)
}

func braces(parts []string) string {
	if len(parts) == 0 {
		return "{}"
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// tableValue is a value of a row: a literal, null or an expression.
func (e *encoder) tableValue(v schema.Value) string {
	switch {
	case !v.SQL.IsZero():
		return "{ sql = " + e.inline(reflect.ValueOf(v.SQL)) + " }"
	case v.Literal == nil:
		return "{ null = true }"
	}
	return e.inline(reflect.ValueOf(v.Literal))
}

// setClause is what a column is set to: a plain string is an expression there.
func (e *encoder) setClause(c schema.SetClause) string {
	if _, text := c.Literal.(string); c.SQL.IsZero() && text {
		return "{ value = " + e.inline(reflect.ValueOf(c.Literal)) + " }"
	}
	if !c.SQL.IsZero() {
		return e.inline(reflect.ValueOf(c.SQL))
	}
	return e.tableValue(c.Value)
}

var bareKeyPattern = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// bareKey is a key, in quotes where it needs them.
func bareKey(key string) string {
	if bareKeyPattern.MatchString(key) {
		return key
	}
	return quoteString(key)
}

// quoteString is a string on one line.
func quoteString(text string) string {
	if strings.ContainsAny(text, `"\`) && !strings.Contains(text, "'") && !strings.ContainsFunc(text, control) {
		return "'" + text + "'" // a literal string reads better than escapes
	}
	return `"` + escape(text) + `"`
}

// textBlock is a string that has a line of its own behind its key, or several.
func textBlock(text string) string {
	if !strings.Contains(text, "\n") {
		return quoteString(text)
	}
	rest := strings.ReplaceAll(text, "\n", "")
	if !strings.Contains(text, "''") && !strings.HasSuffix(text, "'") && !strings.ContainsFunc(rest, control) {
		return "'''\n" + text + "'''"
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = escape(line)
	}
	return "\"\"\"\n" + strings.Join(lines, "\n") + `"""`
}

// control reports whether a character must be escaped.
func control(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// escape is text as it stands in a basic string.
func escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case control(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// floatLiteral is a number that TOML reads as a float again.
func floatLiteral(f float64) string {
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}

// timeLiteral is a date or time. TOML's local forms carry their kind in the
// name of the location (toml manual, "Local Date-Time").
func timeLiteral(t time.Time) string {
	switch t.Location().String() {
	case "date-local":
		return t.Format("2006-01-02")
	case "time-local":
		return t.Format("15:04:05.999999999")
	case "datetime-local":
		return t.Format("2006-01-02T15:04:05.999999999")
	}
	return t.Format(time.RFC3339Nano)
}

package catalog

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"manage/engine/flavor"
	"manage/schema"
)

// decoder puts parsed TOML into Go values. The TOML library could do that as
// well, but it forgets where a value of an array stood, and accepts keys that
// nobody asked for. One decoder serves all files of a worker, one after the
// other.
type decoder struct {
	shapes map[reflect.Type]*shape
	*report
	text  string
	lines map[string]int // from locate, once it is needed
	path  []part
	// dialects are those that a text by dialect must have a text for.
	dialects []flavor.Dialect
	// names is true where names of a database are decoded.
	names bool
}

// part is one step of the way to a value: a key, or an index of an array.
type part struct {
	key   string
	index int
}

// shape is what there is to know of a struct type.
type shape struct {
	keys   map[string][]int // key → field index
	names  []string         // in the order of the alphabet
	order  []string         // in the order of the fields
	custom bool             // has UnmarshalTOML
}

var (
	textType     = reflect.TypeFor[schema.Text]()
	wordsType    = reflect.TypeFor[words]()
	selfDecoding = reflect.TypeFor[toml.Unmarshaler]()
)

// start makes the decoder ready for another file.
func (d *decoder) start(r *report, text string) {
	if d.shapes == nil {
		d.shapes = map[reflect.Type]*shape{}
	}
	d.report, d.text, d.lines, d.path = r, text, nil, d.path[:0]
}

// at runs f with the way to the value lengthened by a key.
func (d *decoder) at(key string, f func()) {
	d.path = append(d.path, part{key: key})
	f()
	d.path = d.path[:len(d.path)-1]
}

// atIndex runs f with the way to the value lengthened by an index.
func (d *decoder) atIndex(i int, f func()) {
	d.path = append(d.path, part{index: i})
	f()
	d.path = d.path[:len(d.path)-1]
}

// line is where the value that is being decoded stands.
func (d *decoder) line() int {
	if d.lines == nil {
		d.lines = locate(d.text)
	}
	for n := len(d.path); n > 0; n-- {
		if line, ok := d.lines[where(d.path[:n])]; ok {
			return line
		}
	}
	return 1
}

// where is a way as locate writes it.
func where(path []part) string {
	s := ""
	for _, p := range path {
		if p.key == "" {
			s += "[" + strconv.Itoa(p.index) + "]"
		} else {
			s = join(s, p.key)
		}
	}
	return s
}

// name is the way to the value as messages show it: without indexes, since the
// line says which it is.
func (d *decoder) name() string {
	s := ""
	for _, p := range d.path {
		if p.key != "" {
			s = join(s, p.key)
		}
	}
	return s
}

// fail records a problem with the value that is being decoded.
func (d *decoder) fail(format string, args ...any) {
	d.add(d.line(), format, args...)
}

// mismatch records that the value is of the wrong kind.
func (d *decoder) mismatch(want string, got any) {
	d.fail("%s must be %s, not %s", d.name(), want, schema.KindOf(got))
}

// shapeOf looks at a struct type, once.
func (d *decoder) shapeOf(t reflect.Type) *shape {
	if s, ok := d.shapes[t]; ok {
		return s
	}
	s := &shape{keys: map[string][]int{}, custom: reflect.PointerTo(t).Implements(selfDecoding)}
	for _, f := range reflect.VisibleFields(t) {
		key, _, _ := strings.Cut(f.Tag.Get("toml"), ",")
		if key == "-" || !f.IsExported() || f.Anonymous && key == "" {
			continue
		}
		if key == "" {
			key = strings.ToLower(f.Name)
		}
		s.keys[key] = f.Index
		s.order = append(s.order, key)
	}
	s.names = slices.Sorted(slices.Values(s.order))
	d.shapes[t] = s
	return s
}

// table decodes a TOML table into a struct; keys that it has no field for are
// problems, except those in allow.
func (d *decoder) table(src any, dst reflect.Value, allow ...string) {
	m, ok := src.(map[string]any)
	if !ok {
		d.mismatch("a table", src)
		return
	}
	defer func(all []flavor.Dialect) { d.dialects = all }(d.dialects)
	d.narrow(m["dialects"])
	s := d.shapeOf(dst.Type())
	for key, v := range m {
		index, known := s.keys[key]
		if !known {
			if !slices.Contains(allow, key) {
				d.unknown(key, s.names, allow)
			}
			continue
		}
		d.at(key, func() { d.value(v, dst.FieldByIndex(index)) })
	}
}

// unknown records a key that nothing asks for.
func (d *decoder) unknown(key string, known ...[]string) {
	of := ""
	if name := d.name(); name != "" {
		of = " of " + name
	}
	d.at(key, func() {
		d.fail("the key %q%s is not known%s", key, of, didYouMean(key, slices.Concat(known...)))
	})
}

// value decodes any TOML value.
func (d *decoder) value(src any, dst reflect.Value) {
	switch dst.Kind() {
	case reflect.Pointer:
		dst.Set(reflect.New(dst.Type().Elem()))
		d.value(src, dst.Elem())
	case reflect.Struct:
		d.structure(src, dst)
	case reflect.Slice:
		d.list(src, dst)
	case reflect.Map:
		d.mapping(src, dst)
	case reflect.Interface:
		dst.Set(reflect.ValueOf(src))
	default:
		d.scalar(src, dst)
	}
}

// structure decodes into a struct: a text, one that decodes itself, or a plain
// one.
func (d *decoder) structure(src any, dst reflect.Value) {
	if dst.Type() == textType {
		d.byDialect(src, dst.Addr().Interface().(*schema.Text))
		return
	}
	if d.shapeOf(dst.Type()).custom {
		if err := dst.Addr().Interface().(toml.Unmarshaler).UnmarshalTOML(src); err != nil {
			d.fail("%s: %v", d.name(), err)
			return
		}
		d.texts(dst)
		return
	}
	d.table(src, dst)
}

// scalar decodes a string, a number or a boolean.
func (d *decoder) scalar(src any, dst reflect.Value) {
	switch dst.Kind() {
	case reflect.String:
		if s, ok := src.(string); ok {
			dst.SetString(s)
			d.checkName(s)
			return
		}
		d.mismatch("a string", src)
	case reflect.Bool:
		if b, ok := src.(bool); ok {
			dst.SetBool(b)
			return
		}
		d.mismatch("true or false", src)
	case reflect.Int, reflect.Int64:
		if n, ok := src.(int64); ok {
			dst.SetInt(n)
			return
		}
		d.mismatch("an integer", src)
	default:
		panic(fmt.Sprintf("catalog: no rule to decode %s", dst.Type())) // a field of our own of a new kind: every test would fail
	}
}

// words is a list of words; a single string stands for a list of one, as in
// `depends_on = "ocata_expand01"`.
type words []string

// list decodes an array.
func (d *decoder) list(src any, dst reflect.Value) {
	var items []any
	switch v := src.(type) {
	case []any:
		items = v
	case []map[string]any:
		for _, m := range v {
			items = append(items, m)
		}
	case string:
		if dst.Type() == wordsType {
			items = []any{v}
			break
		}
		d.mismatch("an array", src)
		return
	default:
		d.mismatch("an array", src)
		return
	}
	dst.Set(reflect.MakeSlice(dst.Type(), len(items), len(items)))
	for i, item := range items {
		d.atIndex(i, func() { d.value(item, dst.Index(i)) })
	}
}

// mapping decodes a table whose keys are not fixed.
func (d *decoder) mapping(src any, dst reflect.Value) {
	m, ok := src.(map[string]any)
	if !ok {
		d.mismatch("a table", src)
		return
	}
	dst.Set(reflect.MakeMapWithSize(dst.Type(), len(m)))
	d.checkKeys(sortedKeys(m))
	for key, v := range m {
		d.at(key, func() {
			item := reflect.New(dst.Type().Elem()).Elem()
			d.value(v, item)
			dst.SetMapIndex(reflect.ValueOf(key).Convert(dst.Type().Key()), item)
		})
	}
}

package catalog

import (
	"reflect"

	"manage/engine/flavor"
	"manage/schema"
)

// dialectKeys are the keys of a text by dialect.
func dialectKeys() []string {
	keys := []string{"other"}
	for _, d := range flavor.Dialects() {
		keys = append(keys, string(d))
	}
	return keys
}

// byDialect decodes a text: a string, or a table by dialect that has a text
// for every dialect that is wanted.
func (d *decoder) byDialect(src any, dst *schema.Text) {
	if s, ok := src.(string); ok {
		dst.All = s
		return
	}
	m, ok := src.(map[string]any)
	if !ok {
		d.mismatch("a string or a table by dialect", src)
		return
	}
	dst.By = make(map[string]string, len(m))
	for key, v := range m {
		d.at(key, func() {
			s, ok := v.(string)
			switch {
			case key != "other" && !flavor.Dialect(key).Known():
				d.fail("%q is not a dialect%s", key, didYouMean(key, dialectKeys()))
			case !ok:
				d.mismatch("a string", v)
			default:
				dst.By[key] = s
			}
		})
	}
	if len(dst.By) == 0 && len(m) == 0 {
		d.fail("%s is a table by dialect without any text", d.name())
		return
	}
	d.coverage(*dst)
}

// coverage checks that a text by dialect has one for each dialect that is
// wanted.
func (d *decoder) coverage(t schema.Text) {
	for _, dialect := range d.dialects {
		if _, ok := t.For(dialect); !ok {
			d.fail("%s has no text for %s: add the key %q, or \"other\" for all that are not named", d.name(), dialect.Title(), dialect)
		}
	}
}

// dialectList checks the words of a `dialects` key.
func (d *decoder) dialectList(names []string) {
	for _, name := range names {
		if !flavor.Dialect(name).Known() {
			d.at("dialects", func() {
				d.fail("%q is not a dialect%s", name, didYouMean(name, dialectKeys()[1:]))
			})
		}
	}
}

// texts checks the texts by dialect within a value that decoded itself.
func (d *decoder) texts(v reflect.Value) {
	if v.Type() == textType {
		if t := v.Interface().(schema.Text); len(t.By) > 0 {
			d.coverage(t)
		}
		return
	}
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Struct && v.Type().Field(i).IsExported() {
			d.texts(f)
		}
	}
}

// narrow limits the dialects that texts are wanted for to those that a table
// within an operation names, as a check does that is for some of them.
func (d *decoder) narrow(list any) {
	items, ok := list.([]any)
	if !ok || len(d.path) == 0 {
		return
	}
	var names []string
	for _, item := range items {
		name, _ := item.(string)
		names = append(names, name)
	}
	d.dialects = served(d.dialects, names)
}

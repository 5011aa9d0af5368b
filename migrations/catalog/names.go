package catalog

import (
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/schema"
)

// nameKeys are the keys whose values are names of what is in a database, or
// lists of such. They mean that in operations, models.toml, the steps of data
// migrations and purge.toml.
var nameKeys = map[string]schema.Named{
	"name": schema.NameOfObject, "table": schema.NameOfTable, "from": schema.NameOfObject, "to": schema.NameOfObject,
	"ref_table": schema.NameOfTable, "ref_columns": schema.NameOfObject, "columns": schema.NameOfObject, "column": schema.NameOfObject,
	"primary_key": schema.NameOfObject, "type_name": schema.NameOfType, "old": schema.NameOfObject, "new": schema.NameOfObject,
	"of": schema.NameOfObject, "key": schema.NameOfObject, "renamed_from": schema.NameOfObject, "uuid": schema.NameOfObject,
	"label": schema.NameOfObject, "deleted_at": schema.NameOfObject, "owner": schema.NameOfTable, "owner_key": schema.NameOfObject,
	"name_on": schema.NameOfConstraint, "values": schema.NameOfType, "value": schema.NameOfType, "after": schema.NameOfType,
	"comment": schema.NameOfNothing, "type": schema.NameOfValue, "type_on": schema.NameOfValue,
}

// tableNames are the operations whose name, from and to are those of a table,
// and the places in the other files where a name is.
var tableNames = []string{"create_table", "drop_table", "rename_table"}

// constraintNames are where a name is that of a constraint.
var constraintNames = []string{"add_check", "drop_check", "add_foreign_key", "drop_foreign_key", "checks", "foreign_keys"}

// enumNames are where a name is that of an enumeration, which PostgreSQL alone
// has.
var enumNames = []string{"create_enum", "drop_enum", "enum", "add_enum_value", "drop_enum_value"}

// naming runs f, in which names are checked against what the servers take.
func (d *decoder) naming(f func()) {
	defer func(was bool) { d.names = was }(d.names)
	d.names = true
	f()
}

// checkName looks at a text that was decoded: whether it is a name, and whether
// the servers that it is for take it.
func (d *decoder) checkName(text string) {
	if !d.names {
		return
	}
	key, parents := d.keys()
	kind, ok := nameKeys[key]
	if !ok && len(parents) > 0 {
		key, parents = parents[len(parents)-1], parents[:len(parents)-1] // by dialect
		if ok = key == "name_on" || key == "type_on"; ok {
			kind = nameKeys[key]
		}
	}
	if !ok || d.generatesNames(key, parents) {
		return
	}
	texts := []string{text}
	switch {
	case key == "type" || key == "type_on":
		t, err := schema.ParseType(text)
		if err != nil || t.Name != "enum" {
			return
		}
		texts = t.Values
	case kind == schema.NameOfObject && d.within(parents, tableNames, "table"):
		kind = schema.NameOfTable
	case kind == schema.NameOfObject && d.within(parents, enumNames, ""):
		kind = schema.NameOfType
	case kind == schema.NameOfObject && d.within(parents, constraintNames, ""):
		kind = schema.NameOfConstraint
	}
	for _, text := range texts {
		d.checkNamed(kind, text)
	}
}

// keys are the last key of the way to the value, and those before it.
func (d *decoder) keys() (string, []string) {
	var keys []string
	for _, p := range d.path {
		if p.key != "" {
			keys = append(keys, p.key)
		}
	}
	if len(keys) == 0 {
		return "", nil
	}
	return keys[len(keys)-1], keys[:len(keys)-1]
}

// generatesNames reports whether a value is only what names are made of, which
// are shortened where need be, or is no name of a database.
func (d *decoder) generatesNames(key string, parents []string) bool {
	last := ""
	if len(parents) > 0 {
		last = parents[len(parents)-1]
	}
	switch key {
	case "name":
		return slices.Contains([]string{"sync_columns", "unsync_columns", "kind", "sweep", "hook"}, last)
	case "value", "values", "after":
		return !slices.Contains(enumNames, last)
	}
	return false
}

// within reports whether a name stands directly in one of some places; of
// models.toml, table is the place of a table itself.
func (d *decoder) within(parents, places []string, table string) bool {
	if len(parents) == 0 {
		return false
	}
	last := parents[len(parents)-1]
	return slices.Contains(places, last) || table != "" && last == table
}

// checkNamed records that a server that the value is for does not take it.
func (d *decoder) checkNamed(kind schema.Named, text string) {
	var told []string
	for _, dialect := range d.dialects {
		why := kind.Fault(text, dialect)
		if why == "" || slices.Contains(told, why) {
			continue
		}
		told = append(told, why)
		d.fail("%s: %q %s%s", d.name(), shown(text), why, unless(kind, dialect))
	}
}

// unless is what can be done about it.
func unless(kind schema.Named, dialect flavor.Dialect) string {
	if kind == schema.NameOfNothing {
		return ". Shorten it"
	}
	return ". Choose another, or say with dialects in catalog.toml that the catalog is not for " + dialect.Title()
}

// shown is the beginning of a text that may be long.
func shown(text string) string {
	const most = 80
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// checkKeys looks at the names that are keys of a table: the columns of rows.
func (d *decoder) checkKeys(keys []string) {
	if key, _ := d.keys(); !d.names || key != "rows" && key != "set" {
		return
	}
	for _, key := range keys {
		d.at(key, func() { d.checkNamed(schema.NameOfObject, key) })
	}
}

// checkLimits looks at the keys that an operation makes.
func (d *decoder) checkLimits(op schema.Operation) {
	var told []string
	for _, dialect := range d.dialects {
		for _, why := range schema.KeyFaults(op, dialect) {
			if !slices.Contains(told, why) {
				told = append(told, why)
				d.fail("%s: %s", op.Kind(), strings.TrimSpace(why))
			}
		}
	}
}

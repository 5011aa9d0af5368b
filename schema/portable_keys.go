package schema

import (
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// This file puts indexes and constraints into portable words.

// indexes are the table's indexes, those aside that MySQL makes for foreign
// keys by itself.
func (p *porter) indexes(table string) []IndexDef {
	var out []IndexDef
	seen := map[string]bool{}
	for _, o := range p.here {
		for _, x := range o.t.Indexes {
			if x.Made || seen[strings.ToLower(x.Name)] || len(p.on) == 1 && o.t.servesForeignKey(x, o.dialect()) {
				continue
			}
			seen[strings.ToLower(x.Name)] = true
			if def, ok := p.index(x); ok {
				out = append(out, def)
			} else {
				p.leave(Unportable{Kind: plan.KindIndex, Table: table, Name: x.Name, What: (&comparer{f: o.s.Flavor}).describeIndex(x)})
			}
		}
	}
	return out
}

// index is an index in portable words; false if there are none for it.
func (p *porter) index(x *Index) (IndexDef, bool) {
	def := IndexDef{Name: x.Name, Unique: x.Unique}
	if x.Method != "" {
		return def, false
	}
	for _, c := range x.Columns {
		if c.Name == "" || c.Desc {
			return def, false
		}
		def.Columns = append(def.Columns, c.Name)
	}
	def.Columns = p.here[0].named(def.Columns)
	where := map[flavor.Dialect]string{}
	for _, o := range p.here {
		same := o.t.index(x.Name, o.dialect())
		if same == nil {
			continue
		}
		if same.Where != "" {
			where[o.dialect()] = same.Where
		}
		def.Length = mergeLengths(def.Length, same)
	}
	if len(where) > 0 {
		def.Where = textOf(where, true, portableExpr)
	}
	return def, true
}

// mergeLengths is the lengths of an index's parts.
func mergeLengths(l Lengths, x *Index) Lengths {
	by := map[string]int{}
	same := true
	for _, c := range x.Columns {
		if c.Length > 0 {
			by[c.Name] = c.Length
		}
		same = same && c.Length == x.Columns[0].Length
	}
	switch {
	case len(by) == 0:
		return l
	case same:
		return Lengths{All: x.Columns[0].Length}
	}
	return Lengths{By: by}
}

// uniques are the table's unique constraints, without those that are the
// unique indexes given: MySQL makes no difference.
func (p *porter) uniques(indexes []IndexDef) []UniqueDef {
	var out []UniqueDef
	var on [][]flavor.Dialect // for each of out, the servers that have it
	for _, o := range p.here {
		d := o.dialect()
		for _, k := range o.t.Uniques {
			if slices.ContainsFunc(indexes, func(x IndexDef) bool { return x.Unique && sameName(x.Name, k.Name, d) }) {
				continue
			}
			def := UniqueDef{Name: p.given(o, k.Columns, k.Name), Columns: o.named(k.Columns)}
			at := -1
			for i, u := range out {
				if !slices.Contains(on[i], d) && sameUnique(u, def) {
					at = i
					break
				}
			}
			if at < 0 {
				out, on, at = append(out, def), append(on, nil), len(out)
			}
			on[at] = append(on[at], d)
		}
	}
	return out
}

// given is a constraint's name if somebody gave it, "" if the server did.
func (p *porter) given(o onServer, columns []string, name string) string {
	if p.chosen(o, columns, name) {
		return ""
	}
	return name
}

func (p *porter) chosen(o onServer, columns []string, name string) bool {
	return chosenName(o.t, columns, name, o.s.Flavor)
}

// foreignKeys are the table's foreign keys, each for the servers that have it.
func (p *porter) foreignKeys() []TableForeignKey {
	type found struct {
		def TableForeignKey
		on  []flavor.Dialect
	}
	var all []found
	for _, o := range p.here {
		for _, f := range o.t.ForeignKeys {
			c := comparer{f: o.s.Flavor}
			def := ForeignKeyDef{Name: p.given(o, f.Columns, f.Name), Columns: o.named(f.Columns), RefTable: f.RefTable, RefColumns: slices.Clone(f.RefColumns),
				OnDelete: c.settleAction(f.OnDelete), OnUpdate: c.settleAction(f.OnUpdate)}
			if ref := o.s.Table(f.RefTable); ref != nil {
				def.RefTable, def.RefColumns = ref.Name, namedAs(ref, f.RefColumns, o.dialect())
			}
			at := slices.IndexFunc(all, func(g found) bool {
				return !slices.Contains(g.on, o.dialect()) && sameReference(g.def.ForeignKeyDef, def)
			})
			if at < 0 {
				all, at = append(all, found{def: TableForeignKey{ForeignKeyDef: def}}), len(all)
			}
			all[at].on = append(all[at].on, o.dialect())
		}
	}
	var out []TableForeignKey
	for _, f := range all {
		if len(f.on) < len(p.here) {
			f.def.Dialects = dialectNames(f.on)
		}
		out = append(out, f.def)
	}
	return out
}

// sameReference compares foreign keys by what they say. Actions that only one
// of two servers tells apart are not compared.
func sameReference(a, b ForeignKeyDef) bool {
	action := func(x, y string) bool { return x == y || x == "restrict" && y == "" || x == "" && y == "restrict" }
	return slices.EqualFunc(a.Columns, b.Columns, strings.EqualFold) && strings.EqualFold(a.RefTable, b.RefTable) &&
		slices.EqualFunc(a.RefColumns, b.RefColumns, strings.EqualFold) && action(a.OnDelete, b.OnDelete) && action(a.OnUpdate, b.OnUpdate) &&
		(a.Name == "" || b.Name == "" || strings.EqualFold(a.Name, b.Name))
}

// checks are the table's checks, each for the servers that have it. What
// MariaDB checks of a JSON column belongs to its type.
func (p *porter) checks(table string) []TableCheck {
	type found struct {
		name  string
		texts map[flavor.Dialect]string
	}
	var all []found
	for _, o := range p.here {
		d := o.dialect()
		for _, k := range o.t.Checks {
			if k.Column != "" && isJSONCheck(k, k.Column) {
				continue
			}
			name := p.given(o, o.t.columnsIn(k.Expr), k.Name)
			at := slices.IndexFunc(all, func(f found) bool {
				_, taken := f.texts[d]
				return !taken && (name != "" && f.name == name || slices.ContainsFunc(dialectValues(f.texts), func(e string) bool { return sameExpr(e, k.Expr) }))
			})
			if at < 0 {
				all, at = append(all, found{name: name, texts: map[flavor.Dialect]string{}}), len(all)
			}
			all[at].texts[d] = k.Expr
		}
	}
	var out []TableCheck
	for _, f := range all {
		def := TableCheck{CheckDef: CheckDef{Name: f.name, Expr: textOf(f.texts, true, portableExpr)}}
		if on := dialectKeysOf(f.texts); len(on) < len(p.here) || len(p.here) == 1 && p.boolean(def) {
			def.Dialects = dialectNames(on)
		}
		out = append(out, def)
	}
	return out
}

// boolean reports whether a check only says that a column is 0 or 1, which is
// what servers without a boolean type were told in place of one.
func (p *porter) boolean(c TableCheck) bool { return booleanCheck(c.Expr.All) }

func dialectKeysOf(texts map[flavor.Dialect]string) []flavor.Dialect {
	return slices.DeleteFunc(flavor.Dialects(), func(d flavor.Dialect) bool { _, ok := texts[d]; return !ok })
}

func dialectValues(texts map[flavor.Dialect]string) []string {
	var out []string
	for _, d := range dialectKeysOf(texts) {
		out = append(out, texts[d])
	}
	return out
}

package schema

import (
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// tables compares two tables of one name.
func (c *comparer) tables(want, have *Table) {
	c.columns(want, have)
	c.primaryKey(want, have)
	c.uniques(want, have)
	c.indexes(want, have)
	c.foreignKeys(want, have)
	c.checks(want, have)
	if w, h := settleExpr(want.Suffix), settleExpr(have.Suffix); w != h {
		c.add(plan.KindTable, "", "made "+or(want.Suffix, "plain"), "made "+or(have.Suffix, "plain"))
	}
	if !c.rules.Comments && want.Comment != have.Comment {
		c.add(plan.KindTable, "", "commented "+quoteText(want.Comment), "commented "+quoteText(have.Comment))
	}
	if !c.rules.Charsets && want.Charset != "" && sameCharset(want.Charset) != sameCharset(have.Charset) {
		c.add(plan.KindTable, "", "in "+want.Charset, "in "+have.Charset)
	}
	if !c.rules.States && want.Engine != "" && !strings.EqualFold(want.Engine, have.Engine) {
		c.add(plan.KindTable, "", "kept by "+want.Engine, "kept by "+have.Engine)
	}
	if !c.rules.Charsets && want.Collation != "" && want.Collation != have.Collation {
		c.add(plan.KindTable, "", "collated "+want.Collation, "collated "+have.Collation)
	}
}

// sameCharset is one name for a character set that has two.
func sameCharset(name string) string {
	if name = strings.ToLower(name); name == "utf8" {
		return "utf8mb3"
	}
	return name
}

func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func (c *comparer) columns(want, have *Table) {
	var order [2][]string
	pairs(want.Columns, have.Columns, func(col *Column) string { return c.fold(col.Name) }, func(w, h **Column) {
		switch {
		case h == nil:
			c.add(plan.KindColumn, (*w).Name, c.describeColumn(want, *w), "")
		case w == nil:
			c.add(plan.KindColumn, (*h).Name, "", c.describeColumn(have, *h))
		default:
			order[0] = append(order[0], c.fold((*w).Name))
			if a, b := c.describeColumn(want, *w), c.describeColumn(have, *h); c.legible(a) != c.legible(b) {
				c.add(plan.KindColumn, (*w).Name, a, b)
			}
		}
	})
	for _, col := range have.Columns {
		if slices.Contains(order[0], c.fold(col.Name)) {
			order[1] = append(order[1], c.fold(col.Name))
		}
	}
	if !c.rules.ColumnOrder && !slices.Equal(order[0], order[1]) {
		c.add(plan.KindTable, "", "in the order "+strings.Join(order[0], ", "), "in the order "+strings.Join(order[1], ", "))
	}
}

// describeColumn is a column in settled words: equal for columns that are.
func (c *comparer) describeColumn(t *Table, col *Column) string {
	words := []string{c.typeOf(t, col)}
	if !col.Nullable || c.impliedNotNull(t, col) {
		words = append(words, "not null")
	}
	def, sequence := settleDefault(col, c.f)
	if def != "" {
		words = append(words, "default "+def)
	}
	if (col.Autoincrement || sequence) && c.f.Dialect != flavor.SQLite {
		words = append(words, "autoincrement")
	}
	if extra := settleExtra(col); extra != "" {
		words = append(words, extra)
	}
	if !c.rules.Charsets && col.Collation != "" {
		words = append(words, "collate "+col.Collation)
	}
	if !c.rules.Comments && col.Comment != "" {
		words = append(words, "comment "+quoteText(col.Comment))
	}
	return strings.Join(words, " ")
}

// impliedNotNull is true for the columns of a SQLite primary key: SQLite takes
// nulls there unless NOT NULL is written too, which no tool means.
func (c *comparer) impliedNotNull(t *Table, col *Column) bool {
	return c.f.Dialect == flavor.SQLite && t.PrimaryKey != nil && hasColumn(t.PrimaryKey.Columns, col.Name, c.f.Dialect)
}

func (c *comparer) primaryKey(want, have *Table) {
	read := func(k *Key) string {
		if k == nil {
			return ""
		}
		return "primary key (" + c.foldAll(k.Columns) + ")"
	}
	w, h := read(want.PrimaryKey), read(have.PrimaryKey)
	if w != h {
		c.add("primary key", "", w, h)
	} else if w != "" {
		c.names(want, "primary key", want.PrimaryKey.Columns, want.PrimaryKey.Name, have.PrimaryKey.Name)
	}
}

func (c *comparer) uniques(want, have *Table) {
	name := func(k *Key) string { return k.Name }
	pairs(byName(want.Uniques, name), byName(have.Uniques, name), func(k *Key) string { return c.foldAll(k.Columns) }, func(w, h **Key) {
		switch {
		case h == nil:
			c.add(plan.KindUnique, (*w).Name, "("+c.foldAll((*w).Columns)+")", "")
		case w == nil:
			c.add(plan.KindUnique, (*h).Name, "", "("+c.foldAll((*h).Columns)+")")
		default:
			c.names(want, plan.KindUnique, (*w).Columns, (*w).Name, (*h).Name)
			c.state(plan.KindUnique, (*h).Name, (*w).Hidden, (*h).Hidden, "hidden from queries", "used by queries")
		}
	})
}

// indexes compares indexes by name, because changes name them.
func (c *comparer) indexes(want, have *Table) {
	pairs(want.Indexes, have.Indexes, func(x *Index) string { return c.fold(x.Name) }, func(w, h **Index) {
		switch {
		case h == nil && have.servesForeignKey(*w, c.f.Dialect), w == nil && have.servesForeignKey(*h, c.f.Dialect):
		case h == nil:
			c.add(plan.KindIndex, (*w).Name, c.describeIndex(*w), "")
		case w == nil:
			c.add(plan.KindIndex, (*h).Name, "", c.describeIndex(*h))
		default:
			if a, b := c.describeIndex(*w), c.describeIndex(*h); a != b {
				c.add(plan.KindIndex, (*w).Name, a, b)
			}
		}
	})
}

// servesForeignKey reports whether MySQL may have made the index for a foreign
// key of the table, under the key's name or the first column's, or dropped it
// in favour of another (manual, "FOREIGN KEY Constraints").
func (t *Table) servesForeignKey(x *Index, d flavor.Dialect) bool {
	return d.MySQLFamily() && !x.Unique && slices.ContainsFunc(t.ForeignKeys, func(f *ForeignKey) bool {
		return sameColumns(x.columnNames(), f.Columns, d) && (sameName(x.Name, f.Name, d) || sameName(x.Name, f.Columns[0], d))
	})
}

func (c *comparer) describeIndex(x *Index) string {
	var parts []string
	for _, p := range x.Columns {
		part := c.fold(p.Name)
		if p.Name == "" {
			part = settleExpr(p.Expr)
		}
		if p.Length > 0 {
			part += "(" + literal(p.Length, c.f.Dialect) + ")"
		}
		if p.Desc {
			part += " desc"
		}
		parts = append(parts, part)
	}
	text := "(" + strings.Join(parts, ", ") + ")"
	if x.Unique {
		text = "unique " + text
	}
	if x.Method != "" {
		text = x.Method + " " + text
	}
	if x.Where != "" {
		text += " where " + meaning(x.Where)
	}
	if !x.Valid {
		text += " invalid"
	}
	if x.Hidden && !c.rules.States {
		text += " hidden from queries"
	}
	return text
}

func (c *comparer) foreignKeys(want, have *Table) {
	name := func(f *ForeignKey) string { return f.Name }
	pairs(byName(want.ForeignKeys, name), byName(have.ForeignKeys, name), c.describeForeignKey, func(w, h **ForeignKey) {
		switch {
		case h == nil:
			c.add(plan.KindForeignKey, (*w).Name, c.describeForeignKey(*w), "")
		case w == nil:
			c.add(plan.KindForeignKey, (*h).Name, "", c.describeForeignKey(*h))
		default:
			c.names(want, plan.KindForeignKey, (*w).Columns, (*w).Name, (*h).Name)
			c.state(plan.KindForeignKey, (*h).Name, (*w).NotValid, (*h).NotValid, "not validated", "validated")
			c.state(plan.KindForeignKey, (*h).Name, (*w).Off, (*h).Off, "not enforced", "enforced")
		}
	})
}

func (c *comparer) describeForeignKey(f *ForeignKey) string {
	text := "(" + c.foldAll(f.Columns) + ") to " + c.fold(f.RefTable) + " (" + c.foldAll(f.RefColumns) + ")"
	if action := c.settleAction(f.OnDelete); action != "" {
		text += " on delete " + action
	}
	if action := c.settleAction(f.OnUpdate); action != "" {
		text += " on update " + action
	}
	return text
}

func (c *comparer) checks(want, have *Table) {
	// A check may name its table before its columns; a rebuild on SQLite does away with that.
	shown := func(k *Check) string { return settleExpr(withoutQualifier(k.Expr, want.Name)) }
	key := func(k *Check) string { return c.legible(meaning(withoutQualifier(k.Expr, want.Name))) }
	pairs(c.compared(want.Checks), c.compared(have.Checks), key, func(w, h **Check) {
		switch {
		case h == nil:
			c.add(plan.KindCheck, (*w).Name, shown(*w), "")
		case w == nil:
			c.add(plan.KindCheck, (*h).Name, "", shown(*h))
		default:
			c.names(want, plan.KindCheck, want.columnsIn((*w).Expr), (*w).Name, (*h).Name)
			c.state(plan.KindCheck, (*h).Name, (*w).NotValid, (*h).NotValid, "not validated", "validated")
			c.state(plan.KindCheck, (*h).Name, (*w).Off, (*h).Off, "not enforced", "enforced")
		}
	})
}

// state compares what a constraint is besides its definition, such as whether
// the rows that were there before it have been looked at.
func (c *comparer) state(kind plan.ObjectKind, name string, want, have bool, yes, no string) {
	if c.rules.States || want == have {
		return
	}
	word := map[bool]string{true: yes, false: no}
	c.add(kind, name, word[want], word[have])
}

func (c *comparer) compared(checks []*Check) []*Check {
	checks = byName(checks, func(k *Check) string { return k.Name })
	return slices.DeleteFunc(checks, func(k *Check) bool { return c.rules.BooleanChecks && booleanCheck(k.Expr) })
}

// byName is the list in the order of its names, so that of several constraints
// that say the same, those of one name are compared with each other.
func byName[T any](list []T, name func(T) string) []T {
	return slices.SortedStableFunc(slices.Values(list), func(a, b T) int { return strings.Compare(name(a), name(b)) })
}

// names compares the names of two constraints that are otherwise equal. A
// side without a name has nothing to compare.
func (c *comparer) names(t *Table, kind plan.ObjectKind, columns []string, want, have string) {
	if want == "" || have == "" || sameName(want, have, c.f.Dialect) {
		return
	}
	if c.rules.ChosenNames && (chosenName(t, columns, want, c.f) || chosenName(t, columns, have, c.f)) {
		return
	}
	c.add(kind, want, "called "+want, "called "+have)
}

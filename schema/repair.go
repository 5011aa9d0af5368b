package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// Repair is what would repair one difference or several: statements, or the
// reason why there are none.
type Repair struct {
	Differences []Difference
	Statements  []string
	Note        string // what to mind before they are run, or why there are none
}

// Repairs lists the statements that make a schema what it should be, in the
// differences that were found and in no other, in an order in which they can be
// run. The service should be stopped: they are written for that.
func Repairs(want, have *Schema, found []Difference) []Repair {
	r := &repairer{want: want, state: have.Clone(), c: &comparer{f: have.Flavor, want: want, have: have}}
	r.state.Opaque = false
	r.state.Flavor = have.Flavor
	found = slices.Clone(found)
	slices.SortStableFunc(found, func(a, b Difference) int { return cmp.Compare(r.turn(a), r.turn(b)) })
	if have.Flavor.Dialect == flavor.SQLite {
		found = r.rebuilds(found)
	}
	for _, d := range found {
		r.repair(d)
	}
	return append(r.out, r.last...)
}

// repairer is one run of Repairs. state is the schema after the repairs so far,
// and last are those that need all others.
type repairer struct {
	want, state *Schema
	c           *comparer
	out, last   []Repair
}

// The order in which kinds of objects are repaired: what is dropped for
// others comes before them, what needs others after.
var repairOrder = []plan.ObjectKind{plan.KindEnum, plan.KindTable, plan.KindColumn, plan.KindPrimaryKey, plan.KindUnique,
	plan.KindIndex, plan.KindCheck, plan.KindForeignKey, plan.KindView, plan.KindTrigger}

// turn is the place of a difference among the others: what should not be there
// goes first, the last made before the others; tables and columns go after what
// hangs on them.
func (r *repairer) turn(d Difference) int {
	at := slices.Index(repairOrder, d.Kind)
	if at < 0 {
		at = len(repairOrder)
	}
	if d.Want == "" {
		return -at
	}
	return at + 1
}

// repair adds what repairs one difference.
func (r *repairer) repair(d Difference) {
	switch d.Kind {
	case plan.KindTable:
		r.table(d)
	case plan.KindColumn:
		r.column(d)
	case plan.KindEnum:
		r.enum(d)
	case plan.KindTrigger:
		r.trigger(d)
	case plan.KindView:
		r.view(d)
	case plan.KindPrimaryKey:
		r.primaryKey(d)
	case plan.KindUnique, plan.KindIndex, plan.KindCheck, plan.KindForeignKey:
		r.constraint(d)
	default:
		r.none(d, "its text is not recorded; make it again as the revision does")
	}
}

// none notes that no statement repairs a difference.
func (r *repairer) none(d Difference, why string) {
	r.out = append(r.out, Repair{Differences: []Difference{d}, Note: "no statement: " + why})
}

// raw adds statements that are no operations.
func (r *repairer) raw(d Difference, note string, statements ...string) {
	r.out = append(r.out, Repair{Differences: []Difference{d}, Statements: statements, Note: note})
}

// do adds the statements of operations, and makes the operations on the state.
// What cannot be done is said with its reason.
func (r *repairer) do(d Difference, note string, ops ...Operation) {
	var texts []string
	state := r.state.Clone()
	for _, op := range ops {
		statements, err := Statements(op, state, Form{Blocking: true})
		if err == nil {
			err = op.Apply(state)
		}
		if err != nil {
			r.none(d, err.Error())
			return
		}
		for _, st := range statements {
			texts = append(texts, st.SQL)
		}
	}
	if len(texts) == 0 {
		r.none(d, "nothing that this program writes changes it; do it by hand")
		return
	}
	r.state = state
	r.raw(d, note, texts...)
}

// name is a name in quotes.
func (r *repairer) name(name string) string { return quoteIdent(name, r.state.Flavor.Dialect) }

// text is a text in quotes.
func (r *repairer) text(text string) string { return quoteLiteral(text, r.state.Flavor.Dialect) }

// table makes a table, drops it, or changes what it is as a whole.
func (r *repairer) table(d Difference) {
	switch {
	case d.Want == "":
		r.do(d, "this removes the table with its rows", &DropTable{Name: d.Table})
	case d.Have == "":
		r.createTable(d)
	default:
		r.tableOption(d)
	}
}

// createTable makes a table, and the references to others when all are there.
func (r *repairer) createTable(d Difference) {
	t := r.want.Table(d.Table)
	if t == nil {
		r.none(d, "what it consists of is not recorded; make it again as the revision does")
		return
	}
	t = t.Clone()
	keys := t.ForeignKeys
	if r.state.Flavor.Dialect != flavor.SQLite {
		t.ForeignKeys = nil
	}
	r.do(d, "its rows are gone: they have to come from a backup", &CreateTable{live: t})
	if len(t.ForeignKeys) == len(keys) || r.state.Table(t.Name) == nil {
		return
	}
	out := r.out
	for _, k := range keys {
		r.out = nil
		r.do(d, "", &AddForeignKey{Table: t.Name, ForeignKeyDef: k.def()})
		r.last = append(r.last, r.out...)
	}
	r.out = out
}

// tableOption changes one of a table's options.
func (r *repairer) tableOption(d Difference) {
	t, alter := r.want.Table(d.Table), "ALTER TABLE "+r.name(d.Table)+" "
	mysql := r.state.Flavor.Dialect.MySQLFamily()
	switch {
	case strings.HasPrefix(d.Want, "commented ") && mysql:
		r.raw(d, "", alter+"COMMENT = "+r.text(t.Comment))
	case strings.HasPrefix(d.Want, "commented "):
		r.raw(d, "", "COMMENT ON TABLE "+r.name(d.Table)+" IS "+r.text(t.Comment))
	case strings.HasPrefix(d.Want, "kept by ") && mysql:
		r.raw(d, "this rewrites the table", alter+"ENGINE = "+t.Engine)
	case (strings.HasPrefix(d.Want, "in ") || strings.HasPrefix(d.Want, "collated ")) && mysql && t.Charset != "":
		sql := alter + "CONVERT TO CHARACTER SET " + t.Charset
		if t.Collation != "" {
			sql += " COLLATE " + t.Collation
		}
		r.raw(d, "this rewrites the table, and the texts in it", sql)
	case strings.HasPrefix(d.Want, "collated ") && mysql:
		r.raw(d, "", alter+"COLLATE = "+t.Collation)
	default:
		r.none(d, "the table would have to be made anew")
	}
}

// column adds a column, drops it, or changes it.
func (r *repairer) column(d Difference) {
	if d.Want == "" {
		r.do(d, "this removes the values of the column", &DropColumn{Table: d.Table, Name: d.Name})
		return
	}
	t := r.want.Table(d.Table)
	var c *Column
	if t != nil {
		c = t.column(d.Name, r.state.Flavor.Dialect)
	}
	if c == nil {
		r.none(d, "its type is not recorded; make it again as the revision does")
		return
	}
	if d.Have == "" {
		note := "its values are gone: they have to come from a backup"
		if !c.Nullable && c.Default == nil && !c.Autoincrement {
			note += "; as it takes no NULL and has no default, the server may refuse it while the table has rows"
		}
		r.do(d, note, &AddColumn{Table: d.Table, ColumnDef: ColumnDef{Name: c.Name, live: c.bare()}})
		return
	}
	r.alterColumn(d, t, c)
}

// alterColumn gives a column its definition again.
func (r *repairer) alterColumn(d Difference, t *Table, c *Column) {
	have := r.state.Table(d.Table).column(d.Name, r.state.Flavor.Dialect)
	if r.state.Flavor.Dialect == flavor.Postgres {
		switch bare := *c; {
		case have.Autoincrement != c.Autoincrement || have.Extra != c.Extra:
			r.none(d, "what numbers or computes its values has to be changed by hand")
			return
		case have.Collation != c.Collation && have.Type == c.Type:
			collation := cmp.Or(c.Collation, "default")
			r.raw(d, "this may rewrite the table, and the indexes of the column", fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s TYPE %s COLLATE %s",
				r.name(d.Table), r.name(c.Name), postgresTypeText(c.Type, r.state), r.name(collation)))
			return
		case have.Comment != c.Comment:
			if bare.Comment = have.Comment; r.c.describeColumn(t, &bare) == d.Have {
				r.raw(d, "", "COMMENT ON COLUMN "+r.name(d.Table)+"."+r.name(c.Name)+" IS "+r.text(c.Comment))
				return
			}
		}
	}
	r.do(d, "the server refuses it where a row has a value that does not fit", &AlterColumn{Table: d.Table, Name: c.Name,
		undo: &undoneColumn{was: c.clone(), became: have.clone(), check: t.columnCheck(c.Name, r.state.Flavor.Dialect)}})
}

// primaryKey gives a table another primary key.
func (r *repairer) primaryKey(d Difference) {
	var want *Key
	if t := r.want.Table(d.Table); t != nil {
		want = t.PrimaryKey
	}
	have := r.state.Table(d.Table).PrimaryKey
	alter := "ALTER TABLE " + r.name(d.Table) + " "
	var parts []string
	postgres := r.state.Flavor.Dialect == flavor.Postgres
	switch {
	case strings.HasPrefix(d.Want, "called ") && postgres:
		r.raw(d, "", alter+"RENAME CONSTRAINT "+r.name(have.Name)+" TO "+r.name(want.Name))
		return
	case have != nil && postgres:
		parts = append(parts, "DROP CONSTRAINT "+r.name(have.Name))
	case have != nil:
		parts = append(parts, "DROP PRIMARY KEY")
	}
	if want != nil {
		add := "ADD PRIMARY KEY (" + quoteIdents(want.Columns, r.state.Flavor.Dialect) + ")"
		if postgres && want.Name != "" {
			add = "ADD CONSTRAINT " + r.name(want.Name) + " PRIMARY KEY (" + quoteIdents(want.Columns, flavor.Postgres) + ")"
		}
		parts = append(parts, add)
	}
	r.raw(d, "the server refuses it while foreign keys need the key, or rows have equal values", alter+strings.Join(parts, ", "))
}

// enum makes an enumeration, adds values to it, or removes some.
func (r *repairer) enum(d Difference) {
	want, have := r.want.Enums[d.Name], r.state.Enums[d.Name]
	switch {
	case have == nil && want != nil:
		r.do(d, "", &CreateEnum{Name: want.Name, Values: want.Values})
	case want == nil:
		r.do(d, "", &DropEnum{Name: d.Name})
	default:
		r.enumValues(d, want, have)
	}
}

// enumValues gives an enumeration its values again, where their order lets it.
func (r *repairer) enumValues(d Difference, want, have *Enum) {
	var ops []Operation
	note := ""
	kept := slices.DeleteFunc(slices.Clone(have.Values), func(v string) bool { return !slices.Contains(want.Values, v) })
	for _, v := range have.Values {
		if !slices.Contains(want.Values, v) {
			ops = append(ops, &DropEnumValue{Name: d.Name, Value: v})
			note = "the server refuses it while a row has the value"
		}
	}
	for i, v := range want.Values {
		if slices.Contains(kept, v) {
			continue
		}
		add := &AddEnumValue{Name: d.Name, Value: v}
		if i > 0 {
			add.After = want.Values[i-1]
		} else if len(kept) > 0 {
			add.Before = kept[0]
		}
		ops = append(ops, add)
	}
	inOrder := slices.DeleteFunc(slices.Clone(want.Values), func(v string) bool { return !slices.Contains(kept, v) })
	if !slices.Equal(inOrder, kept) {
		r.none(d, "the server cannot put the values of a type into another order")
		return
	}
	r.do(d, note, ops...)
}

// view makes a view again.
func (r *repairer) view(d Difference) {
	for _, v := range r.want.Views {
		if v.Name != d.Name || strings.HasSuffix(strings.TrimSpace(v.Text), " AS") {
			continue
		}
		statements := []string{v.Text}
		if d.Have != "" {
			statements = []string{"DROP VIEW " + r.name(v.Name), v.Text}
		}
		r.last = append(r.last, Repair{Differences: []Difference{d}, Statements: statements})
		return
	}
	r.none(d, "its text is not recorded; make it again as the revision does")
}

// trigger makes a trigger again, drops it, or switches it on.
func (r *repairer) trigger(d Difference) {
	d1 := r.state.Flavor.Dialect
	drop := &DropTrigger{Name: d.Name, Table: d.Table}
	if d.Want == "" {
		r.do(d, "", drop)
		return
	}
	at := r.want.trigger(d.Table, d.Name)
	if at < 0 {
		r.none(d, "its text is not recorded; make it again as the revision does")
		return
	}
	tr := r.want.Triggers[at]
	if tr.Text == "" && d1.MySQLFamily() {
		tr.Text = triggerHead(tr, nil, d1) + " " + tr.Body
	}
	switch on := strings.TrimSuffix(d.Have, ", switched off"); {
	case on == d.Want && on != d.Have:
		r.raw(d, "", fmt.Sprintf("ALTER TABLE %s ENABLE TRIGGER %s", r.name(d.Table), r.name(d.Name)))
	case tr.Text == "":
		r.none(d, "its text is not recorded; make it again as the revision does")
	case d.Have == "":
		r.do(d, "", restoreTrigger(tr))
	default:
		r.do(d, "", drop, restoreTrigger(tr))
	}
}

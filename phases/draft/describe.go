package draft

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/migrations/catalog"
	"manage/schema"
)

// Description is the schema of a database in the words of a catalog.
type Description struct {
	Models *catalog.Models
	// Up makes the tables that there are.
	Up []catalog.Change
	// Known are what the database has and no portable words can say, so that
	// it alarms nobody.
	Known []schema.KnownDifference
	// Decide is what somebody should decide: types and defaults that other
	// servers do not have, and what was left out.
	Decide []Finding
	// Unlike is true if what was left out makes the database another one than
	// the models: sync then does not recognise it.
	Unlike bool
	// LeftAlone are objects that were not taken over, such as `view v`.
	LeftAlone []string
}

// Describe puts the schema of a database into the words of a catalog. Tables
// that tools keep for themselves must not be in it.
func Describe(live *schema.Schema) Description {
	d := Description{}
	model, left := schema.Portable(live)
	for _, u := range left {
		d.unportable(u, live.Flavor.Dialect)
	}
	d.Models = &catalog.Models{Enums: model.Enums}
	for _, t := range model.Tables {
		d.defaults(&t, live.Flavor.Dialect)
		d.numbering(&t)
		d.partial(&t, live.Flavor.Dialect)
		d.references(&t, live)
		d.Models.Tables = append(d.Models.Tables, catalog.ModelTable{CreateTable: t})
	}
	for _, op := range d.Models.Operations(live.Flavor.Dialect) {
		d.Up = append(d.Up, catalog.Change{Op: op})
	}
	for _, v := range live.Views {
		d.LeftAlone = append(d.LeftAlone, "view "+v.Name)
	}
	for _, t := range live.Triggers {
		d.LeftAlone = append(d.LeftAlone, "trigger "+t.Name+" of table "+t.Table)
	}
	return d
}

// unportable says what to do about something without portable words.
func (d *Description) unportable(u schema.Unportable, on flavor.Dialect) {
	f := Finding{Table: u.Table, Object: strings.TrimSpace(string(u.Kind) + " " + u.Name)}
	switch {
	case u.Kind == plan.KindTable:
		f.Object = ""
		f.Problem, f.Advice, d.Unlike = fmt.Sprintf("%q behind it has no portable form and is left out", u.What), "make the table with an sql operation instead", true
	case u.Kind == plan.KindIndex:
		f.Problem = fmt.Sprintf("the index %s has no portable form; catalog.toml names it as a known difference, so that it alarms nobody here", u.What)
		f.Advice = "databases that are made anew have it only if a revision makes it with an sql operation"
		d.Known = append(d.Known, schema.KnownDifference{Table: u.Table, Kind: schema.Extra, Index: u.Name, Dialects: []string{string(on)}, Why: "it was there before the catalog, and has no portable form"})
	case u.Written == "":
		f.Problem, f.Advice, d.Unlike = fmt.Sprintf("%q has no portable form and is left out", u.What), "add it with an sql operation behind create_table", true
	default:
		f.Problem = fmt.Sprintf("the type %s has no portable form: it is kept for %s by type_on, and is %s elsewhere", u.What, on.Title(), u.Written)
		f.Advice = "check whether that type holds what other servers are to store; a type of the user's must be made by an sql operation before the table"
	}
	d.Decide = append(d.Decide, f)
}

// partial leaves out indexes of some rows, which MySQL does not have.
func (d *Description) partial(t *schema.CreateTable, on flavor.Dialect) {
	t.Indexes = slices.DeleteFunc(t.Indexes, func(x schema.IndexDef) bool {
		if x.Where.IsZero() {
			return false
		}
		d.unportable(schema.Unportable{Kind: plan.KindIndex, Table: t.Name, Name: x.Name, What: "(" + strings.Join(x.Columns, ", ") + ") where " + x.Where.All}, on)
		return true
	})
}

// defaults limits expressions that only their server is known to have to it.
func (d *Description) defaults(t *schema.CreateTable, on flavor.Dialect) {
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.DefaultSQL.All == "" || everywhere(c.DefaultSQL.All) {
			continue
		}
		d.Decide = append(d.Decide, Finding{Table: t.Name, Object: "column " + c.Name,
			Problem: fmt.Sprintf("other servers may not know its default, %s: it is kept for %s alone", c.DefaultSQL.All, on.Title()),
			Advice:  "write what it is elsewhere into default_sql, in models.toml and in the revision"})
		c.DefaultSQL = schema.Text{By: map[string]string{string(on): c.DefaultSQL.All, "other": "NULL"}}
	}
}

// everywhere reports whether all servers know an expression.
func everywhere(expr string) bool {
	return !slices.ContainsFunc(schema.NamesIn(expr), func(name string) bool {
		return !slices.Contains([]string{"current_timestamp", "current_date", "true", "false", "null", "not"}, strings.ToLower(name))
	})
}

// numbering takes the numbering of rows from columns that are not in the
// primary key, where only some servers have it.
func (d *Description) numbering(t *schema.CreateTable) {
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Autoincrement && !slices.Contains(t.PrimaryKey, c.Name) {
			c.Autoincrement, d.Unlike = false, true
			d.Decide = append(d.Decide, Finding{Table: t.Name, Object: "column " + c.Name, Problem: "it numbers its rows and is not in the primary key; the numbering is left out",
				Advice: "add it with an sql operation behind create_table"})
		}
	}
}

// references drops foreign keys to what is not in the same schema.
func (d *Description) references(t *schema.CreateTable, live *schema.Schema) {
	t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(f schema.TableForeignKey) bool {
		if live.Table(f.RefTable) != nil {
			return false
		}
		d.Unlike = true
		d.Decide = append(d.Decide, Finding{Table: t.Name, Object: strings.TrimSpace("foreign key " + f.Name), Problem: "it refers to the table " + f.RefTable + ", which is not among those taken over, and is left out",
			Advice: "add it with an sql operation behind create_table"})
		return true
	})
}

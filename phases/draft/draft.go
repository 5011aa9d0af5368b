// Package draft writes revisions by itself: it takes what differs between a
// catalog's models and what its revisions have made, and says it as the
// operations of new revisions. Where two releases run side by side it only
// writes what each of them bears. What a change needs beyond that, to bridge
// the two, is named and left to people; an engine that derives whole cycles
// of revisions for it would start from the same findings.
//
// It reads nothing and writes no file: callers bring the live schema and put
// the revisions into the catalog.
package draft

import (
	"fmt"

	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/schema"
)

// Draft is what was derived.
type Draft struct {
	// Parts are the revisions to be written, an expand before a contract
	// revision. There are none if nothing differs, or nothing can be written.
	Parts []Part
	// ByHand is what nothing was written for; Notes go with what was.
	ByHand, Notes []Finding
	// LeftAlone are objects of the database that the catalog does not manage,
	// such as `view v`.
	LeftAlone []string
}

// Empty reports whether nothing differs.
func (d Draft) Empty() bool { return len(d.Parts) == 0 && len(d.ByHand) == 0 }

// Part is one revision.
type Part struct {
	Branch   revision.Branch
	Up, Down []catalog.Change
}

// Finding is one thing that people should know.
type Finding struct {
	Table, Object string // Object is such as `column size`; "" if the whole table is meant
	Problem       string
	// Advice is what to write by hand; "" if nothing is.
	Advice string
}

// String is the finding as a line for a person.
func (f Finding) String() string {
	where := f.Object
	switch {
	case f.Table != "" && f.Object != "":
		where = "table " + f.Table + ": " + f.Object
	case f.Table != "":
		where = "table " + f.Table
	}
	return where + ": " + f.Problem
}

// Derive compares the models of a catalog with what its revisions make on
// every dialect, and with the schema of a database at their head. What the
// catalog does not manage in that database is left alone. It fails if the
// models, or the revisions, do not fit a dialect.
func Derive(c *catalog.Catalog, live *schema.Schema) (Draft, error) {
	d := &drafter{catalog: c, live: live, model: modelOf(c.Models)}
	if err := d.fold(); err != nil {
		return Draft{}, err
	}
	edits, err := d.edits()
	if err != nil {
		return Draft{}, err
	}
	heads := c.Graph.Heads()
	if heads.Expand != "" || heads.Contract != "" {
		d.branches(edits)
	} else {
		d.trunk(edits)
	}
	d.out.LeftAlone = d.leftAlone()
	return d.out, nil
}

// modelOf is models.toml without what it says of renames.
func modelOf(m *catalog.Models) schema.Model {
	model := schema.Model{Enums: m.Enums}
	for _, t := range m.Tables {
		model.Tables = append(model.Tables, t.CreateTable)
	}
	return model
}

// drafter is one run of Derive.
type drafter struct {
	catalog *catalog.Catalog
	live    *schema.Schema
	model   schema.Model
	// folded is the schema that the revisions make, on each dialect on which
	// that can be told; of the database's own dialect it is in made as well.
	folded []*schema.Schema
	made   *schema.Schema
	out    Draft
}

// fold computes the schema at the head on every dialect. Where plain SQL hides
// it, the database speaks for its own dialect, and nobody for others.
func (d *drafter) fold() error {
	for _, dialect := range flavor.Dialects() {
		f := flavor.Default(dialect)
		here := dialect == d.live.Flavor.Dialect
		if here {
			f = d.live.Flavor
		}
		if !here && !d.speaks(dialect) {
			continue
		}
		s, err := d.catalog.Fold(f, false, d.catalog.Graph.All())
		if err == nil {
			_, err = d.catalog.Models.Schema(f)
		}
		switch {
		case err != nil && here:
			return err
		case err != nil:
			d.out.Notes = append(d.out.Notes, Finding{Object: dialect.Title(), Problem: "what is derived is not made for it, because the catalog does not fit it: " + err.Error()})
		case !s.Opaque:
			d.folded = append(d.folded, s)
			if here {
				d.made = s
			}
		case here:
			d.folded = append(d.folded, d.withoutKnown(d.managed(d.catalog.Tables())))
		}
	}
	return nil
}

// speaks reports whether the catalog is for databases of a dialect.
func (d *drafter) speaks(dialect flavor.Dialect) bool {
	var names []string
	for _, own := range d.catalog.Dialects {
		names = append(names, string(own))
	}
	return flavor.Serves(names, dialect)
}

// managed is the live schema without tables of others: those that neither ours
// nor the models name.
func (d *drafter) managed(ours map[string]bool) *schema.Schema {
	s := d.live.Clone()
	named := map[string]bool{}
	for _, t := range d.model.Tables {
		named[t.Name] = true
	}
	for name := range s.Tables {
		if !ours[name] && !named[name] {
			delete(s.Tables, name)
		}
	}
	return s
}

// ours are the names of the tables that the revisions have made.
func (d *drafter) ours() map[string]bool {
	if d.made == nil {
		return d.catalog.Tables()
	}
	names := map[string]bool{}
	for name := range d.made.Tables {
		names[name] = true
	}
	return names
}

// edits are the steps from what the revisions make, and from what the database
// has, to the models; renames come first.
func (d *drafter) edits() ([]schema.Edit, error) {
	before := make([]*schema.Schema, len(d.folded))
	for i, s := range d.folded {
		before[i] = s.Clone()
	}
	renames := d.renames(before)
	edits, err := schema.Derive(before, d.model)
	if err != nil {
		return nil, fmt.Errorf("models.toml: %w", err)
	}
	repairs, err := d.repairs()
	if err != nil {
		return nil, err
	}
	return append(renames, d.joined(edits, repairs)...), nil
}

// leftAlone names what the catalog does not manage in the database.
func (d *drafter) leftAlone() []string {
	var names []string
	managed := d.managed(d.ours())
	for _, name := range d.live.TableNames() {
		if managed.Table(name) == nil {
			names = append(names, "table "+name)
		}
	}
	for _, v := range d.live.Views {
		names = append(names, "view "+v.Name)
	}
	for _, t := range d.live.Triggers {
		if managed.Table(t.Table) != nil && (d.made == nil || !hasTrigger(d.made, t)) {
			names = append(names, "trigger "+t.Name+" of table "+t.Table)
		}
	}
	return names
}

func hasTrigger(s *schema.Schema, t schema.Trigger) bool {
	for _, known := range s.Triggers {
		if known.Name == t.Name && known.Table == t.Table {
			return true
		}
	}
	return false
}

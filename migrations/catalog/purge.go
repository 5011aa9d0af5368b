package catalog

import (
	"cmp"
	"reflect"
	"slices"

	"manage/engine/revision"
	"manage/schema"
)

// purgeFile is the name of the file that says what a purge removes.
const purgeFile = "purge.toml"

// Purge says what the rows of a service mean to a purge: which are
// soft-deleted, which are orphans, and what belongs to what.
type Purge struct {
	// Kinds are the kinds of objects, parents before children.
	Kinds []PurgeKind
	// GroupBy is the kind whose objects are purged whole or not at all when a
	// purge is limited; "" if the catalog has no such groups.
	GroupBy string
	// Sweeps are purges table by table, by name.
	Sweeps []Sweep
}

// Kind is the kind of a name, or nil.
func (p *Purge) Kind(name string) *PurgeKind {
	for i := range p.Kinds {
		if p.Kinds[i].Name == name {
			return &p.Kinds[i]
		}
	}
	return nil
}

// Sweep is the sweep of a name, or nil.
func (p *Purge) Sweep(name string) *Sweep {
	for i := range p.Sweeps {
		if p.Sweeps[i].Name == name {
			return &p.Sweeps[i]
		}
	}
	return nil
}

// PurgeKind is one kind of objects: the rows of one table.
type PurgeKind struct {
	Name   string `toml:"name"`   // as in --root NAME=…
	Title  string `toml:"title"`  // of its column in the count table
	Single string `toml:"single"` // one object, in messages; Name if empty
	Table  string `toml:"table"`
	Key    string `toml:"key"`  // the column of the primary key
	UUID   string `toml:"uuid"` // the column an object is found by; "" for none
	Label  string `toml:"label"`
	// SoftDeleted and Live are conditions on a row; a row may be neither.
	SoftDeleted schema.Text `toml:"soft_deleted"`
	Live        schema.Text `toml:"live"`
	// DeletedAt is the column with the time of deletion, in UTC.
	DeletedAt string `toml:"deleted_at"`
	// Keep says why objects of this kind are never purged; "" if they are.
	Keep    string        `toml:"keep"`
	Parents []PurgeParent `toml:"parents"`
	With    []PurgeWith   `toml:"with"`

	Source revision.Source `toml:"-"`
}

// PurgeParent is a column by which an object belongs to another.
type PurgeParent struct {
	Column string `toml:"column"`
	Kind   string `toml:"kind"`
	// Optional is true if the object may do without.
	Optional bool `toml:"optional"`
	// Related is true if a soft-deleted object goes with its purged parent
	// whatever its own age.
	Related bool `toml:"related"`
	// Orphan is true if a live object is an orphan when this parent is not
	// live, or an orphan itself.
	Orphan bool `toml:"orphan"`
	// Groups is true if the object is counted to the group of this parent.
	Groups bool `toml:"groups"`
}

// PurgeWith is a table whose rows are removed with their object, without being
// counted.
type PurgeWith struct {
	Table  string `toml:"table"`
	Column string `toml:"column"`
}

// Sweep is a purge that goes table by table, in order.
type Sweep struct {
	Name   string       `toml:"name"`
	Tables []SweepTable `toml:"tables"`
}

// SweepTable is one table of a sweep. Its rows go by their own time of
// deletion, or by that of the row that they belong to.
type SweepTable struct {
	Table     string `toml:"table"`
	Key       string `toml:"key"`
	DeletedAt string `toml:"deleted_at"`
	// Column refers to the key of OwnerKey in the table Owner, which has the
	// time of deletion; "" if the table has it itself.
	Column   string `toml:"column"`
	Owner    string `toml:"owner"`
	OwnerKey string `toml:"owner_key"`
}

// purgeText is purge.toml as it is written.
type purgeText struct {
	GroupBy     string      `toml:"group_by"`
	SoftDeleted schema.Text `toml:"soft_deleted"`
	Live        schema.Text `toml:"live"`
	DeletedAt   string      `toml:"deleted_at"`
	Kinds       []PurgeKind `toml:"kind"`
	Sweeps      []Sweep     `toml:"sweep"`
}

// readPurge reads purge.toml from parsed TOML.
func (w *worker) readPurge(raw map[string]any) *Purge {
	d := &w.decoder
	var f purgeText
	d.naming(func() { d.table(raw, reflect.ValueOf(&f).Elem()) })
	lines := headers(d.text)["kind"]
	for i := range f.Kinds {
		k := &f.Kinds[i]
		k.Single, k.Title = cmp.Or(k.Single, k.Name), cmp.Or(k.Title, k.Name)
		k.DeletedAt = cmp.Or(k.DeletedAt, f.DeletedAt)
		if k.SoftDeleted.IsZero() {
			k.SoftDeleted = f.SoftDeleted
		}
		if k.Live.IsZero() {
			k.Live = f.Live
		}
		k.Source = d.source(nth(lines, i))
	}
	if len(d.problems) == 0 {
		d.checkPurge(&f)
	}
	return &Purge{Kinds: f.Kinds, GroupBy: f.GroupBy, Sweeps: f.Sweeps}
}

// checkPurge looks at what purge.toml says.
func (d *decoder) checkPurge(f *purgeText) {
	var known []string
	for i, k := range f.Kinds {
		d.at("kind", func() { d.atIndex(i, func() { d.checkPurgeKind(k, known) }) })
		known = append(known, k.Name)
	}
	d.oneOf("group_by", f.GroupBy, known...)
	var sweeps []string
	for i, s := range f.Sweeps {
		d.at("sweep", func() {
			d.atIndex(i, func() {
				if d.required("name", s.Name != "") && slices.Contains(sweeps, s.Name) {
					d.fail("the sweep %q is described twice", s.Name)
				}
				sweeps = append(sweeps, s.Name)
				d.required("tables", len(s.Tables) > 0)
				d.checkSweepTables(s.Tables)
			})
		})
	}
}

// checkPurgeKind looks at one [[kind]]; before are the names of those that
// stand before it.
func (d *decoder) checkPurgeKind(k PurgeKind, before []string) {
	if d.required("name", k.Name != "") && slices.Contains(before, k.Name) {
		d.at("name", func() { d.fail("the kind %q is described twice", k.Name) })
	}
	d.required("table", k.Table != "")
	d.required("key", k.Key != "")
	d.required("soft_deleted", !k.SoftDeleted.IsZero())
	d.required("live", !k.Live.IsZero())
	d.required("deleted_at", k.DeletedAt != "")
	for i, p := range k.Parents {
		d.at("parents", func() { d.atIndex(i, func() { d.checkPurgeParent(p, before) }) })
	}
	for i, w := range k.With {
		d.at("with", func() {
			d.atIndex(i, func() {
				d.required("table", w.Table != "")
				d.required("column", w.Column != "")
			})
		})
	}
}

// checkPurgeParent looks at one parent: it must stand before its children,
// because children go first.
func (d *decoder) checkPurgeParent(p PurgeParent, before []string) {
	d.required("column", p.Column != "")
	if d.required("kind", p.Kind != "") && !slices.Contains(before, p.Kind) {
		d.at("kind", func() {
			d.fail("the parent %q is no kind that stands before this one%s", p.Kind, didYouMean(p.Kind, before))
		})
	}
}

func (d *decoder) checkSweepTables(tables []SweepTable) {
	for i, t := range tables {
		d.at("tables", func() {
			d.atIndex(i, func() {
				d.required("table", t.Table != "")
				d.required("key", t.Key != "")
				d.required("deleted_at", t.DeletedAt != "")
				if t.Column != "" || t.Owner != "" || t.OwnerKey != "" {
					d.required("column", t.Column != "")
					d.required("owner", t.Owner != "")
					d.required("owner_key", t.OwnerKey != "")
				}
			})
		})
	}
}

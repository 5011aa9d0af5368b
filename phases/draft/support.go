package draft

import (
	"slices"

	"manage/engine/flavor"
	"manage/migrations/catalog"
	"manage/schema"
)

// MySQL makes an index for each foreign key that none serves yet, and leaves it
// there when the foreign key goes. This file removes what is left so: nobody
// asked for it, and it may stand in the way of other changes.

// madeIndex is an index that MySQL made for a foreign key.
type madeIndex struct {
	dialect     flavor.Dialect
	table, name string
}

// indexesMade lists the indexes that MySQL made.
func indexesMade(states []*schema.Schema) []madeIndex {
	var all []madeIndex
	for _, s := range states {
		if !s.Flavor.Dialect.MySQLFamily() {
			continue
		}
		for _, name := range s.TableNames() {
			for _, x := range s.Tables[name].Indexes {
				if x.Made {
					all = append(all, madeIndex{s.Flavor.Dialect, name, x.Name})
				}
			}
		}
	}
	return all
}

// sweep drops, behind a foreign key that is dropped, the index that was made
// for it, if nothing else needs that.
func (d *drafter) sweep(e schema.Edit, states []*schema.Schema) []catalog.Change {
	if _, drop := e.Op.(*schema.DropForeignKey); !drop {
		return nil
	}
	var left []madeIndex
	for _, x := range indexesMade(states) {
		if x.table != e.Table || d.wants(x) {
			continue
		}
		if tried(x.drop(x.dialect), states) == nil {
			left = append(left, x)
		}
	}
	return drops(left)
}

// wants reports whether the models have an index of that name.
func (d *drafter) wants(x madeIndex) bool {
	return slices.ContainsFunc(d.model.Tables, func(t schema.CreateTable) bool {
		return t.Name == x.table && slices.ContainsFunc(t.Indexes, func(i schema.IndexDef) bool { return i.Name == x.name })
	})
}

// comeWith drops, on the way back, the indexes that came with a foreign key.
func comeWith(e schema.Edit, before []madeIndex, states []*schema.Schema) []catalog.Change {
	if _, add := e.Op.(*schema.AddForeignKey); !add {
		return nil
	}
	return drops(slices.DeleteFunc(indexesMade(states), func(x madeIndex) bool { return slices.Contains(before, x) }))
}

// drop is the change that drops the index on some dialects.
func (x madeIndex) drop(on ...flavor.Dialect) catalog.Change {
	c := catalog.Change{Op: &schema.DropIndex{Table: x.table, Name: x.name, IfExists: true}}
	for _, dialect := range on {
		c.Dialects = append(c.Dialects, string(dialect))
	}
	return c
}

// drops are the changes that drop indexes, one for those of one name.
func drops(all []madeIndex) []catalog.Change {
	var changes []catalog.Change
	for i, x := range all {
		same := func(y madeIndex) bool { return y.table == x.table && y.name == x.name }
		if slices.ContainsFunc(all[:i], same) {
			continue
		}
		on := x.dialect
		if slices.ContainsFunc(all, func(y madeIndex) bool { return same(y) && y.dialect == flavor.MySQL }) {
			on = flavor.MySQL // which serves MariaDB
		}
		changes = append(changes, x.drop(on))
	}
	return changes
}

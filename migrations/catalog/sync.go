package catalog

import (
	"fmt"
	"slices"

	"manage/engine/revision"
	"manage/schema"
)

// syncing sets what the pair sync_columns and unsync_columns leaves unsaid: the
// first is for online runs, the second always runs.
func (d *decoder) syncing(c *Change) {
	switch c.Op.(type) {
	case *schema.SyncColumns:
		if c.When == Offline {
			d.fail("sync_columns is for online runs only: remove when")
		}
		c.When = Online
	case *schema.UnsyncColumns:
		if c.When != Always {
			d.fail("unsync_columns always runs, as a bridge must go whoever made it: remove when")
		}
	}
}

// joinSyncs gives each unsync_columns without a table that of the sync_columns
// of its name, and returns these.
func (c *Catalog) joinSyncs() ([]*schema.UnsyncColumns, revision.Problems) {
	tables := map[string][]string{}
	c.eachChange(func(change Change) {
		if sync, ok := change.Op.(*schema.SyncColumns); ok && !slices.Contains(tables[sync.Name], sync.Table) {
			tables[sync.Name] = append(tables[sync.Name], sync.Table)
		}
	})
	var unsaid []*schema.UnsyncColumns
	var problems revision.Problems
	c.eachChange(func(change Change) {
		unsync, ok := change.Op.(*schema.UnsyncColumns)
		if !ok || unsync.Table != "" {
			return
		}
		why := fmt.Sprintf("there is no sync_columns called %q: name the one that made the triggers", unsync.Name)
		switch found := tables[unsync.Name]; len(found) {
		case 1:
			unsync.Table = found[0]
			unsaid = append(unsaid, unsync)
			return
		case 0:
		default:
			why = fmt.Sprintf("there is a sync_columns called %q for more than one table: say which with the key table", unsync.Name)
		}
		problems = append(problems, revision.Problem{Source: change.Source, Message: "unsync_columns: " + why})
	})
	return unsaid, problems
}

// followRenames gives each unsync_columns whose table is not said the name that
// the table has by then: triggers go with a table that is renamed.
func (c *Catalog) followRenames(unsaid []*schema.UnsyncColumns) {
	tables := map[string]string{} // by the name of the pair
	for _, r := range c.Graph.Revisions() {
		for _, change := range c.Revisions[r.ID].Up {
			switch op := change.Op.(type) {
			case *schema.SyncColumns:
				tables[op.Name] = op.Table
			case *schema.RenameTable:
				for pair, table := range tables {
					if table == op.From {
						tables[pair] = op.To
					}
				}
			case *schema.UnsyncColumns:
				if table := tables[op.Name]; table != "" && slices.Contains(unsaid, op) {
					op.Table = table
				}
			}
		}
	}
}

// chainSyncs tells pairs of sync_columns which of those before them they hang
// together with, through columns that they share, and unsync_columns which pairs
// have triggers for that.
func (c *Catalog) chainSyncs() {
	var made []*schema.SyncColumns
	joint := map[*schema.SyncColumns][]string{} // the younger ones, by the pair
	follow := func(op *schema.SyncColumns) {
		var chain []*schema.SyncColumns
		for i := len(made) - 1; i >= 0; i-- {
			beside := func(other *schema.SyncColumns) bool { return other.Shares(made[i]) }
			if made[i].Name != op.Name && (op.Shares(made[i]) || slices.ContainsFunc(chain, beside)) {
				chain = append([]*schema.SyncColumns{made[i]}, chain...)
			}
		}
		op.Follow(chain)
		for _, each := range append(chain, op) {
			if len(chain) > 0 && !slices.Contains(joint[each], op.Name) {
				joint[each] = append(joint[each], op.Name)
			}
		}
	}
	for _, r := range c.Graph.Revisions() {
		for _, change := range c.Revisions[r.ID].Up {
			if op, ok := change.Op.(*schema.SyncColumns); ok {
				follow(op)
				made = append(made, op)
			}
		}
	}
	c.eachChange(func(change Change) {
		for _, pair := range made {
			switch op := change.Op.(type) {
			case *schema.UnsyncColumns:
				if pair.Name == op.Name && pair.Table == op.Table {
					op.Joint(joint[pair])
				}
			}
		}
	})
}

// eachChange visits the changes of all revisions, in both directions.
func (c *Catalog) eachChange(visit func(Change)) {
	for _, id := range sortedKeys(c.Revisions) {
		for _, list := range [][]Change{c.Revisions[id].Up, c.Revisions[id].Down} {
			for _, change := range list {
				visit(change)
			}
		}
	}
}

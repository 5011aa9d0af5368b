package schema

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/flavor"
)

// Two pairs of sync_columns may share a column, as those of two releases do on
// an upgrade over both: what is written at one end has to reach the other,
// whichever trigger the server calls first. On SQLite it does, as the UPDATE of
// each trigger calls the others. On the other servers each is called once, before
// the row. So the pair that came later has two triggers more, which settle all
// pairs that hang together, there and back. They say all that is to be done by
// themselves, so that their place among the triggers does not matter; and they
// go with the first of the pairs, as its columns are about to.

// What the names of these triggers end in; no longer than those of the others.
const (
	syncMoreInsert = "_sync_more_i"
	syncMoreUpdate = "_sync_more_u"
)

// Follow names the pairs that came before this one and hang together with it
// through columns that they share.
func (o *SyncColumns) Follow(earlier []*SyncColumns) { o.earlier = earlier }

// Shares reports whether two pairs have a column in common.
func (o *SyncColumns) Shares(other *SyncColumns) bool {
	one := func(column string) bool {
		return strings.EqualFold(column, other.Old) || strings.EqualFold(column, other.New)
	}
	return strings.EqualFold(o.Table, other.Table) && (one(o.Old) || one(o.New))
}

// Joint names the pairs whose further triggers settle the columns of this one.
func (o *UnsyncColumns) Joint(names []string) { o.joint = names }

// more are the further triggers of a pair, as operations of their own: none
// where it hangs together with no pair whose triggers are there.
func (w *syncWriter) more(s *Schema) ([]Operation, error) {
	if w.d == flavor.SQLite || len(w.earlier) == 0 {
		return nil, nil
	}
	var chain []*syncWriter
	for _, e := range w.earlier {
		if s.trigger(e.Table, e.Name+syncUpdate) < 0 {
			continue
		}
		other, err := e.writer(s, "NEW.")
		if err != nil {
			return nil, err
		}
		chain = append(chain, other)
	}
	if len(chain) == 0 && s.trigger(w.Table, w.Name+syncMoreUpdate) < 0 {
		return nil, nil
	}
	back := slices.Clone(chain)
	slices.Reverse(back)
	chain = append(append(chain, w), back...)
	part := func(suffix, event string, insert bool) Operation {
		return &CreateTrigger{Name: w.Name + suffix, Table: w.Table, Timing: Text{All: "before"}, Event: event, Body: Text{All: w.all(chain, insert)}}
	}
	return []Operation{part(syncMoreInsert, "insert", true), part(syncMoreUpdate, "update", false)}, nil
}

// all is the body of a trigger that settles pairs one after the other.
func (w *syncWriter) all(chain []*syncWriter, insert bool) string {
	var declared, settled strings.Builder
	for i, each := range chain {
		oldWritten, newWritten := each.written(insert)
		if w.d != flavor.Postgres {
			settled.WriteString(each.mysqlSettling(oldWritten, newWritten) + "\n")
			continue
		}
		newVar, oldVar := fmt.Sprintf("manage_sync_new%d", i), fmt.Sprintf("manage_sync_old%d", i)
		declared.WriteString(each.postgresDeclaring(newVar, oldVar) + "\n")
		settled.WriteString(each.postgresSettling(oldWritten, newWritten, newVar, oldVar) + "\n")
	}
	if w.d != flavor.Postgres {
		return "BEGIN\n" + settled.String() + "END"
	}
	return "\nDECLARE\n" + declared.String() + "BEGIN\n" + settled.String() + "  RETURN NEW;\nEND"
}

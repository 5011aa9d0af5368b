package phases

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/schema"
)

// Uncompared is something that verify could not compare.
type Uncompared struct {
	Kind        plan.ObjectKind
	Table, Name string
	Why         string
}

// String names it.
func (u Uncompared) String() string {
	switch {
	case u.Kind == plan.KindTable:
		return "table " + u.Table
	case u.Table != "" && u.Name != "":
		return fmt.Sprintf("table %s: %s %s", u.Table, u.Kind, u.Name)
	case u.Table != "":
		return fmt.Sprintf("table %s: %s", u.Table, u.Kind)
	case u.Name != "":
		return fmt.Sprintf("%s %s", u.Kind, u.Name)
	}
	return string(u.Kind)
}

// byRecord is what the record of the schema tells of a live one.
type byRecord struct {
	record *schemaRecord
	want   *schema.Schema
	// live are the objects that the database has, and changed those that an
	// interrupted run may have changed.
	live    []schema.Object
	changed map[string]bool
	// why is why there is no record to go by.
	why string
}

// whole reports whether the record tells all that should be there.
func (b *byRecord) whole() bool { return b.record != nil && b.record.Since == "" }

// readRecord reads the record for a schema that plain SQL hides.
func (w *verifying) readRecord(ctx context.Context, sess database.Session) error {
	w.record = &byRecord{}
	if !w.want.Opaque {
		return nil
	}
	found, err := w.Service.record(ctx, w.store(sess))
	var garbled *ledger.Garbled
	switch at := sortedRows(w.v.Position.Rows); {
	case errors.As(err, &garbled):
		return err
	case database.ClassOf(err) == database.Denied:
		w.record.why = "this account may not read the table " + ledger.SchemaTable
		return nil
	case err != nil:
		return err
	case found == nil:
		w.record.why = "there is no record of the schema"
		return nil
	case !found.Open && !equalRows(found.Rows, at):
		w.record.why = fmt.Sprintf("the record of the schema is of %s, not of this version", cmp.Or(strings.Join(found.Rows, ", "), "no version"))
		return nil
	}
	w.record.record = found
	if w.record.want, err = schema.FromObjects(w.DB.Flavor(), found.Objects); err != nil {
		return err
	}
	w.record.live, err = w.objects(ctx, sess)
	w.record.noteChanged()
	return err
}

// noteChanged finds what is otherwise than it was when a run began that has not
// ended.
func (b *byRecord) noteChanged() {
	b.changed = map[string]bool{}
	if !b.record.Open {
		return
	}
	now := digests(b.live)
	for key, sum := range now {
		b.changed[key] = b.record.Before[key] != sum
	}
	for key, sum := range b.record.Before {
		b.changed[key] = now[key] != sum
	}
}

// touched reports whether an interrupted run may have made a difference.
func (b *byRecord) touched(d schema.Difference) bool {
	if b.record == nil || !b.record.Open {
		return false
	}
	for key, changed := range b.changed {
		part := strings.Split(key, "\t")
		if changed && plan.ObjectKind(part[0]) == d.Kind && strings.EqualFold(part[1], d.Table) && strings.EqualFold(part[2], d.Name) {
			return true
		}
	}
	return false
}

// differences compares the live schema with the record. Tables that it does not
// have are of others.
func (b *byRecord) differences(live *schema.Schema, rules schema.Rules) []schema.Difference {
	if b.record == nil {
		return nil
	}
	rules.OtherTables = true
	return append(schema.Compare(b.want, live, rules), b.others()...)
}

// others compares views, routines and what else has no table: it should be
// there, and read as it did, where the account may read it.
func (b *byRecord) others() []schema.Difference {
	var out []schema.Difference
	now := map[string]schema.Object{}
	for _, o := range b.live {
		now[keyText(o)] = o
	}
	for _, o := range b.record.Objects {
		if o.Table != "" || o.Kind == plan.KindEnum {
			continue
		}
		live, there := now[keyText(o)]
		switch {
		case !there:
			out = append(out, schema.Difference{Kind: o.Kind, Name: o.Name, Want: schema.Present})
		case !o.Readable() || !live.Readable():
		case string(live.Definition) != string(o.Definition):
			out = append(out, schema.Difference{Kind: o.Kind, Name: o.Name, Want: "as a run left it", Have: "changed"})
		}
	}
	return out
}

// known reports whether the record has an object of others' kinds, so that it is
// not unmanaged.
func (b *byRecord) knows(kind plan.ObjectKind, name string) bool {
	return b.record != nil && slices.ContainsFunc(b.record.Objects, func(o schema.Object) bool {
		short, _, _ := strings.Cut(o.Name, "(")
		return o.Kind == kind && o.Table == "" && (o.Name == name || short == name)
	})
}

// has reports whether the record has a part of a table, or the table.
func (b *byRecord) has(kind plan.ObjectKind, table, name string) bool {
	return b.record != nil && slices.ContainsFunc(b.record.Objects, func(o schema.Object) bool {
		return o.Kind == kind && strings.EqualFold(o.Table, table) && strings.EqualFold(o.Name, name)
	})
}

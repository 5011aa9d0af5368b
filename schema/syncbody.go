package schema

import (
	"fmt"
	"strings"

	"manage/engine/flavor"
)

// This file writes the bodies of the triggers of sync_columns. They say the
// same on every server. Where a statement has written a column (for an insert:
// given a value other than NULL and the default, for an update: changed it) and the two columns
// do not agree, the other column is computed; where it has written both, the
// rule for conflicts decides. Columns agree if one of them follows from the
// other: a mapping may lose something in one direction, as a boolean does of
// four values, and what says more is then kept.

// syncWriter is what the bodies of one sync_columns on one server are made of.
type syncWriter struct {
	*SyncColumns
	d                flavor.Dialect
	table            *Table
	old, new         string // the columns in the row that is written
	toOld, toNew     string // the values that follow from the other column
	oldType, newType string
	// The defaults as literals; "" where there is none, or it is no literal: it
	// cannot be told then whether it was given.
	oldDefault, newDefault string
}

// writer collects them; s is the schema before the operation, and row what
// stands before the names of the columns, such as "NEW.".
func (o *SyncColumns) writer(s *Schema, row string) (*syncWriter, error) {
	t, err := s.need(o.Kind(), o.Table)
	if err != nil {
		return nil, err
	}
	d := s.Flavor.Dialect
	w := &syncWriter{SyncColumns: o, d: d, table: t, old: row + quoteIdent(o.Old, d), new: row + quoteIdent(o.New, d)}
	for _, each := range []struct {
		name           string
		typ, byDefault *string
	}{{o.Old, &w.oldType, &w.oldDefault}, {o.New, &w.newType, &w.newDefault}} {
		c := t.column(each.name, d)
		if c == nil {
			return nil, misfit(o.Kind(), o.Table, "there is no column %q", each.name)
		}
		*each.typ = strings.ToLower(c.Type)
		if c.Default != nil {
			*each.byDefault = plainLiteral(*c.Default, *each.typ, d)
		}
	}
	toNew, ok := o.ToNew.For(d)
	toOld, both := o.ToOld.For(d)
	if !ok || !both {
		return nil, misfit(o.Kind(), o.Table, "to_new and to_old need an expression for %s", d.Title())
	}
	w.toNew = fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN (%s) END", w.old, strings.ReplaceAll(toNew, "{old}", w.old))
	w.toOld = fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN (%s) END", w.new, strings.ReplaceAll(toOld, "{new}", w.new))
	return w, nil
}

// refusal is the text of the error, as a literal.
func (w *syncWriter) refusal() string {
	text := w.Message
	if text == "" {
		text = fmt.Sprintf("%s and %s disagree", w.Old, w.New)
	}
	if all := []rune(text); len(all) > longestSyncMessage {
		text = string(all[:longestSyncMessage])
	}
	return quoteLiteral(text, w.d)
}

// changed is true in an update that has given a column another value.
func (w *syncWriter) changed(column string) string {
	name, typ := quoteIdent(column, w.d), w.newType
	if column == w.Old {
		typ = w.oldType
	}
	return "NOT (" + w.same("NEW."+name, "OLD."+name, typ) + ")"
}

func (w *syncWriter) same(a, b, typ string) string { return same(a, b, typ, w.d) }

// written are the conditions that a statement has written the old column, and the
// new one.
func (w *syncWriter) written(insert bool) (oldWritten, newWritten string) {
	if insert {
		return w.given(w.old, w.oldType, w.oldDefault, w.newGiven()), w.given(w.new, w.newType, w.newDefault, w.old+" IS NOT NULL")
	}
	return w.changed(w.Old), w.changed(w.New)
}

// body is the body of a trigger, given when it has written which column.
func (w *syncWriter) body(oldWritten, newWritten string) string {
	switch {
	case w.d == flavor.SQLite:
		return w.sqlite(oldWritten, newWritten)
	case w.d == flavor.Postgres:
		return w.postgres(oldWritten, newWritten)
	}
	return w.mysql(oldWritten, newWritten)
}

// mysql is the body on MySQL and MariaDB.
func (w *syncWriter) mysql(oldWritten, newWritten string) string {
	return "BEGIN\n" + w.mysqlSettling(oldWritten, newWritten) + "\nEND"
}

func (w *syncWriter) mysqlSettling(oldWritten, newWritten string) string {
	setNew, setOld := "SET "+w.new+" = "+w.toNew, "SET "+w.old+" = "+w.toOld
	conflict := map[string]string{"new": setOld, "old": setNew}[w.Conflict]
	if conflict == "" {
		conflict = "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = " + w.refusal()
	}
	return fmt.Sprintf(`  IF (%[1]s OR %[2]s) AND NOT (%[3]s OR %[4]s) THEN
    IF %[1]s AND %[2]s THEN
      %[5]s;
    ELSEIF %[1]s THEN
      %[6]s;
    ELSE
      %[7]s;
    END IF;
  END IF;`, oldWritten, newWritten, w.same(w.new, w.toNew, w.newType), w.same(w.old, w.toOld, w.oldType), conflict, setNew, setOld)
}

// postgres is the body of the function on PostgreSQL. What is computed goes
// through variables of the columns' types, so that it is compared as it would
// be stored.
func (w *syncWriter) postgres(oldWritten, newWritten string) string {
	const newVar, oldVar = "manage_sync_new", "manage_sync_old"
	return "\nDECLARE\n" + w.postgresDeclaring(newVar, oldVar) + "\nBEGIN\n" +
		w.postgresSettling(oldWritten, newWritten, newVar, oldVar) + "\n  RETURN NEW;\nEND"
}

func (w *syncWriter) postgresDeclaring(newVar, oldVar string) string {
	table := quoteIdent(w.Table, w.d)
	return fmt.Sprintf("  %s %s.%s%%TYPE;\n  %s %s.%s%%TYPE;", newVar, table, quoteIdent(w.New, w.d), oldVar, table, quoteIdent(w.Old, w.d))
}

func (w *syncWriter) postgresSettling(oldWritten, newWritten, newVar, oldVar string) string {
	setNew, setOld := w.new+" := "+newVar, w.old+" := "+oldVar
	conflict := map[string]string{"new": setOld, "old": setNew}[w.Conflict]
	if conflict == "" {
		conflict = "RAISE EXCEPTION USING ERRCODE = '45000', MESSAGE = " + w.refusal()
	}
	return fmt.Sprintf(`  IF %[1]s OR %[2]s THEN
    %[8]s := %[10]s;
    %[9]s := %[11]s;
    IF NOT (%[3]s OR %[4]s) THEN
      IF %[1]s AND %[2]s THEN
        %[5]s;
      ELSIF %[1]s THEN
        %[6]s;
      ELSE
        %[7]s;
      END IF;
    END IF;
  END IF;`, oldWritten, newWritten, w.same(w.new, newVar, w.newType), w.same(w.old, oldVar, w.oldType), conflict, setNew, setOld,
		newVar, oldVar, w.toNew, w.toOld)
}

// sqlite is the body on SQLite, where the trigger comes after the row and
// writes the other column with a statement of its own. That calls the trigger
// for updates once more (from itself only with recursive_triggers), which then
// finds columns that agree.
func (w *syncWriter) sqlite(oldWritten, newWritten string) string {
	differ := "NOT (" + w.same(w.new, w.toNew, w.newType) + " OR " + w.same(w.old, w.toOld, w.oldType) + ")"
	setNew, setOld := oldWritten+" AND NOT ("+newWritten+")", newWritten+" AND NOT ("+oldWritten+")"
	refuse := ""
	switch w.Conflict {
	case "new":
		setOld = newWritten
	case "old":
		setNew = oldWritten
	default:
		refuse = fmt.Sprintf("SELECT RAISE(ABORT, %s) WHERE %s AND %s AND %s;\n", w.refusal(), oldWritten, newWritten, differ)
	}
	update := func(column, value, when string) string {
		return fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s AND %s AND %s;", quoteIdent(w.Table, w.d), quoteIdent(column, w.d), value, w.sqliteRow(), when, differ)
	}
	return refuse + update(w.New, w.toNew, setNew) + "\n" + update(w.Old, w.toOld, setOld)
}

// sqliteRow finds the row that was written: by a name of its rowid that no
// column has taken, else by the primary key.
func (w *syncWriter) sqliteRow() string {
	if !strings.Contains(lowerWords(w.table.Suffix), "without rowid") {
		for _, name := range []string{"rowid", "_rowid_", "oid"} {
			if w.table.column(name, w.d) == nil {
				return name + " = NEW." + name
			}
		}
	}
	var parts []string
	if w.table.PrimaryKey != nil {
		for _, c := range w.table.PrimaryKey.Columns {
			name := quoteIdent(c, w.d)
			parts = append(parts, name+" = NEW."+name)
		}
	}
	return strings.Join(parts, " AND ")
}

package metadefs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"manage/engine/database"
)

// writer writes one namespace within a transaction.
type writer struct {
	sess database.Session
	mode Mode
	now  string
	// done are the rows that this file has written or found, by table and id:
	// what comes to the same row a second time is a repetition. Which names are
	// the same is for the server to say.
	done  map[string]bool
	notes []string
	// overwriting is called before an existing namespace is removed.
	overwriting func()
}

// timeFormat is what all servers take for a time; it is in UTC.
const timeFormat = "2006-01-02 15:04:05"

func newWriter(sess database.Session, mode Mode) *writer {
	return &writer{sess: sess, mode: mode, now: time.Now().UTC().Format(timeFormat), done: map[string]bool{}}
}

// column is a column and its value.
type column struct {
	name  string
	value any
}

// write brings the namespace into the database, as the mode says.
func (w *writer) write(ctx context.Context, n Namespace) (How, error) {
	match := []column{{"namespace", n.Name}}
	id, found, err := w.find(ctx, namespacesTable, "id", match)
	if err != nil {
		return 0, err
	}
	how := w.how(found)
	switch how {
	case Skipped:
		return how, nil
	case Replaced:
		w.overwriting()
		if err := w.remove(ctx, id); err != nil {
			return 0, err
		}
	}
	set := []column{{"namespace", n.Name}, {"display_name", n.DisplayName}, {"description", n.Description}, {"visibility", n.Visibility},
		{"protected", n.Protected}, {"owner", n.Owner}}
	switch how {
	case Updated:
		err = w.update(ctx, namespacesTable, []column{{"id", id}}, set)
	case Added, Replaced:
		if err = w.insert(ctx, namespacesTable, set); err == nil {
			id, _, err = w.find(ctx, namespacesTable, "id", match)
		}
	}
	if err != nil {
		return 0, err
	}
	return how, w.children(ctx, id, n)
}

// how is what is to become of a namespace.
func (w *writer) how(found bool) How {
	switch {
	case !found:
		return Added
	case w.mode.Overwrite:
		return Replaced
	case !w.mode.Merge:
		return Skipped
	case w.mode.PreferNew:
		return Updated
	}
	return Merged
}

// children writes what belongs to the namespace of this id.
func (w *writer) children(ctx context.Context, id int64, n Namespace) error {
	for _, a := range n.Associations {
		if err := w.association(ctx, id, a); err != nil {
			return err
		}
	}
	named := func(name string) []column { return []column{{namespaceReference, id}, {"name", name}} }
	for _, p := range n.Properties {
		if err := w.put(ctx, propertiesTable, "id", named(p.Name), column{"json_schema", string(p.Schema)}); err != nil {
			return err
		}
	}
	for _, o := range n.Objects {
		set := []column{{"description", o.Description}, {"json_schema", string(o.Properties)}}
		if err := w.put(ctx, objectsTable, "id", named(o.Name), set...); err != nil {
			return err
		}
	}
	for _, tag := range n.Tags {
		if err := w.put(ctx, tagsTable, "id", named(tag)); err != nil {
			return err
		}
	}
	return nil
}

// association says that a namespace is for a type of resources, which is made if
// it is not there.
func (w *writer) association(ctx context.Context, namespace int64, a Association) error {
	match := []column{{"name", a.ResourceType}}
	id, found, err := w.find(ctx, typesTable, "id", match)
	switch {
	case err != nil:
		return err
	case found && w.mode.PreferNew:
		err = w.update(ctx, typesTable, match, nil)
	case !found:
		if err = w.insert(ctx, typesTable, append(match, column{"protected", true})); err == nil {
			id, _, err = w.find(ctx, typesTable, "id", match)
		}
	}
	if err != nil {
		return err
	}
	return w.put(ctx, associationsTable, "resource_type_id", []column{{namespaceReference, namespace}, {"resource_type_id", id}},
		column{"properties_target", a.PropertiesTarget}, column{"prefix", a.Prefix})
}

// put inserts a row if none matches. One that does is updated if the file is
// preferred, unless this very file has written it.
func (w *writer) put(ctx context.Context, table, key string, match []column, set ...column) error {
	id, found, err := w.find(ctx, table, key, match)
	if err != nil {
		return err
	}
	switch this := fmt.Sprint(table, id); {
	case !found:
		if err := w.insert(ctx, table, slices.Concat(match, set)); err != nil {
			return err
		}
		if id, _, err = w.find(ctx, table, key, match); err != nil {
			return err
		}
	case w.done[this]:
		w.notes = append(w.notes, fmt.Sprintf("%v is given twice in %s; the first counts", match[len(match)-1].value, strings.TrimPrefix(table, "metadef_")))
	case w.mode.PreferNew:
		err = w.update(ctx, table, match, set)
	}
	w.done[fmt.Sprint(table, id)] = true
	return err
}

// find is the key of the row that matches.
func (w *writer) find(ctx context.Context, table, key string, match []column) (id int64, found bool, err error) {
	where, values := w.list(match, " AND ")
	rows, err := w.sess.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM %s WHERE %s", w.sess.QuoteIdent(key), w.sess.QuoteIdent(table), where), values...)
	if err != nil {
		return 0, false, err
	}
	defer rows.Close()
	if found = rows.Next(); found {
		if err := rows.Scan(&id); err != nil {
			return 0, false, err
		}
	}
	if err := rows.Err(); err != nil {
		return 0, false, database.AsError(err)
	}
	return id, found, nil
}

// list is "a = ?, b = ?" and the values.
func (w *writer) list(columns []column, between string) (string, []any) {
	var terms []string
	var values []any
	for _, c := range columns {
		terms, values = append(terms, w.sess.QuoteIdent(c.name)+" = ?"), append(values, c.value)
	}
	return strings.Join(terms, between), values
}

func (w *writer) insert(ctx context.Context, table string, set []column) error {
	var names, places []string
	var values []any
	for _, c := range append(slices.Clone(set), column{"created_at", w.now}) {
		names, places, values = append(names, w.sess.QuoteIdent(c.name)), append(places, "?"), append(values, c.value)
	}
	_, err := w.sess.ExecContext(ctx, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)",
		w.sess.QuoteIdent(table), strings.Join(names, ", "), strings.Join(places, ", ")), values...)
	return err
}

func (w *writer) update(ctx context.Context, table string, match, set []column) error {
	text, values := w.list(append(slices.Clone(set), column{"updated_at", w.now}), ", ")
	where, matched := w.list(match, " AND ")
	_, err := w.sess.ExecContext(ctx, fmt.Sprintf("UPDATE %s SET %s WHERE %s", w.sess.QuoteIdent(table), text, where), append(values, matched...)...)
	return err
}

// remove deletes a namespace and what belongs to it. Resource types stay.
func (w *writer) remove(ctx context.Context, id int64) error {
	for _, t := range tables() {
		key := namespaceReference
		switch t.name {
		case typesTable:
			continue
		case namespacesTable:
			key = "id"
		}
		if _, err := w.sess.ExecContext(ctx, fmt.Sprintf("DELETE FROM %s WHERE %s = ?", w.sess.QuoteIdent(t.name), w.sess.QuoteIdent(key)), id); err != nil {
			return err
		}
	}
	return nil
}

package metadefs

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"manage/engine/database"
	"manage/engine/flavor"
)

// All returns all namespaces of the database as they are at one moment, in the
// order in which they were made. The error is *MissingTables if there are no
// tables for them.
func (s *Service) All(ctx context.Context) ([]Namespace, error) {
	sess, err := s.look(ctx, false)
	if err != nil {
		return nil, err
	}
	defer sess.Close()
	if _, err := sess.ExecContext(ctx, beginSnapshot(sess.Flavor().Dialect)); err != nil {
		return nil, err
	}
	// A transaction that only read has nothing to lose.
	defer sess.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	r := &reader{sess: sess, byID: map[int64]*Namespace{}}
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	all := make([]Namespace, len(r.all))
	for i, n := range r.all {
		all[i] = *n
	}
	return all, nil
}

// beginSnapshot begins a transaction whose reads all see the same moment, so
// that a namespace that is being loaded is seen as a whole or not at all.
func beginSnapshot(d flavor.Dialect) string {
	switch {
	case d == flavor.Postgres:
		return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	case d.MySQLFamily():
		return "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"
	}
	return "BEGIN"
}

// reader collects namespaces from the rows of all tables.
type reader struct {
	sess database.Session
	all  []*Namespace
	byID map[int64]*Namespace
}

func (r *reader) read(ctx context.Context) error {
	for _, read := range []func(context.Context) error{r.namespaces, r.associations, r.properties, r.objects, r.tags} {
		if err := read(ctx); err != nil {
			return err
		}
	}
	for _, n := range r.all {
		sortAssociations(n)
	}
	return nil
}

// sortAssociations orders what has no order that means anything: the ids are
// those of the types, which namespaces share.
func sortAssociations(n *Namespace) {
	slices.SortFunc(n.Associations, func(a, b Association) int { return cmp.Compare(a.ResourceType, b.ResourceType) })
}

func (r *reader) namespaces(ctx context.Context) error {
	var id int64
	var n Namespace
	return r.each(ctx, "SELECT id, namespace, display_name, description, visibility, protected, owner FROM metadef_namespaces ORDER BY id",
		func() {
			this := n
			r.all, r.byID[id] = append(r.all, &this), &this
		}, &id, &n.Name, &n.DisplayName, &n.Description, &n.Visibility, &n.Protected, &n.Owner)
}

func (r *reader) associations(ctx context.Context) error {
	var a Association
	return r.below(ctx, "SELECT a.namespace_id, t.name, a.prefix, a.properties_target FROM metadef_namespace_resource_types a JOIN metadef_resource_types t ON t.id = a.resource_type_id",
		func(n *Namespace) { n.Associations = append(n.Associations, a) }, &a.ResourceType, &a.Prefix, &a.PropertiesTarget)
}

func (r *reader) properties(ctx context.Context) error {
	var p Property
	return r.below(ctx, "SELECT namespace_id, name, json_schema FROM metadef_properties ORDER BY id",
		func(n *Namespace) { n.Properties = append(n.Properties, p) }, &p.Name, &p.Schema)
}

func (r *reader) objects(ctx context.Context) error {
	var o Object
	return r.below(ctx, "SELECT namespace_id, name, description, json_schema FROM metadef_objects ORDER BY id",
		func(n *Namespace) { n.Objects = append(n.Objects, o) }, &o.Name, &o.Description, &o.Properties)
}

func (r *reader) tags(ctx context.Context) error {
	var tag string
	return r.below(ctx, "SELECT namespace_id, name FROM metadef_tags ORDER BY id", func(n *Namespace) { n.Tags = append(n.Tags, tag) }, &tag)
}

// below reads rows whose first column is the namespace that they belong to. One
// whose namespace is gone belongs to nothing that could be exported.
func (r *reader) below(ctx context.Context, query string, add func(*Namespace), into ...any) error {
	var namespace int64
	return r.each(ctx, query, func() {
		if n := r.byID[namespace]; n != nil {
			add(n)
		}
	}, append([]any{&namespace}, into...)...)
}

// each reads the rows of a query into variables and calls a function for each.
func (r *reader) each(ctx context.Context, query string, row func(), into ...any) error {
	rows, err := r.sess.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
		row()
	}
	if err := rows.Err(); err != nil {
		return database.AsError(err)
	}
	return nil
}

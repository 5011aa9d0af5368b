package migrations_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"manage/engine/enginetest"
)

// pending reports whether a data migration finds rows.
func (s *site) pending(t testing.TB, id string) bool {
	t.Helper()
	query, ok := s.catalog.Migrations[id].Pending.For(s.Dialect)
	if !ok {
		t.Fatalf("%s has no pending query for %s", id, s.Dialect)
	}
	rows, err := s.conn.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	found := rows.Next()
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// migrate runs the steps of a data migration over all rows at once, and fails
// unless that leaves nothing pending.
func (s *site) migrate(t testing.TB, id string) {
	t.Helper()
	for _, step := range s.catalog.Migrations[id].Steps {
		where, _ := step.Where.For(s.Dialect)
		var sets []string
		for _, column := range step.SetOrder {
			value, ok := step.Set[column].For(s.Dialect)
			if !ok {
				t.Fatalf("%s does not say what %s becomes on %s", step.Source, column, s.Dialect)
			}
			sets = append(sets, column+" = "+value)
		}
		query := fmt.Sprintf("UPDATE %s SET %s WHERE %s", step.Table, strings.Join(sets, ", "), where)
		if err := s.run(query); err != nil {
			t.Fatalf("%s: %s\n%v", step.Source, query, err)
		}
	}
	if s.pending(t, id) {
		t.Fatalf("%s is pending after it ran: it would never end", id)
	}
}

// image is the statement that adds an image with what is not null.
func (s *site) image(id string, values map[string]string) string {
	columns := []string{"id", "status", "created_at", "deleted", "min_disk", "min_ram", "protected"}
	given := []string{"'" + id + "'", "'active'", "'2017-01-01 00:00:00'", s.bool(false), "0", "0", s.bool(false)}
	for column, value := range values {
		columns, given = append(columns, column), append(given, value)
	}
	return fmt.Sprintf("INSERT INTO images (%s) VALUES (%s)", strings.Join(columns, ", "), strings.Join(given, ", "))
}

// member is the statement that adds a member to an image.
func (s *site) member(image string, deleted bool) string {
	return fmt.Sprintf("INSERT INTO image_members (image_id, member, can_share, created_at, deleted, status) VALUES ('%s', 'm', %s, '2017-01-01 00:00:00', %s, 'accepted')",
		image, s.bool(false), s.bool(deleted))
}

// TestOcataMigration moves rows of every kind, with the triggers and without
// them, and checks that what was written since the expansion is left alone.
func TestOcataMigration(t *testing.T) {
	type row struct {
		isPublic, visibility string // SQL literals; bools by name
		members              string // none, some, deleted
		want, wantPublic     string // wantPublic is that with triggers
	}
	rows := map[string]row{
		"public":           {"true", "NULL", "none", "public", "true"},
		"public-members":   {"true", "NULL", "some", "public", "true"},
		"private":          {"false", "NULL", "none", "private", "false"},
		"shared":           {"false", "NULL", "some", "shared", "false"},
		"deleted-members":  {"false", "NULL", "deleted", "private", "false"},
		"unset":            {"NULL", "NULL", "none", "private", "false"},
		"unset-members":    {"NULL", "NULL", "some", "shared", "false"},
		"new-shared":       {"false", "'shared'", "none", "shared", "false"},
		"new-community":    {"false", "'community'", "some", "community", "false"},
		"new-private":      {"false", "'private'", "some", "private", "false"},
		"new-public":       {"true", "'public'", "some", "public", "true"},
		"new-only-visible": {"NULL", "'community'", "none", "community", "NULL"},
	}
	for _, online := range []bool{false, true} {
		t.Run(map[bool]string{true: "online", false: "offline"}[online], func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				s := newSite(t, db, false)
				s.upTo(t, "ocata_expand01")
				for id, r := range rows {
					s.mustRun(t, s.image(id, map[string]string{"is_public": s.literal(r.isPublic), "visibility": r.visibility}))
					if r.members != "none" {
						s.mustRun(t, s.member(id, r.members == "deleted"))
					}
				}
				if online {
					s.bridge(t)
				}
				if !s.pending(t, "ocata_migrate01") {
					t.Fatal("nothing is pending before the migration")
				}
				s.migrate(t, "ocata_migrate01")
				for id, r := range rows {
					want := r.isPublic + " " + r.want
					if online {
						want = r.wantPublic + " " + r.want
					}
					if got := s.look(t, id); got != want {
						t.Errorf("%s: got %s, want %s", id, got, want)
					}
				}
				s.upTo(t, "ocata_contract01") // no row stands in the way
			})
		})
	}
}

// bridge makes what an online run of ocata_expand01 makes and an offline one
// leaves out.
func (s *site) bridge(t testing.TB) {
	t.Helper()
	for _, change := range s.catalog.Revisions["ocata_expand01"].Up {
		if change.Serves(s.Dialect) && !change.RunsIn(false) {
			s.apply(t, change)
		}
	}
}

// TestTrainMigration replaces the word exactly where the pending query looks
// for it, so that the migration ends whatever the rows hold.
func TestTrainMigration(t *testing.T) {
	rows := []struct{ before, after string }{
		{`{"backend": "ceph"}`, `{"store": "ceph"}`},
		{`{"backend":"a","x":{"backend":"b"}}`, `{"store":"a","x":{"store":"b"}}`},
		{`{"BACKEND": "ceph"}`, `{"BACKEND": "ceph"}`},
		{`{"Backend": "ceph", "backend": "x"}`, `{"Backend": "ceph", "store": "x"}`},
		{`{"backend" : "ceph"}`, `{"backend" : "ceph"}`},
		{`{"store": "ceph"}`, `{"store": "ceph"}`},
		{`{"note": "the \"backend\": of it"}`, `{"note": "the \"backend\": of it"}`},
		{`{}`, `{}`},
		{``, ``},
		{`{"backend": "Ünïcode – 画像"}`, `{"store": "Ünïcode – 画像"}`},
	}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := newSite(t, db, false)
		s.upTo(t, "train_expand01")
		s.mustRun(t, s.image("i", map[string]string{"is_public": s.bool(true), "visibility": "'public'"}))
		if s.pending(t, "train_migrate01") {
			t.Error("pending without rows")
		}
		for n, r := range rows {
			text := "'" + strings.ReplaceAll(r.before, "'", "''") + "'"
			if s.Dialect.MySQLFamily() {
				text = strings.ReplaceAll(text, `\`, `\\`)
			}
			s.mustRun(t, fmt.Sprintf("INSERT INTO image_locations (id, image_id, value, created_at, deleted, meta_data, status) VALUES (%d, 'i', 'x', '2017-01-01 00:00:00', %s, %s, 'active')", n+1, s.bool(n%2 == 0), text))
		}
		s.mustRun(t, fmt.Sprintf("INSERT INTO image_locations (id, image_id, value, created_at, deleted, meta_data, status) VALUES (100, 'i', 'x', '2017-01-01 00:00:00', %s, NULL, 'active')", s.bool(false)))
		if !s.pending(t, "train_migrate01") {
			t.Error("nothing pending before the migration")
		}
		s.migrate(t, "train_migrate01")
		got := s.strings(t, "SELECT meta_data FROM image_locations ORDER BY id")
		for n, r := range rows {
			if got[n] != r.after {
				t.Errorf("%s became %s, want %s", r.before, got[n], r.after)
			}
		}
		if got[len(rows)] != "NULL" {
			t.Errorf("a null became %s", got[len(rows)])
		}
	})
}

// TestMitaka02 renames the resource type, and bears being run again.
func TestMitaka02(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := newSite(t, db, false)
		s.upTo(t, "mitaka01")
		for _, name := range []string{"OS::Nova::Instance", "OS::Glance::Image"} {
			s.mustRun(t, fmt.Sprintf("INSERT INTO metadef_resource_types (name, protected, created_at) VALUES ('%s', %s, '2016-01-01 00:00:00')", name, s.bool(true)))
		}
		s.upTo(t, "mitaka02")
		for _, change := range s.catalog.Revisions["mitaka02"].Up {
			s.apply(t, change)
		}
		got := strings.Join(s.strings(t, "SELECT name FROM metadef_resource_types ORDER BY id"), " ")
		if want := "OS::Nova::Server OS::Glance::Image"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if touched := s.strings(t, "SELECT updated_at FROM metadef_resource_types ORDER BY id"); touched[0] != "NULL" {
			t.Errorf("updated_at became %s", touched[0])
		}
	})
}

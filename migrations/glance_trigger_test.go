package migrations_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// refused says in a table that a statement is to be refused.
const refused = "refused"

// bridged is a site between the two releases of ocata, with the triggers.
func bridged(t testing.TB, db enginetest.Database) *site {
	t.Helper()
	s := newSite(t, db, true)
	s.upTo(t, "ocata_expand01")
	return s
}

// refusal checks that a statement was refused in the words, and with the
// SQLSTATE where the server has one, that the services know.
func (s *site) refusal(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: was accepted", what)
		return
	}
	if !strings.Contains(err.Error(), "Invalid visibility value") {
		t.Errorf("%s: refused with %v", what, err)
	}
	var state interface{ SQLState() string }
	switch {
	case s.Dialect == flavor.Postgres && (!errors.As(err, &state) || state.SQLState() != "45000"),
		s.Dialect.MySQLFamily() && !strings.Contains(err.Error(), "45000"):
		t.Errorf("%s: refused without SQLSTATE 45000: %v", what, err)
	}
}

// The triggers of an online run are the recorded ones on MariaDB and MySQL.
func TestRecordedTriggers(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		if !d.MySQLFamily() {
			continue
		}
		t.Run(string(d), func(t *testing.T) {
			db := enginetest.New(t, d)
			bridged(t, db)
			if diff := enginetest.CompareSnapshots(recorded(t, d, "ocata_expand01"), enginetest.TakeSnapshot(t, db)); diff != "" {
				t.Errorf("the schema differs (-recorded +ours):\n%s", diff)
			}
		})
	}
}

// Elsewhere, too, there are two, and contract leaves none, nor a function.
func TestTriggersGo(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := bridged(t, db)
		var names []string
		for _, tr := range enginetest.TakeSnapshot(t, db).Triggers {
			names = append(names, tr.Name)
		}
		if diff := cmp.Diff([]string{"insert_visibility", "update_visibility"}, names); diff != "" {
			t.Errorf("triggers differ (-want +got):\n%s", diff)
		}
		s.upTo(t, "ocata_contract01")
		if diff := enginetest.CompareSnapshots(recorded(t, db.Dialect, "ocata_contract01"), enginetest.TakeSnapshot(t, db)); diff != "" {
			t.Errorf("after contract the schema differs (-recorded +ours):\n%s", diff)
		}
		if db.Dialect == flavor.Postgres {
			left := s.strings(t, "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
			if len(left) > 0 {
				t.Errorf("functions are left: %v", left)
			}
		}
	})
}

// TestInsertTrigger is the table of what an insert stores: what is given for
// is_public and visibility, and what is then in the row.
func TestInsertTrigger(t *testing.T) {
	const none = "" // the column is not named in the statement
	cases := []struct{ isPublic, visibility, want string }{
		{none, none, refused},
		{none, "NULL", refused},
		{"NULL", none, refused},
		{"NULL", "NULL", refused},
		{"true", none, "true public"},
		{"true", "NULL", "true public"},
		{"false", none, "false shared"},
		{"false", "NULL", "false shared"},
		{none, "'public'", "true public"},
		{"NULL", "'public'", "true public"},
		{none, "'private'", "false private"},
		{"NULL", "'private'", "false private"},
		{none, "'shared'", "false shared"},
		{"NULL", "'shared'", "false shared"},
		{none, "'community'", "false community"},
		{"NULL", "'community'", "false community"},
		{"true", "'public'", refused},
		{"true", "'private'", refused},
		{"true", "'shared'", refused},
		{"true", "'community'", refused},
		{"false", "'public'", refused},
		{"false", "'private'", refused},
		{"false", "'shared'", refused},
		{"false", "'community'", refused},
	}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := bridged(t, db)
		for n, c := range cases {
			what := fmt.Sprintf("is_public %q, visibility %q", c.isPublic, c.visibility)
			id, values := fmt.Sprint(n), map[string]string{}
			if c.isPublic != none {
				values["is_public"] = s.literal(c.isPublic)
			}
			if c.visibility != none {
				values["visibility"] = c.visibility
			}
			err := s.run(s.image(id, values))
			if c.want == refused {
				s.refusal(t, what, err)
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", what, err)
			} else if got := s.look(t, id); got != c.want {
				t.Errorf("%s: got %s, want %s", what, got, c.want)
			}
		}
	})
}

// updates are what a change stores, from each of the states that the triggers
// let a row be in. "unset" is a row of before the expansion.
var updates = []struct{ from, set, want string }{
	{"public", "is_public = true", "true public"},
	{"public", "is_public = false", "false shared"},
	{"public", "is_public = NULL", refused},
	{"public", "visibility = 'public'", "true public"},
	{"public", "visibility = 'private'", "false private"},
	{"public", "visibility = 'shared'", "false shared"},
	{"public", "visibility = 'community'", "false community"},
	{"public", "visibility = NULL", refused},
	{"public", "is_public = false, visibility = 'private'", refused},
	{"public", "is_public = false, visibility = 'public'", "false shared"},
	{"public", "is_public = true, visibility = 'community'", "false community"},
	{"public", "is_public = NULL, visibility = NULL", refused},
	{"public", "name = 'x'", "true public"},
	{"private", "is_public = true", "true public"},
	{"private", "is_public = false", "false private"},
	{"private", "is_public = NULL", refused},
	{"private", "visibility = 'public'", "true public"},
	{"private", "visibility = 'shared'", "false shared"},
	{"private", "visibility = 'community'", "false community"},
	{"private", "visibility = NULL", refused},
	{"private", "is_public = true, visibility = 'public'", refused},
	{"private", "is_public = true, visibility = 'private'", "true public"},
	{"private", "is_public = false, visibility = 'shared'", "false shared"},
	{"private", "name = 'x'", "false private"},
	{"shared", "is_public = true", "true public"},
	{"shared", "visibility = 'private'", "false private"},
	{"community", "is_public = true", "true public"},
	{"community", "visibility = 'public'", "true public"},
	{"unset true", "name = 'x'", "true NULL"},
	{"unset true", "is_public = true", "true NULL"},
	{"unset true", "is_public = false", "false shared"},
	{"unset true", "visibility = NULL", "true NULL"},
	{"unset true", "visibility = 'public'", "true public"},
	{"unset true", "visibility = 'private'", "false private"},
	{"unset true", "is_public = false, visibility = 'private'", refused},
	{"unset false", "is_public = true", "true public"},
	{"unset false", "is_public = NULL", refused},
	{"unset false", "visibility = 'public'", "true public"},
	{"unset false", "visibility = 'private'", "false private"},
	{"unset false", "visibility = 'community'", "false community"},
	{"unset false", "is_public = false, visibility = 'community'", "false community"},
	{"unset NULL", "name = 'x'", "NULL NULL"},
	{"unset NULL", "is_public = true", "true public"},
	{"unset NULL", "is_public = false", "false shared"},
	{"unset NULL", "visibility = 'private'", "false private"},
}

// TestUpdateTrigger is the table of what an update stores. On SQLite it must
// also hold where triggers may call themselves.
func TestUpdateTrigger(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := newSite(t, db, true)
		s.upTo(t, "mitaka02")
		modes := []string{""}
		if db.Dialect == flavor.SQLite {
			modes = []string{"PRAGMA recursive_triggers = OFF", "PRAGMA recursive_triggers = ON"}
		}
		expand := s.catalog.Graph.Closure("ocata_expand01")
		for _, change := range s.catalog.Revisions["ocata_expand01"].Up {
			if change.Serves(s.Dialect) && change.RunsIn(false) && change.When == "" && change.Op.Kind() != "create_trigger" {
				s.apply(t, change)
			}
		}
		s.applied = expand
		for m := range modes {
			for n, c := range updates {
				if is, unset := strings.CutPrefix(c.from, "unset "); unset {
					s.mustRun(t, s.image(fmt.Sprintf("%d-%d", m, n), map[string]string{"is_public": s.literal(is)}))
				}
			}
		}
		s.bridge(t)
		for m, mode := range modes {
			if mode != "" {
				s.mustRun(t, mode)
			}
			for n, c := range updates {
				s.update(t, fmt.Sprintf("%d-%d", m, n), c.from, c.set, c.want)
			}
		}
	})
}

// update puts an image into a state, changes it, and looks at what came of it.
func (s *site) update(t *testing.T, id, from, set, want string) {
	t.Helper()
	what := from + ": " + set
	if !strings.HasPrefix(from, "unset ") {
		s.mustRun(t, s.image(id, map[string]string{"visibility": "'" + from + "'"}))
	}
	before := s.look(t, id)
	for _, word := range []string{"true", "false"} {
		set = strings.ReplaceAll(set, "is_public = "+word, "is_public = "+s.bool(word == "true"))
	}
	err := s.run("UPDATE images SET " + set + " WHERE id = '" + id + "'")
	got := s.look(t, id)
	switch {
	case want == refused:
		s.refusal(t, what, err)
		if got != before {
			t.Errorf("%s: refused, and yet %s became %s", what, before, got)
		}
	case err != nil:
		t.Errorf("%s: %v", what, err)
	case got != want:
		t.Errorf("%s: got %s, want %s", what, got, want)
	}
}

// Statements over several rows store what one over each row would, and are
// refused as a whole.
func TestTriggersOverManyRows(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := bridged(t, db)
		head, first, _ := strings.Cut(s.image("a", map[string]string{"visibility": "'public'"}), " VALUES ")
		more := func(id, visibility string) string {
			return strings.Replace(strings.Replace(first, "'a'", "'"+id+"'", 1), "'public'", visibility, 1)
		}
		s.refusal(t, "two rows, one without anything", s.run(head+" VALUES "+first+", "+more("b", "NULL")))
		if got := s.look(t, "a"); got != "" {
			t.Errorf("a refused statement left %s", got)
		}
		s.mustRun(t, head+" VALUES "+first+", "+more("b", "'private'")+", "+more("c", "'community'"))
		s.mustRun(t, "UPDATE images SET is_public = "+s.bool(true)+" WHERE id IN ('a', 'b')")
		s.mustRun(t, "UPDATE images SET visibility = 'shared' WHERE id <> 'b'")
		for id, want := range map[string]string{"a": "false shared", "b": "true public", "c": "false shared"} {
			if got := s.look(t, id); got != want {
				t.Errorf("%s: got %s, want %s", id, got, want)
			}
		}
	})
}

// An insert that finds its row there already is an update, or puts a new row
// in its place.
func TestTriggersOnConflict(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := bridged(t, db)
		insert := s.image("a", map[string]string{"visibility": "'private'"})
		upsert := insert + " ON CONFLICT (id) DO UPDATE SET visibility = 'community'"
		if db.Dialect.MySQLFamily() {
			upsert = insert + " ON DUPLICATE KEY UPDATE visibility = 'community'"
		}
		for _, want := range []string{"false private", "false community"} {
			s.mustRun(t, upsert)
			if got := s.look(t, "a"); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
		if db.Dialect == flavor.Postgres {
			return // has no REPLACE
		}
		replace := strings.Replace(s.image("a", map[string]string{"visibility": "'public'"}), "INSERT", "REPLACE", 1)
		s.mustRun(t, replace)
		if got := s.look(t, "a"); got != "true public" {
			t.Errorf("REPLACE left %s", got)
		}
		s.refusal(t, "REPLACE without anything", s.run(strings.Replace(s.image("a", nil), "INSERT", "REPLACE", 1)))
		if got := s.look(t, "a"); got != "true public" {
			t.Errorf("a refused REPLACE left %s", got)
		}
	})
}

package metadefs

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/run"
)

// The files of testdata/files, on a database that has seen none of them.
func TestLoad(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s, told := created(t, db)
		load(t, s, "testdata/files", Mode{})
		all, err := s.All(ctx)
		if err != nil {
			t.Fatal(err)
		}
		names := []string{"host-memory", "minimal", "operating-system", "tags-only"}
		if len(all) != len(names) {
			t.Fatalf("%d namespaces", len(all))
		}
		for i, name := range names {
			want, _, err := readFile("testdata/files/" + name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			sortAssociations(&want)
			if diff := cmp.Diff(want, all[i]); diff != "" {
				t.Errorf("%s (-file +database):\n%s", name, diff)
			}
		}
		if got := db.Strings(t, "SELECT name FROM metadef_resource_types WHERE protected ORDER BY name"); fmt.Sprint(got) != "[OS::Cinder::Volume OS::Glance::Image OS::Nova::Flavor]" {
			t.Errorf("protected resource types %v", got)
		}
		for table, want := range map[string]string{namespacesTable: "4", typesTable: "3", associationsTable: "4", propertiesTable: "5", objectsTable: "2", tagsTable: "4"} {
			if got := times(t, db, table); got != want+" made, 0 updated" {
				t.Errorf("%s: %s, want %s", table, got, want)
			}
		}
		if got := db.Strings(t, "SELECT COUNT(*) FROM metadef_objects WHERE required IS NOT NULL"); got[0] != "0" {
			t.Errorf("required is set in %s objects", got[0])
		}
		if len(*told) != 5 || (*told)[4] != "metadefs.Finished{}" {
			t.Errorf("told %q", *told)
		}
	})
}

const (
	before = `{"namespace": "LAB::A", "display_name": "Old", "owner": "me", "resource_type_associations": [{"name": "T1", "prefix": "o_"}],
"properties": {"p": {"type": "string"}, "gone": {}}, "objects": [{"name": "o", "description": "old", "properties": {"a": 1}}], "tags": [{"name": "t"}]}`
	after = `{"namespace": "LAB::A", "display_name": "New", "resource_type_associations": [{"name": "T1", "prefix": "n_"}, {"name": "T2"}],
"properties": {"p": {"type": "integer"}, "q": {}}, "objects": [{"name": "o", "description": "new", "properties": {"b": 2}}, {"name": "o2"}], "tags": [{"name": "t"}, {"name": "u"}]}`
	other = `{"namespace": "LAB::B"}`
)

// Each combination of flags, on a namespace that is there.
func TestModes(t *testing.T) {
	const left = "LAB::A Old me: T1/o_/ p={\"type\": \"string\"} gone={} o(old)={\"a\": 1} #t\n"
	tests := []struct {
		mode  Mode
		how   How
		want  string            // of LAB::A
		times map[string]string // of namespaces, types, properties
	}{
		{Mode{}, Skipped, left,
			map[string]string{namespacesTable: "1 made, 0 updated", typesTable: "0 made, 0 updated", propertiesTable: "0 made, 0 updated"}},
		{Mode{Merge: true}, Merged, "LAB::A Old me: T1/o_/ T2// p={\"type\": \"string\"} gone={} q={} o(old)={\"a\": 1} o2()=null #t #u\n",
			map[string]string{namespacesTable: "1 made, 0 updated", typesTable: "1 made, 0 updated", propertiesTable: "1 made, 0 updated", associationsTable: "1 made, 0 updated", tagsTable: "1 made, 0 updated"}},
		{Mode{Merge: true, PreferNew: true}, Updated, "LAB::A New admin: T1/n_/ T2// p={\"type\": \"integer\"} gone={} q={} o(new)={\"b\": 2} o2()=null #t #u\n",
			map[string]string{namespacesTable: "1 made, 1 updated", typesTable: "1 made, 1 updated", propertiesTable: "1 made, 1 updated", associationsTable: "1 made, 1 updated", objectsTable: "1 made, 1 updated", tagsTable: "1 made, 1 updated"}},
		{Mode{Merge: true, Overwrite: true}, Replaced, "LAB::A New admin: T1/n_/ T2// p={\"type\": \"integer\"} q={} o(new)={\"b\": 2} o2()=null #t #u\n",
			map[string]string{namespacesTable: "2 made, 0 updated", typesTable: "1 made, 0 updated", propertiesTable: "2 made, 0 updated"}},
	}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s, told := created(t, db)
		for _, tt := range tests {
			if err := s.Unload(ctx); err != nil {
				t.Fatal(err)
			}
			load(t, s, folder(t, "a.json", before), Mode{})
			age(t, db)
			*told = nil
			dir := folder(t, "a.json", after, "b.json", other)
			load(t, s, dir, tt.mode)
			got := strings.Split(contents(t, s), "LAB::B")[0]
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", tt.mode, diff)
			}
			for table, want := range tt.times {
				if got := times(t, db, table); got != want {
					t.Errorf("%+v: %s: %s, want %s", tt.mode, table, got, want)
				}
			}
			want := []string{fmt.Sprintf("metadefs.Loaded{LAB::A %s/a.json %d}", dir, tt.how), fmt.Sprintf("metadefs.Loaded{LAB::B %s/b.json %d}", dir, Added), "metadefs.Finished{}"}
			if tt.how == Replaced {
				want = append([]string{fmt.Sprintf("metadefs.Overwriting{LAB::A %s/a.json}", dir)}, want...)
			}
			if diff := cmp.Diff(want, *told); diff != "" {
				t.Errorf("%+v told (-want +got):\n%s", tt.mode, diff)
			}
		}
	})
}

func TestModesThatDoNotGoTogether(t *testing.T) {
	db := enginetest.New(t, "sqlite")
	s, _ := created(t, db)
	for _, mode := range []Mode{{PreferNew: true}, {Overwrite: true}, {PreferNew: true, Overwrite: true}, {true, true, true}} {
		var bad *BadMode
		if err := s.Load(ctx, []string{"testdata/files/minimal.json"}, mode); !errors.As(err, &bad) {
			t.Errorf("%+v: %v", mode, err)
		}
	}
	if got := contents(t, s); got != "" {
		t.Errorf("loaded all the same: %s", got)
	}
}

// A file that is wrong, and a namespace that the database does not take, leave
// the others whole, and nothing of themselves.
func TestFailuresLeaveTheOthersWhole(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s, told := created(t, db)
		load(t, s, folder(t, "c.json", `{"namespace": "LAB::C", "properties": {"old": {}}}`), Mode{})
		db.Exec(t, refusal(db)) // in the middle of a namespace
		dir := folder(t, "a.json", `{"namespace": "LAB::A"}`, "b.json", `{"namespace": "LAB::B",`,
			"c.json", `{"namespace": "LAB::C", "resource_type_associations": [{"name": "T"}], "properties": {"new": {}}, "tags": [{"name": "forbidden"}]}`,
			"d.json", `{"display_name": "nameless"}`, "e.json", `{"namespace": "LAB::E", "tags": [{"name": "allowed"}]}`)
		*told = nil
		files, err := Files(dir)
		if err != nil {
			t.Fatal(err)
		}
		var failed *Failed
		err = s.Load(ctx, files, Mode{Merge: true, Overwrite: true})
		if !errors.As(err, &failed) || err.Error() != "1 of 3 namespaces were not loaded: LAB::C ("+dir+"/c.json)" {
			t.Errorf("got %v", err)
		}
		if diff := cmp.Diff("LAB::C  admin: old={}\nLAB::A  admin:\nLAB::E  admin: #allowed\n", contents(t, s)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if got := db.Strings(t, "SELECT COUNT(*) FROM metadef_resource_types"); got[0] != "0" {
			t.Errorf("%s resource types are left of what was rolled back", got[0])
		}
		all := strings.Join(*told, "\n")
		for _, part := range []string{"metadefs.Rejected{", "/b.json:1: it is not JSON", "/d.json: namespace is missing", "metadefs.NotLoaded{LAB::C " + dir + "/c.json"} {
			if !strings.Contains(all, part) {
				t.Errorf("not told: %s, but\n%s", part, all)
			}
		}
	})
}

// refusal lets no tag of the name forbidden in.
func refusal(db enginetest.Database) string {
	if db.Dialect == "sqlite" {
		return "CREATE TRIGGER refuse BEFORE INSERT ON metadef_tags WHEN NEW.name = 'forbidden' BEGIN SELECT RAISE(ABORT, 'no such tag'); END"
	}
	return "ALTER TABLE metadef_tags ADD CONSTRAINT refuse CHECK (name <> 'forbidden')"
}

// Of what a file gives twice, by the server's own comparison, the first counts.
func TestGivenTwice(t *testing.T) {
	file := `{"namespace": "LAB::A", "resource_type_associations": [{"name": "T", "prefix": "a"}, {"name": "T", "prefix": "b"}],
"properties": {"cpu": 1, "CPU": 2}, "objects": [{"name": "o", "properties": 1}, {"name": "o", "properties": 2}], "tags": [{"name": "t"}, {"name": "t"}]}`
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s, told := created(t, db)
		dir := folder(t, "a.json", file)
		cpu, notes := " CPU=2", 3
		if db.Dialect.MySQLFamily() { // whose names differ by more than case
			cpu, notes = "", 4
		}
		for _, mode := range []Mode{{}, {Merge: true, PreferNew: true}, {Merge: true, Overwrite: true}} {
			*told = nil
			load(t, s, dir, mode)
			if got := contents(t, s); got != "LAB::A  admin: T/a/ cpu=1"+cpu+" o()=1 #t\n" {
				t.Errorf("%+v: %s", mode, got)
			}
			if got := strings.Count(strings.Join(*told, "\n"), "is given twice in"); got != notes {
				t.Errorf("%+v: told %d times: %q", mode, got, *told)
			}
		}
	})
}

// On a database without the tables, or with older ones, nothing is made.
func TestNoTables(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s, _ := empty(t, db)
		for name, do := range map[string]func() error{
			"load":   func() error { return s.Load(ctx, []string{"testdata/files/minimal.json"}, Mode{}) },
			"unload": func() error { return s.Unload(ctx) },
			"export": func() error { return s.Export(ctx, t.TempDir()+"/") },
		} {
			var missing *MissingTables
			if err := do(); !errors.As(err, &missing) || len(missing.Tables) != 6 {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := enginetest.TakeSnapshot(t, db); len(got.Tables) > 0 {
			t.Errorf("tables were made: %v", got.Tables)
		}
	})
	db := enginetest.New(t, "sqlite")
	s, _ := created(t, db)
	db.Exec(t, "ALTER TABLE metadef_objects RENAME COLUMN json_schema TO schema; DROP TABLE metadef_tags")
	var missing *MissingTables
	if err := s.Unload(ctx); !errors.As(err, &missing) || fmt.Sprint(missing.Tables) != "[metadef_objects metadef_tags]" {
		t.Errorf("got %v", err)
	}
}

// From the first revision on the tables are there.
func TestOldestSchema(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s, _ := empty(t, db)
		server := map[bool]string{true: "mariadb"}[db.Dialect.MySQLFamily()]
		snapshot := map[string]string{"sqlite": "sqlite", "postgres": "postgresql"}[string(db.Dialect)] + server + "-liberty.json"
		enginetest.Rebuild(t, db, enginetest.LoadSnapshot(t, filepath.Join("..", "..", "migrations", "glance", "testdata", snapshot)))
		load(t, s, folder(t, "a.json", before), Mode{})
		load(t, s, folder(t, "a.json", after), Mode{Merge: true, Overwrite: true})
		if got := contents(t, s); !strings.HasPrefix(got, "LAB::A New admin: T1/n_/ T2// ") {
			t.Errorf("got %s", got)
		}
		if err := s.Unload(ctx); err != nil || contents(t, s) != "" {
			t.Errorf("%v; left: %s", err, contents(t, s))
		}
	})
}

// What the service has written at the same moment is no failure: the load looks
// again, once.
func TestAgain(t *testing.T) {
	duplicate := &database.Error{Class: database.Duplicate, Message: "twice"}
	tests := []struct {
		results []error
		want    error
	}{
		{[]error{nil}, nil},
		{[]error{duplicate, nil}, nil},
		{[]error{duplicate, duplicate}, duplicate},
		{[]error{context.Canceled}, context.Canceled},
	}
	for _, tt := range tests {
		tries := 0
		err := again(func() error {
			tries++
			return tt.results[tries-1]
		})
		if err != tt.want || tries != len(tt.results) {
			t.Errorf("%v: %v after %d tries", tt.results, err, tries)
		}
	}
}

// Two loads at once make neither a repetition nor half a namespace.
func TestTwoAtOnce(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		first, _ := created(t, db)
		second, _ := empty(t, db)
		files, err := Files("testdata/files")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		for _, s := range []*Service{first, second} {
			go func() { done <- s.Load(ctx, files, Mode{Merge: true, Overwrite: true}) }()
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		alone, _ := created(t, enginetest.New(t, db.Dialect))
		load(t, alone, "testdata/files", Mode{})
		if diff := cmp.Diff(contents(t, alone), contents(t, first)); diff != "" {
			t.Errorf("(-alone +both):\n%s", diff)
		}
	})
}

// faults calls a function at each point of a run.
type faults func(run.Point) error

func (f faults) At(p run.Point) error { return f(p) }

// After a death at any point of a load each namespace is whole, and another load
// ends as an undisturbed one.
func TestDeathAnywhere(t *testing.T) {
	death := errors.New("the process dies here")
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s, _ := created(t, db)
		mode := Mode{Merge: true, Overwrite: true}
		dir := folder(t, "a.json", after, "b.json", other)
		load(t, s, dir, mode)
		want := contents(t, s)
		old, replaced := "LAB::A Old me: T1/o_/ p={\"type\": \"string\"} gone={} o(old)={\"a\": 1} #t\n", strings.TrimSuffix(want, "LAB::B  admin:\n")
		for point := 1; ; point++ {
			s.Faults = nil
			if err := s.Unload(ctx); err != nil {
				t.Fatal(err)
			}
			load(t, s, folder(t, "a.json", before), mode)
			seen := 0
			s.Faults = faults(func(p run.Point) error {
				if p.Place == run.AfterAcquire || p.Place == run.BeforeRelease {
					return nil // would leave the lease: package run tries that
				}
				if seen++; seen == point {
					return death
				}
				return nil
			})
			files, _ := Files(dir)
			err := s.Load(ctx, files, mode)
			s.Faults = nil
			if seen < point {
				if err != nil || point < 8 {
					t.Errorf("%v at the end, after %d points", err, point)
				}
				break
			}
			if got := contents(t, s); got != old && got != replaced && got != want {
				t.Errorf("after a death at point %d there is\n%s", point, got)
			}
			load(t, s, dir, mode)
			if diff := cmp.Diff(want, contents(t, s)); diff != "" {
				t.Fatalf("after point %d (-want +got):\n%s", point, diff)
			}
		}
	})
}

// An interruption lets the namespace in hand be finished.
func TestInterrupted(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s, _ := created(t, db)
		stop, cancel := context.WithCancel(ctx)
		s.Events = func(e any) {
			if _, ok := e.(Loaded); ok {
				cancel()
			}
		}
		err := s.Load(stop, []string{"testdata/files/minimal.json", "testdata/files/tags-only.json"}, Mode{})
		var stopped *run.Interrupted
		if !errors.As(err, &stopped) || !stopped.Began {
			t.Errorf("got %v", err)
		}
		if got := contents(t, s); got != "LAB::Minimal  admin:\n" {
			t.Errorf("loaded: %s", got)
		}
	})
}

func TestUnload(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s, told := created(t, db)
		load(t, s, "testdata/files", Mode{})
		*told = nil
		if err := s.Unload(ctx); err != nil {
			t.Fatal(err)
		}
		want := []string{"metadefs.Removing{4 3}", "metadefs.Removed{metadef_properties 5}", "metadefs.Removed{metadef_objects 2}", "metadefs.Removed{metadef_tags 4}",
			"metadefs.Removed{metadef_namespace_resource_types 4}", "metadefs.Removed{metadef_namespaces 4}", "metadefs.Removed{metadef_resource_types 3}"}
		if diff := cmp.Diff(want, *told); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for _, table := range tables() {
			if got := db.Strings(t, "SELECT COUNT(*) FROM "+table.name); got[0] != "0" {
				t.Errorf("%s: %s rows", table.name, got[0])
			}
		}
	})
}

// A load that somebody took over from says who.
func TestTakenOver(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s, _ := created(t, db)
		s.Events = func(e any) {
			if _, ok := e.(Loaded); ok {
				db.Exec(t, "UPDATE manage_lease SET holder = 'root@other', token = token + 1")
			}
		}
		err := s.Load(ctx, []string{"testdata/files/minimal.json", "testdata/files/tags-only.json"}, Mode{})
		var lost *run.LeaseLost
		if !errors.As(err, &lost) || lost.Now == nil || lost.Now.Holder != "root@other" {
			t.Errorf("got %v", err)
		}
	})
}

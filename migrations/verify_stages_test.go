package migrations_test

import (
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/phases"
)

// untouched is verified for a database in which nobody but the tool worked.
func untouched(t *testing.T, s *phases.Service, at string) {
	t.Helper()
	if v := verified(t, at, s, true); len(v.Known)+len(v.Unmanaged)+len(v.Half)+len(v.Unseen) > 0 {
		t.Errorf("at %s: %+v", at, v)
	}
}

// Nothing differs at any revision of the image service's, offline in single
// steps and online.
func TestVerifyGlance(t *testing.T) {
	for _, online := range []bool{false, true} {
		t.Run(map[bool]string{false: "offline", true: "online"}[online], func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				s := glanceService(t, db)
				for _, r := range s.Catalog.Graph.Revisions() {
					step(t, s, r, online)
					untouched(t, s, r.ID)
				}
			})
		})
	}
}

// step applies one revision.
func step(t *testing.T, s *phases.Service, r revision.Revision, online bool) {
	t.Helper()
	ctx, req, run := t.Context(), phases.Request{Version: r.ID, AllowBlocking: true}, s.Upgrade
	if online {
		switch r.Branch {
		case revision.Expand:
			run = s.Expand
		case revision.Contract:
			if _, err := s.Migrate(ctx, phases.Request{AllowBlocking: true}); err != nil {
				t.Fatal(err)
			}
			run = s.Contract
		default:
			run = s.Upgrade
		}
	}
	if _, err := run(ctx, req); err != nil {
		t.Fatalf("%s: %v", r.ID, err)
	}
}

// Bridges that an online run made are missed when they are gone, and those that
// an offline run left out are not.
func TestVerifyBridges(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := glanceService(t, db)
		if _, err := s.Upgrade(t.Context(), phases.Request{Version: "ocata_expand01"}); err != nil {
			t.Fatal(err)
		}
		untouched(t, s, "an offline expansion")
		if _, err := s.Expand(t.Context(), phases.Request{}); err != nil {
			t.Fatal(err)
		}
		untouched(t, s, "the online run that restored the bridges")
		live := live(t, db)
		for _, tr := range live.Triggers {
			drop := "DROP TRIGGER " + tr.Name
			if db.Dialect == flavor.Postgres {
				drop += " ON " + tr.Table
			}
			db.Exec(t, drop)
		}
		v, err := s.Verify(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Differences) != len(live.Triggers) || len(live.Triggers) == 0 {
			t.Fatalf("of %d bridges that are gone, found are %v", len(live.Triggers), v.Differences)
		}
		for _, f := range v.Differences {
			if f.Kind != "trigger" || f.Have != "" || f.Revision != "ocata_expand01" {
				t.Errorf("found is %+v", f)
			}
		}
		if _, err := s.Sync(t.Context(), phases.Request{}); err != nil {
			t.Fatal(err)
		}
		untouched(t, s, "an offline run behind the online one")
	})
}

// Databases as the optimization service's own tool made them do not differ,
// apart from what the catalog knows.
func TestVerifyRecordedWatcher(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		for _, command := range []string{"upgrade", "create_schema"} {
			if db.Dialect == flavor.SQLite && command == "upgrade" {
				continue // the original never got there
			}
			fresh := enginetest.New(t, db.Dialect)
			enginetest.Rebuild(t, fresh, recordedWatcher(t, db.Dialect, command))
			s := serviceOf(t, "watcher", fresh)
			if _, err := s.Stamp(t.Context(), phases.Request{Version: "609bec748f2a"}); err != nil {
				t.Fatal(err)
			}
			verified(t, command, s, false)
		}
	})
}

package migrations_test

import (
	"testing"

	"manage/engine/enginetest"
	"manage/phases"
	"manage/phases/draft"
)

// TestNothingToAutogenerate: after an upgrade to the head, and after
// create_schema, the models of each catalog differ in nothing from what a
// server has.
func TestNothingToAutogenerate(t *testing.T) {
	ways := map[string]func(*phases.Service) error{
		"upgrade": func(s *phases.Service) error { _, err := s.Upgrade(t.Context(), phases.Request{}); return err },
		"online": func(s *phases.Service) error {
			_, err := s.Upgrade(t.Context(), phases.Request{Online: true})
			return err
		},
		"create_schema": func(s *phases.Service) error { _, err := s.CreateSchema(t.Context()); return err },
	}
	for _, name := range withModels {
		for way, make := range ways {
			t.Run(name+"/"+way, func(t *testing.T) {
				enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
					s := serviceOf(t, name, db)
					if err := make(s); err != nil {
						t.Fatal(err)
					}
					nothing(t, s)
				})
			})
		}
	}
}

// nothing reports whatever autogenerate finds.
func nothing(t testing.TB, s *phases.Service) {
	t.Helper()
	d, err := s.Autogenerate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	report(t, d)
}

func report(t testing.TB, d draft.Draft) {
	t.Helper()
	for _, p := range d.Parts {
		for _, c := range p.Up {
			t.Errorf("for %s it writes %s %+v", p.Branch, c.Op.Kind(), c.Op)
		}
	}
	for _, f := range append(d.ByHand, d.Notes...) {
		t.Errorf("it names %s (%s)", f, f.Advice)
	}
	for _, o := range d.LeftAlone {
		t.Errorf("it leaves alone %s", o)
	}
}

// TestNothingToAutogenerateForOriginals: databases that the services' own tools
// made, brought to the head, differ in nothing that a revision should mend.
func TestNothingToAutogenerateForOriginals(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		for _, id := range []string{"liberty", "ocata_expand01", "wallaby_contract01"} {
			fresh := enginetest.New(t, db.Dialect)
			enginetest.Rebuild(t, fresh, recorded(t, db.Dialect, id))
			settled(t, serviceOf(t, "glance", fresh))
		}
		fresh := enginetest.New(t, db.Dialect)
		enginetest.Rebuild(t, fresh, recordedWatcher(t, db.Dialect, "create_schema"))
		settled(t, serviceOf(t, "watcher", fresh))
	})
}

// settled takes a database to the head, where nothing is left to derive.
func settled(t *testing.T, s *phases.Service) {
	t.Helper()
	if _, err := s.Sync(t.Context(), phases.Request{}); err != nil {
		t.Fatal(err)
	}
	nothing(t, s)
}

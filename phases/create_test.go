package phases

import (
	"errors"
	"strings"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/revision"
	"manage/engine/run"
)

func TestCreateSchemaEqualsSync(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		want := reference(t, db)
		s := service(t, inn(t), db)
		if _, err := s.CreateSchema(t.Context()); err != nil {
			t.Fatal(err)
		}
		at(t, s, revision.Current, "bexar_contract02")
		if diff := enginetest.CompareSnapshots(want, tablesOf(t, db)); diff != "" {
			t.Errorf("the schema differs (-sync +create_schema):\n%s", diff)
		}
		if r := must(t, s, "sync", ""); !r.Idle() {
			t.Errorf("sync after create_schema did %+v", r)
		}
	})
}

func TestCreateSchemaRefused(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, inn(t), db)
		must(t, s, "sync", "open01")
		_, err := s.CreateSchema(t.Context())
		if r, ok := err.(*Refused); !ok || r.Next != "upgrade" {
			t.Errorf("with a version: got %v", err)
		}
		forget(t, db)
		_, err = s.CreateSchema(t.Context())
		if r, ok := err.(*Refused); !ok || !strings.Contains(r.Reason, "guests, rooms") {
			t.Errorf("with tables in the way: got %v", err)
		}
	})
}

// stopAt breaks a run at the n-th fault point.
type stopAt struct{ n int }

var errStopped = errors.New("stopped")

func (s *stopAt) At(run.Point) error {
	if s.n--; s.n == 0 {
		return errStopped
	}
	return nil
}

func TestCreateSchemaGoesOnAfterAStop(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		want := reference(t, db)
		for n := 1; ; n++ {
			fresh := enginetest.New(t, db.Dialect)
			s := service(t, inn(t), fresh)
			s.Run.LeaseTTL = 100 * time.Millisecond
			s.Faults = &stopAt{n: n}
			_, err := s.CreateSchema(t.Context())
			s.Faults = nil
			if err == nil {
				break
			}
			if !errors.Is(err, errStopped) {
				t.Fatalf("stopped at point %d: %v", n, err)
			}
			if r, err := s.Status(t.Context()); err == nil && r.Stage == revision.Current {
				continue // it was stopped behind the last commit
			}
			if _, err := s.CreateSchema(t.Context()); err != nil {
				t.Fatalf("the rerun after point %d: %v", n, err)
			}
			if diff := enginetest.CompareSnapshots(want, tablesOf(t, fresh)); diff != "" {
				t.Fatalf("after a stop at point %d the schema differs (-sync +this):\n%s", n, diff)
			}
		}
	})
}

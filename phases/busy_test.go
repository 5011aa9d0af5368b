package phases

import (
	"context"
	"errors"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/run"
)

// While somebody is at work, what is there may be half of his change. It is
// neither refused nor taken over: the second comer waits for him.
func TestNothingIsBelievedWhileSomebodyWorks(t *testing.T) {
	ctx := context.Background()
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, inn(t), db)
		must(t, s, "sync", "open01")
		db.Exec(t, "DELETE FROM manage_version_inn")
		db.Exec(t, "CREATE TABLE half_made (id INTEGER)")
		var mismatch *Mismatch
		if _, err := s.Sync(ctx, Request{}); !errors.As(err, &mismatch) {
			t.Fatalf("alone: %v, want a mismatch", err)
		}
		db.Exec(t, "UPDATE manage_lease SET holder = 'root@other', expires = '2999-01-01 00:00:00'")
		s.Run.Wait = -1
		var held *run.LeaseHeld
		if _, err := s.Sync(ctx, Request{}); !errors.As(err, &held) || held.Lease.Holder != "root@other" {
			t.Errorf("beside another: %v, want to wait for root@other", err)
		}
	})
}

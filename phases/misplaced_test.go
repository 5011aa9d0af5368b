package phases

import (
	"errors"
	"path/filepath"
	"testing"

	"manage/engine/ledger"
	"manage/engine/run"
)

// An attempt that stands at an operation which its revision does not have is
// garbled: to go on from there would record the revision without running it.
func TestAttemptsBehindTheirRevision(t *testing.T) {
	for _, behind := range []int{0, 1, 99, 1 << 30} {
		path := filepath.Join(t.TempDir(), "books.sqlite")
		at(t, synced(t, path), "trunk", "open01")
		s := open(t, path)
		s.Run = run.Options{Wait: -1}
		r := s.Catalog.Revisions["austin_expand01"]
		sess, err := s.DB.Session(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, err = sess.ExecContext(t.Context(), "INSERT INTO manage_journal SELECT catalog, 1000, 'austin_expand01', 'expand', 'up', ?, 3, 1, ?, 0, 1, who, started, NULL, '', NULL FROM manage_journal LIMIT 1",
			r.Checksum, len(r.Up)+behind)
		sess.Close()
		if err != nil {
			t.Fatal(err)
		}
		before := hold(t, path)
		_, err = s.Expand(t.Context(), Request{})
		var garbled *ledger.Garbled
		if !errors.As(err, &garbled) || garbled.Column != "sent_operation" || before != hold(t, path) {
			t.Errorf("%d behind the last of %d operations: %v", behind, len(r.Up), err)
		}
	}
}

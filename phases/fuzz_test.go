package phases

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"manage/engine/enginetest/fixtures"
	"manage/engine/run"
)

// FuzzBooks puts anything into the version table, the journal and the lease.
// Whatever a command makes of it, it does not crash, reading changes nothing,
// and a command that fails leaves the schema as it was.
func FuzzBooks(f *testing.F) {
	f.Add("open01", "trunk", "up", "", "sum", "root@a, pid 1", "process=a:b:1:2", "2020-01-01 00:00:00", int64(3), int64(1), int64(0), int64(7))
	f.Add("austin_expand01", "expand", "down", "no", "", "", "direct session=1@x", "2999-01-01 00:00:00", int64(-1), int64(99), int64(1<<40), int64(-1))
	f.Add("", "?", "?", "\x00", "x", "\xff", "session=@ = direct", "never", int64(1<<62), int64(0), int64(-5), int64(0))
	f.Add("bexar_contract01", "contract", "up", "", "", "x", "", "", int64(5), int64(5), int64(2), int64(1<<62))

	template := filepath.Join(f.TempDir(), "template.sqlite")
	at(f, synced(f, template), "trunk", "open01")
	f.Fuzz(func(t *testing.T, version, phase, direction, failure, sum, holder, session, expires string, total, done, sent, token int64) {
		path := filepath.Join(t.TempDir(), "books.sqlite")
		text, err := os.ReadFile(template)
		if err == nil {
			err = os.WriteFile(path, text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		s := open(t, path)
		sess, err := s.DB.Session(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range []struct {
			text string
			args []any
		}{
			{"INSERT OR REPLACE INTO manage_version_inn VALUES (?)", []any{version}},
			{"INSERT INTO manage_journal SELECT catalog, 1000, 'austin_expand01', ?, ?, ?, ?, ?, ?, 0, 0, who, started, NULL, ?, NULL FROM manage_journal LIMIT 1",
				[]any{phase, direction, sum, total, done, sent, failure}},
			{"UPDATE manage_lease SET holder = ?, server_session = ?, expires = ?, token = ?", []any{holder, session, expires, token}},
		} {
			if _, err := sess.ExecContext(t.Context(), q.text, q.args...); err != nil {
				t.Fatal(err)
			}
		}
		sess.Close()
		before := hold(t, path)
		_, _ = s.Status(t.Context())
		_, _ = s.Lease(t.Context())
		if after := hold(t, path); before != after {
			t.Errorf("reading changed\n%s\nto\n%s", before, after)
		}
		s.Run = run.Options{Wait: -1}
		if _, err := s.Upgrade(context.Background(), Request{Version: "austin"}); err != nil && before != hold(t, path) {
			t.Errorf("after %v the schema is\n%s\nand was\n%s", err, hold(t, path), before)
		}
	})
}

// open opens the small catalog on a SQLite file.
func open(t testing.TB, path string) *Service {
	t.Helper()
	return &Service{Catalog: inn(t), DB: fixtures.DB(t, "sqlite:///"+path)}
}

// synced makes a SQLite file at the first revision.
func synced(t testing.TB, path string) *Service {
	t.Helper()
	s := open(t, path)
	must(t, s, "sync", "open01")
	return s
}

// hold is the text of a SQLite file's schema.
func hold(t testing.TB, path string) string {
	t.Helper()
	s := open(t, path)
	sess, err := s.DB.Session(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer sess.Close()
	texts, err := queryStrings(context.Background(), sess, "SELECT coalesce(sql, name) FROM sqlite_master WHERE tbl_name NOT LIKE 'manage_%' ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, text := range texts {
		all += text + "\n"
	}
	return all
}

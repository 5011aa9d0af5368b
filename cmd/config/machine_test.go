package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestMachine loads from the machine's own disk.
func TestMachine(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"manage.toml": "[database]\nconnection_file = 'secret'\n", "secret": "sqlite:///s.db\n", "d/1.conf": "[DEFAULT]\ndebug = on\n"} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := load(t, Input{Program: "manage", WorkDir: dir, Sources: Sources([]string{"--config-dir", "d"})})
	if got.Connection != "sqlite:///s.db" || got.ConnectionFrom != filepath.Join(dir, "secret") || !got.Debug || len(got.Files) != 2 {
		t.Errorf("got %+v", got)
	}
	_, err := Load(Input{Program: "manage", WorkDir: dir, Sources: []Source{{Kind: FileSource, Path: "."}}})
	var e *Error
	if !errors.As(err, &e) || e.File != dir || e.Problem != "the file is not read: it is a directory, not a regular file" {
		t.Errorf("a folder as a file: %v", err)
	}
	_, err = Load(Input{Program: "manage", WorkDir: dir, Sources: []Source{{Kind: DirSource, Path: "no"}}})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
}

func TestSources(t *testing.T) {
	got := Sources([]string{"db", "--config-file", "a", "--debug", "--config-dir=b", "sync", "--nodebug", "--config-file=", "--", "--config-file", "c"})
	want := []Source{{FileSource, "a"}, {Kind: DebugOn}, {DirSource, "b"}, {Kind: DebugOff}, {FileSource, ""}}
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("source %d is %v, want %v", i, got[i], want[i])
		}
	}
	if got := Sources([]string{"--config-file"}); len(got) != 0 {
		t.Errorf("an option without its value gives %v", got)
	}
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		raw  any
		want time.Duration
		ok   bool
	}{
		{"3s", 3 * time.Second, true}, {"100ms", 100 * time.Millisecond, true}, {" 2 ", 2 * time.Second, true}, {"0.5", 500 * time.Millisecond, true},
		{int64(7), 7 * time.Second, true}, {1.5, 1500 * time.Millisecond, true}, {int64(0), 0, true},
		{"", 0, false}, {"-3s", 0, false}, {"NaN", 0, false}, {"1e300", 0, false}, {true, 0, false}, {"3 s", 0, false},
	} {
		if got, err := (value{raw: c.raw}).duration(); got != c.want || (err == nil) != c.ok {
			t.Errorf("%#v is %s, %v; want %s", c.raw, got, err, c.want)
		}
	}
	for word, want := range map[string]bool{"true": true, "1": true, "On": true, "YES": true, "false": false, "0": false, "oFF": false, "no": false} {
		if got, err := (value{raw: word}).boolean(); got != want || err != nil {
			t.Errorf("%s is %v, %v", word, got, err)
		}
	}
	for _, word := range []string{"", "maybe", "y", "2"} {
		if _, err := (value{raw: word}).boolean(); err == nil {
			t.Errorf("%q is taken for a boolean", word)
		}
	}
	for raw, want := range map[any]int{"5": 5, " +5 ": 5, "-5": -5, int64(5): 5} {
		if got, err := (value{raw: raw}).integer(); got != want || err != nil {
			t.Errorf("%#v is %d, %v", raw, got, err)
		}
	}
	for _, raw := range []any{"", "5.0", "0x5", 5.0, true} {
		if _, err := (value{raw: raw}).integer(); err == nil {
			t.Errorf("%#v is taken for a whole number", raw)
		}
	}
}

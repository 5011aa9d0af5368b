package cmd

import (
	"bytes"
	"log/slog"
	"regexp"
	"strings"
	"testing"
)

func TestServiceLogs(t *testing.T) {
	var out bytes.Buffer
	var level slog.LevelVar
	log := serviceLogs(&out, &level)
	log.Debug("too much")
	log.Info("Running upgrade a -> b, c")
	log.With("host", "x").WithGroup("g").Warn("slow", "pause", "3s")
	level.Set(slog.LevelDebug)
	log.Debug("SELECT 1")
	want := []string{
		`INFO manage \[-\] Running upgrade a -> b, c`,
		`WARNING manage \[-\] slow host=x pause=3s`,
		`DEBUG manage \[-\] SELECT 1`,
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d:\n%s", len(lines), len(want), out.String())
	}
	for i, w := range want {
		if !regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \d+ ` + w + `$`).MatchString(lines[i]) {
			t.Errorf("line %q, want %q", lines[i], w)
		}
	}
}

func TestPlainLogs(t *testing.T) {
	var out bytes.Buffer
	var level slog.LevelVar
	log := plainLogs(&out, &level)
	log.Info("not asked for")
	log.Warn("the server does not answer")
	if !strings.Contains(out.String(), `level=WARN msg="the server does not answer"`) || strings.Contains(out.String(), "not asked for") {
		t.Errorf("logged:\n%s", out.String())
	}
}

func TestWrap(t *testing.T) {
	got := strings.Join(wrap("one two three  four", 9), "|")
	if want := "one two|three|four"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := wrap("averyverylongword x", 5); len(got) != 2 || got[0] != "averyverylongword" {
		t.Errorf("%q", got)
	}
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// The command gets the servers' URLs, and its exit code is ours.
func TestCommand(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	env := []string{"MANAGE_TEST_POSTGRES=postgresql://here"}
	if code := command([]string{"sh", "-c", `echo "$MANAGE_TEST_POSTGRES" >"$0"; exit 7`, out}, env); code != 7 {
		t.Errorf("exit code %d, want 7", code)
	}
	if text, err := os.ReadFile(out); string(text) != "postgresql://here\n" {
		t.Errorf("the command saw %q (%v)", text, err)
	}
	if code := command([]string{"true"}, nil); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	if code := command([]string{"/nowhere/at/all"}, nil); code != 1 {
		t.Errorf("exit code %d of a command that does not exist, want 1", code)
	}
}

// Servers that the environment names are not started, a broken one is named
// and stops nothing else from being stopped.
func TestStart(t *testing.T) {
	wanted := map[flavor.Dialect]enginetest.Options{flavor.Postgres: {}, flavor.MariaDB: {Bin: "/nowhere"}}
	t.Setenv(enginetest.EnvPostgres, "postgresql://there")
	t.Setenv(enginetest.EnvMariaDB, "mysql://there")
	env, stop, err := start(wanted, false)
	stop()
	if err != nil || len(env) != 0 {
		t.Errorf("environment %v, error %v", env, err)
	}
	t.Setenv(enginetest.EnvMariaDB, "")
	_, stop, err = start(wanted, false)
	stop()
	if err == nil || !strings.Contains(err.Error(), "MariaDB: ") {
		t.Errorf("error %v", err)
	}
}

// A started server is handed on by its URL, with the folder of its programs if
// that is not the system's, and is gone after stop.
func TestStartHandsOn(t *testing.T) {
	t.Setenv(enginetest.EnvPostgres, "")
	env, stop, err := start(map[flavor.Dialect]enginetest.Options{flavor.Postgres: {}}, false)
	if err != nil {
		t.Fatal(err)
	}
	url, ok := strings.CutPrefix(strings.Join(env, " "), enginetest.EnvPostgres+"=")
	if !ok {
		t.Fatalf("environment %v", env)
	}
	if _, err := enginetest.Join(flavor.Postgres, url); err != nil {
		t.Errorf("the server does not answer: %v", err)
	}
	stop()
	if _, err := enginetest.Join(flavor.Postgres, url); err == nil {
		t.Error("the server answers after it was stopped")
	}
}

// Nothing is installed if all is there.
func TestInstallNothing(t *testing.T) {
	dir := t.TempDir() // without apt-get
	if err := os.WriteFile(filepath.Join(dir, sqliteClient), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	t.Setenv(enginetest.EnvPostgres, "postgresql://there")
	if err := install(map[flavor.Dialect]enginetest.Options{flavor.Postgres: {}, flavor.MariaDB: {Bin: "/own"}}); err != nil {
		t.Error(err)
	}
}

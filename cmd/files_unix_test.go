//go:build unix

package cmd

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// hostile makes files at a path that are none to read; the text is what is said
// of each.
func hostile() map[string]struct {
	make func(path string) error
	says string
} {
	type kind = struct {
		make func(path string) error
		says string
	}
	return map[string]kind{
		"pipe":      {func(path string) error { return syscall.Mkfifo(path, 0o600) }, "a named pipe, not a regular file"},
		"zeros":     {func(path string) error { return os.Symlink("/dev/zero", path) }, ""},
		"directory": {func(path string) error { return os.Mkdir(path, 0o755) }, ""},
		"huge": {func(path string) error {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				return err
			}
			return os.Truncate(path, 1<<40)
		}, ""},
	}
}

// Whatever stands in the place of a file that is read: one sentence says so, at
// once.
func TestFilesThatAreNone(t *testing.T) {
	places := map[string]struct {
		file  string
		words string
	}{
		"connection file":       {"secret", "--connection-file secret db version"},
		"configuration file":    {"m.toml", "--config-file m.toml db version"},
		"configuration folder":  {"d/a.toml", "--config-dir d db version"},
		"a service's file":      {"a.conf", "--config-file a.conf db version"},
		"manage.toml":           {"manage.toml", "db version"},
		"database":              {"x.sqlite", "--connection sqlite:///x.sqlite db version"},
		"catalog.toml":          {"c/catalog.toml", "--catalog ./c db heads"},
		"models.toml":           {"c/models.toml", "--catalog ./c db heads"},
		"purge.toml":            {"c/purge.toml", "--catalog ./c db heads"},
		"revision":              {"c/versions/b.toml", "--catalog ./c db heads"},
		"revision in SQL":       {"c/versions/b.sql", "--catalog ./c db heads"},
		"authority, PostgreSQL": {"ca", "--connection postgres://u@127.0.0.1:1/d?sslrootcert=ca&sslmode=verify-ca db version"},
		"certificate, MySQL":    {"ca", "--connection mysql://u@127.0.0.1:1/d?ssl_cert=ca&ssl_key=ca db version"},
		"authority, MySQL":      {"ca", "--connection mysql://u@127.0.0.1:1/d?ssl_ca=ca db version"},
		"authorities, MySQL":    {"cas/ca", "--connection mysql://u@127.0.0.1:1/d?ssl_capath=cas db version"},
		"a file that names one": {"secret", "--config-file named.toml db version"},
		"rebase":                {"c/versions/b.sql", "--catalog ./c db rebase root"},
		"a new revision":        {"c/versions/b.sql", "--catalog ./c db revision -m x"},
		"purge of the catalog":  {"c/purge.toml", "--catalog ./c db purge --dry-run"},
	}
	for where, place := range places {
		for what, kind := range hostile() {
			if what == "huge" && where == "database" || what == "directory" && (place.file == "d/a.toml" || place.file == "cas/ca") {
				continue // a file may be that large; folders in folders are passed over
			}
			t.Run(where+" "+what, func(t *testing.T) {
				dir := t.TempDir()
				t.Chdir(dir)
				for name, text := range map[string]string{
					"c/catalog.toml": "name = \"c\"\n", "c/versions/root.toml": "revision = \"root\"\n",
					"named.toml": "[database]\nconnection_file = \"secret\"\n", "d/.x": "", "cas/.x": "",
				} {
					if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
						t.Fatal(err)
					}
					if name != place.file {
						if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
							t.Fatal(err)
						}
					}
				}
				if err := kind.make(place.file); err != nil {
					t.Fatal(err)
				}
				words := strings.Fields(place.words)
				p := Program{Catalogs: []Catalog{inn()}, Environ: []string{"HOME=" + dir}}
				began := time.Now()
				code, out, errs := callMain(t, p, words...)
				if code == 0 || strings.TrimSpace(errs) == "" || strings.Count(strings.TrimSpace(errs), "\n") > 2 || kind.says != "" && !strings.Contains(errs, kind.says) {
					t.Errorf("exit %d, %q, errors:\n%s", code, out, errs)
				}
				if took := time.Since(began); took > 15*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		}
	}
}

// stuck is a catalog on a disk that does not answer.
type stuck struct{ asked chan struct{} }

func (s stuck) Open(string) (fs.File, error) {
	select {
	case s.asked <- struct{}{}:
	default:
	}
	select {}
}

// A signal ends a call that reads.
func TestSignalsWhileReading(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		asked := make(chan struct{}, 1)
		go func() {
			<-asked
			_ = syscall.Kill(os.Getpid(), sig)
		}()
		p := Program{Catalogs: []Catalog{{Name: "inn", Files: stuck{asked}}}, Environ: []string{"MANAGE_CONNECTION=sqlite://"}}
		code, _, errs := callMain(t, p, "db", "sync")
		if code != ExitInterrupted || !strings.Contains(errs, "interrupted") {
			t.Errorf("%v: exit %d\n%s", sig, code, errs)
		}
	}
}

package config

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// memory is a Disk of files by absolute name. A file that holds "denied" may
// not be read.
type memory map[string]string

func (m memory) fs() fs.FS {
	files := fstest.MapFS{}
	for name, content := range m {
		files[strings.TrimPrefix(name, "/")] = &fstest.MapFile{Data: []byte(content)}
	}
	return files
}

func (memory) Trusted(string) error { return nil }

func (m memory) Stat(name string) (fs.FileInfo, error) {
	return fs.Stat(m.fs(), strings.TrimPrefix(name, "/"))
}

func (m memory) ReadFile(name string) ([]byte, error) {
	content, err := fs.ReadFile(m.fs(), strings.TrimPrefix(name, "/"))
	if string(content) == "denied" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return content, err
}

func (m memory) ReadDir(name string) ([]fs.DirEntry, error) {
	return fs.ReadDir(m.fs(), strings.TrimPrefix(name, "/"))
}

// given is an Input of a command line on the files of m. Words before the
// program's name are the environment, as in a shell.
func given(m memory, words ...string) Input {
	env := map[string]string{}
	for len(words) > 0 && strings.Contains(words[0], "=") {
		name, text, _ := strings.Cut(words[0], "=")
		env[name] = text
		words = words[1:]
	}
	in := Input{Program: words[0], Sources: Sources(words[1:]), Home: "/home/u", WorkDir: "/here", Disk: m,
		Builtin: []string{"glance", "watcher"},
		Environ: func(name string) (string, bool) { text, ok := env[name]; return text, ok }}
	for i, w := range words {
		for flag, target := range map[string]**string{"--connection": &in.Connection, "--connection-file": &in.ConnectionFile, "--catalog": &in.Catalog} {
			if w == flag {
				*target = &words[i+1]
			}
		}
	}
	return in
}

func load(t *testing.T, in Input) Config {
	t.Helper()
	c, err := Load(in)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

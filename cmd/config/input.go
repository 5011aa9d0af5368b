package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"manage/engine/files"
)

// Input is all that a configuration is made from.
type Input struct {
	// Program is the name that the tool was called by, such as "manage" or
	// "glance-manage".
	Program string
	// Sources are the files, folders and switches of the command line in its
	// order, as Sources finds them.
	Sources []Source
	// Connection, ConnectionFile and Catalog are the values of those flags; nil
	// for a flag that is not given.
	Connection, ConnectionFile, Catalog *string
	// Builtin are the names of the built-in catalogs: a --catalog that is one
	// of them is a name, any other is a path.
	Builtin []string
	// Environ looks a variable up in the environment.
	Environ func(name string) (string, bool)
	// Home and WorkDir are the user's home, "" if there is none, and the working
	// directory.
	Home, WorkDir string
	// Disk is where files are read from; nil for the machine's own.
	Disk Disk
}

// Disk is what Load needs of a file system. Names are absolute.
type Disk interface {
	Stat(name string) (fs.FileInfo, error)
	ReadFile(name string) ([]byte, error)
	ReadDir(name string) ([]fs.DirEntry, error)
	// Trusted returns an *files.Untrusted for a file that only counts if it is
	// named.
	Trusted(name string) error
}

// Machine is the machine's own file system.
type Machine struct{}

// Stat is os.Stat.
func (Machine) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }

// ReadFile reads a regular file of at most files.MaxConfig bytes. The null
// device is the usual name of a file that says nothing.
func (Machine) ReadFile(name string) ([]byte, error) {
	if name == os.DevNull {
		return nil, nil
	}
	return files.Read(name, files.MaxConfig)
}

// Trusted is files.Trusted.
func (Machine) Trusted(name string) error { return files.Trusted(name) }

// ReadDir is os.ReadDir.
func (Machine) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }

// SourceKind tells the words of a command line apart that share one order.
type SourceKind int

// The kinds of sources: a --config-file, a --config-dir, and the switches for
// debugging, which a file that is named after them overrides.
const (
	FileSource SourceKind = iota
	DirSource
	DebugOn
	DebugOff
)

// Source is one such word with its value.
type Source struct {
	Kind SourceKind
	Path string
}

// Sources finds the configuration files, folders and debug switches in the
// words of a command line, in order. Position matters for them, and a parser
// of options only keeps the order of each by itself.
func Sources(words []string) []Source {
	var found []Source
	for i := 0; i < len(words); i++ {
		name, value, joined := strings.Cut(words[i], "=")
		switch name {
		case "--":
			return found
		case "--debug":
			found = append(found, Source{Kind: DebugOn})
		case "--nodebug":
			found = append(found, Source{Kind: DebugOff})
		case "--config-file", "--config-dir":
			if !joined {
				if i++; i == len(words) {
					return found
				}
				value = words[i]
			}
			kind := FileSource
			if name == "--config-dir" {
				kind = DirSource
			}
			found = append(found, Source{Kind: kind, Path: value})
		}
	}
	return found
}

// path makes a path of the command line absolute.
func (in Input) path(name string) string {
	if name == "~" || strings.HasPrefix(name, "~/") {
		return filepath.Join(in.Home, name[1:])
	}
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(in.WorkDir, name)
}

func (in Input) has(kind SourceKind) bool {
	for _, s := range in.Sources {
		if s.Kind == kind {
			return true
		}
	}
	return false
}

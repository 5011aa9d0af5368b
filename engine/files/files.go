// Package files is the one door through which files are read that somebody may
// have put there: catalogs, configuration, connection files, certificates,
// definitions. Only regular files are read, and of each no more than a bound
// for its kind. What is something else, such as a named pipe or a device, is
// refused before it is opened: opening may block, or do something.
package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// The bounds of the kinds of files, in bytes. They are many times what anybody
// writes, and small enough for the memory of any machine.
const (
	MaxConfig   = 1 << 20  // manage.toml, *.conf, connection files, catalog.toml, certificates
	MaxTOML     = 4 << 20  // revisions, data migrations, models.toml, purge.toml
	MaxSQL      = 64 << 20 // revisions in SQL
	MaxJSON     = 16 << 20 // metadata definitions
	MaxFiles    = 100_000  // revisions and data migrations of a catalog
	MaxInFolder = 1_000    // files of one --config-dir, or of ssl_capath
)

// Refused is a file that is there and is not read. It stands in the place of
// the system's error in a *fs.PathError.
type Refused struct {
	// Reason is a clause about the file, such as "it is a named pipe, not a file".
	Reason string
}

func (e *Refused) Error() string { return e.Reason }

// refuse is the error of an operation on a file that is refused.
func refuse(name, format string, args ...any) error {
	return &fs.PathError{Op: "open", Path: name, Err: &Refused{fmt.Sprintf(format, args...)}}
}

// Read reads a file that somebody named, following links. It has at most limit
// bytes.
func Read(name string, limit int64) ([]byte, error) {
	f, err := Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return contents(name, f, limit)
}

// Open opens a regular file to be read, following links.
func Open(name string) (*os.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if err := mustBeRegular(name, info.Mode()); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, err
	}
	// It may have become another file in between.
	if info, err = f.Stat(); err == nil {
		err = mustBeRegular(name, info.Mode())
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// ReadFS reads a file of a file system, which has at most limit bytes.
func ReadFS(fsys fs.FS, name string, limit int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return contents(name, f, limit)
}

// contents reads an open file.
func contents(name string, f fs.File, limit int64) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := mustBeRegular(name, info.Mode()); err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, tooLarge(name, limit)
	}
	// The size may be a lie, as it is of the files of /proc, or grow.
	content := make([]byte, 0, info.Size()+512)
	for {
		if len(content) == cap(content) {
			content = append(content, 0)[:len(content)]
		}
		n, err := f.Read(content[len(content):cap(content)])
		content = content[:len(content)+n]
		switch {
		case int64(len(content)) > limit:
			return nil, tooLarge(name, limit)
		case errors.Is(err, io.EOF):
			return content, nil
		case err != nil:
			return nil, err
		}
	}
}

func tooLarge(name string, limit int64) error {
	return refuse(name, "it is larger than the %d MiB that a file of this kind may have", limit>>20)
}

// mustBeRegular says what a file is that is not a regular one.
func mustBeRegular(name string, mode fs.FileMode) error {
	kind := ""
	switch {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		kind = "directory"
	case mode&fs.ModeNamedPipe != 0:
		kind = "named pipe"
	case mode&fs.ModeSocket != 0:
		kind = "socket"
	case mode&fs.ModeDevice != 0:
		kind = "device"
	case mode&fs.ModeSymlink != 0:
		kind = "symbolic link"
	default:
		kind = "special file"
	}
	return refuse(name, "it is a %s, not a regular file", kind)
}

package metadefs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"manage/engine/files"
)

// Mode says what becomes of namespaces that are in the database already. The
// zero value leaves them alone.
type Mode struct {
	// Merge adds what they lack.
	Merge bool
	// PreferNew makes a merge take what differs from the file as well.
	PreferNew bool
	// Overwrite makes a merge remove them first.
	Overwrite bool
}

// Check says what is wrong with a mode; the error is *BadMode.
func (m Mode) Check() error {
	if !m.Merge && (m.PreferNew || m.Overwrite) || m.PreferNew && m.Overwrite {
		return &BadMode{m}
	}
	return nil
}

// Files lists what is to be loaded from a path: the file that it names, or all
// *.json files of the folder, by their names. The error is *NoFiles.
func Files(path string) ([]string, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, &NoFiles{path, reason(err)}
	case info.Mode().IsRegular():
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, &NoFiles{path, reason(err)}
	}
	var files []string
	for _, e := range entries {
		file := filepath.Join(path, e.Name())
		// A link counts as what it leads to.
		if info, err := os.Stat(file); strings.HasSuffix(e.Name(), ".json") && err == nil && info.Mode().IsRegular() {
			files = append(files, file)
		}
	}
	if len(files) == 0 {
		return nil, &NoFiles{path, nil}
	}
	return files, nil
}

// reason is the error of the system without the path, which messages have said.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// source is a file and what it holds.
type source struct {
	file      string
	namespace Namespace
}

// read reads the files, telling what is wrong and odd in them, and returns those
// that hold a namespace.
func (s *Service) read(files []string) []source {
	var all []source
	for _, file := range files {
		n, notes, err := readFile(file)
		for _, note := range notes {
			s.tell(Noted{File: file, Note: note})
		}
		var bad *BadFile
		if errors.As(err, &bad) {
			s.tell(Rejected{bad})
			continue
		}
		all = append(all, source{file, n})
	}
	return all
}

func readFile(file string) (Namespace, []string, error) {
	text, err := files.Read(file, files.MaxJSON)
	if err != nil {
		return Namespace{}, nil, &BadFile{File: file, Problems: []string{"it cannot be read: " + reason(err).Error()}, Err: err}
	}
	return Parse(file, text)
}

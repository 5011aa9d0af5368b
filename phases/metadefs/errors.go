package metadefs

import (
	"fmt"
	"strings"
)

// BadFile is a file that holds no namespace that could be loaded.
type BadFile struct {
	File      string
	Line      int    // 0 if no line is to blame
	Namespace string // "" if the file does not say
	Problems  []string
	Err       error // of the system, if the file could not be read
}

func (e *BadFile) Error() string {
	place := e.File
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	return place + ": " + strings.Join(e.Problems, "; ")
}

// Unwrap returns the error of the system.
func (e *BadFile) Unwrap() error { return e.Err }

// BadMode is a Mode whose parts do not go together.
type BadMode struct{ Mode Mode }

func (e *BadMode) Error() string {
	if !e.Mode.Merge {
		return "prefer_new and overwrite say how to merge: they need merge"
	}
	return "prefer_new and overwrite exclude each other: choose one"
}

// NoFiles is a path without files to load.
type NoFiles struct {
	Path string
	Err  error // of the system; nil if there is just no file
}

func (e *NoFiles) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("metadata definitions cannot be read from %q: %v", e.Path, e.Err)
	}
	return fmt.Sprintf("there is no *.json file in %q", e.Path)
}

// Unwrap returns the error of the system.
func (e *NoFiles) Unwrap() error { return e.Err }

// MissingTables are tables of metadata definitions that the database does not
// have, or that lack a column.
type MissingTables struct{ Tables []string }

func (e *MissingTables) Error() string {
	return "the database has no place for metadata definitions: missing or too old are " + strings.Join(e.Tables, ", ")
}

// Failed are namespaces that the database did not take. Those that are not
// named are loaded.
type Failed struct {
	Namespaces []string
	Of         int // files that were tried
}

func (e *Failed) Error() string {
	return fmt.Sprintf("%d of %d namespaces were not loaded: %s", len(e.Namespaces), e.Of, strings.Join(e.Namespaces, ", "))
}

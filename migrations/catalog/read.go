package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"manage/engine/files"
)

// sizeLimit is how large a file of a catalog may be.
func sizeLimit(name string) int64 {
	switch {
	case name == settingsFile:
		return files.MaxConfig
	case strings.HasSuffix(name, ".sql"):
		return files.MaxSQL
	}
	return files.MaxTOML
}

// readFile reads a file of a catalog as it stands on disk.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	return files.ReadFS(fsys, name, sizeLimit(name))
}

// readText reads what a file of a catalog says. raw is the text as it stands on
// disk where that is another one, and otherwise "".
func readText(fsys fs.FS, name string) (text, raw string, err error) {
	content, err := readFile(fsys, name)
	if err != nil {
		return "", "", err
	}
	if text, err = files.Text(content); err != nil {
		return "", "", err
	}
	if len(text) != len(content) {
		raw = string(content)
	}
	return text, raw, nil
}

// byteOrderMark cuts a text behind the mark that it may begin with, for edits
// that leave the rest of the file as it is.
func byteOrderMark(text string) (mark, rest string) {
	rest = strings.TrimPrefix(text, "\ufeff")
	return text[:len(text)-len(rest)], rest
}

// file reads one file.
func (w *worker) file(name string, r *report) loaded {
	text, raw, err := readText(w.fsys, name)
	if err != nil {
		r.add(0, "%s", unreadable(err))
		return loaded{problems: r.problems}
	}
	found := w.parsed(name, text, r)
	found.problems = r.problems
	if raw != "" && found.revision != nil {
		if before := w.parsed(name, raw, &report{file: r.file}); before.revision != nil {
			found.revision.RawChecksum = before.revision.Checksum
		}
	}
	return found
}

// parsed reads the text of a file.
func (w *worker) parsed(name, text string, r *report) loaded {
	if strings.HasSuffix(name, ".sql") {
		return loaded{revision: w.sqlRevision(name, text, r)}
	}
	return w.tomlFile(name, text, r)
}

// unreadable says why a file could not be read, without its name.
func unreadable(err error) string {
	var untrusted *files.Untrusted
	if errors.As(err, &untrusted) {
		return distrusted(untrusted)
	}
	var refused *files.Refused
	if errors.As(err, &refused) {
		return "the file is not read: " + refused.Reason
	}
	return "the file cannot be read: " + readError(err)
}

// distrusted says why a file of a catalog that nobody named does not count.
func distrusted(e *files.Untrusted) string {
	return fmt.Sprintf("the catalog was found by searching and is not used, because of %s; if you trust it, name it with --catalog", e)
}

// tree is the files of the directory.
func (o Options) tree() fs.FS {
	if o.Found {
		return files.TrustedTree(o.Dir)
	}
	return files.Tree(o.Dir)
}

// crowded is the problem of a catalog with more files than anybody writes.
func crowded(n int) string {
	return fmt.Sprintf("the directory holds %d revisions and data migrations, more than the %d that a catalog may have", n, files.MaxFiles)
}

// Means reports whether a checksum is that of the revision as it stands.
// Releases that did not yet read CR LF as a line end took another one of a file
// with these.
func (r *Revision) Means(checksum string) bool {
	return checksum == r.Checksum || r.RawChecksum != "" && checksum == r.RawChecksum
}

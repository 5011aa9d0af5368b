package catalog

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// overlay is a file tree with some files put over those that are there, to see
// what a catalog would be before anything is written. It serves what Load asks
// for. A file without content is taken away.
type overlay struct {
	fs.FS
	files map[string][]byte
}

// ReadFile implements fs.ReadFileFS.
func (o overlay) ReadFile(name string) ([]byte, error) {
	content, over := o.files[name]
	switch {
	case !over:
		return fs.ReadFile(o.FS, name)
	case content == nil:
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return content, nil
}

// ReadDir implements fs.ReadDirFS.
func (o overlay) ReadDir(dir string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.FS, dir)
	if err != nil && !o.holds(dir) {
		return nil, err
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		_, over := o.files[path.Join(dir, e.Name())]
		return over
	})
	for name, content := range o.files {
		if path.Dir(name) == dir && content != nil {
			entries = append(entries, fs.FileInfoToDirEntry(newInfo{path.Base(name), content}))
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// holds reports whether files are put into a directory.
func (o overlay) holds(dir string) bool {
	for name := range o.files {
		if path.Dir(name) == dir {
			return true
		}
	}
	return false
}

// Open implements fs.FS.
func (o overlay) Open(name string) (fs.File, error) {
	if _, over := o.files[name]; !over {
		return o.FS.Open(name)
	}
	content, err := o.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return &newFile{bytes.NewReader(content), newInfo{path.Base(name), content}}, nil
}

// newFile is an open file of an overlay.
type newFile struct {
	io.Reader
	info newInfo
}

func (f *newFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *newFile) Close() error               { return nil }

// newInfo describes a file of an overlay.
type newInfo struct {
	name    string
	content []byte
}

func (i newInfo) Name() string     { return i.name }
func (i newInfo) Size() int64      { return int64(len(i.content)) }
func (newInfo) Mode() fs.FileMode  { return 0o644 }
func (newInfo) ModTime() time.Time { return time.Time{} }
func (newInfo) IsDir() bool        { return false }
func (newInfo) Sys() any           { return nil }

package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Tree is a directory as a file system that cannot be left: links within it are
// followed, one that leads out of it is refused. The directory itself may be a
// link, and need not be there yet.
func Tree(dir string) fs.FS { return &tree{dir: dir} }

// TrustedTree is Tree of a directory that was found by searching: what is not
// Trusted is not opened.
func TrustedTree(dir string) fs.FS { return &tree{dir: dir, trust: newTrust()} }

type tree struct {
	dir string
	// trust is Trusted, nil if all files count.
	trust func(name string) error
	lock  sync.Mutex
	root  *os.Root // nil until the directory is there
}

// open opens the directory, once. The system closes it when nobody refers to it
// any more (os.Root).
func (t *tree) open() (*os.Root, error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	if t.root == nil {
		root, err := os.OpenRoot(t.dir)
		if err != nil {
			return nil, err
		}
		t.root = root
	}
	return t.root, nil
}

// Open implements fs.FS. It opens directories and regular files.
func (t *tree) Open(name string) (fs.File, error) {
	root, path, info, err := t.find("open", name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		if err := mustBeRegular(name, info.Mode()); err != nil {
			return nil, err
		}
	}
	f, err := root.OpenFile(path, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, err // a nil *os.File would not be a nil fs.File
	}
	return f, nil
}

// Stat implements fs.StatFS.
func (t *tree) Stat(name string) (fs.FileInfo, error) {
	_, _, info, err := t.find("stat", name)
	return info, err
}

// find looks a file up: what it is, and its path from the root on which no link
// leads out of it.
func (t *tree) find(op, name string) (*os.Root, string, fs.FileInfo, error) {
	if !fs.ValidPath(name) {
		return nil, "", nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	path := filepath.FromSlash(name)
	if t.trust != nil {
		if err := t.trust(filepath.Join(t.dir, path)); err != nil {
			return nil, "", nil, &fs.PathError{Op: op, Path: name, Err: err}
		}
	}
	root, err := t.open()
	if err != nil {
		return nil, "", nil, err
	}
	info, err := root.Stat(path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return root, path, info, err
	}
	// A Root follows no absolute link, also not one that stays within it.
	inside, there := t.inside(path)
	switch {
	case inside != "":
		info, err = root.Stat(inside)
	case there:
		err = refuse(name, "it is a link that leads out of the catalog")
	}
	return root, inside, info, err
}

// inside follows all links to a file. It is the path from the root without them
// if that is within the directory, and "" otherwise; there reports whether
// anything is at their end.
func (t *tree) inside(path string) (inside string, there bool) {
	whole, err := filepath.EvalSymlinks(filepath.Join(t.dir, path))
	if err != nil {
		return "", false
	}
	root, err := filepath.EvalSymlinks(t.dir)
	if err != nil {
		return "", true
	}
	rel, err := filepath.Rel(root, whole)
	if err != nil || !filepath.IsLocal(rel) {
		return "", true
	}
	return rel, true
}

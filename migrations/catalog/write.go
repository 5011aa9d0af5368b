package catalog

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// WriteError is a file of a catalog that could not be written. Nothing was.
type WriteError struct {
	File string // as shown to the reader
	Err  error  // why; fs.ErrExist if it is there already
}

func (e *WriteError) Error() string {
	if errors.Is(e.Err, fs.ErrExist) {
		return fmt.Sprintf("%s is there already, and is not overwritten; nothing was written", e.File)
	}
	return fmt.Sprintf("%s cannot be written: %s; nothing was written", e.File, readError(e.Err))
}

func (e *WriteError) Unwrap() error { return e.Err }

// batch is a set of changes to files below a directory that are made all, or
// none of them.
type batch struct {
	dir    string
	prefix string // of file names in messages
	undo   []func()
	temps  []string
}

// done ends a batch: what was made is undone if it failed.
func (b *batch) done(err error) error {
	for _, t := range b.temps {
		os.Remove(t)
	}
	if err == nil {
		return nil
	}
	for i := len(b.undo) - 1; i >= 0; i-- {
		b.undo[i]()
	}
	return err
}

// blame names the file that an error is about.
func (b *batch) blame(name string, err error) error {
	var link *os.LinkError
	if errors.As(err, &link) {
		err = link.Err
	}
	return &WriteError{File: display(b.prefix, name), Err: err}
}

// temp writes content to a new file beside the one that it is for. Its name
// begins with a dot, so that no catalog has it if this process dies.
func (b *batch) temp(name string, content []byte, mode fs.FileMode) (string, error) {
	var tail [4]byte
	rand.Read(tail[:]) // never fails
	path := filepath.Join(b.dir, filepath.FromSlash(name))
	temp := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+hex.EncodeToString(tail[:]))
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return "", err
	}
	b.temps = append(b.temps, temp)
	if _, err = f.Write(content); err == nil {
		err = f.Sync()
	}
	return temp, errors.Join(err, f.Close())
}

// left is the form of the names that temp gives.
var left = regexp.MustCompile(`^\..+\.(toml|sql)\.[0-9a-f]{8}$`)

// sweep takes away the temporary files in a catalog. Only one process writes at
// a time, so they are of dead ones.
func sweep(dir string) {
	for _, d := range []string{dir, filepath.Join(dir, versionsDir)} {
		entries, _ := os.ReadDir(d)
		for _, e := range entries {
			if left.MatchString(e.Name()) && e.Type().IsRegular() {
				os.Remove(filepath.Join(d, e.Name()))
			}
		}
	}
}

// create makes a file that must not be there yet. It appears with all of its
// content, and of two processes that make it one fails.
func (b *batch) create(name string, content []byte, mode fs.FileMode) error {
	temp, err := b.temp(name, content, mode)
	if err != nil {
		return b.blame(name, err)
	}
	path := filepath.Join(b.dir, filepath.FromSlash(name))
	if err := os.Link(temp, path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return b.blame(name, err)
		}
		if err := exclusive(path, content, mode); err != nil { // no hard links here
			return b.blame(name, err)
		}
	}
	b.undo = append(b.undo, func() { os.Remove(path) })
	return nil
}

// exclusive writes a file that must not be there yet, in place.
func exclusive(path string, content []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(path)
	}
	return err
}

// replace gives a file that is there new content, and keeps its mode.
func (b *batch) replace(name string, old, content []byte) error {
	path := filepath.Join(b.dir, filepath.FromSlash(name))
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	err := replaceFile(b, name, path, content)
	if err != nil {
		return b.blame(name, err)
	}
	b.undo = append(b.undo, func() { replaceFile(b, name, path, old) })
	return nil
}

// replaceFile puts a new file in the place of the one at path.
func replaceFile(b *batch, name, path string, content []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	temp, err := b.temp(name, content, info.Mode().Perm())
	if err == nil {
		err = os.Chmod(temp, info.Mode().Perm()) // the process's mask may have cut it
	}
	if err == nil {
		err = os.Rename(temp, path)
	}
	return err
}

// rename gives a file a name that no file has yet.
func (b *batch) rename(old, name string) error {
	from, to := filepath.Join(b.dir, filepath.FromSlash(old)), filepath.Join(b.dir, filepath.FromSlash(name))
	if _, err := os.Lstat(to); err == nil {
		return b.blame(name, fs.ErrExist)
	}
	if err := os.Rename(from, to); err != nil {
		return b.blame(name, err)
	}
	b.undo = append(b.undo, func() { os.Rename(to, from) })
	return nil
}

// directory makes a directory, and those above it, unless it is there.
func (b *batch) directory(name string) error {
	path := filepath.Join(b.dir, filepath.FromSlash(name))
	var missing []string
	for p := path; ; p = filepath.Dir(p) {
		if _, err := os.Stat(p); err == nil || !errors.Is(err, fs.ErrNotExist) || p == filepath.Dir(p) {
			break
		}
		missing = append(missing, p)
	}
	if err := os.MkdirAll(path, 0o777); err != nil {
		return b.blame(name, err)
	}
	for i := len(missing) - 1; i >= 0; i-- {
		p := missing[i]
		b.undo = append(b.undo, func() { os.Remove(p) })
	}
	return nil
}

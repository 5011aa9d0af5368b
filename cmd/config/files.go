package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"manage/engine/files"
)

// layer is one file that was read, or one switch of the command line; later
// layers win.
type layer struct {
	name string
	// conf or toml is the file's content; debug the switch.
	conf  confFile
	toml  map[string]value
	debug *bool
	// found is true for a file that nobody named.
	found bool
}

// layers reads all files, in the order in which they count.
func (l *loader) layers() error {
	if err := l.defaults(); err != nil {
		return err
	}
	var missing []string
	for _, s := range l.in.Sources {
		switch s.Kind {
		case DebugOn, DebugOff:
			on := s.Kind == DebugOn
			l.stack = append(l.stack, layer{name: "--debug", debug: &on})
		case DirSource:
			if err := l.dir(l.in.path(s.Path), false); err != nil {
				return err
			}
		case FileSource:
			name := l.in.path(s.Path)
			found, err := l.file(name, false)
			if err != nil {
				return err
			}
			if !found {
				missing = append(missing, name)
			}
		}
	}
	if len(missing) > 0 {
		return &Error{Place: "--config-file", Problem: "there is no file " + strings.Join(missing, ", ")}
	}
	return nil
}

// defaults reads the files that are read without being named.
func (l *loader) defaults() error {
	if l.program.own() {
		return l.ownDefaults()
	}
	if !l.in.has(FileSource) {
		for _, name := range l.program.files {
			if err := l.firstOf(name+".conf", l.places()); err != nil {
				return err
			}
		}
	}
	if l.in.has(DirSource) {
		return nil
	}
	for _, name := range l.program.files {
		for _, place := range l.places() {
			if !l.exists(filepath.Join(place, name+".conf.d")) {
				continue
			}
			if err := l.dir(filepath.Join(place, name+".conf.d"), true); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// ownDefaults reads the first manage.toml that there is, or the file that
// MANAGE_CONFIG_FILE names.
func (l *loader) ownDefaults() error {
	if l.in.has(FileSource) {
		return nil
	}
	if name, ok := l.environ("MANAGE_CONFIG_FILE"); ok && name != "" {
		name = l.in.path(name)
		found, err := l.file(name, false)
		if err == nil && !found {
			err = &Error{Place: "MANAGE_CONFIG_FILE", Problem: "there is no file " + name}
		}
		return err
	}
	places := []string{l.in.WorkDir, "/etc/manage"}
	if l.in.Home != "" {
		places = slices.Insert(places, 1, filepath.Join(l.in.Home, ".manage"))
	}
	return l.firstOf("manage.toml", places)
}

// places are the folders in which a service's files are looked for, the first
// hit of each name counting.
func (l *loader) places() []string {
	project := l.program.project
	places := []string{filepath.Join("/etc", project), "/etc"}
	if l.in.Home != "" {
		places = slices.Insert(places, 0, filepath.Join(l.in.Home, "."+project), l.in.Home)
	}
	for _, variable := range []string{"SNAP_COMMON", "SNAP"} {
		if root, ok := l.environ(variable); ok && root != "" {
			places = append(places, filepath.Join(root, "etc", project))
		}
	}
	return places
}

// firstOf reads the first file of that name. One that exists and cannot be read
// is an error; a folder that cannot be looked into is passed over.
func (l *loader) firstOf(name string, places []string) error {
	for _, place := range places {
		if l.exists(filepath.Join(place, name)) {
			_, err := l.file(filepath.Join(place, name), true)
			return err
		}
	}
	return nil
}

func (l *loader) exists(name string) bool {
	_, err := l.in.Disk.Stat(name)
	return err == nil
}

// file reads one file, and reports whether it is there. One that was found by
// searching must be the user's.
func (l *loader) file(name string, found bool) (bool, error) {
	if found {
		if err := l.trusted(name); err != nil {
			return false, err
		}
	}
	content, err := l.in.Disk.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, &Error{File: name, Problem: unreadable(err), Err: err}
	}
	next := layer{name: name, found: found}
	if path.Ext(name) == ".toml" {
		var text string
		if text, err = files.Text(content); err != nil {
			return false, &Error{File: name, Problem: unreadable(err), Err: err}
		}
		next.toml, err = readTOML(name, text)
	} else {
		next.conf, err = readConf(name, content)
	}
	if err != nil {
		return false, err
	}
	l.stack = append(l.stack, next)
	return true, nil
}

// trusted refuses a file that was found by searching and is not the user's.
func (l *loader) trusted(name string) error {
	var e *files.Untrusted
	if err := l.in.Disk.Trusted(name); !errors.As(err, &e) {
		return nil
	}
	why, option := "of "+e.Error(), "--config-file"
	if e.File == name {
		why = e.Reason
	}
	if strings.HasSuffix(name, ".conf.d") || strings.HasSuffix(filepath.Dir(name), ".conf.d") {
		option = "--config-dir"
	}
	return &Error{File: name, Problem: "the file was found by searching and is not used, because " + why, Err: e,
		Hint: "if you trust it, name it with " + option}
}

// dir reads the files of a folder in the order of their names. found is true for
// one that nobody named.
func (l *loader) dir(name string, found bool) error {
	if found {
		if err := l.trusted(name); err != nil {
			return err
		}
	}
	entries, err := l.in.Disk.ReadDir(name)
	if errors.Is(err, fs.ErrNotExist) && found {
		return nil
	}
	if err != nil {
		return &Error{Place: "--config-dir", Problem: fmt.Sprintf("the folder %s cannot be read: %s", name, reason(err)), Err: err}
	}
	suffixes := []string{".conf"}
	if l.program.own() {
		suffixes = append(suffixes, ".toml")
	}
	var names []string
	for _, e := range entries {
		if slices.Contains(suffixes, path.Ext(e.Name())) && !e.IsDir() {
			names = append(names, filepath.Join(name, e.Name()))
		}
	}
	if len(names) > files.MaxInFolder {
		return &Error{Place: "--config-dir", Problem: fmt.Sprintf("the folder %s holds %d files, more than the %d that are read", name, len(names), files.MaxInFolder)}
	}
	slices.Sort(names)
	for _, f := range names {
		if _, err := l.file(f, found); err != nil {
			return err
		}
	}
	return nil
}

// unreadable says why a file is not read, without its name.
func unreadable(err error) string {
	var refused *files.Refused
	if errors.As(err, &refused) {
		return "the file is not read: " + refused.Reason
	}
	return "the file cannot be read: " + reason(err)
}

// reason is the system's word for what went wrong, without the path.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

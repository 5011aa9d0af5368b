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
			if err := l.dir(l.in.path(s.Path), true); err != nil {
				return err
			}
		case FileSource:
			name := l.in.path(s.Path)
			found, err := l.file(name)
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
			if err := l.dir(filepath.Join(place, name+".conf.d"), false); err != nil {
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
		found, err := l.file(name)
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
			_, err := l.file(filepath.Join(place, name))
			return err
		}
	}
	return nil
}

func (l *loader) exists(name string) bool {
	_, err := l.in.Disk.Stat(name)
	return err == nil
}

// file reads one file, and reports whether it is there.
func (l *loader) file(name string) (bool, error) {
	content, err := l.in.Disk.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, &Error{File: name, Problem: unreadable(err), Err: err}
	}
	next := layer{name: name}
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

// dir reads the files of a folder in the order of their names.
func (l *loader) dir(name string, required bool) error {
	entries, err := l.in.Disk.ReadDir(name)
	if errors.Is(err, fs.ErrNotExist) && !required {
		return nil
	}
	if err != nil {
		return &Error{Place: "--config-dir", Problem: fmt.Sprintf("the folder %s cannot be read: %s", name, reason(err)), Err: err}
	}
	suffixes := []string{".conf"}
	if l.program.own() {
		suffixes = append(suffixes, ".toml")
	}
	var found []string
	for _, e := range entries {
		if slices.Contains(suffixes, path.Ext(e.Name())) && !e.IsDir() {
			found = append(found, filepath.Join(name, e.Name()))
		}
	}
	if len(found) > files.MaxInFolder {
		return &Error{Place: "--config-dir", Problem: fmt.Sprintf("the folder %s holds %d files, more than the %d that are read", name, len(found), files.MaxInFolder)}
	}
	slices.Sort(found)
	for _, f := range found {
		if _, err := l.file(f); err != nil {
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

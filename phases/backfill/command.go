package backfill

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"manage/engine/database"
	"manage/engine/flavor"
)

// errNoDirectory is a program that is said to be in a catalog which is in no
// directory.
var errNoDirectory = errors.New("the catalog is built in, so it has no directory with programs")

// command is the process of a program. A path is relative to the catalog, whose
// directory it works in; a name without one is looked for as a shell does. A
// catalog that is built in has no directory: its programs work in ours.
func command(words []string, dir string) (*exec.Cmd, error) {
	name := words[0]
	if strings.Contains(name, "/") && !filepath.IsAbs(name) {
		if dir == "" {
			return nil, errNoDirectory
		}
		whole, err := filepath.Abs(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		name = whole
	}
	cmd := exec.Command(name, words[1:]...)
	cmd.Dir = dir
	return cmd, nil
}

// unstartable says why a program could not be started.
func unstartable(err error, name string) string {
	var at *fs.PathError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Sprintf("%s is not found on PATH", name)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("%s may not be executed", name)
	case errors.Is(err, syscall.ENOEXEC):
		return fmt.Sprintf("%s is no program of this system, and no script whose first line names one (#!/bin/sh)", name)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("%s is not there, or what its first line names (#!) is not", name)
	case errors.As(err, &at):
		return fmt.Sprintf("%s: %v", name, at.Err)
	}
	return fmt.Sprintf("%s: %v", name, err)
}

// unstartableHint is what to do about it.
func unstartableHint(err error, dir string) string {
	switch {
	case errors.Is(err, errNoDirectory):
		return "Name a program that is on PATH, or give its whole path; or use a Go function ([hook])."
	case errors.Is(err, fs.ErrPermission):
		return "Make it executable with chmod +x; programs are relative to " + dir + "."
	}
	return ""
}

// fromAnywhere is a connection that means the same in every directory: a SQLite
// file by its whole path.
func fromAnywhere(connection string) string {
	u, err := database.ParseURL(connection)
	if err != nil || u.Dialect != flavor.SQLite {
		return connection
	}
	path := strings.TrimPrefix(u.Database, "file:")
	if path == "" || strings.HasPrefix(path, ":") || filepath.IsAbs(path) {
		return connection
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		return connection
	}
	before := strings.TrimSuffix(connection[:strings.Index(connection+"?", "?")], path)
	return before + whole + connection[len(before)+len(path):]
}

// hiding takes the password of a connection out of what a program says. A very
// short one is taken out only where it stands in a URL: it may be part of any
// word.
func hiding(connection string) func(string) string {
	u, err := database.ParseURL(connection)
	if err != nil || u.Password == "" {
		return func(text string) string { return text }
	}
	var pairs []string
	for _, p := range []string{u.Password, url.PathEscape(u.Password), url.QueryEscape(u.Password)} {
		pairs = append(pairs, ":"+p+"@", ":***@")
	}
	if len(u.Password) >= 6 {
		pairs = append(pairs, u.Password, "***")
	}
	return strings.NewReplacer(pairs...).Replace
}

package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"manage/engine/files"
)

// catalog decides which catalog is meant: flag, variable, file, the program's
// own.
func (l *loader) catalog(c *Config) error {
	if !l.program.own() {
		return l.serviceCatalog(c)
	}
	word, given := l.environ("MANAGE_CATALOG")
	from := "MANAGE_CATALOG"
	if l.in.Catalog != nil {
		word, given, from = *l.in.Catalog, true, "--catalog"
	}
	switch {
	case !given:
		return l.catalogOfFiles(c)
	case word == "":
		return &Error{Place: from, Problem: "is empty: give the name of a built-in catalog, or a folder"}
	}
	l.nameOrPath(c, word)
	return nil
}

// serviceCatalog is the catalog of an older name: its own. Where it writes
// revisions, the directory that this is in can be said; the name of another
// catalog is meant for manage.
func (l *loader) serviceCatalog(c *Config) error {
	if l.program.authored {
		word, _ := l.environ("MANAGE_CATALOG")
		if word != "" && !slices.Contains(l.in.Builtin, word) {
			c.CatalogPath = l.in.path(word)
			return nil
		}
		if err := l.catalogOfFiles(c); err != nil || c.CatalogPath != "" {
			return err
		}
	}
	c.CatalogName = l.program.catalog
	return nil
}

func (l *loader) nameOrPath(c *Config, word string) {
	if slices.Contains(l.in.Builtin, word) {
		c.CatalogName = word
		return
	}
	c.CatalogPath = l.in.path(word)
}

func (l *loader) catalogOfFiles(c *Config) error {
	for _, layer := range slices.Backward(l.stack) {
		name, named := layer.toml["catalog.name"]
		path, placed := layer.toml["catalog.path"]
		switch {
		case named && placed:
			return path.error("[catalog] has both a name and a path: give one of them")
		case named:
			c.CatalogName = name.text()
			return nil
		case placed:
			path.dir = filepath.Dir(path.file)
			c.CatalogPath, c.CatalogFound = path.path(), layer.found
			return nil
		}
	}
	c.CatalogName = l.program.catalog
	return nil
}

// connection finds the database; the error is what Config.Database will say.
func (l *loader) connection(c *Config) error {
	v, err := l.connectionValue()
	if err != nil {
		return err
	}
	if v.from == "" && strings.TrimSpace(v.text()) == "" {
		c.source = v
		return l.noConnection()
	}
	return l.connectTo(c, v)
}

// replica is the configuration with the connection that only reads, where the
// files of a service have one.
func (l *loader) replica(c Config) *Config {
	if l.program.own() {
		return nil
	}
	v, found, err := l.find(l.byName[confName{"database", "slave_connection"}])
	if err == nil && (!found || strings.TrimSpace(v.text()) == "") {
		return nil
	}
	if c.unusable = err; err == nil {
		c.unusable = l.connectTo(&c, v)
	}
	return &c
}

// connectTo makes v the connection.
func (l *loader) connectTo(c *Config, v value) error {
	c.Connection, c.source = strings.TrimSpace(v.text()), v
	if c.Connection == "" {
		return v.error("the connection is empty")
	}
	c.ConnectionFrom = v.from
	parameters, found, err := l.find(l.byName[confName{"database", "connection_parameters"}])
	if err != nil || !found || parameters.text() == "" {
		return err
	}
	separator := "?"
	if strings.Contains(c.Connection, "?") {
		separator = "&"
	}
	c.Connection += separator + parameters.text()
	return nil
}

func (l *loader) noConnection() error {
	if l.program.own() {
		return &Error{Problem: "no connection is configured", Hint: "give --connection, or set MANAGE_CONNECTION or [database] connection in manage.toml"}
	}
	return &Error{Problem: "no connection is configured",
		Hint: fmt.Sprintf("set [database] connection in /etc/%[1]s/%[1]s.conf, or name the file with --config-file", l.program.project)}
}

// connectionValue is the connection as it was given, by its own precedence: a
// flag, the environment, the last file that has it, in either of its forms.
func (l *loader) connectionValue() (value, error) {
	switch {
	case l.in.Connection != nil && l.in.ConnectionFile != nil:
		return value{}, &Error{Place: "--connection", Problem: "is given together with --connection-file: give one of them"}
	case l.in.Connection != nil:
		return value{raw: *l.in.Connection, from: "--connection"}, nil
	case l.in.ConnectionFile != nil:
		return l.secretFile(value{raw: *l.in.ConnectionFile, from: "--connection-file", dir: l.in.WorkDir})
	}
	o := l.byName[confName{"database", "connection"}]
	if _, ok := l.inEnvironment(o); !ok {
		if v, found, err := l.connectionFile(o); found || err != nil {
			return v, err
		}
	}
	v, found, err := l.find(o)
	if err != nil || found {
		return v, err
	}
	if l.program.connection == "" {
		return value{raw: ""}, nil
	}
	text, err := substitute(l.program.connection, "database", l.reference)
	if err != nil {
		err = &Error{Problem: fmt.Sprintf("the default connection %s cannot be made: an option in it %s", l.program.connection, err),
			Hint: "correct [DEFAULT] state_path, or set [database] connection"}
	}
	return value{raw: text, from: "the default"}, err
}

// connectionFile is the content of the connection_file of the last file that
// says anything of the connection.
func (l *loader) connectionFile(o option) (value, bool, error) {
	for _, layer := range slices.Backward(l.stack) {
		named, ok := layer.toml["database.connection_file"]
		_, direct := layer.toml["database.connection"]
		switch {
		case ok && direct:
			return value{}, true, named.error("[database] has both a connection and a connection_file: give one of them")
		case ok:
			named.from, named.dir = fmt.Sprintf("%s:%d", named.file, named.line), filepath.Dir(named.file)
			v, err := l.secretFile(named)
			return v, true, err
		case direct || slices.ContainsFunc(o.conf, func(n confName) bool { _, ok := layer.conf[n]; return ok }):
			return value{}, false, nil
		}
	}
	return value{}, false, nil
}

// secretFile reads the connection out of the file that v names.
func (l *loader) secretFile(v value) (value, error) {
	name := v.path()
	if strings.HasPrefix(v.text(), "~") {
		name = l.in.path(v.text())
	}
	content, err := l.in.Disk.ReadFile(name)
	text := ""
	if err == nil {
		text, err = files.Text(content)
	}
	var refused *files.Refused
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return v, v.error("there is no connection file " + name)
	case errors.As(err, &refused):
		return v, v.error(fmt.Sprintf("the connection file %s is not read: %s", name, refused.Reason))
	case err != nil:
		return v, v.error(fmt.Sprintf("the connection file %s cannot be read: %s", name, reason(err)))
	}
	if text = strings.TrimSpace(text); text == "" {
		return v, v.error(fmt.Sprintf("the connection file %s is empty", name))
	}
	return value{raw: text, from: name, file: name}, nil
}

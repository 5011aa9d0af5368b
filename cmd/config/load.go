package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Load reads the configuration. Errors are *Error. What is wrong with the
// connection is not an error yet: a command that needs no database runs without
// one, and Config.Database says it to those that do.
func Load(in Input) (Config, error) {
	l := newLoader(in)
	if err := l.layers(); err != nil {
		return Config{}, err
	}
	c := Config{}
	for _, layer := range l.stack {
		if layer.debug == nil && !slices.Contains(c.Files, layer.name) {
			c.Files = append(c.Files, layer.name)
		}
	}
	for _, o := range options() {
		if o.set == nil || o.flag == "--catalog" || o.key == "catalog.path" {
			continue
		}
		if err := l.setOption(&c, o); err != nil {
			return Config{}, err
		}
	}
	l.queries(&c)
	if err := l.catalog(&c); err != nil {
		return Config{}, err
	}
	c.unusable = l.connection(&c)
	c.replica = l.replica(c)
	return c, nil
}

type loader struct {
	in       Input
	program  program
	stack    []layer
	declared map[confName]*string
	byName   map[confName]option
}

func newLoader(in Input) *loader {
	if in.Disk == nil {
		in.Disk = Machine{}
	}
	p := programNamed(in.Program)
	l := &loader{in: in, program: p, declared: declared(p), byName: map[confName]option{}}
	for _, o := range options() {
		if len(o.conf) > 0 {
			l.byName[o.conf[0]] = o
		}
	}
	return l
}

func (l *loader) environ(name string) (string, bool) {
	if l.in.Environ == nil {
		return "", false
	}
	return l.in.Environ(name)
}

// setOption gives one option its value.
func (l *loader) setOption(c *Config, o option) error {
	v, found, err := l.find(o)
	if err != nil || !found {
		return err
	}
	// An empty value is no number and no switch: it unsets one.
	if o.kind != textKind && v.raw == "" {
		if o.fallback == none {
			return nil
		}
		v.raw = o.fallback
	}
	if err := o.set(c, v); err != nil {
		return v.error(fmt.Sprintf("%s %s", o.name(l.program), err))
	}
	return nil
}

// name is what to call an option in a message.
func (o option) name(p program) string {
	if o.key != "" && p.own() {
		table, key, _ := strings.Cut(o.key, ".")
		return "[" + table + "] " + key
	}
	if len(o.conf) > 0 {
		return o.conf[0].String()
	}
	return o.key
}

func (v value) error(problem string) *Error {
	if v.file != "" {
		return &Error{File: v.file, Line: v.line, Problem: problem}
	}
	return &Error{Place: v.from, Problem: problem}
}

// find is the value of an option: from the environment, from the files, or its
// default, with the names in it replaced. A switch of the command line stands
// among the files.
func (l *loader) find(o option) (value, bool, error) {
	v, group, found := l.raw(o)
	if !found {
		return v, false, nil
	}
	text, isText := v.raw.(string)
	if !isText || group == "" {
		return v, true, nil
	}
	expanded, err := substitute(text, group, l.reference)
	if err != nil {
		return v, true, v.error(fmt.Sprintf("%s %s", o.name(l.program), err))
	}
	v.raw = expanded
	return v, true, nil
}

// raw is the value of an option as it was written, and the section that the
// names in it are searched in; "" if the value is not for substitution.
func (l *loader) raw(o option) (v value, group string, found bool) {
	fileValue, group, inFile, isFlag := l.inStack(o)
	if inFile && isFlag {
		return fileValue, "", true
	}
	if v, ok := l.inEnvironment(o); ok {
		if len(o.conf) > 0 && !l.program.own() {
			return v, o.conf[0].group, true
		}
		return v, "", true
	}
	if inFile {
		return fileValue, group, true
	}
	if len(o.conf) > 0 {
		if fallback := l.declared[o.conf[0]]; fallback != nil {
			return value{raw: *fallback, from: "the default"}, o.conf[0].group, true
		}
	}
	return value{raw: o.fallback, from: "the default"}, "", o.fallback != none
}

// inEnvironment looks an option's variable up. An empty variable is a value, as
// it is for the services: to fall back on the default database because a secret
// came out empty would be the worse surprise.
func (l *loader) inEnvironment(o option) (value, bool) {
	if l.program.own() {
		text, ok := "", false
		if o.env != "" {
			text, ok = l.environ(o.env)
		}
		return value{raw: text, from: o.env, dir: l.in.WorkDir}, ok
	}
	if len(o.conf) == 0 {
		return value{}, false
	}
	name := "OS_" + strings.ToUpper(o.conf[0].group) + "__" + strings.ToUpper(o.conf[0].key)
	text, ok := l.environ(name)
	return value{raw: text, from: name, dir: l.in.WorkDir}, ok
}

// inStack looks an option up in the files and switches, from the last to the
// first; within a file today's name counts before the older ones.
func (l *loader) inStack(o option) (v value, group string, found, isFlag bool) {
	for _, layer := range slices.Backward(l.stack) {
		if layer.debug != nil && o.flag == "--debug" {
			return value{raw: fmt.Sprint(*layer.debug), from: o.flag}, "", true, true
		}
		if v, ok := layer.toml[o.key]; ok && o.key != "" {
			v.from, v.dir = fmt.Sprintf("%s:%d", v.file, v.line), filepath.Dir(v.file)
			return v, "", true, false
		}
		for _, name := range o.conf {
			if text, ok := layer.conf[name]; ok {
				return value{raw: text.text, from: fmt.Sprintf("%s:%d", layer.name, text.line),
					file: layer.name, line: text.line, dir: filepath.Dir(layer.name)}, name.group, true, false
			}
		}
	}
	return value{}, "", false, false
}

// reference is the text of an option that a value refers to.
func (l *loader) reference(name confName) (string, bool) {
	fallback, ok := l.declared[name]
	if !ok {
		return "", false
	}
	o, known := l.byName[name]
	if !known {
		o = option{conf: []confName{name}}
	}
	if v, _, found := l.raw(o); found {
		return v.text(), true
	}
	if fallback != nil {
		return *fallback, true
	}
	return "", true
}

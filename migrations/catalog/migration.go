package catalog

import (
	"errors"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"manage/engine/files"
	"manage/engine/revision"
	"manage/schema"
)

// RangePlaceholder stands in a statement of a data migration for the condition
// on the key columns that limits it to one batch.
const RangePlaceholder = "{range}"

// migrationFile is a data migration as it is written.
type migrationFile struct {
	Migration string       `toml:"migration"`
	DependsOn words        `toml:"depends_on"`
	Before    string       `toml:"before"`
	Release   string       `toml:"release"`
	Message   string       `toml:"message"`
	Pending   schema.Text  `toml:"pending"`
	Steps     []stepFile   `toml:"step"`
	Program   *programFile `toml:"program"`
	Hook      *hookFile    `toml:"hook"`
}

type stepFile struct {
	Table      string                 `toml:"table"`
	Key        []string               `toml:"key"`
	Where      schema.Text            `toml:"where"`
	Set        map[string]schema.Text `toml:"set"`
	Statements []schema.Text          `toml:"statements"`
	Verify     Verify                 `toml:"verify"`
}

type programFile struct {
	Command []string `toml:"command"`
	Timeout string   `toml:"timeout"`
	Env     []string `toml:"env"`
}

type hookFile struct {
	Name string `toml:"name"`
}

// migration reads a data migration from parsed TOML. It is nil if the file
// does not even say which it is.
func (w *worker) migration(file string, raw map[string]any, keys []toml.Key) *Migration {
	d := &w.decoder
	var f migrationFile
	d.naming(func() { d.table(raw, reflect.ValueOf(&f).Elem()) })
	h := head{ID: f.Migration, Branch: string(revision.Migrate), Release: f.Release, line: d.keyLine}
	if _, ok := h.resolve(d.report, file, "migration"); !ok {
		return nil
	}
	w.checkMigration(&f)
	m := &Migration{
		Migration: revision.Migration{ID: h.ID, DependsOn: f.DependsOn, Before: f.Before, Release: h.Release,
			Source: d.source(topLine(d.text, "migration"))},
		Message: f.Message,
		Pending: f.Pending,
	}
	lines := headers(d.text)["step"]
	order := setOrder(keys)
	for i, s := range f.Steps {
		m.Steps = append(m.Steps, MigrationStep{Table: s.Table, Key: s.Key, Where: s.Where, Set: s.Set,
			SetOrder: inOrder(s.Set, order), Statements: s.Statements, Verify: s.Verify, Source: d.source(nth(lines, i))})
	}
	if f.Program != nil {
		m.Program, m.ProgramSource = f.Program.Command, m.Source
		d.at("program", func() { d.at("command", func() { m.ProgramSource.Line = d.line() }) })
		m.ProgramTimeout, _ = time.ParseDuration(f.Program.Timeout)
		m.ProgramEnv = f.Program.Env
	}
	if f.Hook != nil {
		m.Hook = f.Hook.Name
	}
	m.Checksum = d.migrationSum(m)
	return m
}

// checkMigration looks at what a data migration says.
func (w *worker) checkMigration(f *migrationFile) {
	d := &w.decoder
	kinds := 0
	for _, there := range []bool{len(f.Steps) > 0, f.Program != nil, f.Hook != nil} {
		if there {
			kinds++
		}
	}
	if kinds != 1 {
		d.add(1, "a data migration has [[step]], or [program], or [hook]: exactly one of them, not %d", kinds)
	}
	if len(f.Steps) > 0 {
		d.required("pending", present(f.Pending))
	}
	w.checkReads("pending", f.Pending, w.dialects, "as long as anything is to be done")
	for i, s := range f.Steps {
		d.at("step", func() {
			d.atIndex(i, func() {
				d.checkStep(s)
				w.checkStatements(s.Statements)
			})
		})
	}
	if f.Program != nil {
		d.at("program", func() {
			if d.required("command", len(f.Program.Command) > 0) {
				w.checkProgram(f.Program.Command[0])
			}
			for i, name := range f.Program.Env {
				if !variableName.MatchString(name) {
					d.at("env", func() {
						d.atIndex(i, func() {
							d.fail("%q is not the name of a variable: the value is that of the command's environment", name)
						})
					})
				}
			}
			if timeout, err := time.ParseDuration(f.Program.Timeout); f.Program.Timeout != "" && (err != nil || timeout < time.Second) {
				d.at("timeout", func() {
					d.fail("%q is not a duration of a second or more: write \"90s\" or \"10m\"", f.Program.Timeout)
				})
			}
		})
	}
	if f.Hook != nil {
		d.at("hook", func() { d.required("name", f.Hook.Name != "") })
	}
}

// variableName is the name of a variable of the environment.
var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// checkProgram looks for a program that is said to be in the catalog.
func (w *worker) checkProgram(name string) {
	file, inside := strings.CutPrefix(name, "./")
	if !inside || !fs.ValidPath(file) {
		return
	}
	info, err := fs.Stat(w.fsys, file)
	var untrusted *files.Untrusted
	if errors.As(err, &untrusted) {
		w.at("command", func() { w.fail("%s", distrusted(untrusted)) })
		return
	}
	if err != nil || info.IsDir() {
		w.at("command", func() { w.fail("there is no program %s in the catalog", name) })
	}
}

// checkStep looks at one [[step]].
func (d *decoder) checkStep(s stepFile) {
	d.required("table", s.Table != "")
	d.required("key", len(s.Key) > 0)
	switch {
	case len(s.Set) > 0 && len(s.Statements) > 0:
		d.fail("a step has \"set\" or \"statements\", not both: make two steps")
	case len(s.Set) > 0:
		d.required("where", present(s.Where))
	case len(s.Statements) == 0:
		d.fail("a step must have \"set\" or \"statements\"")
	case !slices.ContainsFunc(s.Statements, ranged):
		d.at("statements", func() {
			d.fail("no statement has %s, so each batch would run over the whole table: add it to the condition", RangePlaceholder)
		})
	}
	for column := range s.Set {
		if slices.ContainsFunc(s.Key, func(k string) bool { return strings.EqualFold(k, column) }) {
			d.at("set", func() {
				d.at(column, func() { d.fail("%q is part of the key, so setting it would move rows between batches", column) })
			})
		}
	}
}

// present reports whether there is any text.
func present(t schema.Text) bool { return t.All != "" || len(t.By) > 0 }

// ranged reports whether a statement is limited to a batch on every dialect
// that it has a text for.
func ranged(t schema.Text) bool {
	if len(t.By) == 0 {
		return strings.Contains(t.All, RangePlaceholder)
	}
	for _, text := range t.By {
		if !strings.Contains(text, RangePlaceholder) {
			return false
		}
	}
	return true
}

// setOrder gives each column that any step sets its place in the file.
func setOrder(keys []toml.Key) map[string]int {
	order := map[string]int{}
	for i, key := range keys {
		if len(key) >= 3 && key[0] == "step" && key[1] == "set" {
			if _, seen := order[key[2]]; !seen {
				order[key[2]] = i
			}
		}
	}
	return order
}

// inOrder lists the columns that a step sets as the file does.
func inOrder(set map[string]schema.Text, order map[string]int) []string {
	columns := sortedKeys(set)
	slices.SortStableFunc(columns, func(a, b string) int { return order[a] - order[b] })
	return columns
}

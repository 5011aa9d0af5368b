package catalog

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"slices"

	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/schema"
)

// settingsFile is the name of the file that makes a directory a catalog.
const settingsFile = "catalog.toml"

// settings is catalog.toml as it is written.
type settings struct {
	Name            string            `toml:"name"`
	Title           string            `toml:"title"`
	VersionTable    string            `toml:"version_table"`
	Dialects        []string          `toml:"dialects"`
	Downgrade       string            `toml:"downgrade"`
	DowngradeReason string            `toml:"downgrade_reason"`
	Releases        []string          `toml:"releases"`
	Aliases         map[string]string `toml:"aliases"`
	Legacy          *legacySettings   `toml:"legacy"`
	Guards          []guardSettings   `toml:"guard"`

	KnownDifferences []schema.KnownDifference `toml:"known_difference"`
}

type legacySettings struct {
	Table    string            `toml:"table"`
	Column   string            `toml:"column"`
	Versions map[string]string `toml:"versions"`
}

type guardSettings struct {
	Phase   string      `toml:"phase"`
	Name    string      `toml:"name"`
	Query   schema.Text `toml:"query"`
	Message string      `toml:"message"`
}

// word is what names may be made of. They become part of table names, which
// are quoted, and of the lines of logs.
var word = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

// The longest names that fit. PostgreSQL keeps 63 bytes of a table's name, and
// the version table may be called manage_version_ and the catalog's name.
const (
	maxTable = 63
	maxName  = maxTable - len(versionPrefix)
)

// versionPrefix begins the name of a version table that the catalog does not
// name itself.
const versionPrefix = "manage_version_"

// readSettings reads catalog.toml into a catalog that has no revisions yet.
func readSettings(d *decoder, r *report, text string) (*Catalog, settings) {
	var s settings
	if raw, ok := parse(d, r, text); ok {
		d.dialects = listedDialects(raw)
		d.table(raw, reflect.ValueOf(&s).Elem())
		d.checkSettings(&s)
	}
	c := &Catalog{
		Name:            s.Name,
		Title:           cmp.Or(s.Title, s.Name),
		VersionTable:    cmp.Or(s.VersionTable, versionPrefix+s.Name),
		Dialects:        d.dialects,
		Releases:        s.Releases,
		Aliases:         s.Aliases,
		Downgrade:       s.Downgrade != "refused",
		DowngradeReason: s.DowngradeReason,
		Revisions:       map[string]*Revision{},
		Migrations:      map[string]*Migration{},

		KnownDifferences: s.KnownDifferences,
	}
	if s.Legacy != nil {
		c.Legacy = &Legacy{Table: s.Legacy.Table, Column: s.Legacy.Column, Versions: s.Legacy.Versions}
	}
	lines := headers(text)["guard"]
	for i, g := range s.Guards {
		c.Guards = append(c.Guards, Guard{Phase: g.Phase, Name: cmp.Or(g.Name, g.Message), Query: g.Query,
			Message: g.Message, Source: r.source(nth(lines, i))})
	}
	return c, s
}

// listedDialects are the dialects that a catalog is for: those it names, or
// all. They are wanted before the rest is decoded, because texts by dialect
// are checked against them.
func listedDialects(raw map[string]any) []flavor.Dialect {
	var listed []flavor.Dialect
	names, _ := raw["dialects"].([]any)
	for _, n := range names {
		if name, ok := n.(string); ok && flavor.Dialect(name).Known() {
			listed = append(listed, flavor.Dialect(name))
		}
	}
	if len(listed) == 0 {
		return flavor.Dialects()
	}
	return listed
}

// checkSettings looks at the values of catalog.toml.
func (d *decoder) checkSettings(s *settings) {
	if s.Name == "" {
		d.add(1, "the catalog has no name: add a line such as name = \"glance\"")
	}
	d.wordLike("name", s.Name, maxName)
	d.wordLike("version_table", s.VersionTable, maxTable)
	d.dialectList(s.Dialects)
	d.oneOf("downgrade", s.Downgrade, "allowed", "refused")
	if s.Legacy != nil {
		d.at("legacy", func() {
			d.required("table", s.Legacy.Table != "")
			d.required("column", s.Legacy.Column != "")
			d.required("versions", len(s.Legacy.Versions) > 0)
			d.at("table", func() { d.checkNamed(schema.NameOfTable, s.Legacy.Table) })
			d.at("column", func() { d.checkNamed(schema.NameOfObject, s.Legacy.Column) })
		})
	}
	for i, g := range s.Guards {
		d.at("guard", func() { d.atIndex(i, func() { d.checkGuard(g) }) })
	}
	for i, k := range s.KnownDifferences {
		if err := k.Check(); err != nil {
			d.at("known_difference", func() { d.atIndex(i, func() { d.fail("known_difference: %v", err) }) })
		}
	}
}

// wordLike checks the form of a name; none is fine.
func (d *decoder) wordLike(key, name string, longest int) {
	if name == "" || word.MatchString(name) && len(name) <= longest {
		return
	}
	d.at(key, func() {
		d.fail("%s may have up to %d letters, digits, underscores, dots and hyphens, not %q", key, longest, name)
	})
}

// checkGuard looks at one [[guard]].
func (d *decoder) checkGuard(g guardSettings) {
	d.required("query", g.Query.All != "" || len(g.Query.By) > 0)
	d.checkReads("query", g.Query, d.dialects, "as long as the phase has to wait")
	d.required("message", g.Message != "")
	if d.required("phase", g.Phase != "") {
		d.oneOf("phase", g.Phase, string(plan.Expand), string(plan.Migrate), string(plan.Contract))
	}
}

// required records that a key is missing, unless what stands there was found
// wrong already.
func (d *decoder) required(key string, there bool) bool {
	if there {
		return true
	}
	d.at(key, func() {
		line := d.line()
		_, written := d.lines[where(d.path)]
		told := slices.ContainsFunc(d.problems, func(p revision.Problem) bool { return p.Source.Line == line })
		if !written || !told {
			d.fail("%s is missing", d.name())
		}
	})
	return false
}

// oneOf checks a word that may have few values; none is fine.
func (d *decoder) oneOf(key, value string, values ...string) {
	if value == "" || slices.Contains(values, value) {
		return
	}
	d.at(key, func() { d.fail("%s may not be %q%s", d.name(), value, didYouMean(value, values)) })
}

// nth is the n-th line, or 1 where the text was not laid out in sections.
func nth(lines []int, n int) int {
	if n < len(lines) {
		return lines[n]
	}
	return 1
}

// graphOptions are the settings that the graph must know, and where each is
// written.
func (s settings) graphOptions(text, file string) revision.Options {
	o := revision.Options{Releases: s.Releases, Aliases: s.Aliases}
	if s.Legacy != nil {
		o.Legacy = s.Legacy.Versions
	}
	var lines map[string]int
	o.Locate = func(table, key string) revision.Source {
		if lines == nil {
			lines = locate(text)
		}
		paths := []string{table + "." + key, table}
		if table == "legacy" {
			paths = []string{"legacy.versions." + key, "legacy.versions"}
		}
		if table == "releases" {
			for i, name := range s.Releases {
				if name == key {
					paths = append([]string{fmt.Sprintf("releases[%d]", i)}, paths...)
				}
			}
		}
		for _, path := range paths {
			if line, ok := lines[path]; ok {
				return revision.Source{File: file, Line: line}
			}
		}
		return revision.Source{File: file}
	}
	return o
}

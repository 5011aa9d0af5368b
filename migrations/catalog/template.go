package catalog

import (
	"fmt"
	"strings"

	"manage/engine/revision"
)

// entry is one key of the head of a file. One value is written as a string
// where the key is not a list.
type entry struct {
	key    string
	values []string
}

// render writes a file: its head, then what it does, or a template.
func render(top []entry, p Part, sql bool, template string) string {
	var b strings.Builder
	if sql {
		sqlTop(&b, top)
	} else {
		tomlTop(&b, top)
	}
	b.WriteString("\n")
	switch {
	case len(p.Up)+len(p.Down) > 0:
		b.Write(p.Up)
		if len(p.Up) > 0 && len(p.Down) > 0 {
			b.WriteString("\n")
		}
		b.Write(p.Down)
	case sql:
		b.WriteString(sqlTemplate)
	default:
		b.WriteString(template)
	}
	return b.String()
}

// tomlTop writes the head of a TOML file, the values below each other.
func tomlTop(b *strings.Builder, top []entry) {
	width := 0
	for _, e := range top {
		width = max(width, len(e.key))
	}
	for _, e := range top {
		value := ""
		switch {
		case e.key == "depends_on" && top[0].key == "revision":
			quoted := make([]string, len(e.values))
			for i, v := range e.values {
				quoted[i] = Quote(v)
			}
			value = "[" + strings.Join(quoted, ", ") + "]"
		default:
			value = Quote(strings.Join(e.values, " "))
		}
		fmt.Fprintf(b, "%-*s = %s\n", width, e.key, value)
	}
}

// sqlTop writes the head of a SQL file.
func sqlTop(b *strings.Builder, top []entry) {
	for _, e := range top {
		if value := strings.Join(e.values, ", "); value != "" {
			fmt.Fprintf(b, "-- %s: %s\n", e.key, value)
		}
	}
}

// Quote writes a text as a TOML string of one line.
func Quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// oneLine is a message without line ends and other control characters.
func oneLine(message string) string {
	return strings.Join(strings.FieldsFunc(message, func(c rune) bool { return c <= ' ' || c == 0x7f }), " ")
}

// templates are what a new TOML file says below its head, by branch.
var templates = map[revision.Branch]string{
	revision.Trunk: `# One operation below each [[up]], in order. The way back is derived where it
# can be; [[down]] says it otherwise. docs/reference/catalog-format.md lists the
# operations.
#
# [[up]]
# add_column = { table = "customers", name = "email", type = "string(255)" }
`,
	revision.Expand: `# What the new release needs, added so that the old release can go on: tables,
# columns that may be empty, indexes. One operation below each [[up]], in order.
#
# [[up]]
# add_column = { table = "customers", name = "full_name", type = "string(101)" }
`,
	revision.Contract: `# What only the old release needed, removed when no node of it is left, and what
# the new release insists on. One operation below each [[up]], in order.
#
# [[up]]
# drop_column = { table = "customers", name = "first" }
`,
	revision.Migrate: `# A query that returns a row as long as there is something to move. This one
# never does: put your own in its place.
pending = "` + templatePending + `"

# What to move, in batches of rows by the key of the table.
[[step]]
table = "customers"
key   = ["id"]
where = "full_name IS NULL"
[step.set]
full_name = "first || ' ' || last"
`,
}

// templatePending is the pending query of a data migration that is yet to be
// filled in: it never finds a row.
const templatePending = "SELECT 1 WHERE 1 = 0"

// Template reports whether a data migration is as Add wrote it: yet to be filled
// in, and moving nothing.
func (m *Migration) Template() bool { return m.Pending.All == templatePending }

// startTemplate is what the first revision of a new catalog says.
const startTemplate = `# The tables that the service begins with: one operation below each [[up]], in
# order. Fill it in before the first sync, because what is applied is not run
# again; or leave it empty, and let later revisions make the tables.
#
# [[up]]
# [up.create_table]
# name = "customers"
# columns = [
#   { name = "id", type = "integer", nullable = false, autoincrement = true },
#   { name = "name", type = "string(80)", nullable = false },
# ]
# primary_key = ["id"]
`

// modelsTemplate is models.toml of a new catalog.
const modelsTemplate = `# The newest schema, all tables: what the revisions together make. One [[table]]
# for each, with the keys of create_table.
#
# [[table]]
# name = "customers"
# columns = [
#   { name = "id", type = "integer", nullable = false, autoincrement = true },
#   { name = "name", type = "string(80)", nullable = false },
# ]
# primary_key = ["id"]
`

// settingsTemplate is catalog.toml of a new catalog, for its name and its first
// release.
const settingsTemplate = `name = %s

# The releases of the service, the newest last. Revisions belong to one.
releases = [%s]

# The databases that every revision must serve; without a list all of them.
# dialects = ["sqlite", "postgres", "mysql", "mariadb"]
`

// sqlTemplate is what a new SQL file says below its head.
const sqlTemplate = `-- +up
-- Statements for every server, each ending in a semicolon. A line with the names
-- of servers behind the word up begins a section for those alone. What stands
-- below a line of the same form with the word down is the way back; without one
-- there is none.
`

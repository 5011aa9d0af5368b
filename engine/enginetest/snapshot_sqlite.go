package enginetest

import (
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// snapSQLite describes a SQLite database by its pragmas, and by the text of
// its CREATE statements where pragmas are silent: names of constraints and
// check expressions.
func snapSQLite(db *sql.DB, s *Snapshot) error {
	s.Backend = "sqlite"
	if err := db.QueryRow("SELECT sqlite_version()").Scan(&s.ServerVersion); err != nil {
		return err
	}
	tables, err := textRows(db, `SELECT name n, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
	if err != nil {
		return err
	}
	for _, r := range tables {
		t, err := sqliteTable(db, r["n"], r["sql"])
		if err != nil {
			return err
		}
		s.Tables[r["n"]] = t
	}
	err = eachRow(db, `SELECT name n, tbl_name t, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name`, func(r row) {
		m := triggerHead.FindStringSubmatch(r["sql"])
		timing := strings.ToUpper(m[1])
		if timing == "" {
			timing = "BEFORE"
		}
		s.Triggers = append(s.Triggers, SnapTrigger{r["n"], strings.ToUpper(m[2]), r["t"], timing, plain(r["sql"])})
	})
	if err != nil {
		return err
	}
	return eachRow(db, `SELECT name n, sql FROM sqlite_master WHERE type = 'view' ORDER BY name`, func(r row) {
		s.Views = append(s.Views, SnapView{r["n"], plain(r["sql"])})
	})
}

const identPattern = "(?:\"([^\"]+)\"|`([^`]+)`|\\[([^\\]]+)\\]|(\\w+))"

var (
	triggerHead   = regexp.MustCompile(`(?i)\b(BEFORE|AFTER|INSTEAD\s+OF)?\s*\b(INSERT|UPDATE|DELETE)\b`)
	constraint    = regexp.MustCompile(`(?i)^\s*(?:CONSTRAINT\s+` + identPattern + `\s+)?(CHECK|UNIQUE|PRIMARY\s+KEY|FOREIGN\s+KEY)\b`)
	columnCheck   = regexp.MustCompile(`(?i)(?:CONSTRAINT\s+` + identPattern + `\s+)?\bCHECK\s*\(`)
	autoincrement = regexp.MustCompile(`(?i)\bAUTOINCREMENT\b`)
)

// written is a table constraint as the CREATE TABLE has it.
type written struct {
	kind    string // first word: UNIQUE, PRIMARY, FOREIGN
	name    *string
	columns []string
}

func sqliteTable(db *sql.DB, name, create string) (SnapTable, error) {
	t := SnapTable{Checks: writtenChecks(create)}
	constraints := writtenConstraints(create)
	if err := sqliteColumns(db, name, create, constraints, &t); err != nil {
		return t, err
	}
	if err := sqliteIndexes(db, name, constraints, &t); err != nil {
		return t, err
	}
	return t, sqliteForeignKeys(db, name, constraints, &t)
}

func sqliteColumns(db *sql.DB, name, create string, constraints []written, t *SnapTable) error {
	key := map[string]string{}
	err := eachRow(db, fmt.Sprintf(`PRAGMA table_info("%s")`, name), func(r row) {
		inKey := r["pk"] != "0"
		t.Columns = append(t.Columns, SnapColumn{Name: r["name"], Type: r["type"], Nullable: r["notnull"] == "0",
			Default: r.optional("dflt_value"), Autoincrement: inKey && autoincrement.MatchString(create)})
		if inKey {
			key[fmt.Sprintf("%04s", r["pk"])] = r["name"]
		}
	})
	if err != nil || len(key) == 0 {
		return err
	}
	t.PrimaryKey = &SnapKey{}
	for _, c := range constraints {
		if c.kind == "PRIMARY" {
			t.PrimaryKey.Name = c.name
		}
	}
	order := make([]string, 0, len(key))
	for place := range key {
		order = append(order, place)
	}
	sort.Strings(order)
	for _, place := range order {
		t.PrimaryKey.Columns = append(t.PrimaryKey.Columns, key[place])
	}
	return nil
}

func sqliteIndexes(db *sql.DB, name string, constraints []written, t *SnapTable) error {
	list, err := textRows(db, fmt.Sprintf(`PRAGMA index_list("%s")`, name))
	if err != nil {
		return err
	}
	for _, r := range list {
		columns, err := textRows(db, fmt.Sprintf(`PRAGMA index_info("%s")`, r["name"]))
		if err != nil {
			return err
		}
		var names []string
		for _, c := range columns {
			names = append(names, c["name"])
		}
		switch r["origin"] {
		case "c":
			t.Indexes = append(t.Indexes, SnapIndex{Name: r["name"], Unique: r.bool("unique"), Columns: names})
		case "u":
			t.UniqueConstraints = append(t.UniqueConstraints, SnapKey{nameFor(constraints, "UNIQUE", names), names})
		}
	}
	sortByName(t.Indexes, func(i SnapIndex) string { return i.Name })
	sortByName(t.UniqueConstraints, func(k SnapKey) string { return nameOf(k.Name) + "\x00" + strings.Join(k.Columns, "\x00") })
	return nil
}

func sqliteForeignKeys(db *sql.DB, name string, constraints []written, t *SnapTable) error {
	byID := map[string]int{}
	err := eachRow(db, fmt.Sprintf(`PRAGMA foreign_key_list("%s")`, name), func(r row) {
		i, ok := byID[r["id"]]
		if !ok {
			i = len(t.ForeignKeys)
			byID[r["id"]] = i
			t.ForeignKeys = append(t.ForeignKeys, SnapForeignKey{RefTable: r["table"], OnDelete: r["on_delete"], OnUpdate: r["on_update"]})
		}
		fk := &t.ForeignKeys[i]
		fk.Columns, fk.RefColumns = append(fk.Columns, r["from"]), append(fk.RefColumns, r["to"])
	})
	for i := range t.ForeignKeys {
		t.ForeignKeys[i].Name = nameFor(constraints, "FOREIGN", t.ForeignKeys[i].Columns)
	}
	sortByName(t.ForeignKeys, func(k SnapForeignKey) string { return nameOf(k.Name) + "\x00" + strings.Join(k.Columns, "\x00") })
	return err
}

func nameFor(constraints []written, kind string, columns []string) *string {
	for _, c := range constraints {
		if c.kind == kind && slices.Equal(c.columns, columns) {
			return c.name
		}
	}
	return nil
}

// writtenConstraints finds the table constraints other than checks.
func writtenConstraints(create string) []written {
	var out []written
	for _, def := range definitions(create) {
		m := constraint.FindStringSubmatch(def)
		if m == nil || strings.EqualFold(m[5], "CHECK") {
			continue
		}
		w := written{kind: strings.ToUpper(strings.Fields(m[5])[0]), name: identOf(m)}
		for _, c := range strings.Split(balanced(def, strings.IndexByte(def, '(')), ",") {
			w.columns = append(w.columns, strings.Trim(strings.TrimSpace(c), "\"`[]"))
		}
		out = append(out, w)
	}
	return out
}

// writtenChecks finds the checks of tables and of columns.
func writtenChecks(create string) []SnapCheck {
	var out []SnapCheck
	for _, def := range definitions(create) {
		if m := constraint.FindStringSubmatch(def); m != nil && !strings.EqualFold(m[5], "CHECK") {
			continue
		}
		for _, at := range columnCheck.FindAllStringSubmatchIndex(def, -1) {
			m := columnCheck.FindStringSubmatch(def[at[0]:at[1]])
			out = append(out, SnapCheck{Name: identOf(m), Expression: plain(balanced(def, at[1]-1))})
		}
	}
	sortByName(out, func(c SnapCheck) string { return nameOf(c.Name) + "\x00" + c.Expression })
	return out
}

// identOf is the name that identPattern, the first group of a match, found.
func identOf(m []string) *string {
	for _, name := range m[1:5] {
		if name != "" {
			return &name
		}
	}
	return nil
}

// definitions splits the list in parentheses of a CREATE TABLE.
func definitions(create string) []string {
	body := balanced(create, strings.IndexByte(create, '('))
	var out []string
	depth, start, quote := 0, 0, byte(0)
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			out = append(out, strings.TrimSpace(body[start:i]))
			start = i + 1
		}
	}
	return append(out, strings.TrimSpace(body[start:]))
}

// balanced is the text between the parenthesis at start and its partner.
func balanced(text string, start int) string {
	depth := 0
	for i := start; i < len(text); i++ {
		switch text[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return text[start+1 : i]
			}
		}
	}
	return text[start+1:]
}

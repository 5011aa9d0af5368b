package config

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/BurntSushi/toml"

	"manage/engine/files"
)

// readTOML reads a manage.toml into values by "table.key".
func readTOML(name string, content string) (map[string]value, error) {
	var tables map[string]any
	if line := files.TooDeep(content); line > 0 {
		return nil, &Error{File: name, Line: line, Problem: fmt.Sprintf("brackets or the parts of a key are nested deeper than %d here", files.MaxDepth)}
	}
	if _, err := toml.Decode(content, &tables); err != nil {
		var parse toml.ParseError
		if errors.As(err, &parse) {
			// The parser's message may quote the line, and the line a password.
			return nil, &Error{File: name, Line: parse.Position.Line, Problem: "the file is not valid TOML here" + kindOfProblem(parse.Message)}
		}
		return nil, &Error{File: name, Problem: "the file is not valid TOML"}
	}
	values := map[string]value{}
	for _, table := range sortedKeys(tables) {
		if table == throttleTable {
			v, err := readQueries(name, content, tables[table])
			if err != nil {
				return nil, err
			}
			values[table] = v
			continue
		}
		entries, isTable := tables[table].(map[string]any)
		if !slices.Contains(knownTables(), table) || !isTable {
			return nil, &Error{File: name, Line: lineOf(content, table, ""), Unknown: table, Known: knownTables(),
				Problem: fmt.Sprintf("there is no table [%s]", table), Hint: "known are " + brackets(knownTables())}
		}
		for _, key := range sortedKeys(entries) {
			line := lineOf(content, table, key)
			if !slices.Contains(knownKeys(table), key) {
				return nil, &Error{File: name, Line: line, Unknown: key, Known: knownKeys(table),
					Problem: fmt.Sprintf("[%s] has no key %s", table, key), Hint: "known are " + strings.Join(knownKeys(table), ", ")}
			}
			values[table+"."+key] = value{raw: entries[key], file: name, line: line}
		}
	}
	return values, nil
}

// kindOfProblem is the part of a parser's message that quotes nothing.
func kindOfProblem(message string) string {
	if message == "" || strings.ContainsAny(message, "\"'`") {
		return ""
	}
	return ": " + message
}

func knownTables() []string {
	var tables []string
	for _, o := range options() {
		if table, _, ok := strings.Cut(o.key, "."); ok && !slices.Contains(tables, table) {
			tables = append(tables, table)
		}
	}
	return tables
}

func knownKeys(table string) []string {
	var keys []string
	for _, o := range options() {
		if t, key, ok := strings.Cut(o.key, "."); ok && t == table {
			keys = append(keys, key)
		}
	}
	return keys
}

func brackets(words []string) string {
	return "[" + strings.Join(words, "], [") + "]"
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// lineOf is the line of a key in a table of a valid TOML file, or of the
// table's header where the key does not stand on a line of its own; 0 if
// neither is found. key "" asks for the table.
func lineOf(content, table, key string) int {
	header, current := 0, ""
	for i, line := range strings.Split(content, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			current = strings.Trim(strings.TrimSpace(strings.Split(line, "#")[0]), "[] \t\"'")
			if current == table {
				header = i + 1
			}
			continue
		}
		name, _, assigned := strings.Cut(line, "=")
		name = strings.ReplaceAll(strings.Trim(strings.TrimSpace(name), "\"'"), " ", "")
		switch {
		case !assigned:
		case key != "" && (current == table && name == key || current == "" && name == table+"."+key):
			return i + 1
		case current == "" && (name == table || strings.HasPrefix(name, table+".")) && header == 0:
			header = i + 1
		}
	}
	return header
}

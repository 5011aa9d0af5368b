package config

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/database"
	"manage/phases/backfill/throttle"
)

// throttleTable is the one table of a manage.toml that may be there more than
// once: each is a named query.
const throttleTable = "throttle"

// throttleOptions are what makes a data migration pause.
func throttleOptions() []option {
	return []option{
		{key: "replicas.connections", kind: listKind, secret: true,
			doc: "The replicas whose lag makes data migrations pause, as URLs. Unset: PostgreSQL's primary is asked for those that it sends to, and on MySQL and MariaDB no replica is looked at.",
			set: func(c *Config, v value) (err error) {
				c.replicas = v
				c.Replicas.Connections, err = v.list()
				return err
			}},
		{key: "replicas.max_lag", flag: "--max-lag", kind: durationKind, fallback: "5s",
			doc: "The lag from which a data migration pauses; 0 to look at no replica.",
			set: func(c *Config, v value) (err error) { c.Replicas.MaxLag, err = v.duration(); return }},
		{key: "load.max", flag: "--max-load", kind: numberKind, fallback: "0",
			doc: "How many sessions may be at work on the server before a data migration pauses (`Threads_running` on MySQL and MariaDB, active clients in `pg_stat_activity`); 0 for any number.",
			set: func(c *Config, v value) (err error) { c.MaxLoad, err = v.count(); return }},
		{key: throttleTable + ".name", kind: textKind,
			doc: "What to call a query that makes data migrations pause. Each query is a table `[[throttle]]` of its own; of several files that have some, those of the last one count."},
		{key: throttleTable + ".query", kind: textKind,
			doc: "A query on the database. While it returns a row, data migrations pause."},
		{key: throttleTable + ".message", kind: textKind,
			doc: "What is said meanwhile. Unset: the name."},
	}
}

// readQueries reads the tables [[throttle]] of a file.
func readQueries(name, content string, raw any) (value, error) {
	v := value{file: name, line: lineOf(content, throttleTable, "")}
	tables, ok := tablesOf(raw)
	if !ok {
		return v, v.error("[throttle] is a table for each query: write [[throttle]]")
	}
	var all []throttle.Query
	lines := headers(content, throttleTable)
	for i, table := range tables {
		place := throttle.Place{File: name, Line: v.line}
		if len(lines) == len(tables) {
			place.Line = lines[i]
		}
		q, err := readQuery(place, table)
		if err != nil {
			return v, err
		}
		if slices.ContainsFunc(all, func(other throttle.Query) bool { return other.Name == q.Name }) {
			return v, &Error{File: name, Line: place.Line, Problem: fmt.Sprintf("[[throttle]] has a second query %q", q.Name)}
		}
		all = append(all, q)
	}
	v.raw = all
	return v, nil
}

// tablesOf is a repeated table, however it is written.
func tablesOf(raw any) ([]map[string]any, bool) {
	tables, ok := raw.([]map[string]any)
	if list, isList := raw.([]any); isList {
		ok = true
		for _, one := range list {
			table, isTable := one.(map[string]any)
			ok = ok && isTable
			tables = append(tables, table)
		}
	}
	return tables, ok
}

// readQuery reads one of them.
func readQuery(place throttle.Place, table map[string]any) (throttle.Query, error) {
	q := throttle.Query{Place: place}
	fields := map[string]*string{"name": &q.Name, "query": &q.SQL, "message": &q.Message}
	for _, key := range sortedKeys(table) {
		field, known := fields[key]
		if !known {
			return q, &Error{File: place.File, Line: place.Line, Unknown: key, Known: knownKeys(throttleTable),
				Problem: fmt.Sprintf("[[throttle]] has no key %s", key), Hint: "known are " + strings.Join(knownKeys(throttleTable), ", ")}
		}
		text, isText := table[key].(string)
		if !isText {
			return q, &Error{File: place.File, Line: place.Line, Problem: fmt.Sprintf("[[throttle]] %s is not text", key)}
		}
		*field = strings.TrimSpace(text)
	}
	q.Message = strings.Join(strings.Fields(q.Message), " ") // it stands in a line of others
	for _, key := range []string{"name", "query"} {
		if *fields[key] == "" {
			return q, &Error{File: place.File, Line: place.Line, Problem: fmt.Sprintf("[[throttle]] has no %s", key)}
		}
	}
	return q, nil
}

// headers are the lines on which a repeated table begins.
func headers(content, table string) []int {
	var all []int
	for i, line := range strings.Split(content, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if strings.ReplaceAll(strings.TrimSpace(line), " ", "") == "[["+table+"]]" {
			all = append(all, i+1)
		}
	}
	return all
}

// queries takes the named queries of the last file that has some.
func (l *loader) queries(c *Config) {
	for _, layer := range slices.Backward(l.stack) {
		if v, ok := layer.toml[throttleTable]; ok {
			c.Queries = v.raw.([]throttle.Query)
			return
		}
	}
}

// Throttle is what makes data migrations pause. An error is an *Error about a
// replica's connection.
func (c Config) Throttle() (throttle.Options, error) {
	o := throttle.Options{MaxLag: c.Replicas.MaxLag, MaxLoad: c.MaxLoad, Queries: c.Queries}
	for i, raw := range c.Replicas.Connections {
		u, err := database.ParseURL(raw)
		if err != nil {
			return o, c.replicas.error(fmt.Sprintf("[replicas] connections, number %d: %s", i+1, err))
		}
		o.Replicas = append(o.Replicas, throttle.Replica{URL: u, Place: throttle.Place{File: c.replicas.file, Line: c.replicas.line}})
	}
	return o, nil
}

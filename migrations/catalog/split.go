package catalog

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/sqltext"
	"manage/schema"
)

// script is SQL text of a file: who reads it, and where it stands.
type script struct {
	text          string
	line          int // of the first line of text
	dialect       flavor.Dialect
	noTransaction bool
}

// cut cuts a script into the statements that its dialect's server is to see.
// What cannot be cut, or cannot be sent, is recorded at its line.
func (s script) cut(r *report) []schema.SQLStatement {
	pieces, err := sqltext.Split(s.text, s.dialect)
	if err != nil {
		line := 1
		var e *sqltext.Error
		if errors.As(err, &e) {
			line = e.Line
		}
		r.add(s.line+line-1, "in the SQL for %s, %s", s.dialect.Title(), err)
		return nil
	}
	var statements []schema.SQLStatement
	dumps := s.dumps(pieces, r)
	for i, p := range pieces {
		line := s.line + p.Line - 1
		switch {
		case p.Role == sqltext.Copy:
			r.add(line, "COPY with rows in the file cannot be sent to a server: write INSERT statements")
		case p.Role == sqltext.Command && !dumps.command(p.Text):
			r.add(line, "this is a command of the database's own client, not SQL: leave it out")
		case p.Role == sqltext.Query:
			m := sqltext.Classify(p.SQL, s.dialect)
			if dumps.left(i, p.SQL, m, line) {
				continue
			}
			statements = append(statements, schema.SQLStatement{SQL: p.SQL, Data: m.Data, NoTransaction: s.noTransaction || m.NoTransaction, Line: line})
		}
	}
	return statements
}

// isDelimiter reports whether a client command is DELIMITER, which the cutting
// itself obeys.
func isDelimiter(text string) bool {
	return slices.ContainsFunc(strings.Fields(text), func(f string) bool { return strings.EqualFold(f, "delimiter") })
}

// cutFor cuts a script for each dialect that it is for. What is wrong is
// recorded for the catalog's dialects only; for another one that cannot read
// the text there are no statements.
func (w *worker) cutFor(s script, serves func(flavor.Dialect) bool, r *report) map[flavor.Dialect][]schema.SQLStatement {
	statements := map[flavor.Dialect][]schema.SQLStatement{}
	for _, d := range flavor.Dialects() {
		if !serves(d) {
			continue
		}
		s.dialect = d
		var found report
		cut := s.cut(&found)
		switch {
		case len(found.problems) == 0:
			statements[d] = cut
		case slices.Contains(w.dialects, d):
			for _, p := range found.problems {
				r.add(p.Source.Line, "%s", p.Message)
			}
			return statements // the other dialects would say it again
		}
	}
	return statements
}

// section makes the change of one section of a SQL revision.
func (w *worker) section(s section, all []section, r *report) Change {
	c := Change{Dialects: s.dialects, Except: elsewhere(s, all), When: s.when, NoTransaction: s.noTransaction, Source: r.source(s.line)}
	c.Op = &schema.SQL{
		Text:       schema.Text{All: s.text},
		Statements: w.cutFor(script{text: s.text, line: s.line + 1, noTransaction: s.noTransaction}, c.Serves, r),
	}
	return c
}

// elsewhere names MariaDB if a section is for MySQL and another one of the
// same direction is for MariaDB by name.
func elsewhere(s section, all []section) []string {
	mysql, mariadb := string(flavor.MySQL), string(flavor.MariaDB)
	if !slices.Contains(s.dialects, mysql) || slices.Contains(s.dialects, mariadb) {
		return nil
	}
	if slices.ContainsFunc(all, func(o section) bool { return o.down == s.down && slices.Contains(o.dialects, mariadb) }) {
		return []string{mariadb}
	}
	return nil
}

// plainSQL cuts the texts of a `sql` operation. It is called with the way to
// the operation.
func (w *worker) plainSQL(op *schema.SQL, dialects []string) {
	op.Statements = w.texts("text", op.Text, dialects)
	if !op.Down.IsZero() {
		op.DownStatements = w.texts("down", op.Down, dialects)
	}
}

// texts cuts a text by dialect into statements for each of those that it is
// for.
func (w *worker) texts(key string, t schema.Text, dialects []string) map[flavor.Dialect][]schema.SQLStatement {
	d := &w.decoder
	statements := map[flavor.Dialect][]schema.SQLStatement{}
	for _, dialect := range flavor.Dialects() {
		text, ok := t.For(dialect)
		if !ok || !flavor.Serves(dialects, dialect) {
			continue
		}
		var found report
		one := func(d flavor.Dialect) bool { return d == dialect }
		cut := w.cutFor(script{text: text, line: 1}, one, &found)
		if len(found.problems) > 0 {
			d.at(key, func() { d.shift(found, t, dialect) })
			break
		}
		for _, all := range cut {
			for i := range all {
				all[i].Line = 0 // within the text
			}
		}
		maps.Copy(statements, cut)
	}
	return statements
}

// shift records problems of a text within the file, at their lines there.
func (d *decoder) shift(found report, t schema.Text, dialect flavor.Dialect) {
	line := d.line()
	for _, key := range []string{string(dialect), string(flavor.MySQL), "other"} {
		if _, ok := t.By[key]; ok {
			d.at(key, func() { line = d.line() })
			break
		}
	}
	lines := strings.Split(d.text, "\n")
	if line <= len(lines) && opensBlock(lines[line-1]) {
		line++ // the text begins on the line below its opening quotes
	}
	for _, p := range found.problems {
		d.add(line+p.Source.Line-1, "%s", p.Message)
	}
}

// opensBlock reports whether a line ends in the quotes that open a text of
// several lines.
func opensBlock(line string) bool {
	line = strings.TrimRight(line, " \t\r")
	return strings.HasSuffix(line, `"""`) || strings.HasSuffix(line, "'''")
}

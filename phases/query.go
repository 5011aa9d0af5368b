package phases

import (
	"fmt"
	"regexp"
	"strings"

	"manage/engine/database"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/schema"
)

// BadQuery is a query of the catalog that the server rejects.
type BadQuery struct {
	What   string // which it is: "the query of guard \"old nodes\""
	Source revision.Source
	Err    error
}

func (e *BadQuery) Error() string { return fmt.Sprintf("the server rejects %s: %v", e.What, e.Err) }
func (e *BadQuery) Unwrap() error { return e.Err }

// rejected is the error of a query of the catalog: a *BadQuery where the
// server answered, and the query is to blame.
func rejected(what string, source revision.Source, err error) error {
	switch database.ClassOf(err) {
	case database.Other, database.Syntax, database.MissingTable, database.MissingColumn, database.Denied:
		return &BadQuery{What: what, Source: source, Err: err}
	}
	return fmt.Errorf("%s: %w", what, err)
}

// missing are the servers' words for what a query names and nobody knows.
var missing = []*regexp.Regexp{
	regexp.MustCompile(`no such (?:column|table): ([^\s]+)`),                     // SQLite
	regexp.MustCompile(`(?:column|relation) "?([^\s"]+)"? does not exist`),       // PostgreSQL
	regexp.MustCompile(`Unknown column '([^']+)'|Table '([^']+)' doesn't exist`), // MySQL, MariaDB
}

// missingName is the table or column that the server did not find, without
// what stands before it; "" if its words do not say.
func missingName(err error) string {
	for _, words := range missing {
		if found := words.FindStringSubmatch(err.Error()); found != nil {
			name := strings.Trim(strings.Join(found[1:], ""), "\"`")
			return fold(name[strings.LastIndex(name, ".")+1:])
		}
	}
	return ""
}

// mentioned reports whether a revision that which chooses makes, removes or
// otherwise speaks of a table or column called name, in small letters.
func (s *Service) mentioned(name string, which func(*catalog.Revision) bool) bool {
	for _, r := range s.Catalog.Revisions {
		if !which(r) {
			continue
		}
		for _, c := range r.Up {
			if speaksOf(c.Op, name) {
				return true
			}
		}
	}
	return false
}

// speaksOf reports whether an operation makes a table or column called name, or
// gives one its name; of plain SQL, whether it has the word at all.
func speaksOf(op schema.Operation, name string) bool {
	switch op := op.(type) {
	case *schema.CreateTable:
		for _, c := range op.Columns {
			if fold(c.Name) == name {
				return true
			}
		}
		return fold(op.Name) == name
	case *schema.AddColumn:
		return fold(op.Name) == name
	case *schema.RenameTable:
		return fold(op.To) == name
	case *schema.RenameColumn:
		return fold(op.To) == name
	case *schema.SQL:
		for _, statements := range op.Statements {
			for _, st := range statements {
				if names(st.SQL)[name] {
					return true
				}
			}
		}
	}
	return false
}

// Package sqltext cuts SQL text into statements, for each dialect as its own
// client would, and says of a statement what it does as far as its first words
// tell. It never changes the text: the pieces, joined, are the input.
//
// What it knows beside plain statements:
//
//   - SQLite: triggers, whose bodies hold semicolons, and lines that begin
//     with a dot, which are commands of the sqlite3 program;
//   - PostgreSQL: E strings, dollar quotes, nested comments, parentheses
//     (CREATE RULE), BEGIN ATOMIC bodies, COPY … FROM STDIN with its rows, and
//     psql's backslash commands where a statement could begin;
//   - MySQL and MariaDB: executable comments, the DELIMITER command, and
//     bodies of triggers, routines and events also without DELIMITER.
//
// Settings that change the lexical rules while a script runs are not followed:
// standard_conforming_strings on PostgreSQL, and NO_BACKSLASH_ESCAPES and
// ORACLE in sql_mode on MySQL and MariaDB.
//
// What the pieces are used for, and which of them are allowed in a revision,
// is the callers' business.
package sqltext

import (
	"fmt"

	"manage/engine/flavor"
)

// Role says what a piece of a script is.
type Role uint8

// The roles of pieces.
const (
	// Nothing is white space, comments, or a terminator with nothing before it.
	Nothing Role = iota
	// Query is a statement for the server.
	Query
	// Command is a line that the dialect's client carries out itself, such as
	// DELIMITER, \connect or .read. The server never sees it.
	Command
	// Copy is a COPY … FROM STDIN statement with the rows that follow it.
	Copy
)

// Statement is one piece of a script.
type Statement struct {
	// Text is the piece exactly as it stands in the script, with the comments
	// and white space before it and its terminator.
	Text string
	// SQL is what is sent to a server: without leading and trailing comments
	// and white space, and without the terminator. It is empty for a piece
	// that holds no statement (the tail of a script, a DELIMITER line).
	SQL string
	// Line is the line of the first character of SQL, from 1; for a piece
	// without SQL, of the first character that is neither white space nor
	// comment, or else of the piece.
	Line int
	// Role tells what the piece is. SQL is empty unless it is Query or Copy.
	Role Role
	// Data holds the rows of a Copy, in the form the server reads them, each
	// with its line end, without the closing line.
	Data string
}

// Split cuts script into statements. The error, an *Error, names the line of
// what does not end: a quote, a comment, a block.
func Split(script string, d flavor.Dialect) ([]Statement, error) {
	s, err := newSplitter(script, d)
	if err != nil {
		return nil, err
	}
	if err := s.run(); err != nil {
		return nil, err
	}
	return s.out, nil
}

// Error is text that cannot be cut into statements.
type Error struct {
	// Line is where the thing begins that does not end, from 1.
	Line int
	// Reason is one sentence without the line and without a full stop.
	Reason string
}

// Error is the reason. The line is for the caller to put behind a file name.
func (e *Error) Error() string { return e.Reason }

func unknownDialect(d flavor.Dialect) *Error {
	return &Error{Line: 1, Reason: fmt.Sprintf("there is no dialect %q", string(d))}
}

// Package cmd is the command line of manage: its grammar (kong), the
// composition of what a command needs, and the one table that turns errors
// into sentences, hints and exit codes. It is also the door for a service that
// embeds its own catalog: Main runs the same command line for it.
//
// A command is three files: the struct that parses and calls (here), its
// presentation (package view) and its script test (manage/testdata/script).
// What a command takes in its Run method says what it touches: Reads opens the
// database without the right to write, Writes with it, and a command that asks
// for neither never opens a connection.
package cmd

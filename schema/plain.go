package schema

import "manage/engine/flavor"

// This file answers for plain SQL what the operations ask for themselves.

// OnlineClauses are the ways to ask a MySQL or MariaDB server for a change that
// lets others write, the best first; index is true for CREATE INDEX and DROP
// INDEX, which are never instant.
func OnlineClauses(f flavor.Flavor, index bool) []string {
	if index {
		return wayNoCopy.clauses(f, false)
	}
	return wayInstant.clauses(f, false)
}

// Rewrites reports whether PostgreSQL writes the rows anew for another type of
// a column, both as the server writes them.
func Rewrites(from, to string) bool { return from != to && postgresRewrites(from, to) }

// Volatile reports whether a default of PostgreSQL may give each row another
// value.
func Volatile(expression string) bool { return volatile(expression, flavor.Postgres) }

// KeyLater and CheckLater say what can be done instead of adding such a
// constraint, where the server copies the table for it.
const (
	KeyLater   = "leave the foreign key out while the service runs: sync or upgrade, with the service stopped, can add it"
	CheckLater = "leave the check out while the service runs: sync or upgrade, with the service stopped, can add it"
	// TextIndexLater is the same for a full-text or spatial index.
	TextIndexLater = "make the full-text index with the service stopped"
)

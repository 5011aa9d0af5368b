package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"manage/engine/database/backend"
	"manage/engine/flavor"
	"manage/engine/quote"
)

// setting is one that a session of this program has, whatever the role, the
// database or the server's configuration say.
type setting struct{ name, value string }

// settings change what a statement means, what it returns, or whether it is
// carried out (PostgreSQL manual, "Server Configuration"). What only makes it
// faster or slower, or says where tables are kept, is left alone; so is what
// forbids writing (default_transaction_read_only): that is somebody's
// intention, and a run is refused.
var settings = []setting{
	// Rows that a policy hides are an error and not rows that are not there.
	{"row_security", "off"},
	{replicationRole, "origin"},
	{"standard_conforming_strings", "on"},
	{"backslash_quote", "safe_encoding"},
	{"transform_null_equals", "off"},
	{"array_nulls", "on"},
	{"quote_all_identifiers", "off"},
	{"check_function_bodies", "on"},
	{"xmloption", "content"},
	{"xmlbinary", "base64"},
	{"bytea_output", "hex"},
	{"extra_float_digits", "1"},
	{"DateStyle", "ISO, MDY"},
	{"IntervalStyle", "postgres"},
	// A time without a zone is in UTC, as those of the catalog are.
	{"TimeZone", "UTC"},
	{"gin_fuzzy_search_limit", "0"},
	{"exit_on_error", "off"},
	{"restrict_nonsystem_relation_kind", ""},
	{"default_transaction_isolation", "read committed"},
	{"default_transaction_deferrable", "off"},
	// Work takes the time it takes; locks have their own limit.
	{"statement_timeout", "0"},
	{"idle_in_transaction_session_timeout", "0"},
	{"idle_session_timeout", "0"},
	{"transaction_timeout", "0"},
	{"lock_timeout", "0"},
}

// pins are the settings that a connection does not have by itself, and how they
// are set on it.
type pins struct {
	differ []setting
	// known are all that the server knows.
	known []setting
	// session is true if the connection is ours alone, so that they are set for
	// its session. Of what a pooler lends, each transaction sets them for itself.
	session bool
	// role is what the sessions of the user work as, "" for the user.
	role   string
	schema string
}

// asked is the part of a query that reads the settings: a column each, null for
// one that the server does not know.
func asked() string {
	columns := make([]string, len(settings))
	for i, s := range settings {
		columns[i] = "current_setting(" + literal(s.name) + ", true)"
	}
	return strings.Join(columns, ", ")
}

// found notes which settings a connection has, as asked read them.
func (p *pins) found(values []sql.NullString) {
	for i, s := range settings {
		if !values[i].Valid {
			continue
		}
		p.known = append(p.known, s)
		if values[i].String != s.value {
			p.differ = append(p.differ, s)
		}
	}
}

// assignments are statements that set settings; scope is SESSION or LOCAL.
func assignments(all []setting, scope string) []string {
	texts := make([]string, len(all))
	for i, s := range all {
		texts[i] = "SET " + scope + " " + s.name + " = " + literal(s.value)
	}
	return texts
}

// atStart sets what differs for the session, in one message.
func (p *pins) atStart(ctx context.Context, q backend.Querier) error {
	if !p.session || len(p.differ) == 0 {
		return nil
	}
	_, err := q.ExecContext(ctx, strings.Join(assignments(p.differ, "SESSION"), "; "))
	if err == nil {
		return nil
	}
	if at := slices.IndexFunc(p.differ, func(s setting) bool { return s.name == replicationRole }); at >= 0 && (Backend{}).denied(err) {
		return &backend.Error{Class: backend.Denied, Err: err,
			Message: "the user's sessions have a session_replication_role with which triggers and foreign keys do not work, and the user may not change it",
			Hint:    "take the setting off the role or the database: ALTER ROLE … RESET session_replication_role"}
	}
	return err
}

// denied reports whether the server refused something for want of a right.
func (b Backend) denied(err error) bool {
	e := b.Classify(err)
	return e != nil && e.Class == backend.Denied
}

// inTransaction is what follows BEGIN where settings are not the session's;
// empty where they are.
func (p *pins) inTransaction() string {
	if p.session {
		return ""
	}
	return prefixed(assignments(p.differ, "LOCAL"))
}

// prefixed joins statements so that they follow another one.
func prefixed(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return "; " + strings.Join(texts, "; ")
}

// asOpened puts everything for the rest of the open transaction as it was when
// the session began, whatever a revision's own statements have set: the user,
// the schema, the settings.
func (p *pins) asOpened() string {
	role := "NONE"
	if p.role != "" {
		role = quote.Ident(p.role, flavor.Postgres)
	}
	texts := []string{
		"SET LOCAL SESSION AUTHORIZATION DEFAULT", "SET LOCAL ROLE " + role,
		"SET LOCAL search_path = " + quote.Ident(p.schema, flavor.Postgres),
		"SET LOCAL client_encoding = 'UTF8'",
	}
	local := slices.DeleteFunc(slices.Clone(p.known), func(s setting) bool {
		// One counts from the beginning of the transaction, the other is set by
		// whoever waits for a lock.
		return s.name == "transaction_timeout" || s.name == "lock_timeout" || s.name == replicationRole
	})
	return strings.Join(append(append(texts, triggersOn), assignments(local, "LOCAL")...), "; ")
}

// replicationRole is the one setting that not everybody may set.
const replicationRole = "session_replication_role"

// triggersOn sets it where it differs: who may not set it, did not.
const triggersOn = "SELECT CASE WHEN current_setting('" + replicationRole + "') <> 'origin' THEN set_config('" + replicationRole + "', 'origin', true) END"

// discard forgets all that statements have left in the session: settings, the
// user, temporary tables, prepared statements, cursors, locks. It is several
// statements, as DISCARD ALL refuses to share a message with others. RESET ROLE
// gives back the role that the user's sessions begin with.
func (p *pins) discard() []string {
	return append([]string{"DISCARD ALL", "RESET ROLE"}, assignments(p.differ, "SESSION")...)
}

// leaveNothing are the statements before the end of a transaction on a
// connection that a pooler lends to others next.
const leaveNothing = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; DEALLOCATE ALL; CLOSE ALL; UNLISTEN *; DISCARD TEMP; SELECT pg_advisory_unlock_all()"

func literal(text string) string { return quote.Always(text, flavor.Postgres) }

// direct is the condition that the server sees the connection come from this
// end of it, by the number of its port; 0 for a socket of the file system.
func direct(port int) string {
	return fmt.Sprintf("coalesce(inet_client_port(), 0) = %d", port)
}

package postgres

import (
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/lib/pq"

	"manage/engine/database/backend"
)

// Classify is backend.Backend's; the codes are those of "PostgreSQL Error
// Codes" in the server's manual.
func (Backend) Classify(err error) *backend.Error {
	var e *pq.Error
	if !errors.As(err, &e) {
		return classifyDriver(err)
	}
	code := string(e.Code)
	if e.Routine == "check_enable_rls" {
		return hiddenRows(e)
	}
	class, hint := classOfState(code)
	return &backend.Error{Class: class, Code: code, Message: message(e), Hint: hint, Err: err}
}

// message is the server's sentence with what it says of the row or object.
func message(e *pq.Error) string {
	if e.Detail == "" {
		return e.Message
	}
	return e.Message + ": " + strings.TrimSuffix(e.Detail, ".")
}

// hiddenRows is the error of a session with row_security = off where row-level
// security would hide rows. The server has it under the code of a missing right;
// the routine that raises it is the same in all languages, and its words name the
// table in quotes (PostgreSQL source, check_enable_rls).
func hiddenRows(e *pq.Error) *backend.Error {
	table := ""
	if name := quotedName.FindStringSubmatch(e.Message); name != nil {
		table = " of the table " + name[1]
	}
	return &backend.Error{Class: backend.HiddenRows, Code: string(e.Code), Err: e,
		Message: "row-level security would hide rows" + table + " from the role of this session, and all of them are needed: the server refuses the statement",
		Hint:    "connect as the owner of the table, without FORCE ROW LEVEL SECURITY, or as a role with BYPASSRLS (ALTER ROLE … BYPASSRLS)"}
}

var quotedName = regexp.MustCompile("[\"«„“]\\s*([^\"»“”]+?)\\s*[\"»“”]")

// classifyDriver knows the errors that the driver itself makes; they have no
// type of their own.
func classifyDriver(err error) *backend.Error {
	text := err.Error()
	if !strings.HasPrefix(text, "pq: ") {
		return nil
	}
	e := &backend.Error{Message: strings.TrimPrefix(text, "pq: "), Err: err}
	switch {
	case strings.HasPrefix(text, "pq: could not connect to any of the hosts"):
		// A server that answered would have made a *pq.Error of it.
		e.Class = backend.Unreachable
		e.Message = strings.NewReplacer(":\n", ": ", "\n", "; ").Replace(e.Message)
		e.Hint = "check the hosts and ports of the connection URL, and that a server is running on one of them"
	case errors.Is(err, pq.ErrSSLNotSupported):
		e.Class = backend.BadURL
		e.Hint = "take sslmode out of the connection URL, or make the server offer encryption"
	case strings.Contains(text, "password"):
		e.Class = backend.AuthFailed
		e.Hint = authHint
	}
	return e
}

const authHint = "check the user and the password of the connection URL, and the server's pg_hba.conf"

// states maps SQLSTATEs, and classes of them by their two first characters.
var states = map[string]struct {
	class backend.Class
	hint  string
}{
	"57P01": {backend.ConnectionLost, "an administrator ended the session"},
	"57P02": {backend.ConnectionLost, "the server crashed and is starting again"},
	"57P03": {backend.Unreachable, "the server is starting or stopping: try again"},
	"57P05": {backend.ConnectionLost, "the server ended an idle session (idle_session_timeout)"},
	"25P03": {backend.ConnectionLost, "the server ended an idle transaction (idle_in_transaction_session_timeout)"},
	"53300": {backend.Unreachable, "the server has no connection left: free one, or raise max_connections"},
	"28P01": {backend.AuthFailed, authHint},
	"28000": {backend.AuthFailed, authHint},
	"3D000": {backend.NoDatabase, "make the database, or correct its name in the connection URL"},
	"3F000": {backend.NoDatabase, "make the schema, or correct its name in the configuration"},
	"42501": {backend.Denied, "grant the user the missing right"},
	"25006": {backend.ReadOnly, "connect to the primary, not to a standby"},
	"55P03": {backend.LockTimeout, "another session holds the lock"},
	"40P01": {backend.Deadlock, ""},
	"40001": {backend.Deadlock, ""},
	"23505": {backend.Duplicate, ""},
	"23":    {backend.ConstraintFailed, ""},
	"42P01": {backend.MissingTable, ""},
	"42703": {backend.MissingColumn, ""},
	"42704": {backend.MissingColumn, ""},
	"42P07": {backend.AlreadyExists, ""},
	"42P06": {backend.AlreadyExists, ""},
	"42P04": {backend.AlreadyExists, ""},
	"42710": {backend.AlreadyExists, ""},
	"42701": {backend.AlreadyExists, ""},
	"42723": {backend.AlreadyExists, ""},
	"42601": {backend.Syntax, ""},
	"53100": {backend.DiskFull, "make room on the server's disk"},
	"57014": {backend.Interrupted, "the statement was cancelled, by somebody or by statement_timeout"},
	"08P01": {backend.Other, "if a pooler is between, let it pass the setting (PgBouncer: ignore_startup_parameters), or connect to the server itself"},
	"08":    {backend.ConnectionLost, ""},
}

// tries says how often a lone read is sent that ended with an error: as the
// victim of a deadlock, in conflict with what a standby replays ("Handling Query
// Conflicts", PostgreSQL manual), or for want of a lock.
func tries(err error) backend.Tries {
	var e *pq.Error
	if errors.As(err, &e) {
		switch e.Code {
		case "40001", "40P01", "55P03":
			return backend.Tries{Number: 20, Within: 30 * time.Second, Lock: e.Code == "55P03"}
		}
	}
	return backend.Tries{}
}

func classOfState(code string) (backend.Class, string) {
	if known, ok := states[code]; ok {
		return known.class, known.hint
	}
	if len(code) == 5 {
		if known, ok := states[code[:2]]; ok {
			return known.class, known.hint
		}
	}
	return backend.Other, ""
}

package cmd

import (
	"errors"

	"manage/cmd/view"
	"manage/engine/database"
	"manage/engine/files"
)

// databaseRules say what a server refused, by the class of its error.
func databaseRules() []rule {
	return []rule{func(err error, line speaker) (view.Failure, bool) {
		var e *database.Error
		if !errors.As(err, &e) {
			return view.Failure{}, false
		}
		// The whole error, because what wraps it says what was being done.
		f := failure(ExitFailed, err.Error(), e.Hint)
		if w, ok := classWords(line)[e.Class]; ok {
			f.Code = w.code
			if f.Hint == "" {
				f.Hint = w.hint
			}
		}
		if e.Class == database.HiddenRows {
			f.Exit = ExitRefused
		}
		return f, true
	}, on(func(e *files.Refused, _ speaker) view.Failure {
		return failure(ExitUsage, "a file is not read: "+e.Reason, "")
	}), on(func(e *files.Untrusted, _ speaker) view.Failure {
		return failure(ExitUsage, "a file that was found by searching is not used: "+e.Error(), "If you trust it, name it.")
	})}
}

// classWord is what is said of a class of database errors beside the server's
// own words.
type classWord struct{ code, hint string }

func classWords(line speaker) map[database.Class]classWord {
	return map[database.Class]classWord{
		database.Unreachable:    {"unreachable", "Is the server up, and are host and port of the connection right? [database] max_retries and retry_interval say how long a server is waited for."},
		database.AuthFailed:     {"access", "Check user and password of the connection."},
		database.NoDatabase:     {"no_database", "Create the database first; manage makes tables, not databases."},
		database.Denied:         {"denied", "Grant the user of the connection this right, or use one that has it."},
		database.ReadOnly:       {"read_only", "Connect to a server, with a user, or to a file that may be written."},
		database.LockTimeout:    {"locked", "A transaction of somebody else holds a lock; let it end, then run the command again: what is done is recorded."},
		database.Deadlock:       {"locked", "Run the command again: what is done is recorded."},
		database.ConnectionLost: {"connection_lost", "Run the command again: what is done is recorded. First see where the database stands: " + line.db("status")},
		database.NoSuchWay:      {"refused", "The server can do this to the table only by keeping its writers waiting. Change it in steps that need no copy, such as a new column beside the old one, or do it at a quiet hour, with --allow-blocking."},
		database.HiddenRows:     {"hidden_rows", "Connect as a role that sees all rows."},
		database.DiskFull:       {"disk_full", "Make room on the server, then run the command again."},
	}
}

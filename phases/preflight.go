package phases

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/ledger"
	"manage/engine/plan"
)

// NotReady is a server, or a user on it, that would fail the plan half way. All
// that was found is in it; nothing was changed.
type NotReady struct{ Problems []Unready }

// Unready is one reason why a plan would fail.
type Unready struct {
	Class database.Class // what kind of error it would have become
	Text  string         // one sentence without a full stop
}

func (e *NotReady) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = p.Text
	}
	return "the database is not ready for this: " + strings.Join(texts, "; ")
}

// Warned is something that may make work slow, or wait, and does not forbid it.
type Warned struct{ Text string }

// needs is what a plan asks of the server and the user.
type needs struct {
	words    []string // the rights that its statements take, in MySQL's words
	tables   []string // those that it changes, as far as the plan tells
	creates  bool     // tables, types or the like
	triggers bool
}

// needsOf reads them off the statements.
func needsOf(p plan.Plan) needs {
	n := needs{creates: true} // the books, at least
	n.words = []string{"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE"}
	add := func(words ...string) { n.words = append(n.words, words...) }
	for _, step := range p.Steps {
		for _, st := range step.Statements {
			words := strings.Fields(strings.ToUpper(st.SQL) + " . .")
			switch {
			case words[1] == "TRIGGER" || words[0] == "CREATE" && strings.Contains(strings.ToUpper(firstLine(st.SQL)), " TRIGGER "):
				n.triggers = true
				add("TRIGGER")
			case words[0] == "ALTER":
				add("ALTER")
			case words[0] == "DROP" && words[1] == "INDEX", words[0] == "CREATE" && (words[1] == "INDEX" || words[1] == "UNIQUE"):
				add("INDEX")
			case words[0] == "DROP":
				add("DROP")
			}
			if e := st.Effect; e != nil {
				n.tables = append(n.tables, e.Table)
			}
		}
	}
	slices.Sort(n.words)
	slices.Sort(n.tables)
	n.words, n.tables = slices.Compact(n.words), slices.Compact(n.tables)
	return n
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// ready finds out, before anything is changed, whether the server and the
// user's rights carry the plan. What cannot be asked is not held against it.
func (s *Service) ready(ctx context.Context, sess database.Session, p plan.Plan) error {
	n, f := needsOf(p), sess.Flavor()
	var found []Unready
	if floor, ok := floors[f.Dialect]; ok && !f.AtLeast(floor[0], floor[1], 0) {
		found = append(found, Unready{database.Other, fmt.Sprintf("%s is older than %s %d.%d, the oldest release that is supported", f, f.Dialect.Title(), floor[0], floor[1])})
	}
	switch {
	case f.Dialect == flavor.Postgres:
		found = append(found, postgresReady(ctx, sess, n, s.ownTables())...)
	case f.Dialect.MySQLFamily():
		found = append(found, mysqlReady(ctx, sess, n, s.DB.Schema())...)
	}
	if len(found) > 0 {
		return &NotReady{Problems: found}
	}
	s.warn(ctx, sess)
	return nil
}

// floors are the oldest releases for which statements are written.
var floors = map[flavor.Dialect][2]int{flavor.Postgres: {11, 0}, flavor.MySQL: {5, 7}, flavor.MariaDB: {10, 2}}

// ownTables are the tables that every run writes to.
func (s *Service) ownTables() []string { return append(ledger.Tables(), s.Catalog.VersionTable) }

// longTransactions are the transactions of others that have been open for more
// than a minute.
var longTransactions = map[bool]string{
	false: "SELECT pid, coalesce(usename::text, 'somebody'), extract(epoch FROM now() - xact_start)::bigint FROM pg_stat_activity" +
		" WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start < now() - interval '60 seconds' ORDER BY xact_start LIMIT 3",
	true: "SELECT p.id, p.user, TIMESTAMPDIFF(SECOND, x.trx_started, NOW()) FROM information_schema.innodb_trx x" +
		" JOIN information_schema.processlist p ON p.id = x.trx_mysql_thread_id WHERE x.trx_started < NOW() - INTERVAL 60 SECOND ORDER BY 3 DESC LIMIT 3",
}

// warn tells of what may be in the way.
func (s *Service) warn(ctx context.Context, sess database.Session) {
	if s.Events == nil || sess.Flavor().Dialect == flavor.SQLite {
		return
	}
	rows, err := sess.QueryContext(ctx, longTransactions[sess.Flavor().Dialect.MySQLFamily()])
	if err != nil {
		return
	}
	defer rows.Close()
	for rows.Next() {
		var id, seconds int64
		var user string
		if rows.Scan(&id, &user, &seconds) == nil {
			s.Events(Warned{fmt.Sprintf("Session %d of %s has had a transaction open for %d s; it may hold locks that are needed.", id, user, seconds)})
		}
	}
}

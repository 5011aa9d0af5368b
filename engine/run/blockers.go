package run

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"manage/engine/flavor"
)

// Blocker is a session that keeps a statement waiting for its lock.
type Blocker struct {
	ID   int64  // of the session on the server
	User string // "" if the server does not tell
	// Age is how long its transaction has been open, or its session idle.
	Age time.Duration
	// Query is the beginning of its last statement, without the texts in it.
	Query string
	// Sure is false if the server only tells which transactions are open.
	Sure bool
}

func (b Blocker) String() string {
	text := fmt.Sprintf("session %d", b.ID)
	if b.User != "" {
		text += " of " + b.User
	}
	text += fmt.Sprintf(", for %s now", b.Age.Round(time.Second))
	if b.Query != "" {
		text += ": " + b.Query
	}
	return text
}

// watch looks, once a statement has waited for a quarter of its lock timeout, who
// keeps it waiting: afterwards nobody can tell. It has a session of its own,
// which it opens only then.
type watch struct {
	timer *time.Timer
	done  chan struct{}
	mu    sync.Mutex
	found []Blocker
}

func (h *Held) watch(ctx context.Context) *watch {
	w := &watch{done: make(chan struct{})}
	if h.session.Flavor().Dialect == flavor.SQLite {
		return w // does not tell
	}
	after := h.o.LockTimeout / 4
	if h.patience > 0 {
		after = min(after, h.patience*3/4)
	}
	w.timer = time.AfterFunc(after, func() {
		defer close(w.done)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), whyWait)
		defer cancel()
		found := h.blockers(ctx)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.found = found
	})
	return w
}

// end stops looking, and returns who was found.
func (w *watch) end() []Blocker {
	if w.timer == nil {
		return nil
	}
	if !w.timer.Stop() {
		<-w.done
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.found
}

// blockers asks the server. What it does not tell, for want of a right or of a
// plugin, is left out.
func (h *Held) blockers(ctx context.Context) []Blocker {
	s, err := h.r.DB.Session(ctx)
	if err != nil {
		return nil
	}
	defer s.Close()
	for i, query := range h.blockerQueries() {
		rows, err := s.QueryContext(ctx, query)
		if err != nil {
			continue
		}
		var found []Blocker
		for rows.Next() {
			var b Blocker
			var seconds float64
			if rows.Scan(&b.ID, &b.User, &seconds, &b.Query) == nil {
				b.Age, b.Query = time.Duration(seconds*float64(time.Second)), brief(b.Query)
				b.Sure = i == 0
				found = append(found, b)
			}
		}
		_ = rows.Close()
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// blockerQueries are the questions, the surest first. Each returns a session,
// its user, for how long, and its statement.
func (h *Held) blockerQueries() []string {
	own := h.session.ServerID()
	switch d := h.session.Flavor().Dialect; {
	case d == flavor.Postgres:
		return []string{fmt.Sprintf("SELECT DISTINCT b.pid, coalesce(b.usename::text, ''),"+
			" coalesce(extract(epoch FROM clock_timestamp() - coalesce(b.xact_start, b.state_change)), 0)::float8, coalesce(b.query, '')"+
			" FROM pg_stat_activity w CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS x(pid) JOIN pg_stat_activity b ON b.pid = x.pid"+
			" WHERE w.datname = current_database() AND w.application_name = %s AND w.wait_event_type = 'Lock'", h.names(h.lease.Token).mark)}
	case d == flavor.MariaDB:
		return []string{
			fmt.Sprintf("SELECT DISTINCT p.id, p.user, COALESCE(TIMESTAMPDIFF(SECOND, x.trx_started, NOW()), p.time), COALESCE(p.info, '')"+
				" FROM information_schema.metadata_lock_info m JOIN information_schema.processlist p ON p.id = m.thread_id"+
				" LEFT JOIN information_schema.innodb_trx x ON x.trx_mysql_thread_id = p.id"+
				" WHERE m.table_schema = DATABASE() AND m.table_name <> '' AND p.id NOT IN (%s, CONNECTION_ID())", own),
			openTransactions(own),
		}
	}
	return []string{
		fmt.Sprintf("SELECT DISTINCT t.processlist_id, COALESCE(t.processlist_user, ''), COALESCE(TIMESTAMPDIFF(SECOND, x.trx_started, NOW()), t.processlist_time, 0),"+
			" COALESCE(t.processlist_info, (SELECT MAX(e.sql_text) FROM performance_schema.events_statements_current e WHERE e.thread_id = t.thread_id), '')"+
			" FROM performance_schema.metadata_locks p JOIN performance_schema.threads w ON w.thread_id = p.owner_thread_id AND w.processlist_id = %s"+
			" JOIN performance_schema.metadata_locks g ON g.object_schema = p.object_schema AND g.object_name = p.object_name"+
			" AND g.lock_status = 'GRANTED' AND g.owner_thread_id <> p.owner_thread_id"+
			" JOIN performance_schema.threads t ON t.thread_id = g.owner_thread_id"+
			" LEFT JOIN information_schema.innodb_trx x ON x.trx_mysql_thread_id = t.processlist_id"+
			" WHERE p.lock_status = 'PENDING' AND t.processlist_id IS NOT NULL", own),
		openTransactions(own),
	}
}

// openTransactions asks MySQL and MariaDB for the transactions that are open,
// the oldest first: one of them it is, most likely.
func openTransactions(own string) string {
	return fmt.Sprintf("SELECT p.id, p.user, TIMESTAMPDIFF(SECOND, x.trx_started, NOW()), COALESCE(p.info, '')"+
		" FROM information_schema.innodb_trx x JOIN information_schema.processlist p ON p.id = x.trx_mysql_thread_id"+
		" WHERE p.id NOT IN (%s, CONNECTION_ID()) ORDER BY x.trx_started LIMIT 3", own)
}

// quotedText is text in a statement, also where the statement was cut off.
var quotedText = regexp.MustCompile(`'[^']*('|$)|"[^"]*$`)

// brief is the beginning of a statement without the texts in it, which may be
// secrets.
func brief(query string) string {
	text := strings.Join(strings.Fields(quotedText.ReplaceAllString(query, "'…'")), " ")
	if runes := []rune(text); len(runes) > 80 {
		text = string(runes[:80]) + "…"
	}
	return text
}

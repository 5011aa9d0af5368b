package throttle

import (
	"context"
	"fmt"
	"sync"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
)

// locks looks, while batches run, whether others wait for locks that they hold.
// Between batches there are none, so what was seen counts afterwards: the next
// batch waits for as long as the one that was in the way had lasted, and is
// told to be smaller.
type locks struct {
	server *server
	query  string

	mu      sync.Mutex
	watched map[string]*watched // batches under way, by their session
	looking bool                // a look is due or under way
	looked  time.Time
	quiet   time.Time // when the pause for others is over
	waiting int       // how many waited
	err     error     // why it cannot be seen, to be said
	blind   bool      // and will not be
	closed  bool
}

// watched is a batch under way.
type watched struct {
	began  time.Time
	waited bool
}

// grace is how long a batch runs before it is looked at, leastPause and
// mostPause bound the pause for others.
const (
	grace      = 20 * time.Millisecond
	leastPause = 50 * time.Millisecond
	mostPause  = 10 * time.Second
)

// waiters is the query for who waits (as "waiter") for whom (as "holder"), by
// session; "" where there is nobody to ask. Whoever waits for the lease is one
// of ours.
func waiters(d flavor.Dialect) string {
	switch d {
	case flavor.Postgres:
		return `SELECT l.pid AS waiter, b.pid AS holder FROM (SELECT DISTINCT pid FROM pg_locks WHERE NOT granted) l
 CROSS JOIN LATERAL unnest(pg_blocking_pids(l.pid)) AS b(pid) LEFT JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE coalesce(a.query, '') NOT LIKE '%manage_lease%'`
	case flavor.MariaDB:
		return `SELECT r.trx_mysql_thread_id AS waiter, b.trx_mysql_thread_id AS holder FROM information_schema.INNODB_LOCK_WAITS w
 JOIN information_schema.INNODB_TRX r ON r.trx_id = w.requesting_trx_id
 JOIN information_schema.INNODB_TRX b ON b.trx_id = w.blocking_trx_id
 WHERE coalesce(r.trx_query, '') NOT LIKE '%manage_lease%'`
	case flavor.MySQL:
		return `SELECT r.PROCESSLIST_ID AS waiter, b.PROCESSLIST_ID AS holder FROM performance_schema.data_lock_waits w
 JOIN performance_schema.threads r ON r.THREAD_ID = w.REQUESTING_THREAD_ID
 JOIN performance_schema.threads b ON b.THREAD_ID = w.BLOCKING_THREAD_ID
 WHERE coalesce(r.PROCESSLIST_INFO, '') NOT LIKE '%manage_lease%'`
	}
	return ""
}

func newLocks(s *server, query string) *locks {
	return &locks{server: s, query: query, watched: map[string]*watched{}}
}

// Watch begins to look at a batch that runs in a session, by its ServerID. The
// function that it returns ends that and reports whether others were seen to
// wait for the batch's locks, so that the next one should be smaller.
func (t *Throttle) Watch(session string) (end func() (waited bool)) {
	l := t.locks
	if l == nil || session == "" {
		return func() bool { return false }
	}
	w := &watched{began: time.Now()}
	l.mu.Lock()
	l.watched[session] = w
	l.schedule()
	l.mu.Unlock()
	return func() bool { return l.ended(session, w) }
}

// ended takes a batch off the list, and begins the pause that it earned.
func (l *locks) ended(session string, w *watched) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.watched, session)
	if w.waited {
		pause := min(max(time.Since(w.began), leastPause), mostPause)
		l.quiet = time.Now().Add(pause)
	}
	return w.waited
}

// schedule sets the next look, if there is anything to look at. mu is held.
func (l *locks) schedule() {
	if l.looking || l.blind || l.closed || len(l.watched) == 0 {
		return
	}
	l.looking = true
	time.AfterFunc(max(grace, interval-time.Since(l.looked)), l.look)
}

// look looks once, and again later while batches run. Where none is under way it
// does not count: the next look comes soon after the next batch has begun.
func (l *locks) look() {
	l.mu.Lock()
	var found []row
	var err error
	if len(l.watched) > 0 && !l.closed {
		l.mu.Unlock()
		found, err = ask(context.Background(), l.server, func(ctx context.Context, s database.Session) ([]row, error) {
			return rows(ctx, s, l.query)
		})
		l.mu.Lock()
		l.looked = time.Now()
	}
	defer l.mu.Unlock()
	l.note(found, err)
	l.looking = false
	if l.closed {
		l.server.close()
		return
	}
	l.schedule()
}

// note marks the batches that others wait for. mu is held.
func (l *locks) note(found []row, err error) {
	if err != nil {
		l.err, l.blind = err, isFinal(err)
		return
	}
	others := map[string]bool{}
	for _, r := range found {
		w, ours := l.watched[r["holder"]], l.watched[r["waiter"]]
		if w != nil && ours == nil {
			w.waited, others[r["waiter"]] = true, true
		}
	}
	if len(others) > 0 {
		l.waiting = len(others)
	}
}

// reason is why to pause for those who waited; "" if nobody did.
func (l *locks) reason(note func(string)) string {
	if l == nil {
		return ""
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		note("who waits for locks of a batch cannot be seen: " + l.err.Error())
		l.err = nil
	}
	switch {
	case !time.Now().Before(l.quiet):
		return ""
	case l.waiting == 1:
		return "another session waited for locks of a batch"
	}
	return fmt.Sprintf("%d other sessions waited for locks of a batch", l.waiting)
}

// close ends the session, or has a look that is due end it.
func (l *locks) close() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if !l.looking {
		l.server.close()
	}
}

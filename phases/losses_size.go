package phases

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/phases/backfill"
	"manage/schema"
)

// What is lost is counted for so long, each loss and all of them: who waits for
// the answer is about to be asked.
const (
	countingOne = 2 * time.Second
	countingAll = 10 * time.Second
)

// sized counts what is lost, as far as that takes no longer than somebody would
// wait, and takes the server's own figures for the rest. Losses of rows that
// there are none of are left out. A count that fails is no reason not to go on:
// it is not counted then.
func (s *Service) sized(ctx context.Context, losses []plan.Loss, live *schema.Schema) ([]plan.Loss, error) {
	if len(losses) == 0 {
		return nil, nil
	}
	m := &measure{s: s, live: live, until: time.Now().Add(countingAll)}
	defer m.close()
	var all []plan.Loss
	for _, l := range losses {
		if err := m.measure(ctx, &l); err != nil {
			return nil, err
		}
		if (l.Kind == plan.LossRows || l.Kind == plan.LossValues) && l.Counted && l.Rows == 0 {
			continue
		}
		all = append(all, l)
	}
	return all, nil
}

// measure counts on a session of its own: one whose count is broken off may be
// of no use any more.
type measure struct {
	s     *Service
	live  *schema.Schema
	until time.Time
	sess  database.Session
}

func (m *measure) open(ctx context.Context) (err error) {
	if m.sess == nil {
		m.sess, err = m.s.DB.Reader(ctx)
	}
	return err
}

func (m *measure) close() {
	if m.sess != nil {
		_ = m.sess.Close() // it was only read
		m.sess = nil
	}
}

// measure fills in how much is lost.
func (m *measure) measure(ctx context.Context, l *plan.Loss) error {
	if err := m.open(ctx); err != nil {
		return err
	}
	queries := m.queries(*l)
	if l.Table != "" {
		l.TableRows = backfill.Size(ctx, m.sess, l.Table)
	}
	if l.Kind == plan.LossTable && !m.s.DB.Missing() {
		l.Bytes = m.bytes(ctx, l.Table)
	}
	l.Counted = len(queries) > 0
	for _, query := range queries {
		n, err := m.count(ctx, query)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			l.Rows, l.Counted = 0, false
			return nil
		}
		l.Rows += n
	}
	if l.Kind == plan.LossRows && l.SQL != "" { // some of these rows
		l.TableRows, l.Rows, l.Counted = l.Rows, 0, l.Rows == 0
	}
	return nil
}

// queries are those that count a loss; none where it cannot be counted.
func (m *measure) queries(l plan.Loss) []string {
	from := func(table, where string) string {
		return "SELECT COUNT(*) FROM " + m.sess.QuoteIdent(table) + " WHERE " + where
	}
	switch l.Kind {
	case plan.LossTable, plan.LossRows:
		return []string{from(l.Table, "("+cmp.Or(l.Where, "1 = 1")+")")}
	case plan.LossColumn, plan.LossValues:
		return []string{from(l.Table, "("+cmp.Or(l.Where, "1 = 1")+") AND "+m.sess.QuoteIdent(l.Column)+" IS NOT NULL")}
	case plan.LossEnumValue:
		value := m.sess.QuoteLiteral(l.Value)
		if l.Table != "" {
			return []string{from(l.Table, m.sess.QuoteIdent(l.Column)+" = "+value)}
		}
		var all []string
		for _, name := range m.live.TableNames() {
			for _, c := range m.live.Tables[name].Columns {
				if c.Type == l.Enum {
					all = append(all, from(name, m.sess.QuoteIdent(c.Name)+" = "+value))
				}
			}
		}
		return all
	}
	return nil
}

// count counts for as long as there is time. The server is told the limit, so
// that it does not work on when nobody listens any more.
func (m *measure) count(ctx context.Context, query string) (int64, error) {
	limit := min(countingOne, time.Until(m.until))
	if limit < 10*time.Millisecond {
		return 0, context.DeadlineExceeded
	}
	ctx, cancel := context.WithTimeout(database.WithoutLockRetries(ctx), limit+limit/4)
	defer cancel()
	n, err := m.limited(ctx, query, limit)
	if err != nil {
		m.close() // its transaction may be open, or a count going on
	}
	return n, err
}

func (m *measure) limited(ctx context.Context, query string, limit time.Duration) (int64, error) {
	if err := m.open(ctx); err != nil {
		return 0, err
	}
	// SQLite is broken off by the driver.
	switch m.s.DB.Flavor().Dialect {
	case flavor.MariaDB:
		query = fmt.Sprintf("SET STATEMENT max_statement_time = %.3f FOR %s", limit.Seconds(), query)
	case flavor.MySQL:
		query = fmt.Sprintf("SELECT /*+ MAX_EXECUTION_TIME(%d) */%s", limit.Milliseconds(), query[len("SELECT"):])
	case flavor.Postgres: // for the transaction: behind a pooler, others would get what is set for a session
		if err := m.sess.Begin(ctx); err != nil {
			return 0, err
		}
		if _, err := m.sess.ExecContext(ctx, fmt.Sprintf("SET LOCAL statement_timeout = %d", limit.Milliseconds())); err != nil {
			return 0, err
		}
		n, err := database.Number(ctx, m.sess, query)
		if err != nil {
			return 0, err
		}
		return n, m.sess.Rollback(ctx)
	}
	return database.Number(ctx, m.sess, query)
}

// bytes is about how large a table is with its indexes; 0 where the server does
// not tell. SQLite would have to read the file for it.
func (m *measure) bytes(ctx context.Context, table string) int64 {
	literal, query := m.sess.QuoteLiteral(table), ""
	switch d := m.s.DB.Flavor().Dialect; {
	case d == flavor.Postgres:
		query = "SELECT COALESCE(pg_catalog.pg_total_relation_size(c.oid), 0) FROM pg_catalog.pg_class c" +
			" JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relname = " + literal
	case d.MySQLFamily():
		query = "SELECT COALESCE(data_length + index_length, 0) FROM information_schema.tables" +
			" WHERE table_schema = DATABASE() AND table_name = " + literal
	default:
		return 0
	}
	n, err := database.Number(ctx, m.sess, query)
	if err != nil { // no figure is worth an error
		return 0
	}
	return n
}

package phases

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/quote"
)

// warn tells of what may be in the way and forbids nothing.
func (s *Service) warn(ctx context.Context, sess database.Session, n needs) {
	for _, text := range slices.Concat(s.oldTransactions(ctx, sess), s.shortOfSpace(ctx, sess, n), s.unlogged(ctx, sess, n.uses)) {
		s.Events(Warned{text})
	}
}

// longest is for how long a transaction of others may be open without a
// warning.
const longest = time.Minute

// oldQuery finds the oldest transactions of others that are open for %d
// microseconds, with those that were prepared and left behind.
var oldQuery = map[bool]string{
	false: "SELECT 'Session ' || pid || ' of ' || coalesce(usename::text, 'somebody'), extract(epoch FROM clock_timestamp() - xact_start)::bigint FROM pg_stat_activity" +
		" WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start <= clock_timestamp() - interval '%[1]d microseconds'" +
		" UNION ALL SELECT 'The prepared transaction ' || gid || ' of ' || owner, extract(epoch FROM clock_timestamp() - prepared)::bigint FROM pg_prepared_xacts" +
		" WHERE database = current_database() AND prepared <= clock_timestamp() - interval '%[1]d microseconds' ORDER BY 2 DESC LIMIT 3",
	true: "SELECT CASE WHEN p.id IS NULL THEN 'A prepared transaction' ELSE CONCAT('Session ', p.id, ' of ', p.user) END, TIMESTAMPDIFF(SECOND, x.trx_started, NOW())" +
		" FROM information_schema.innodb_trx x LEFT JOIN information_schema.processlist p ON p.id = x.trx_mysql_thread_id" +
		" WHERE x.trx_mysql_thread_id <> CONNECTION_ID() AND x.trx_started <= NOW(6) - INTERVAL %[1]d MICROSECOND ORDER BY 2 DESC LIMIT 3",
}

// oldTransactions are the transactions of others that have been open for long,
// where the server lets this user know.
func (s *Service) oldTransactions(ctx context.Context, sess database.Session) []string {
	d := sess.Flavor().Dialect
	if d == flavor.SQLite {
		return nil
	}
	rows, err := sess.QueryContext(ctx, fmt.Sprintf(oldQuery[d.MySQLFamily()], cmp.Or(s.longest, longest).Microseconds()))
	if err != nil {
		return nil
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var who string
		var seconds int64
		if rows.Scan(&who, &seconds) == nil {
			open := "has had a transaction open"
			if strings.Contains(who, " prepared ") {
				open = "has been open"
			}
			found = append(found, fmt.Sprintf("%s %s for %d s; it may hold locks that are needed.", who, open, seconds))
		}
	}
	return found
}

// shortOfSpace warns where a table is copied, or an index built, and there is
// less space than that can take. PostgreSQL and MySQL do not tell how much there
// is, and MariaDB only with its plugin DISKS.
func (s *Service) shortOfSpace(ctx context.Context, sess database.Session, n needs) []string {
	if len(n.copied) == 0 {
		return nil
	}
	var where string
	var free, need int64
	var err error
	switch n.dialect {
	case flavor.SQLite:
		where = filepath.Dir(fileOf(ctx, sess))
		if free, err = freeSpace(where); err == nil {
			need, err = s.copyOf(ctx, sess, n.copied, free)
		}
	case flavor.MariaDB:
		where, free, need, err = spaceOfMariaDB(ctx, sess, n.copied)
	default:
		return nil
	}
	if err != nil || need == 0 || free-s.reserve >= need {
		return nil
	}
	return []string{fmt.Sprintf("%s has %s free; to write %s anew, or an index of it, can take %s.", where, size(free), strings.Join(n.copied, ", "), size(need))}
}

// copyOf is what a rebuild of the largest of some tables of a SQLite file can
// take: its pages twice, once in the file and once in the journal. The file is
// read for that only if all of it would not fit.
func (s *Service) copyOf(ctx context.Context, q database.Querier, tables []string, free int64) (int64, error) {
	file, err := queryNumbers(ctx, q, "SELECT (c.page_count - f.freelist_count) * s.page_size FROM pragma_page_count c, pragma_freelist_count f, pragma_page_size s")
	if err != nil || len(file) != 1 || free-s.reserve >= 2*file[0] {
		return 0, err
	}
	found, err := queryNumbers(ctx, q, "SELECT sum(d.pgsize) FROM dbstat d JOIN sqlite_schema m ON m.name = d.name WHERE d.aggregate = TRUE AND m.tbl_name IN ("+quote.Texts(tables, flavor.SQLite)+") GROUP BY m.tbl_name")
	if err != nil || len(found) == 0 {
		return 0, err
	}
	return 2 * slices.Max(found), nil
}

// spaceOfMariaDB is the space on the disk of the data, and the size of the
// largest of some tables.
func spaceOfMariaDB(ctx context.Context, q database.Querier, tables []string) (where string, free, need int64, err error) {
	folders, err := queryStrings(ctx, q, "SELECT Path FROM information_schema.disks WHERE LOCATE(Path, @@datadir) = 1 ORDER BY LENGTH(Path) DESC LIMIT 1")
	if err != nil || len(folders) == 0 {
		return "", 0, 0, err
	}
	kilobytes, err := queryNumbers(ctx, q, "SELECT Available FROM information_schema.disks WHERE Path = "+quote.Texts(folders, flavor.MariaDB)+" LIMIT 1")
	if err != nil || len(kilobytes) == 0 {
		return "", 0, 0, err
	}
	sizes, err := queryNumbers(ctx, q, "SELECT data_length + index_length FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN ("+quote.Texts(tables, flavor.MySQL)+")")
	if err != nil || len(sizes) == 0 {
		return "", 0, 0, err
	}
	return "The server's disk " + folders[0], kilobytes[0] * 1024, slices.Max(sizes), nil
}

// queryNumbers runs a query of one column of whole numbers.
func queryNumbers(ctx context.Context, q database.Querier, query string) ([]int64, error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, rows.Err()
}

// size writes a number of bytes for people.
func size(bytes int64) string {
	const unit = 1024
	if bytes < unit {
		return fmt.Sprintf("%d bytes", bytes)
	}
	value, name := float64(bytes), ""
	for _, name = range []string{"kB", "MB", "GB", "TB"} {
		if value /= unit; value < unit {
			break
		}
	}
	return fmt.Sprintf("%.1f %s", value, name)
}

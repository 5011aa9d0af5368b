package phases

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/quote"
)

// mysqlReady asks MySQL or MariaDB.
func mysqlReady(ctx context.Context, q database.Querier, n needs, schema string) []Unready {
	set, err := switchedOn(ctx, q)
	if err != nil {
		return nil
	}
	g, err := grantsOf(ctx, q, n.dialect, schema)
	if err != nil {
		return nil
	}
	var found []Unready
	switch {
	case set["super_read_only"], set["innodb_read_only"], set["read_only"] && g.known && !g.server("SUPER", "CONNECTION_ADMIN", "READ_ONLY ADMIN", "READ ONLY ADMIN"):
		found = append(found, Unready{database.ReadOnly, "the server is read-only (read_only is on), as replicas are: connect to the primary"})
	case set["transaction_read_only"], set["tx_read_only"]:
		found = append(found, Unready{database.ReadOnly, "transactions are read-only (transaction_read_only is on): switch it off for this user or on the server"})
	}
	if rule := keyRule(set); rule != "" && len(n.keyless) > 0 {
		found = append(found, Unready{database.Other, fmt.Sprintf("%s, and %s has none: give it one, or switch that off for this user or on the server",
			rule, strings.Join(n.keyless, ", "))})
	}
	n.writeBooks(ctx, q)
	if missing := g.missing(n.rights, schema); missing != "" {
		found = append(found, Unready{database.Denied, "the user lacks the right " + missing + g.asleep()})
	}
	logged := set["log_bin"] || set["wsrep_on"]
	if n.code && logged && !set["log_bin_trust_function_creators"] && g.known && !g.server("SUPER") {
		found = append(found, Unready{database.Denied, "the server writes a binary log, with which only a user with the right SUPER may make triggers or functions: set log_bin_trust_function_creators = 1 on the server, or use such a user"})
	}
	return found
}

// keyRule says what the server does with a table without a primary key; "" if it
// takes it as it is.
func keyRule(set map[string]bool) string {
	switch {
	case set["sql_require_primary_key"]:
		return "sql_require_primary_key is on: the server takes no table without a primary key"
	case set["sql_generate_invisible_primary_key"]:
		return "sql_generate_invisible_primary_key is on: the server adds a column to each table without a primary key"
	}
	return ""
}

// writeBooks adds the rights to write to manage's own tables, and to make those
// that are not there.
func (n *needs) writeBooks(ctx context.Context, q database.Querier) {
	there, err := queryStrings(ctx, q, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN ("+quote.Texts(n.books, flavor.MySQL)+")")
	for _, book := range n.books {
		if err == nil && !slices.Contains(there, book) {
			n.add(book, "CREATE")
		}
		n.add(book, "DELETE", "INSERT", "SELECT", "UPDATE")
	}
}

// switchedOn are the switches that matter, and are on for this session.
func switchedOn(ctx context.Context, q database.Querier) (map[string]bool, error) {
	rows, err := q.QueryContext(ctx, "SHOW VARIABLES WHERE Variable_name IN ('read_only', 'super_read_only', 'innodb_read_only', 'transaction_read_only', 'tx_read_only',"+
		" 'sql_require_primary_key', 'sql_generate_invisible_primary_key',"+
		" 'log_bin', 'log_bin_trust_function_creators', 'wsrep_on')")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	set := map[string]bool{}
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return nil, err
		}
		set[strings.ToLower(name)] = strings.EqualFold(value, "ON") || value == "1"
	}
	return set, rows.Err()
}

// missing says which of the rights are not there and where, "" if none is, as
// far as that is known: for the database if the user has none on single tables.
func (g grants) missing(rights []right, schema string) string {
	if !g.known {
		return ""
	}
	lacks := map[string][]string{}
	var words, objects []string
	for _, r := range rights {
		if g.has(r) {
			continue
		}
		if !slices.Contains(words, r.word) {
			words = append(words, r.word)
		}
		if lacks[r.object] == nil {
			objects = append(objects, r.object)
		}
		if !slices.Contains(lacks[r.object], r.word) {
			lacks[r.object] = append(lacks[r.object], r.word)
		}
	}
	slices.Sort(words)
	if len(words) == 0 || len(g.objects) == 0 {
		return join(words, " on the database "+schema)
	}
	var parts []string
	for _, object := range objects {
		where := "the table " + object
		if object == "" {
			where = "the database " + schema
		}
		slices.Sort(lacks[object])
		parts = append(parts, join(lacks[object], " on "+where))
	}
	return strings.Join(parts, " and ")
}

// join writes a list with what follows it; nothing if the list is empty.
func join(words []string, then string) string {
	if len(words) == 0 {
		return ""
	}
	return strings.Join(words, ", ") + then
}

// asleep names the roles that the user has and that are not active.
func (g grants) asleep() string {
	if len(g.roles) == 0 {
		return ""
	}
	return fmt.Sprintf(" (the role %s of the user is not active; SET DEFAULT ROLE makes it so)", strings.Join(g.roles, ", "))
}

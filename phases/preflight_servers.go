package phases

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"manage/engine/database"
)

// postgresReady asks PostgreSQL. There, who may alter a table is its owner, or
// a member of the owner.
func postgresReady(ctx context.Context, q database.Querier, n needs, own []string) []Unready {
	var found []Unready
	ask := func(class database.Class, text, query string) {
		if names, err := queryStrings(ctx, q, query); err == nil && len(names) > 0 {
			found = append(found, Unready{class, fmt.Sprintf(text, strings.Join(names, ", "))})
		}
	}
	ask(database.ReadOnly, "the server is %s, which takes no changes: connect to the primary",
		"SELECT 'a standby' WHERE pg_is_in_recovery()")
	ask(database.ReadOnly, "transactions are read-only (%s)",
		"SELECT 'default_transaction_read_only is on' WHERE current_setting('default_transaction_read_only') = 'on' AND NOT pg_is_in_recovery()")
	if n.creates {
		ask(database.Denied, "the user may not create anything in the schema %s",
			"SELECT current_schema() WHERE NOT has_schema_privilege(current_schema(), 'CREATE')")
	}
	in := " FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace AND s.nspname = current_schema() WHERE c.relkind IN ('r', 'p')"
	if len(n.tables) > 0 {
		ask(database.Denied, "the user is not the owner of %s, and only he may alter it",
			"SELECT c.relname"+in+" AND c.relname IN ("+literals(n.tables)+") AND NOT pg_has_role(c.relowner, 'USAGE')")
	}
	ask(database.Denied, "the user may not write to %s",
		"SELECT c.relname"+in+" AND c.relname IN ("+literals(own)+") AND NOT (has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))")
	return found
}

// literals writes names of tables as a list of SQL literals.
func literals(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "'" + strings.ReplaceAll(n, "'", "''") + "'"
	}
	return strings.Join(quoted, ", ")
}

// mysqlReady asks MySQL or MariaDB.
func mysqlReady(ctx context.Context, q database.Querier, n needs, schema string) []Unready {
	set, err := switchedOn(ctx, q)
	if err != nil {
		return nil
	}
	lines, err := queryStrings(ctx, q, "SHOW GRANTS")
	if err != nil {
		return nil
	}
	g := readGrants(lines, schema)
	var found []Unready
	if set["super_read_only"] || set["read_only"] && g.known && !g.server("SUPER", "CONNECTION_ADMIN", "READ_ONLY ADMIN", "READ ONLY ADMIN") {
		found = append(found, Unready{database.ReadOnly, "the server is read-only (read_only is on), as replicas are: connect to the primary"})
	}
	if missing := g.missing(n.words); len(missing) > 0 {
		found = append(found, Unready{database.Denied, fmt.Sprintf("the user lacks the right %s on the database %s", strings.Join(missing, ", "), schema)})
	}
	if n.triggers && set["log_bin"] && !set["log_bin_trust_function_creators"] && g.known && !g.server("SUPER") {
		found = append(found, Unready{database.Denied, "the server writes a binary log, with which only a user with the right SUPER may make or drop triggers: set log_bin_trust_function_creators = 1 on the server, or use such a user"})
	}
	return found
}

// switchedOn are the server's switches that matter, and are on.
func switchedOn(ctx context.Context, q database.Querier) (map[string]bool, error) {
	rows, err := q.QueryContext(ctx, "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('read_only', 'super_read_only', 'log_bin', 'log_bin_trust_function_creators')")
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

// grants are a user's rights on a database, as SHOW GRANTS has them.
type grants struct {
	words  []string
	global []string // those that are for the whole server
	// known is false if the user has roles or rights on single tables, from
	// which no conclusions are drawn.
	known bool
}

// readGrants reads lines such as "GRANT SELECT, INSERT ON `db`.* TO …".
func readGrants(lines []string, schema string) grants {
	g := grants{known: true}
	for _, line := range lines {
		rest, ok := strings.CutPrefix(line, "GRANT ")
		words, target, found := strings.Cut(rest, " ON ")
		if !ok || !found {
			g.known = g.known && !ok // a role, or words that are not understood
			continue
		}
		target, _, _ = strings.Cut(target, " TO ")
		switch on := strings.ReplaceAll(strings.ReplaceAll(target, "`", ""), `\`, ""); {
		case on == "*.*", strings.EqualFold(on, schema+".*"):
			for _, w := range strings.Split(words, ",") {
				g.words = append(g.words, strings.ToUpper(strings.TrimSpace(w)))
			}
			if on == "*.*" {
				g.global = append(g.global, g.words[len(g.words)-strings.Count(words, ",")-1:]...)
			}
		case strings.ContainsAny(on, "%_"), !strings.HasSuffix(on, ".*"):
			g.known = false
		}
	}
	return g
}

// server reports whether one of these rights on the whole server is there.
func (g grants) server(words ...string) bool { return holdsAny(g.global, words) }

// holdsAny reports whether one of the words is among the rights, or all are.
func holdsAny(rights, words []string) bool {
	return slices.ContainsFunc(append([]string{"ALL PRIVILEGES", "ALL"}, words...), func(w string) bool { return slices.Contains(rights, w) })
}

// missing are those of the rights that are not there, as far as that is known.
func (g grants) missing(words []string) []string {
	var missing []string
	for _, w := range words {
		if g.known && !holdsAny(g.words, []string{w}) {
			missing = append(missing, w)
		}
	}
	return missing
}

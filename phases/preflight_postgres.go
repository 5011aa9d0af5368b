package phases

import (
	"context"
	"fmt"
	"strings"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/quote"
)

// postgresReady asks PostgreSQL. There, who may alter a table is its owner, or
// a member of the owner.
func postgresReady(ctx context.Context, q database.Querier, n needs) []Unready {
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
	if n.creates(ctx, q) {
		ask(database.Denied, "the user may not create anything in the schema %s",
			"SELECT current_schema() WHERE NOT has_schema_privilege(current_schema(), 'CREATE')")
	}
	here := " JOIN pg_namespace s ON s.oid = %s AND s.nspname = current_schema()"
	if objects := n.objects("ALTER", "DROP", "INDEX", "ALTER ROUTINE"); len(objects) > 0 {
		names := quote.Texts(objects, flavor.Postgres)
		ask(database.Denied, "the user is not the owner of %s, and only the owner may alter it",
			"SELECT coalesce(of.relname, c.relname) FROM pg_class c"+fmt.Sprintf(here, "c.relnamespace")+" LEFT JOIN pg_index x ON x.indexrelid = c.oid LEFT JOIN pg_class of ON of.oid = x.indrelid WHERE c.relname IN ("+names+") AND NOT pg_has_role(c.relowner, 'USAGE')"+
				" UNION SELECT p.proname FROM pg_proc p"+fmt.Sprintf(here, "p.pronamespace")+" WHERE p.proname IN ("+names+") AND NOT pg_has_role(p.proowner, 'USAGE')"+
				" UNION SELECT t.typname FROM pg_type t"+fmt.Sprintf(here, "t.typnamespace")+" WHERE t.typname IN ("+names+") AND t.typtype IN ('e', 'd') AND NOT pg_has_role(t.typowner, 'USAGE') ORDER BY 1")
	}
	tables := "SELECT c.relname FROM pg_class c" + fmt.Sprintf(here, "c.relnamespace") + " WHERE c.relkind IN ('r', 'p', 'v') AND c.relname IN (%s) AND NOT (%s) ORDER BY 1"
	ask(database.Denied, "the user may not write to %s", fmt.Sprintf(tables, quote.Texts(n.books, flavor.Postgres), may("SELECT")+" AND "+may("INSERT")+" AND "+may("UPDATE")+" AND "+may("DELETE")))
	for _, word := range []string{"SELECT", "INSERT", "UPDATE", "DELETE", "TRIGGER", "REFERENCES"} {
		if objects := n.objects(word); len(objects) > 0 {
			ask(database.Denied, "the user lacks the right "+word+" on %s", fmt.Sprintf(tables, quote.Texts(objects, flavor.Postgres), may(word)))
		}
	}
	return found
}

// may is the condition that the user has a right on a table, or, where a right
// can be given so, on some of its columns.
func may(word string) string {
	if word == "DELETE" || word == "TRIGGER" {
		return "has_table_privilege(c.oid, '" + word + "')"
	}
	return "has_any_column_privilege(c.oid, '" + word + "')"
}

// creates reports whether anything is made in the schema: by the plan, or as
// the books of manage are not there yet. An index, too, and the new name of a
// table, take that right.
func (n needs) creates(ctx context.Context, q database.Querier) bool {
	if len(n.objects("CREATE", "CREATE VIEW", "CREATE ROUTINE", "INDEX")) > 0 {
		return true
	}
	there, err := queryStrings(ctx, q, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename IN ("+quote.Texts(n.books, flavor.Postgres)+")")
	return err == nil && len(there) < len(n.books)
}

package rowaccess

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/quote"
)

// mysqlProblems asks MySQL or MariaDB which of the tables that are written have
// no transactions: themselves, below a view, or where a trigger writes to them.
func mysqlProblems(ctx context.Context, q database.Querier, d flavor.Dialect, uses []Use) ([]Problem, error) {
	w := &engines{ctx: ctx, q: q, dialect: d, seen: map[[2]string]bool{}}
	var written []Use
	for _, u := range uses {
		switch {
		case u.Written && u.Engine != "":
			if err := w.judge([]string{"", u.Table, "", u.Engine, ""}, u.By); err != nil {
				return nil, err
			}
		case u.Written:
			written = append(written, u)
		}
	}
	for depth := 0; len(written) > 0; depth++ {
		if depth == deepest {
			return nil, fmt.Errorf("the views and triggers behind the table %s go on for more than %d levels", written[0].Table, deepest)
		}
		var err error
		if written, err = w.follow(written); err != nil {
			return nil, err
		}
	}
	return w.found, nil
}

// deepest bounds how far views of views, and triggers of triggers, are followed.
const deepest = 20

// engines finds out what rows are kept in.
type engines struct {
	ctx     context.Context
	q       database.Querier
	dialect flavor.Dialect
	safe    []string // engines with transactions that commit together
	seen    map[[2]string]bool
	found   []Problem
}

// follow looks at tables that are written, and returns those that are written
// with them.
func (w *engines) follow(written []Use) ([]Use, error) {
	names, of := distinct(slices.DeleteFunc(written, func(u Use) bool { return w.seen[[2]string{u.Schema, u.Table}] }))
	if len(names) == 0 {
		return nil, nil
	}
	var conditions []string
	for _, n := range names {
		w.seen[[2]string{n.Schema, n.Table}] = true
		conditions = append(conditions, fmt.Sprintf("(t.table_schema = %s AND t.table_name = %s)", w.schema(n), quote.Text(n.Table, w.dialect)))
	}
	where := strings.Join(conditions, " OR ")
	query := "SELECT t.table_schema, t.table_name, t.table_type, COALESCE(t.engine, ''), DATABASE() FROM information_schema.tables t WHERE " + where
	if w.dialect == flavor.MariaDB { // which may make all tables with one engine, whatever is asked for
		query += " UNION ALL SELECT '', '', 'ENFORCED', @@enforce_storage_engine, DATABASE() FROM DUAL WHERE @@enforce_storage_engine IS NOT NULL"
	}
	rows, err := readTexts(w.ctx, w.q, query)
	if err != nil {
		return nil, err
	}
	var more []Use
	for _, r := range rows {
		users := by(usersOf(names, of, r))
		if r[2] == "ENFORCED" {
			if err := w.enforced(r[3]); err != nil {
				return nil, err
			}
			continue
		}
		if strings.Contains(r[2], "VIEW") {
			below, err := w.below(r, users)
			if err != nil {
				return nil, err
			}
			more = append(more, below...)
			continue
		}
		if err := w.judge(r, users); err != nil {
			return nil, err
		}
	}
	fired, err := w.fired(names, of, strings.ReplaceAll(strings.ReplaceAll(where, "t.table_schema", "t.event_object_schema"), "t.table_name", "t.event_object_table"))
	return append(more, fired...), err
}

func (w *engines) schema(n Use) string {
	if n.Schema == "" {
		return "DATABASE()"
	}
	return quote.Text(n.Schema, w.dialect)
}

// usersOf are the uses of a table that the server has named: its schema, its
// name, and, as the last, the schema that the session is in.
func usersOf(names []Use, of [][]Use, r []string) []Use {
	var users []Use
	for i, n := range names {
		if strings.EqualFold(n.Table, r[1]) && strings.EqualFold(cmp.Or(n.Schema, r[len(r)-1]), r[0]) {
			users = append(users, of[i]...)
		}
	}
	return users
}

// judge refuses a table whose engine has no transactions, or those of another
// server: what is changed there is not undone with the rest. XA is what engines
// need to commit together with others (MariaDB manual, "Information Schema
// ENGINES Table").
func (w *engines) judge(r []string, users string) error {
	engine := r[3]
	if safe, err := w.commits(engine); safe || err != nil || strings.EqualFold(r[2], "SEQUENCE") {
		return err
	}
	table, quoted := r[1], ident(r[1], w.dialect)
	if !strings.EqualFold(r[0], r[4]) {
		table, quoted = r[0]+"."+table, ident(r[0], w.dialect)+"."+quoted
	}
	if engine == "" {
		engine = "none that works (it may be damaged)"
	}
	w.found = append(w.found, noTransactions(table, quoted, engine, users))
	return nil
}

// commits reports whether an engine has transactions that commit with those of
// others.
func (w *engines) commits(engine string) (bool, error) {
	if w.safe == nil {
		rows, err := readTexts(w.ctx, w.q, "SELECT engine FROM information_schema.engines WHERE transactions = 'YES' AND xa = 'YES'")
		if err != nil {
			return false, err
		}
		w.safe = []string{"innodb"}
		for _, row := range rows {
			w.safe = append(w.safe, strings.ToLower(row[0]))
		}
	}
	return slices.Contains(w.safe, strings.ToLower(engine)), nil
}

// enforced refuses a server that makes every table with an engine without
// transactions: those of the record, too.
func (w *engines) enforced(engine string) error {
	safe, err := w.commits(engine)
	if err == nil && !safe {
		w.found = append(w.found, Problem{
			Text:   fmt.Sprintf("the server makes every table with the storage engine %s (enforce_storage_engine), which has no transactions", engine),
			Advice: "Set enforce_storage_engine to InnoDB, or to nothing, for this account or on the server."})
	}
	return err
}

// noTransactions is the problem of a table with a storage engine that keeps what
// an interrupted run has changed, of which there is no record.
func noTransactions(table, quoted, engine, by string) Problem {
	return Problem{Table: table,
		Text:   fmt.Sprintf("the table %s has the storage engine %s, which has no transactions of this server, so an interrupted run of %s could change its rows twice", table, engine, by),
		Advice: fmt.Sprintf("Convert the table first: ALTER TABLE %s ENGINE = InnoDB", quoted)}
}

// below are the tables that a view reads: one of them is written. A view whose
// text the account may not see is written into who knows what.
func (w *engines) below(r []string, users string) ([]Use, error) {
	texts, err := readTexts(w.ctx, w.q, fmt.Sprintf("SELECT COALESCE(view_definition, '') FROM information_schema.views WHERE table_schema = %s AND table_name = %s", quote.Text(r[0], w.dialect), quote.Text(r[1], w.dialect)))
	if err != nil {
		return nil, err
	}
	if len(texts) != 1 || texts[0][0] == "" {
		w.found = append(w.found, Problem{Table: r[1],
			Text:   fmt.Sprintf("%s writes to the view %s, and the account may not see what the view is made of", users, r[1]),
			Advice: fmt.Sprintf("Grant the account SHOW VIEW on %s, or name the table itself.", r[1])})
		return nil, nil
	}
	all := Of(users, texts[0][0], w.dialect)
	for i := range all {
		all[i].Written = true
	}
	return all, nil
}

// fired are the tables that triggers of written tables write to.
func (w *engines) fired(names []Use, of [][]Use, where string) ([]Use, error) {
	rows, err := readTexts(w.ctx, w.q, "SELECT t.event_object_schema, t.event_object_table, t.trigger_name, t.trigger_schema, COALESCE(t.action_statement, ''), DATABASE() FROM information_schema.triggers t WHERE "+where)
	if err != nil {
		return nil, err
	}
	var all []Use
	for _, r := range rows {
		users := by(usersOf(names, of, r)) + " (by the trigger " + r[2] + ")"
		for _, u := range Of(users, r[4], w.dialect) {
			if u.Written {
				u.Schema = cmp.Or(u.Schema, r[3])
				all = append(all, u)
			}
		}
	}
	return all, nil
}

package purge

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"manage/engine/flavor"
	"manage/migrations/catalog"
	"manage/schema"
)

// condition is SQL that holds for some rows of a table. It is told what stands
// for the row: the table's own name, or an alias where the table is read within
// a condition on another.
type condition func(row string) string

// quoter quotes as a server does; a session is one.
type quoter interface {
	QuoteIdent(string) string
	QuoteLiteral(string) string
	Flavor() flavor.Flavor
}

// conditions turns the rules of purge.toml into conditions, so that the server
// tells which rows are selected: when they are counted, and again when they are
// removed. No list of rows is kept.
type conditions struct {
	q     quoter
	rules *catalog.Purge
	req   Request
	root  *found
}

// chosen holds for soft-deleted rows of a kind that go: those that are expired
// by themselves, and those, of any age, whose parents go. It is nil if none can.
func (c *conditions) chosen(k *catalog.PurgeKind) condition {
	if k.Keep != "" {
		return nil
	}
	all := text(c.q, k.SoftDeleted)
	if c.req.Before == nil && c.root == nil {
		return func(string) string { return all }
	}
	expired := c.expired(k)
	var parents []func(string) string
	for _, p := range k.Parents {
		of := c.rules.Kind(p.Kind)
		if chosen := c.chosen(of); p.Related && chosen != nil {
			parents = append(parents, func(row string) string { return c.parent(row, p, of, chosen) })
		}
	}
	if expired == "" && parents == nil {
		return nil
	}
	return func(row string) string {
		var either []string
		if expired != "" {
			either = append(either, expired)
		}
		for _, p := range parents {
			either = append(either, p(row))
		}
		return all + " AND (" + strings.Join(either, " OR ") + ")"
	}
}

// expired holds for soft-deleted rows that go for their own sake; "" for none.
func (c *conditions) expired(k *catalog.PurgeKind) string {
	if c.root != nil && c.root.kind != k.Name {
		return ""
	}
	var all []string
	if c.req.Before != nil {
		all = append(all, before(c.q, c.q.QuoteIdent(k.DeletedAt), *c.req.Before))
	}
	if c.root != nil {
		all = append(all, c.q.QuoteIdent(k.Key)+" = "+c.root.key)
	}
	return strings.Join(all, " AND ")
}

// orphan holds for live rows of a kind without a live parent, or whose parents
// are orphans. It is nil if there can be none.
func (c *conditions) orphan(k *catalog.PurgeKind) condition {
	lost := c.lost(k)
	if c.req.ExcludeOrphans || lost == nil {
		return nil
	}
	return func(row string) string { return text(c.q, k.Live) + " AND " + lost(row) }
}

// lost is orphan for rows that are known to be live.
func (c *conditions) lost(k *catalog.PurgeKind) condition {
	if k.Keep != "" {
		return nil
	}
	var lacks []condition
	for _, p := range k.Parents {
		if p.Orphan {
			lacks = append(lacks, c.lacks(p))
		}
	}
	if lacks == nil {
		return nil
	}
	return func(row string) string {
		var either []string
		for _, l := range lacks {
			either = append(either, l(row))
		}
		return "(" + strings.Join(either, " OR ") + ")"
	}
}

// lacks holds for rows that lack one of their parents.
func (c *conditions) lacks(p catalog.PurgeParent) condition {
	of := c.rules.Kind(p.Kind)
	lost := c.lost(of)
	whole := func(row string) string {
		cond := text(c.q, of.Live)
		if lost != nil {
			cond += " AND NOT " + lost(row)
		}
		return cond
	}
	return func(row string) string {
		cond := "NOT " + c.parent(row, p, of, whole)
		if p.Optional {
			cond = "(" + row + "." + c.q.QuoteIdent(p.Column) + " IS NOT NULL AND " + cond + ")"
		}
		return cond
	}
}

// parent holds for rows with a parent for which cond holds.
func (c *conditions) parent(row string, p catalog.PurgeParent, of *catalog.PurgeKind, cond condition) string {
	return exists(c.q, of.Table, row, []string{of.Key}, []string{p.Column}, cond)
}

// exists holds for rows for which a table has a row of equal columns for which
// cond holds. Names in cond that are not qualified are those of that table,
// because the subquery has no other. Each row is looked up for itself: PostgreSQL
// would read the whole table beforehand, for every batch, but for the OFFSET.
func exists(q quoter, table, row string, columns, rowColumns []string, cond condition) string {
	end := ""
	if q.Flavor().Dialect == flavor.Postgres {
		end = " OFFSET 0"
	}
	return "EXISTS (" + matching(q, table, row, columns, rowColumns, cond) + end + ")"
}

// matching reads the rows that exists is about.
func matching(q quoter, table, row string, columns, rowColumns []string, cond condition) string {
	alias := within(row)
	var all []string
	for i, name := range columns {
		all = append(all, alias+"."+q.QuoteIdent(name)+" = "+row+"."+q.QuoteIdent(rowColumns[i]))
	}
	return fmt.Sprintf("SELECT 1 FROM %s %s WHERE %s AND %s", q.QuoteIdent(table), alias, strings.Join(all, " AND "), cond(alias))
}

// aliasPrefix begins the aliases, which no table of a service is called by.
const aliasPrefix = "purged_"

// within is the alias for what is read within a condition on a row.
func within(row string) string {
	n, _ := strconv.Atoi(strings.TrimPrefix(row, aliasPrefix)) // 0 for a table
	return aliasPrefix + strconv.Itoa(n+1)
}

// text is a condition of purge.toml in the server's dialect.
func text(q quoter, t schema.Text) string {
	text, _ := t.For(q.Flavor().Dialect)
	return "(" + text + ")"
}

// before holds if a time lies before a bound.
func before(q quoter, column string, bound time.Time) string {
	return column + " < " + q.QuoteLiteral(bound.Format("2006-01-02 15:04:05.000000"))
}

// not holds where a condition does not hold or is unknown.
func not(cond string) string { return "(" + cond + ") IS NOT TRUE" }

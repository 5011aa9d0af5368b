package schema

import (
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// This file renders for MySQL and MariaDB. While a service uses the database,
// every ALTER TABLE says how it may be done and who may go on meanwhile, so that
// the server refuses what it would else do by copying the table (MySQL manual,
// "ALTER TABLE Statement", ALGORITHM and LOCK; MariaDB, "ALTER TABLE", the
// same). The best way comes first. What the server does not support for a table
// at hand, such as an instant change of one that has had 64 of them, it is
// asked in the next best way.

// algorithm is a way in which InnoDB changes a table, the best first.
type algorithm int

const (
	wayMoment  algorithm = iota // no ALTER TABLE: CREATE, DROP and RENAME TABLE, triggers
	wayInstant                  // only what is known of the table changes
	wayNoCopy                   // an index is built or dropped; the table stays
	wayRebuild                  // the rows are written anew, while others write
	wayShared                   // the same or an index, while others read
	wayCopy                     // the server copies the rows, while others read
)

// mysql renders for MySQL and MariaDB.
func (c *form) mysql() ([]plan.Statement, error) {
	out, err := c.op.Render(c.schema)
	if err != nil {
		return nil, err
	}
	if _, plain := c.op.(*SQL); plain {
		return out, nil
	}
	way, instead := mysqlWay(c.op, c.schema)
	for i := range out {
		st := &out[i]
		if st.Data {
			continue
		}
		if !strings.HasPrefix(st.SQL, "ALTER TABLE ") {
			plan.Brief("EXCLUSIVE").On(st)
			continue
		}
		k := way.cost()
		if k.Blocks != plan.BlocksNone {
			k.Instead = instead
		}
		if c.schema.Flavor.Galera && way > wayInstant {
			k.Blocks = plan.BlocksWriters // of all nodes: total order isolation
		}
		k.On(st)
		if c.online {
			clauses := way.clauses(c.schema.Flavor, c.allowed)
			for _, other := range clauses[1:] {
				st.Fallbacks = append(st.Fallbacks, st.SQL+", "+other)
			}
			st.SQL += ", " + clauses[0]
		}
	}
	return out, nil
}

// cost is what a way costs: the lock is the least that the server grants.
func (a algorithm) cost() plan.Cost {
	switch a {
	case wayRebuild:
		return plan.Cost{Lock: "NONE", Rewrites: true, Blocks: plan.BlocksNone}
	case wayShared:
		return plan.Cost{Lock: "SHARED", Blocks: plan.BlocksWriters}
	case wayCopy:
		return plan.Cost{Lock: "SHARED", Rewrites: true, Blocks: plan.BlocksWriters}
	}
	return plan.Cost{Lock: "NONE", Blocks: plan.BlocksNone}
}

// clauses are the ways to ask for a change, the best first. Those that keep
// writers waiting are among them only where that is allowed, or where there is
// no other: such a statement is not sent unless it is allowed.
//
// MySQL takes no LOCK but DEFAULT beside INSTANT (manual, "Online DDL
// Performance and Concurrency"). MariaDB takes the name of an algorithm for the
// worst that may be used ("InnoDB Online DDL Overview").
func (a algorithm) clauses(f flavor.Flavor, blocking bool) []string {
	var out []string
	if a <= wayInstant && f.InstantDDL() {
		lock := "NONE"
		if f.Dialect == flavor.MySQL {
			lock = "DEFAULT"
		}
		out = append(out, "ALGORITHM=INSTANT, LOCK="+lock)
	}
	if a <= wayNoCopy && f.NoCopyDDL() {
		out = append(out, "ALGORITHM=NOCOPY, LOCK=NONE")
	}
	if a <= wayRebuild {
		out = append(out, "ALGORITHM=INPLACE, LOCK=NONE")
	}
	if a == wayShared || a < wayShared && blocking {
		out = append(out, "ALGORITHM=INPLACE, LOCK=SHARED")
	}
	if a == wayCopy || blocking {
		out = append(out, "ALGORITHM=COPY, LOCK=SHARED")
	}
	return out
}

// mysqlWay is the best way to do an operation, and what could be done instead
// where that blocks (MySQL manual, "Online DDL Operations"; MariaDB, "InnoDB
// Online DDL Operations with the INSTANT Alter Algorithm", and the pages on
// NOCOPY and INPLACE). What these leave open was tried on MySQL 9.7 and MariaDB
// 10.11.
func mysqlWay(o Operation, s *Schema) (algorithm, string) {
	d := s.Flavor.Dialect
	switch o := o.(type) {
	case *AddColumn:
		return addColumnWay(o, s), "add the column without the default, and set it after"
	case *DropColumn:
		return dropColumnWay(o, s), ""
	case *RenameColumn:
		// MySQL makes a check that names the column again, which looks at all rows.
		t := s.Table(o.Table)
		if d == flavor.MySQL && slices.ContainsFunc(t.Checks, func(c *Check) bool { return mentions(c.Expr, o.From) }) {
			return wayCopy, "drop the check that names the column before, and do without it"
		}
		if d == flavor.MySQL && s.referenced(o.Table, o.From) {
			return wayNoCopy, ""
		}
		return wayInstant, ""
	case *AlterColumn:
		return alterColumnWay(o, s), AnotherColumn
	case *AddIndex:
		if o.live != nil && o.live.Method == "fulltext" {
			return wayShared, TextIndexLater
		}
		return wayNoCopy, ""
	case *DropIndex, *AddUnique, *DropUnique:
		return wayNoCopy, ""
	case *AddForeignKey:
		return wayCopy, KeyLater
	case *DropForeignKey:
		if d == flavor.MySQL {
			return wayNoCopy, ""
		}
		return wayInstant, ""
	case *AddCheck:
		return wayCopy, CheckLater
	case *DropCheck:
		return wayInstant, ""
	}
	return wayMoment, ""
}

// addColumnWay: MySQL copies the table for a default that is an expression,
// MariaDB for one that is not the same for all rows.
func addColumnWay(o *AddColumn, s *Schema) algorithm {
	column, _, err := o.parts(s)
	if err != nil {
		return wayCopy
	}
	stored := strings.Contains(strings.ToUpper(column.Extra), "STORED") || strings.Contains(strings.ToUpper(column.Extra), "PERSISTENT")
	if stored || column.Default != nil && (volatile(*column.Default, s.Flavor.Dialect) || s.Flavor.Dialect == flavor.MySQL && strings.HasPrefix(*column.Default, "(")) {
		return wayCopy
	}
	return wayInstant
}

// referenced reports whether a foreign key leads to a column.
func (s *Schema) referenced(table, column string) bool {
	for _, t := range s.Tables {
		for _, f := range t.ForeignKeys {
			if sameTable(f.RefTable, table, s.Flavor) && hasColumn(f.RefColumns, column, s.Flavor.Dialect) {
				return true
			}
		}
	}
	return false
}

// dropColumnWay: an index that holds the column goes with it. MySQL rebuilds
// the table then, and MariaDB if the index holds other columns, too.
func dropColumnWay(o *DropColumn, s *Schema) algorithm {
	t, d := s.Table(o.Table), s.Flavor.Dialect
	if t == nil {
		return wayInstant
	}
	indexed, with := false, false // other columns
	for _, k := range t.Uniques {
		holds := hasColumn(k.Columns, o.Name, d)
		indexed, with = indexed || holds, with || holds && len(k.Columns) > 1
	}
	for _, x := range t.Indexes {
		holds := x.uses(o.Name, d)
		indexed, with = indexed || holds, with || holds && len(x.Columns) > 1
	}
	switch {
	case !indexed:
		return wayInstant
	case with || d == flavor.MySQL:
		return wayRebuild
	}
	return wayNoCopy
}

// alterColumnWay compares a column before and after.
func alterColumnWay(o *AlterColumn, s *Schema) algorithm {
	t, from, err := s.needColumn(o.Kind(), o.Table, o.Name)
	after := s.scratch(o.Table)
	if err != nil || o.Apply(after) != nil {
		return wayCopy
	}
	d := s.Flavor.Dialect
	changed := after.Table(o.Table)
	to := changed.column(o.Name, d)
	way := typeWay(from, to, t, s.Flavor)
	if before, then := t.columnCheck(from.Name, d), changed.columnCheck(to.Name, d); then != nil && (before == nil || before.Expr != then.Expr) {
		way = wayCopy // all rows are checked
	}
	if from.Nullable != to.Nullable {
		way = max(way, wayRebuild)
	}
	return way
}

// typeWay is the best way from one type to another: values may be added at the
// end of an enum, and a text may get longer as long as its length is kept in
// one byte, or in two; MariaDB keeps it in two from 128 bytes on.
func typeWay(from, to *Column, t *Table, f flavor.Flavor) algorithm {
	if from.Charset != to.Charset || from.Collation != to.Collation {
		return wayCopy
	}
	if from.Type == to.Type {
		return wayInstant
	}
	nameA, sizeA, _ := cutServerType(from.Type)
	nameB, sizeB, _ := cutServerType(to.Type)
	if strings.HasPrefix(from.Type, "enum(") && strings.HasPrefix(strings.TrimSuffix(to.Type, ")"), strings.TrimSuffix(from.Type, ")")+",") {
		return wayInstant
	}
	if nameA != "varchar" || nameB != "varchar" || !holds(sizeA, sizeB) {
		return wayCopy
	}
	a, b := bytes(sizeA, from, t), bytes(sizeB, to, t)
	switch {
	case f.Dialect == flavor.MariaDB && (a < 128 || a > 255 || b < 256):
		return wayInstant
	case f.Dialect == flavor.MySQL && (a > 255) == (b > 255):
		return wayNoCopy
	}
	return wayCopy
}

// bytes is the greatest length of a varchar in bytes, as far as its character
// set is known.
func bytes(size string, c *Column, t *Table) int {
	n := 0
	for _, digit := range size {
		n = n*10 + int(digit-'0')
	}
	charset := c.Charset
	if charset == "" {
		charset = t.Charset
	}
	switch {
	case strings.HasPrefix(charset, "latin"), charset == "ascii", charset == "binary":
		return n
	case charset == "utf8", charset == "utf8mb3":
		return 3 * n
	}
	return 4 * n
}

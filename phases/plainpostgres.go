package phases

import (
	"slices"
	"strings"

	"manage/engine/plan"
	"manage/engine/sqltext"
	"manage/schema"
)

// The table locks of PostgreSQL, the weakest first.
var postgresLocks = []string{"", "none", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "ACCESS EXCLUSIVE"}

const (
	shareUpdateExclusive = "SHARE UPDATE EXCLUSIVE"
	accessExclusive      = "ACCESS EXCLUSIVE"

	writeConcurrently = "write it CONCURRENTLY, in a section with no-transaction"
	writeNotValid     = "add it NOT VALID, and validate it with VALIDATE CONSTRAINT in a section with no-transaction"
	writeUsingIndex   = "build a unique index CONCURRENTLY, in a section with no-transaction, and add the constraint USING INDEX"
	proveNotNull      = "add a check that the column IS NOT NULL as NOT VALID, validate it with VALIDATE CONSTRAINT in a section with no-transaction, set NOT NULL then, and drop the check"
	atNight           = "do it with the service stopped"
	defaultLater      = "add the column without the default, set the default after, and fill the rows with a data migration"
)

// appraisePostgres appraises a statement of plain SQL. PostgreSQL has no words
// that ask it not to block; other statements do the same, which the author has
// to write, as they need other transactions (PostgreSQL manual, "Explicit
// Locking", and the notes to each statement).
func (p *planner) appraisePostgres(st *plan.Statement, o sqltext.Outline, k sqltext.Meaning) {
	concurrently := slices.Contains(o.Words, "CONCURRENTLY")
	if o.Table != "" {
		p.settleCost(st, p.alterCost(o, k), o.Table)
		st.Patient = st.Lock == shareUpdateExclusive
		return
	}
	table := ""
	if len(k.Effects) == 1 {
		table = k.Effects[0].Table
	}
	switch {
	case isIndex(k, sqltext.Create) && concurrently, isIndex(k, sqltext.Drop) && concurrently, o.Words[0] == "REINDEX" && concurrently:
		p.settleCost(st, plan.Brief(shareUpdateExclusive), table)
		st.Patient = true
	case isIndex(k, sqltext.Create):
		p.settleCost(st, plan.Cost{Lock: "SHARE", Blocks: plan.BlocksWriters, Instead: writeConcurrently}, table)
	case isIndex(k, sqltext.Drop):
		p.settleCost(st, plan.Brief(accessExclusive), table)
	case o.Words[0] == "REINDEX":
		p.settleCost(st, plan.Cost{Lock: "SHARE", Blocks: plan.BlocksAll, Instead: writeConcurrently}, p.madeIn(o.Words))
	case o.Words[0] == "CLUSTER", o.Words[0] == "VACUUM" && vacuumFull(o.Words):
		p.settleCost(st, plan.Cost{Lock: accessExclusive, Rewrites: true, Blocks: plan.BlocksAll, Instead: atNight}, p.madeIn(o.Words))
	}
}

func isIndex(k sqltext.Meaning, v sqltext.Verb) bool {
	return k.Verb == v && len(k.Effects) > 0 && k.Effects[0].Kind == sqltext.KindIndex
}

// madeIn is the table that this plan makes among the words; "" if none is.
func (p *planner) madeIn(words []string) string {
	for _, w := range words {
		if name := strings.ToLower(w); p.made[name] {
			return name
		}
	}
	return ""
}

// vacuumFull reports whether a VACUUM writes the table anew, in the old form or
// in that with options in parentheses.
func vacuumFull(words []string) bool {
	if len(words) < 2 || !strings.HasPrefix(words[1], "(") {
		return slices.Contains(words, "FULL")
	}
	for _, option := range strings.Split(strings.Trim(words[1], "()"), ",") {
		w := strings.Fields(strings.ToUpper(option))
		if len(w) > 0 && w[0] == "FULL" {
			return len(w) == 1 || !slices.Contains([]string{"FALSE", "OFF", "0"}, w[1])
		}
	}
	return false
}

// alterCost is the cost of an ALTER TABLE: the strongest lock and the most
// that its clauses block. One clause that is not known makes all of it unknown,
// unless another blocks.
func (p *planner) alterCost(o sqltext.Outline, k sqltext.Meaning) plan.Cost {
	if len(o.Clauses) != len(k.Effects) {
		return plan.Cost{}
	}
	var all plan.Cost
	known := true
	for i, c := range o.Clauses {
		one := p.clauseCost(c, k.Effects[i])
		if one.Instead != "" && all.Instead == "" || one.Blocks == plan.BlocksAll && all.Blocks != plan.BlocksAll {
			all.Blocks, all.Instead = one.Blocks, one.Instead
		}
		known = known && one.Lock != ""
		all.Rewrites = all.Rewrites || one.Rewrites
		if slices.Index(postgresLocks, one.Lock) > slices.Index(postgresLocks, all.Lock) {
			all.Lock = one.Lock
		}
	}
	switch {
	case all.Instead != "":
	case !known:
		return plan.Cost{}
	default:
		all.Blocks = plan.BlocksNone
	}
	return all
}

// clauseCost is the cost of one clause; none if it is not known.
func (p *planner) clauseCost(c sqltext.Clause, e sqltext.Effect) plan.Cost {
	all := plan.Cost{Lock: accessExclusive, Blocks: plan.BlocksAll}
	switch {
	case e.Verb == sqltext.Drop, e.Verb == sqltext.Rename:
		return plan.Brief(accessExclusive)
	case c.Words[0] == "VALIDATE":
		return plan.Brief(shareUpdateExclusive)
	case e.Verb == sqltext.Create && e.Kind == sqltext.KindColumn:
		return addedColumn(c)
	case e.Verb == sqltext.Create:
		return addedConstraint(c, e)
	case e.Kind != sqltext.KindColumn:
		return plan.Cost{}
	}
	switch rest := afterName(c.Words); {
	case starts(rest, "SET", "NOT", "NULL"):
		if p.proven(e) {
			return plan.Brief(accessExclusive)
		}
		all.Instead = proveNotNull
		return all
	case starts(rest, "DROP"), starts(rest, "SET", "DEFAULT"):
		return plan.Brief(accessExclusive)
	case starts(rest, "SET", "STATISTICS"):
		return plan.Brief(shareUpdateExclusive)
	case starts(rest, "TYPE"), starts(rest, "SET", "DATA", "TYPE"):
		if p.widens(rest, e) {
			return plan.Brief(accessExclusive)
		}
		all.Rewrites, all.Instead = true, schema.AnotherColumn
		return all
	}
	return plan.Cost{}
}

// afterName are the words behind ALTER [COLUMN] name.
func afterName(words []string) []string {
	n := 2
	if len(words) > 1 && words[1] == "COLUMN" {
		n = 3
	}
	return words[min(n, len(words)):]
}

func starts(words []string, first ...string) bool {
	return len(words) >= len(first) && slices.Equal(words[:len(first)], first)
}

// addedColumn is the cost of ADD COLUMN.
func addedColumn(c sqltext.Clause) plan.Cost {
	for i, w := range c.Words {
		switch w {
		case "CONSTRAINT", "UNIQUE", "PRIMARY", "CHECK", "REFERENCES", "COLLATE":
			return plan.Cost{}
		case "GENERATED", "SERIAL", "BIGSERIAL", "SMALLSERIAL":
			return plan.Cost{Lock: accessExclusive, Rewrites: true, Blocks: plan.BlocksAll, Instead: defaultLater}
		case "DEFAULT":
			if schema.Volatile(strings.Join(c.Words[i+1:], " ")) {
				return plan.Cost{Lock: accessExclusive, Rewrites: true, Blocks: plan.BlocksAll, Instead: defaultLater}
			}
		}
	}
	return plan.Brief(accessExclusive)
}

// addedConstraint is the cost of ADD CONSTRAINT, with that word or without.
func addedConstraint(c sqltext.Clause, e sqltext.Effect) plan.Cost {
	one := plan.Cost{Lock: accessExclusive, Blocks: plan.BlocksAll, Instead: writeNotValid}
	switch e.Kind {
	case sqltext.KindForeignKey:
		one.Lock, one.Blocks = "SHARE ROW EXCLUSIVE", plan.BlocksWriters
	case sqltext.KindPrimaryKey, sqltext.KindUnique:
		one.Instead = writeUsingIndex
	case sqltext.KindConstraint:
		one.Instead = atNight // EXCLUDE
	}
	for i := range c.Words {
		if starts(c.Words[i:], "NOT", "VALID") || starts(c.Words[i:], "USING", "INDEX") && !starts(c.Words[i:], "USING", "INDEX", "TABLESPACE") {
			return plan.Brief(one.Lock)
		}
	}
	return one
}

// proven reports whether a valid check proves that a column has no nulls, or is
// validated by a statement before.
func (p *planner) proven(e sqltext.Effect) bool {
	t := p.state.Table(e.Table)
	if p.validated[e.Table] || t == nil {
		return p.validated[e.Table]
	}
	for _, c := range t.Checks {
		text := strings.ToLower(strings.NewReplacer("(", " ", ")", " ", `"`, "").Replace(c.Expr))
		if !c.NotValid && strings.Join(strings.Fields(text), " ") == strings.ToLower(e.Name)+" is not null" {
			return true
		}
	}
	return false
}

// widens reports whether another type of a column is written into no row.
func (p *planner) widens(rest []string, e sqltext.Effect) bool {
	t := p.state.Table(e.Table)
	if t == nil || p.state.Opaque || slices.Contains(rest, "USING") || slices.Contains(rest, "COLLATE") {
		return false
	}
	rest = rest[slices.Index(rest, "TYPE")+1:]
	to := strings.ToLower(strings.ReplaceAll(strings.Join(rest, " "), " (", "("))
	if n, ok := strings.CutPrefix(to, "varchar"); ok {
		to = "character varying" + n
	}
	for _, c := range t.Columns {
		if c.Name == e.Name {
			return !schema.Rewrites(c.Type, to)
		}
	}
	return false
}

package phases

import (
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/sqltext"
	"manage/schema"
)

// appraiseMySQL appraises a change of a table or index. Only the server knows
// in which way it can make most of them: it is asked for the ways that let
// others write, and refuses where there is none.
func (p *planner) appraiseMySQL(st *plan.Statement, o sqltext.Outline, k sqltext.Meaning) {
	table, index := o.Table, indexTable(o, k)
	if index != "" {
		table = index
	}
	if table == "" || !k.Known || len(k.Effects) == 0 || saysHow(o.Words) {
		return
	}
	if k.Verb == sqltext.Rename {
		p.settleCost(st, plan.Brief("EXCLUSIVE"), table)
		return
	}
	if c, ok := p.mysqlBlocks(o, k); ok {
		p.settleCost(st, c, table)
		return
	}
	dropping := index != "" && k.Verb == sqltext.Drop && p.state.Flavor.Dialect == flavor.MariaDB // has no words for how
	switch {
	case index != "" && (dropping || !p.online || p.made[table]):
		p.settleCost(st, plan.Brief("NONE"), table)
		return
	case !p.online || p.made[table]:
		p.settleCost(st, plan.Cost{}, table)
		return
	}
	c := plan.Brief("NONE")
	if p.state.Flavor.Galera {
		c.Blocks = "" // of all nodes, unless it is instant
	}
	c.On(st)
	p.ask(st, index != "")
}

// ask adds to a statement how it may be done, the best way first. Where it may
// block, the server chooses in the end.
func (p *planner) ask(st *plan.Statement, index bool) {
	written := st.SQL
	for i, clauses := range schema.OnlineClauses(p.state.Flavor, index) {
		text := written + ", " + clauses
		if index {
			text = written + " " + strings.ReplaceAll(clauses, ",", "")
		}
		if i == 0 {
			st.SQL = text
			continue
		}
		st.Fallbacks = append(st.Fallbacks, text)
	}
	if p.allowed {
		st.Fallbacks = append(st.Fallbacks, written)
	}
}

// indexTable is the table of a CREATE INDEX or DROP INDEX; "" for others.
func indexTable(o sqltext.Outline, k sqltext.Meaning) string {
	if o.Table == "" && len(k.Effects) == 1 && k.Effects[0].Kind == sqltext.KindIndex && (k.Verb == sqltext.Create || k.Verb == sqltext.Drop) {
		return k.Effects[0].Table
	}
	return ""
}

// saysHow reports whether a statement says by itself how it may be done, or has
// a part behind which nothing can be added.
func saysHow(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		switch w {
		case "ALGORITHM", "LOCK", "PARTITION", "PARTITIONS", "PARTITIONING", "ORDER", "DISCARD", "IMPORT":
			return true
		}
		return false
	})
}

// mysqlBlocks is the cost of what neither server does while others write.
func (p *planner) mysqlBlocks(o sqltext.Outline, k sqltext.Meaning) (plan.Cost, bool) {
	for _, w := range o.Words {
		if w == "FULLTEXT" || w == "SPATIAL" {
			return plan.Cost{Lock: "SHARED", Blocks: plan.BlocksWriters, Instead: schema.TextIndexLater}, true
		}
	}
	for i, e := range k.Effects {
		copies := plan.Cost{Lock: "SHARED", Rewrites: true, Blocks: plan.BlocksWriters}
		switch {
		case e.Verb == sqltext.Alter && e.Kind == sqltext.KindColumn && len(o.Clauses) == len(k.Effects) && p.retypes(o.Clauses[i].Words, e):
			copies.Instead = schema.AnotherColumn
			return copies, true
		case e.Verb != sqltext.Create:
			continue
		case e.Kind == sqltext.KindForeignKey:
			copies.Instead = schema.KeyLater
			return copies, true
		case e.Kind == sqltext.KindCheck:
			copies.Instead = schema.CheckLater
			return copies, true
		}
	}
	return plan.Cost{}, false
}

// storedTypes are names of types that are stored in ways of their own, as the
// servers report them. Synonyms are not among them.
var storedTypes = strings.Fields("tinyint smallint mediumint int bigint float double decimal date datetime timestamp time year" +
	" char varchar binary varbinary tinytext text mediumtext longtext tinyblob blob mediumblob longblob")

// retypes reports whether a MODIFY, or a CHANGE that leaves the name, gives a
// column a type of another name, for which both servers copy the table. Where
// the names do not tell, the server is asked.
func (p *planner) retypes(words []string, e sqltext.Effect) bool {
	t := p.state.Table(e.Table)
	if t == nil || p.state.Opaque || words[0] != "MODIFY" && words[0] != "CHANGE" {
		return false
	}
	rest := afterName(words)
	if words[0] == "CHANGE" && len(rest) > 0 {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return false
	}
	to := baseType(strings.ToLower(rest[0]))
	for _, c := range t.Columns {
		if from := baseType(c.Type); strings.EqualFold(c.Name, e.Name) {
			return from != to && slices.Contains(storedTypes, from) && slices.Contains(storedTypes, to)
		}
	}
	return false
}

// baseType is the name of a type without its length and what follows.
func baseType(text string) string {
	name, _, _ := strings.Cut(text, "(")
	name, _, _ = strings.Cut(name, " ")
	return name
}

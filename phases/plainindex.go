package phases

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/engine/sqltext"
	"manage/migrations/catalog"
	"manage/schema"
)

// This file sees to indexes that PostgreSQL keeps and does not use, where plain
// SQL makes an index: IF NOT EXISTS takes one for an index that is there.

// NotPossible is an operation that the server could not do, whatever is done
// before.
type NotPossible struct {
	Revision string
	Source   revision.Source
	Reason   string
	Hint     string
}

func (e *NotPossible) Error() string { return fmt.Sprintf("%s: %s", e.Revision, e.Reason) }

// notPossible is an error of one operation, whose revision is added later.
type notPossible struct{ reason, hint string }

func (e *notPossible) Error() string { return e.reason }

// plainIndex is what comes before a statement of plain SQL for the sake of its
// indexes.
func (p *planner) plainIndex(st plan.Statement, c catalog.Change) ([]plan.Statement, error) {
	_, plain := c.Op.(*schema.SQL)
	if !plain || p.state.Flavor.Dialect != flavor.Postgres || st.Data {
		return nil, nil
	}
	return p.clearing(st), p.usesInvalid(st)
}

// clearing are the statements before one that drop what builds of its index
// left. They are in the live schema, so no transaction of this run made them.
func (p *planner) clearing(st plan.Statement) []plan.Statement {
	e := st.Effect
	if k := sqltext.Classify(st.SQL, flavor.Postgres); e == nil && isIndex(k, sqltext.Create) && k.Effects[0].Table != "" {
		e = &plan.Effect{Kind: plan.KindIndex, Table: k.Effects[0].Table, Present: true} // the server names it
	}
	if e == nil {
		return nil
	}
	var all []plan.Statement
	for _, x := range p.leftovers(*e, st) {
		if p.cleared[x.Name] {
			continue
		}
		p.clear(x.Name)
		drop := plan.Statement{SQL: "DROP INDEX IF EXISTS " + quotedName(x.Name), Position: st.Position,
			Effect: &plan.Effect{Kind: plan.KindIndex, Name: x.Name}}
		plan.Brief(accessExclusive).On(&drop)
		if st.NoTransaction && !x.Partitioned() {
			drop.SQL = "DROP INDEX CONCURRENTLY IF EXISTS " + quotedName(x.Name)
			drop.NoTransaction, drop.Patient = true, true
			plan.Brief(shareUpdateExclusive).On(&drop)
		}
		all = append(all, drop)
	}
	if e.Kind == plan.KindIndex && e.Present {
		p.clear(e.Name)
	}
	return all
}

// clear notes that the plan builds an index, or drops what is left of it.
func (p *planner) clear(name string) {
	if p.cleared == nil {
		p.cleared = map[string]bool{}
	}
	p.cleared[name] = true
}

func quotedName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// leftovers are the indexes that are not valid and in the way of a statement.
// That of a partitioned table is, unless it is put together of those of the
// partitions (ON ONLY).
func (p *planner) leftovers(e plan.Effect, st plan.Statement) []*schema.Index {
	found := p.state.LeftoverIndexes(e)
	o, _ := sqltext.Outlined(st.SQL, flavor.Postgres)
	if e.Kind != plan.KindIndex || !e.Present || slices.Contains(o.Words, "ONLY") {
		return found
	}
	for _, name := range p.state.TableNames() {
		for _, x := range p.state.Tables[name].Indexes {
			if !x.Valid && x.Partitioned() && x.Name == e.Name && (e.Table == "" || e.Table == name) {
				found = append(found, x)
			}
		}
	}
	return found
}

// indexEffect completes what is known of a REINDEX: it can be sent again, once
// what it left is gone.
func indexEffect(st *plan.Statement) {
	if o, ok := sqltext.Outlined(st.SQL, flavor.Postgres); ok && len(o.Words) > 0 && o.Words[0] == "REINDEX" {
		st.Effect = reindexed(o.Words)
	}
}

// reindexed is the effect of a REINDEX.
func reindexed(words []string) *plan.Effect {
	if !slices.Contains(words, "CONCURRENTLY") {
		return &plan.Effect{Kind: plan.KindNothing}
	}
	e := &plan.Effect{Kind: plan.KindReindex}
	name := words[len(words)-1]
	if strings.HasPrefix(name, `"`) {
		name = strings.ReplaceAll(strings.Trim(name, `"`), `""`, `"`)
	} else {
		name = strings.ToLower(name)
	}
	switch {
	case slices.Contains(words, "INDEX"):
		e.Name = name
	case slices.Contains(words, "TABLE"):
		e.Table = name
	}
	return e
}

// usesInvalid refuses a constraint that is to be made of an index that is not
// valid, unless the plan builds that before.
func (p *planner) usesInvalid(st plan.Statement) error {
	o, ok := sqltext.Outlined(st.SQL, flavor.Postgres)
	if !ok || p.state.Flavor.Dialect != flavor.Postgres {
		return nil
	}
	for _, c := range o.Clauses {
		for i := range c.Words {
			if !starts(c.Words[i:], "USING", "INDEX") || i+2 >= len(c.Words) || c.Words[i+2] == "TABLESPACE" {
				continue
			}
			name := reindexed([]string{"CONCURRENTLY", "INDEX", c.Words[i+2]}).Name
			for _, table := range p.state.TableNames() {
				for _, x := range p.state.Tables[table].Indexes {
					if x.Name == name && !x.Valid && !p.cleared[name] {
						return &notPossible{
							reason: fmt.Sprintf("the index %s of table %s is not valid, so that no constraint can be made of it", name, table),
							hint:   fmt.Sprintf("Build it again with REINDEX INDEX CONCURRENTLY %s, or drop it and create it in the revision before.", quotedName(name))}
					}
				}
			}
		}
	}
	return nil
}

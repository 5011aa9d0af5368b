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

// plainIndex is what comes before a statement of plain SQL for the sake of its
// indexes.
func (p *planner) plainIndex(st plan.Statement, c catalog.Change) ([]plan.Statement, error) {
	_, plain := c.Op.(*schema.SQL)
	if !plain || p.state.Flavor.Dialect != flavor.Postgres || st.Data {
		return nil, nil
	}
	if err := p.acrossPartitions(st); err != nil {
		return nil, err
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

// indexEffect completes what is known of statements about indexes and
// partitions: a REINDEX, and the attachment of an index, can be sent again; a
// look tells of an index of a partitioned table that its partitions lack yet,
// and of a partition that comes or goes.
func indexEffect(st *plan.Statement) {
	o, ok := sqltext.Outlined(st.SQL, flavor.Postgres)
	switch {
	case !ok || len(o.Words) < 2:
	case o.Words[0] == "REINDEX":
		st.Effect = reindexed(o.Words)
	case starts(o.Words, "ALTER", "INDEX") && slices.Contains(o.Words, "ATTACH"):
		st.Effect = &plan.Effect{Kind: plan.KindNothing}
	case o.Words[0] == "CREATE" && st.Effect != nil && st.Effect.Kind == plan.KindIndex && onlyTable(o.Words):
		st.Effect.Kind = plan.KindShell
	case len(o.Clauses) == 1 && len(o.Clauses[0].Words) > 2:
		words := o.Clauses[0].Words
		if starts(words, "ATTACH", "PARTITION") || starts(words, "DETACH", "PARTITION") {
			st.Effect = &plan.Effect{Kind: plan.KindPartition, Table: o.Table, Name: partitionName(words[2:]), Present: words[0] == "ATTACH"}
		}
	}
}

// onlyTable reports whether a CREATE INDEX says ON ONLY.
func onlyTable(words []string) bool {
	at := slices.Index(words, "ON")
	return at > 0 && at+1 < len(words) && words[at+1] == "ONLY"
}

// partitionName is the name at the beginning of words, without its schema.
func partitionName(words []string) string {
	if len(words) > 2 && words[1] == "." {
		words = words[2:]
	}
	return plainName(words[0])
}

// plainName is the name that a word of an outline stands for.
func plainName(word string) string {
	if strings.HasPrefix(word, `"`) {
		return strings.ReplaceAll(strings.Trim(word, `"`), `""`, `"`)
	}
	return strings.ToLower(word)
}

// finalize completes a DETACH PARTITION CONCURRENTLY that did not come to its
// end: sent again, it is refused.
func (p *planner) finalize(st *plan.Statement) {
	e := st.Effect
	if e == nil || e.Kind != plan.KindPartition || e.Present {
		return
	}
	t := p.state.Table(e.Table)
	if t == nil || !slices.ContainsFunc(t.Partitions, func(o schema.Partition) bool { return o.Name == e.Name && o.Detaching }) {
		return
	}
	st.SQL = "ALTER TABLE " + quotedName(e.Table) + " DETACH PARTITION " + quotedName(e.Name) + " FINALIZE"
}

// acrossPartitions refuses what PostgreSQL does not do for a partitioned table.
func (p *planner) acrossPartitions(st plan.Statement) error {
	o, ok := sqltext.Outlined(st.SQL, flavor.Postgres)
	k := sqltext.Classify(st.SQL, flavor.Postgres)
	if !ok {
		return nil
	}
	concurrently := slices.Contains(o.Words, "CONCURRENTLY")
	switch {
	case isIndex(k, sqltext.Create) && concurrently && p.isPartitioned(k.Effects[0].Table):
		return &schema.ImpossibleError{Reason: "PostgreSQL builds no index of the partitioned table " + k.Effects[0].Table + " CONCURRENTLY",
			Hint: "Use add_index, which builds it in one partition after the other, or write CREATE INDEX … ON ONLY, build it in each partition, and attach these."}
	case isIndex(k, sqltext.Drop) && concurrently && p.ofPartitioned(k.Effects[0].Name):
		return &schema.ImpossibleError{Reason: "PostgreSQL drops no index of a partitioned table CONCURRENTLY: " + k.Effects[0].Name, Hint: "Write DROP INDEX without it."}
	case p.isPartitioned(o.Table) && !p.state.Flavor.AtLeast(18, 0, 0):
		for i, c := range o.Clauses {
			if i < len(k.Effects) && k.Effects[i].Kind == sqltext.KindForeignKey && k.Effects[i].Verb == sqltext.Create && len(c.Words) > 1 && starts(c.Words[len(c.Words)-2:], "NOT", "VALID") {
				return &schema.ImpossibleError{Reason: "before release 18 PostgreSQL adds no foreign key NOT VALID to the partitioned table " + o.Table,
					Hint: "Use add_foreign_key, which adds it to one partition after the other."}
			}
		}
	}
	return nil
}

func (p *planner) isPartitioned(table string) bool {
	t := p.state.Table(table)
	return t != nil && t.Partitioned
}

// ofPartitioned reports whether an index is that of a partitioned table.
func (p *planner) ofPartitioned(index string) bool {
	for _, t := range p.state.Tables {
		for _, x := range t.Indexes {
			if x.Name == index {
				return t.Partitioned
			}
		}
	}
	return false
}

// reindexed is the effect of a REINDEX.
func reindexed(words []string) *plan.Effect {
	if !slices.Contains(words, "CONCURRENTLY") {
		return &plan.Effect{Kind: plan.KindNothing}
	}
	e := &plan.Effect{Kind: plan.KindReindex}
	name := plainName(words[len(words)-1])
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
						return &schema.ImpossibleError{
							Reason: fmt.Sprintf("the index %s of table %s is not valid, so that no constraint can be made of it", name, table),
							Hint:   fmt.Sprintf("Build it again with REINDEX INDEX CONCURRENTLY %s, or drop it and create it in the revision before.", quotedName(name))}
					}
				}
			}
		}
	}
	return nil
}

package schema

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/flavor"
)

// Partition is a partition of a PostgreSQL table.
type Partition struct {
	Name string
	// Schema is the schema that it is in, "" for that of its table.
	Schema string
	// Foreign is true for a foreign table.
	Foreign bool
	// Detaching is true if a DETACH PARTITION CONCURRENTLY did not come to its
	// end.
	Detaching bool
}

// ImpossibleError says that a server cannot do an operation, whatever is done
// before.
type ImpossibleError struct {
	Reason, Hint string
}

func (e *ImpossibleError) Error() string { return e.Reason }

// postgresPartitions reads which tables are partitioned, by what, and into
// what. to_jsonb reads a column that older releases do not have.
func (i *inspector) postgresPartitions() error {
	var table, schema, child, kind, key, numbers string
	var detaching bool
	return i.each(`SELECT c.relname, '', '', 'k', `+attributeNames("c.oid", "p.partattrs")+`, p.partattrs::text, false, c.oid, 0::oid
		FROM pg_catalog.pg_partitioned_table p JOIN pg_catalog.pg_class c ON c.oid = p.partrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = `+i.here()+`
		UNION ALL SELECT c.relname, coalesce(nullif(cn.nspname, n.nspname), ''), ch.relname, ch.relkind::text, '', '', coalesce(to_jsonb(h) ->> 'inhdetachpending' = 'true', false), c.oid, ch.oid
		FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class c ON c.oid = h.inhparent AND c.relkind = 'p' JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			JOIN pg_catalog.pg_class ch ON ch.oid = h.inhrelid JOIN pg_catalog.pg_namespace cn ON cn.oid = ch.relnamespace
		WHERE n.nspname = `+i.here()+` ORDER BY 8, 9`,
		[]any{&table, &schema, &child, &kind, &key, &numbers, &detaching, new(int64), new(int64)}, func() error {
			t := i.s.Tables[table]
			switch {
			case t == nil:
			case kind == "k":
				t.Partitioned, t.PartitionKey = true, splitUnits(key)
				if slices.Contains(strings.Fields(numbers), "0") {
					t.PartitionKey = append(t.PartitionKey, "") // an expression
				}
			default:
				t.Partitions = append(t.Partitions, Partition{Name: child, Schema: schema, Foreign: kind == "f", Detaching: detaching})
			}
			return nil
		})
}

// node is a partition, or a partition of one, below a table.
type node struct {
	*Table
	children []*node
}

// tree are the partitions of a table. why says what keeps them from being
// changed one by one; "" if nothing does.
func (s *Schema) tree(t *Table) (nodes []*node, why string) {
	for _, p := range t.Partitions {
		child := s.Tables[p.Name]
		switch {
		case p.Detaching:
			return nil, fmt.Sprintf("its partition %s is half detached", p.Name)
		case p.Foreign:
			return nil, fmt.Sprintf("its partition %s is a foreign table", p.Name)
		case p.Schema != "" || child == nil:
			return nil, fmt.Sprintf("its partition %s is in another schema", p.Name)
		}
		n := &node{Table: child}
		if n.children, why = s.tree(child); why != "" {
			return nil, why
		}
		nodes = append(nodes, n)
	}
	return nodes, ""
}

// leaves are the tables that hold the rows.
func leaves(nodes []*node) []*Table {
	var all []*Table
	for _, n := range nodes {
		if n.Partitioned {
			all = append(all, leaves(n.children)...)
		} else {
			all = append(all, n.Table)
		}
	}
	return all
}

// uniqueAcross says why a unique constraint or index over columns cannot be on a
// table: PostgreSQL looks into one partition at a time, so that all columns of
// the partition key must be in it, those of partitions that are themselves
// partitioned among them (manual, "CREATE TABLE", UNIQUE).
func (s *Schema) uniqueAcross(t *Table, columns []string) error {
	if s.Flavor.Dialect != flavor.Postgres || !t.Partitioned {
		return nil
	}
	for _, key := range t.PartitionKey {
		switch {
		case key == "":
			return &ImpossibleError{Reason: fmt.Sprintf("table %s is partitioned by an expression, so that PostgreSQL keeps nothing unique across its partitions", t.Name),
				Hint: "Make it unique in each partition, or partition by columns."}
		case !slices.Contains(columns, key):
			return &ImpossibleError{Reason: fmt.Sprintf("table %s is partitioned by %s, which a unique constraint must contain; (%s) does not", t.Name, key, strings.Join(columns, ", ")),
				Hint: "Add the columns of the partition key to it, or make it unique in each partition."}
		}
	}
	for _, p := range t.Partitions {
		if child := s.Tables[p.Name]; child != nil && p.Schema == "" {
			if err := s.uniqueAcross(child, columns); err != nil {
				return err
			}
		}
	}
	return nil
}

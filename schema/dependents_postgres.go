package schema

import (
	"strings"
)

// postgresObjects are the objects that can depend on a table or a column, with
// the schema and the table that they belong to (PostgreSQL manual, "pg_depend").
// plain is true for what is of one column alone.
const postgresObjects = `
	SELECT 'pg_rewrite'::regclass::oid AS classid, r.oid, CASE WHEN r.rulename <> '_RETURN' THEN 'rule' WHEN c.relkind = 'm' THEN 'materialized view' ELSE 'view' END AS kind,
		CASE WHEN r.rulename <> '_RETURN' THEN r.rulename ELSE c.relname END AS name, CASE WHEN r.rulename <> '_RETURN' THEN c.oid ELSE 0 END AS rel, c.relnamespace AS nsp, 0 AS sub, false AS plain
		FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
	UNION ALL SELECT 'pg_policy'::regclass, oid, 'policy', polname, polrelid, 0, 0, false FROM pg_catalog.pg_policy
	UNION ALL SELECT 'pg_trigger'::regclass, oid, 'trigger', tgname, tgrelid, 0, 0, false FROM pg_catalog.pg_trigger WHERE NOT tgisinternal
	UNION ALL SELECT 'pg_class'::regclass, i.indexrelid, 'index', c.relname, i.indrelid, 0, 0, i.indnatts = 1 AND i.indexprs IS NULL AND i.indpred IS NULL
		FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE NOT c.relispartition
	UNION ALL SELECT 'pg_class'::regclass, oid, CASE WHEN relispartition THEN 'partition' ELSE 'table' END, relname, 0, relnamespace, 0, false
		FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'f')
	UNION ALL SELECT 'pg_class'::regclass, attrelid, 'column', attname, attrelid, 0, attnum, false FROM pg_catalog.pg_attribute WHERE attnum > 0 AND NOT attisdropped
	UNION ALL SELECT 'pg_constraint'::regclass, oid, CASE contype WHEN 'u' THEN 'unique constraint' WHEN 'c' THEN 'check constraint' WHEN 'f' THEN 'foreign key'
			WHEN 'x' THEN 'exclusion constraint' ELSE 'primary key' END, conname, conrelid, 0, 0, cardinality(conkey) = 1 AND contype <> 'x'
		FROM pg_catalog.pg_constraint WHERE conrelid <> 0
	UNION ALL SELECT 'pg_attrdef'::regclass, d.oid, CASE WHEN a.attgenerated <> '' THEN 'generated column' ELSE 'default' END, a.attname, d.adrelid, 0, 0, true
		FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
	UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, 'statistics object', stxname, stxrelid, 0, 0, false FROM pg_catalog.pg_statistic_ext
	UNION ALL SELECT 'pg_publication_rel'::regclass, r.oid, 'publication', p.pubname, 0, 0, 0, false
		FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
	UNION ALL SELECT 'pg_proc'::regclass, oid, CASE prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, proname, 0, pronamespace, 0, false FROM pg_catalog.pg_proc`

// postgresDependents are what PostgreSQL says depends on some tables, and the
// functions whose bodies it keeps as text.
func (i *inspector) postgresDependents(tables []string) ([]Dependent, error) {
	if len(tables) == 0 {
		return nil, nil
	}
	all, err := i.postgresKnown(tables)
	if err != nil {
		return nil, err
	}
	i.markComputed(all)
	partitioned, err := i.postgresPartitioning(tables)
	if err != nil {
		return nil, err
	}
	all = append(all, partitioned...)
	for _, name := range tables {
		all = append(all, i.s.partitionKeys(i.s.Table(name))...)
	}
	functions, err := i.postgresFunctions()
	if err != nil {
		return nil, err
	}
	for _, tr := range i.s.dependentTexts() {
		if tr.Kind == "trigger" { // views are known
			tr.Events = nil
			all = append(all, tr)
		}
	}
	firing, err := i.postgresFiring(tables)
	return append(append(all, functions...), firing...), err
}

// partitionKeys are the columns that partitions of a table are partitioned by
// themselves, which PostgreSQL does not remove from the table either.
func (s *Schema) partitionKeys(t *Table) []Dependent {
	if t == nil {
		return nil
	}
	var all []Dependent
	for _, p := range t.Partitions {
		child := s.Tables[p.Name]
		if child == nil || p.Schema != "" {
			continue
		}
		for _, column := range child.PartitionKey {
			if column != "" {
				all = append(all, Dependent{Kind: "partitioning", Name: "by " + strings.Join(child.PartitionKey, ", "), On: child.Name, Table: t.Name, Column: column, Held: true})
			}
		}
		for _, d := range s.partitionKeys(child) {
			d.Table = t.Name
			all = append(all, d)
		}
	}
	return all
}

// postgresKnown reads pg_depend. What depends on a table by its row type counts
// as depending on the table, and what depends on a child of a table, such as a
// partition, as depending on the table. An automatic dependency goes with what it depends
// on; all others hold it. Internal ones are parts of the table itself.
func (i *inspector) postgresKnown(tables []string) ([]Dependent, error) {
	var d Dependent
	var nsp string
	var all []Dependent
	err := i.each(`WITH RECURSIVE family(root, oid, reltype) AS (
			SELECT c.relname, c.oid, c.reltype FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
				WHERE c.relkind IN ('r', 'p') AND cn.nspname = `+i.here()+` AND c.relname IN (`+i.literals(tables)+`)
			UNION SELECT f.root, c.oid, c.reltype FROM family f JOIN pg_catalog.pg_inherits h ON h.inhparent = f.oid JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid)
		SELECT c.root, coalesce(a.attname, ''), o.kind, o.name, coalesce(oc.relname, ''), coalesce(nullif(n.nspname, `+i.here()+`), ''), bool_and(o.plain), NOT bool_or(d.deptype = 'a')
		FROM family c JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid OR d.refclassid = 'pg_type'::regclass AND d.refobjid = c.reltype
			JOIN (`+postgresObjects+`) o ON o.classid = d.classid AND o.oid = d.objid AND o.sub = d.objsubid
			LEFT JOIN pg_catalog.pg_attribute a ON d.refclassid = 'pg_class'::regclass AND a.attrelid = c.oid AND a.attnum = d.refobjsubid AND a.attnum > 0
			LEFT JOIN pg_catalog.pg_class oc ON oc.oid = o.rel
			LEFT JOIN pg_catalog.pg_namespace n ON n.oid = coalesce(oc.relnamespace, nullif(o.nsp, 0))
		WHERE d.deptype IN ('n', 'a')
		GROUP BY 1, 2, 3, 4, 5, 6, o.oid, o.classid ORDER BY 1, 2, 3, 4`,
		[]any{&d.Table, &d.Column, &d.Kind, &d.Name, &d.On, &nsp, &d.Plain, &d.Held}, func() error {
			add := d
			add.qualify(nsp)
			all = append(all, add)
			return nil
		})
	return all, err
}

// qualify writes the schema before an object of another one.
func (d *Dependent) qualify(schema string) {
	switch {
	case schema == "":
	case d.On != "":
		d.On = schema + "." + d.On
	default:
		d.Name = schema + "." + d.Name
	}
}

// postgresFunctions reads the functions whose bodies are text, which PostgreSQL
// does not look into, with the tables whose rows are their arguments. Those of
// triggers of this schema are told of with these; those of extensions and of
// the server are not among them.
func (i *inspector) postgresFunctions() ([]Dependent, error) {
	var d Dependent
	var nsp, tables string
	var all []Dependent
	err := i.each(`SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, p.proname, coalesce(nullif(n.nspname, `+i.here()+`), ''), p.prosrc,
			coalesce((SELECT string_agg(c.relname, chr(31)) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
				WHERE cn.nspname = `+i.here()+` AND c.reltype <> 0 AND c.reltype = ANY (p.proargtypes)), '')
		FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace JOIN pg_catalog.pg_language l ON l.oid = p.prolang
		WHERE l.lanname NOT IN ('c', 'internal') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_temp\_%'
			AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')
			AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
				WHERE t.tgfoid = p.oid AND NOT t.tgisinternal AND cn.nspname = `+i.here()+`)
		ORDER BY 2, p.oid`, []any{&d.Kind, &d.Name, &nsp, &d.Text, &tables}, func() error {
		add := d
		add.Tables = splitUnits(tables)
		add.qualify(nsp)
		all = append(all, add)
		return nil
	})
	return all, err
}

// postgresFiring reads the triggers and rules that fire for rows of some
// tables: those that are not switched off in an ordinary session, and not those
// that keep constraints.
func (i *inspector) postgresFiring(tables []string) ([]Dependent, error) {
	var d Dependent
	var kind int
	var of string
	var all []Dependent
	here := ` AND n.nspname = ` + i.here() + ` AND c.relname IN (` + i.literals(tables) + `)`
	err := i.each(`SELECT 'trigger', t.tgname, c.relname, t.tgtype::int,
			coalesce((SELECT string_agg(a.attname, chr(31)) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (t.tgattr)), '')
		FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')`+here+`
		UNION ALL SELECT 'rule', r.rulename, c.relname, CASE r.ev_type WHEN '2' THEN 16 WHEN '3' THEN 4 WHEN '4' THEN 8 ELSE 0 END, ''
		FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE r.rulename <> '_RETURN' AND r.ev_enabled IN ('O', 'A')`+here,
		[]any{&d.Kind, &d.Name, &d.On, &kind, &of}, func() error {
			add := d
			_, events := postgresTriggerType(kind)
			add.Events, add.Of = strings.Split(events, " or "), splitUnits(of)
			all = append(all, add)
			return nil
		})
	return all, err
}

// literals is a list of names as SQL literals.
func (i *inspector) literals(names []string) string {
	quoted := make([]string, len(names))
	for n, name := range names {
		quoted[n] = quoteLiteral(name, i.s.Flavor.Dialect)
	}
	return strings.Join(quoted, ", ")
}

package rowaccess

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/quote"
)

// reached lists, for each relation that is named, itself and what it reads as a
// view: the name's place in the list, the relation, whether it is the named one,
// its kind, as whom it is read, whether that role is the session's, and whether
// row-level security applies to it (PostgreSQL manual, "Row Security Policies"
// and CREATE VIEW, "security_invoker"). A partition is read through its parent,
// whose policies alone apply then.
const reached = `WITH RECURSIVE named (place, nsp, rel) AS (VALUES %s),
reached (place, oid, who, direct) AS (
	SELECT n.place, c.oid, (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = current_user), true
	FROM named n JOIN pg_catalog.pg_class c ON c.relname = n.rel JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
	WHERE CASE WHEN n.nsp = '' THEN pg_catalog.pg_table_is_visible(c.oid) ELSE s.nspname = n.nsp END AND c.relkind IN ('r', 'p', 'v', 'f', 'm')
	UNION
	SELECT x.place, d.refobjid, CASE WHEN EXISTS (SELECT 1 FROM unnest(v.reloptions) o WHERE o ~* '^security_invoker=(t|y|on|1)') THEN x.who ELSE v.relowner END, false
	FROM reached x JOIN pg_catalog.pg_class v ON v.oid = x.oid AND v.relkind = 'v'
		JOIN pg_catalog.pg_rewrite w ON w.ev_class = v.oid
		JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = w.oid
			AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> v.oid
)
SELECT x.place::text, c.relname::text, x.direct::text, c.relkind::text, r.rolname::text, (r.rolname = current_user)::text,
	CASE WHEN r.rolname = current_user THEN pg_catalog.row_security_active(c.oid)
		ELSE c.relrowsecurity AND NOT r.rolsuper AND NOT r.rolbypassrls AND NOT (pg_catalog.pg_has_role(x.who, c.relowner, 'USAGE') AND NOT c.relforcerowsecurity) END::text,
	pg_catalog.pg_has_role(x.who, c.relowner, 'USAGE')::text, o.rolname::text,
	COALESCE((SELECT string_agg(p.polname, ', ' ORDER BY p.polname) FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid), ''),
	(c.relkind = 'f' OR EXISTS (SELECT 1 FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class f ON f.oid = i.inhrelid WHERE i.inhparent = c.oid AND f.relkind = 'f'))::text,
	CASE WHEN s.nspname = current_schema() THEN '' ELSE s.nspname::text END
FROM reached x JOIN pg_catalog.pg_class c ON c.oid = x.oid JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
	JOIN pg_catalog.pg_roles r ON r.oid = x.who JOIN pg_catalog.pg_roles o ON o.oid = c.relowner
WHERE c.relkind IN ('r', 'p', 'f', 'm') ORDER BY x.place, NOT x.direct, c.relname`

// relation is a row of that query.
type relation struct {
	table, who, owner, policies  string
	own, hidden, member, foreign bool
	quoted                       string // the table as SQL
	view                         string // the view through which it is reached; "" if it is named itself
}

// postgresProblems asks PostgreSQL.
func postgresProblems(ctx context.Context, q database.Querier, uses []Use) ([]Problem, error) {
	names, of := distinct(slices.DeleteFunc(slices.Clone(uses), func(u Use) bool { return u.Freed }))
	if len(names) == 0 {
		return nil, nil
	}
	values := make([]string, len(names))
	for i, n := range names {
		values[i] = fmt.Sprintf("(%d, %s, %s)", i, quote.Text(n.Schema, flavor.Postgres), quote.Text(n.Table, flavor.Postgres))
	}
	rows, err := readTexts(ctx, q, fmt.Sprintf(reached, strings.Join(values, ", ")))
	if err != nil {
		return nil, err
	}
	var found []Problem
	told := map[string]bool{}
	for _, r := range rows {
		var place int
		if _, err := fmt.Sscan(r[0], &place); err != nil || place >= len(names) {
			return nil, fmt.Errorf("the server names no relation that was asked for: %q", r[0])
		}
		rel := relationOf(r, names[place].Table)
		var p Problem
		switch {
		case rel.hidden:
			p = rel.hiding(by(of[place]))
		case rel.foreign && writes(of[place]):
			p = rel.elsewhere(by(of[place]))
		default:
			continue
		}
		if !told[p.Text] {
			told[p.Text] = true
			found = append(found, p)
		}
	}
	return found, nil
}

// relationOf reads a row for a name.
func relationOf(r []string, named string) relation {
	rel := relation{table: r[1], who: r[4], own: r[5] == "true", hidden: r[6] == "true", member: r[7] == "true", owner: r[8], policies: r[9], foreign: r[10] == "true"}
	rel.quoted = ident(rel.table, flavor.Postgres)
	if r[11] != "" {
		rel.table, rel.quoted = r[11]+"."+rel.table, ident(r[11], flavor.Postgres)+"."+rel.quoted
	}
	if r[2] != "true" {
		rel.view = named
	}
	return rel
}

// hiding is the problem of row-level security.
func (r relation) hiding(by string) Problem {
	policies := "there is no policy, which hides all rows"
	switch n := strings.Count(r.policies, ", "); {
	case r.policies == "":
	case n > 0:
		policies = "policies " + r.policies
	default:
		policies = "policy " + r.policies
	}
	through := ""
	if r.view != "" {
		through = fmt.Sprintf(" through the view %s", r.view)
	}
	p := Problem{Table: r.table,
		Text: fmt.Sprintf("row-level security may hide rows of the table %s from the role %s%s (%s); all of them are needed by %s", r.table, r.who, through, policies, by)}
	who := ident(r.who, flavor.Postgres)
	bypass := fmt.Sprintf("a role with BYPASSRLS (ALTER ROLE %s BYPASSRLS)", who)
	switch {
	case !r.own:
		p.Advice = fmt.Sprintf("Give the view's owner %s rights to all rows (ALTER ROLE %s BYPASSRLS), or let the query read the table itself.", r.who, who)
	case r.member:
		p.Advice = fmt.Sprintf("Connect as %s, or let the policies of %s not apply to its owner (ALTER TABLE %s NO FORCE ROW LEVEL SECURITY).", bypass, r.table, r.quoted)
	default:
		p.Advice = fmt.Sprintf("Connect as the owner of the table %s, %s, or as %s.", r.table, r.owner, bypass)
	}
	return p
}

// elsewhere is the problem of a table whose rows are on another server.
func (r relation) elsewhere(by string) Problem {
	return Problem{Table: r.table,
		Text:   fmt.Sprintf("%s is a foreign table, or has foreign partitions: its rows are not in one transaction with the record of what was done, so an interrupted run of %s could change them twice", r.table, by),
		Advice: "Change these rows on the server that holds them."}
}

// distinct lists the names that are used, and who uses each.
func distinct(uses []Use) (names []Use, of [][]Use) {
	place := map[[2]string]int{}
	for _, u := range uses {
		key := [2]string{u.Schema, u.Table}
		if _, known := place[key]; !known {
			place[key] = len(names)
			names, of = append(names, u), append(of, nil)
		}
		of[place[key]] = append(of[place[key]], u)
	}
	return names, of
}

// writes reports whether one of the uses changes rows.
func writes(uses []Use) bool {
	for _, u := range uses {
		if u.Written {
			return true
		}
	}
	return false
}

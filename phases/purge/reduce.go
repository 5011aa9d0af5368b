package purge

import (
	"context"
	"fmt"
	"slices"
)

// Reduce cuts a selection down to at most limit objects, by whole groups: an
// object of the kind that purge.toml groups by, and what belongs to it. Groups
// are taken in the order of their keys while they fit; the first that does not
// ends the reduced selection. What belongs to no selected group is left out.
func (s *Service) Reduce(ctx context.Context, sel *Selection, limit int64) (*Selection, error) {
	rules, err := s.rules()
	if err != nil {
		return nil, err
	}
	if rules.GroupBy == "" {
		return nil, &NoGroups{Catalog: s.Catalog.Name, Total: sel.Counts().Total(), Limit: limit}
	}
	sess, err := s.DB.Session(ctx)
	if err != nil {
		return nil, err
	}
	defer sess.Close()
	l := &looker{sess: sess, selection: sel}
	taken, err := l.groups(ctx, sel.part(rules.GroupBy), limit)
	if err != nil {
		return nil, err
	}
	reduced := &Selection{live: sel.live, outside: sel.outside}
	for _, p := range sel.parts {
		cut := *p
		cut.limit(taken[p.kind.Name])
		reduced.parts = append(reduced.parts, &cut)
	}
	return reduced, nil
}

// group is the keys of what belongs together, by kind.
type group map[string]literals

func (g group) size() int64 {
	var n int64
	for _, keys := range g {
		n += int64(len(keys))
	}
	return n
}

// headsAtOnce is how many heads of groups are read at once.
const headsAtOnce = 1000

// groups takes groups while they fit.
func (l *looker) groups(ctx context.Context, heads *part, limit int64) (group, error) {
	taken, total := group{}, int64(0)
	for after := ""; ; {
		where := "1 = 1"
		if after != "" {
			where = l.id(heads.kind.Key) + " > " + after
		}
		keys, err := l.selected(ctx, heads, where, fmt.Sprintf(" LIMIT %d", headsAtOnce))
		if err != nil || len(keys) == 0 {
			return taken, err
		}
		for _, head := range keys {
			g, err := l.group(ctx, heads.kind.Name, head)
			if err != nil {
				return nil, err
			}
			if total += g.size(); total > limit {
				return taken, nil
			}
			for kind, members := range g {
				taken[kind] = append(taken[kind], members...)
			}
			after = head
		}
	}
}

// group finds the selected objects that belong to one head.
func (l *looker) group(ctx context.Context, kind, head string) (group, error) {
	g := group{kind: {head}}
	for _, p := range l.selection.parts {
		if p.kind.Name == kind {
			continue
		}
		var members literals
		for _, parent := range p.kind.Parents {
			if !parent.Groups {
				continue
			}
			for _, chunk := range g[parent.Kind].chunks(l.sess) {
				keys, err := l.selected(ctx, p, in(l.id(parent.Column), chunk), "")
				if err != nil {
					return nil, err
				}
				members = append(members, keys...)
			}
		}
		slices.Sort(members)
		g[p.kind.Name] = slices.Compact(members)
	}
	return g, nil
}

// selected lists the keys of the selected objects of a kind for which a
// condition holds.
func (l *looker) selected(ctx context.Context, p *part, where, limit string) (literals, error) {
	if p.size() == 0 {
		return nil, nil
	}
	table, key := l.id(p.kind.Table), l.id(p.kind.Key)
	return l.column(ctx, fmt.Sprintf("SELECT %s FROM %s WHERE %s AND %s ORDER BY %s%s", key, table, where, p.selected(table), key, limit))
}

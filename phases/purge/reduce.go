package purge

import (
	"context"
	"fmt"
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
	reduced := newLooker(sess, rules.Kinds).selection
	reduced.live = sel.live
	heads, err := l.selected(ctx, sel.part(rules.GroupBy), "")
	if err != nil {
		return nil, err
	}
	var total int64
	for _, head := range heads {
		g, err := l.group(ctx, rules.GroupBy, head)
		if err != nil {
			return nil, err
		}
		if total += g.size(); total > limit {
			break
		}
		g.addTo(reduced)
	}
	return reduced, nil
}

// member is one selected object.
type member struct {
	key    string
	orphan bool
}

// group is the members of one group, by kind.
type group map[string][]member

func (g group) size() int64 {
	var n int64
	for _, members := range g {
		n += int64(len(members))
	}
	return n
}

func (g group) keys(kind string) *keys {
	var k keys
	for _, m := range g[kind] {
		k.add(m.key)
	}
	return &k
}

func (g group) addTo(sel *Selection) {
	for _, p := range sel.parts {
		for _, m := range g[p.kind.Name] {
			if m.orphan {
				p.orphans.add(m.key)
			} else {
				p.related.add(m.key)
			}
		}
	}
}

// group finds the selected objects that belong to one head.
func (l *looker) group(ctx context.Context, kind string, head member) (group, error) {
	g := group{kind: {head}}
	for _, p := range l.selection.parts {
		if p.kind.Name == kind {
			continue
		}
		var seen keys
		for _, parent := range p.kind.Parents {
			if !parent.Groups {
				continue
			}
			for _, chunk := range g.keys(parent.Kind).chunks() {
				members, err := l.selected(ctx, p, l.in(parent.Column, chunk))
				if err != nil {
					return nil, err
				}
				for _, m := range members {
					if !seen.has[m.key] {
						seen.add(m.key)
						g[p.kind.Name] = append(g[p.kind.Name], m)
					}
				}
			}
		}
	}
	return g, nil
}

// selected lists the selected objects of a kind for which a condition holds.
func (l *looker) selected(ctx context.Context, p *part, where string) ([]member, error) {
	expired := p.expired
	if expired == "" {
		expired = "1 = 0"
	}
	query := fmt.Sprintf("SELECT %s, %s FROM %s", l.id(p.kind.Key), flag(expired), l.id(p.kind.Table))
	if where != "" {
		query += " WHERE " + where
	} else if len(p.related.list)+len(p.orphans.list) == 0 {
		query += " WHERE " + expired // no others: the server may choose them by itself
	}
	rows, err := l.strings(ctx, query+" ORDER BY "+l.id(p.kind.Key), 2)
	if err != nil {
		return nil, err
	}
	var all []member
	for _, r := range rows {
		if isOne(r[1]) || p.named(r[0]) {
			all = append(all, member{key: r[0], orphan: p.orphans.has[r[0]]})
		}
	}
	return all, nil
}

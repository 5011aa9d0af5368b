package phases

import (
	"context"
	"slices"
	"strings"

	"manage/engine/database"
	"manage/engine/flavor"
)

// grants are a user's rights on a database, with those of active roles.
type grants struct {
	global, database []string
	// objects are the rights on single tables and routines.
	objects map[string][]string
	// revoked are taken from the global rights for this database.
	revoked []string
	roles   []string // those that are not active
	// known is false if something was not understood, so that no conclusions
	// can be drawn.
	known bool
}

// grantsOf asks for the session's rights. Both servers list there what active
// roles give; MariaDB lists apart what everybody has.
func grantsOf(ctx context.Context, q database.Querier, d flavor.Dialect, schema string) (grants, error) {
	lines, err := queryStrings(ctx, q, "SHOW GRANTS")
	if err != nil {
		return grants{}, err
	}
	if d == flavor.MariaDB {
		if public, err := queryStrings(ctx, q, "SHOW GRANTS FOR PUBLIC"); err == nil { // from 10.11 on
			lines = append(lines, public...)
		}
	}
	active, err := queryStrings(ctx, q, "SELECT COALESCE(CURRENT_ROLE(), '')")
	if err != nil {
		active = nil // a release without roles
	}
	return readGrants(lines, schema, strings.Join(active, ",")), nil
}

// pattern is the rights that one account has on databases by a pattern.
type pattern struct {
	text  string
	words []string
}

// readGrants reads lines such as "GRANT SELECT, INSERT ON `db`.* TO …". Of the
// patterns of one account that match the database, the servers take the most
// specific one and no other.
func readGrants(lines []string, schema, active string) grants {
	g := grants{known: true, objects: map[string][]string{}}
	best := map[string]pattern{}
	for _, line := range lines {
		verb, rest, _ := strings.Cut(line, " ")
		words, target, on := strings.Cut(rest, " ON ")
		to := map[string]string{"GRANT": " TO ", "REVOKE": " FROM "}[verb]
		if to == "" {
			continue // SET DEFAULT ROLE
		}
		if !on {
			role, _, found := strings.Cut(rest, to)
			g.known = g.known && found
			g.role(role, active)
			continue
		}
		target, account, found := strings.Cut(target, to)
		kind, names := targetOf(target)
		g.known = g.known && found && (len(names) == 2 || words == "PROXY")
		switch {
		case len(names) != 2:
		case names[0] == "*":
			g.global = append(g.global, rightsIn(words)...)
		case names[1] == "*" && verb == "REVOKE":
			if strings.EqualFold(names[0], schema) {
				g.revoked = append(g.revoked, rightsIn(words)...)
			}
		case names[1] == "*" && kind == "":
			account, _, _ = strings.Cut(account, " ")
			if p := best[account]; likeDatabase(names[0], schema) && (p.text == "" || moreSpecific(names[0], p.text)) {
				best[account] = pattern{names[0], rightsIn(words)}
			}
		case strings.EqualFold(names[0], schema):
			object := strings.ToLower(names[1])
			g.objects[object] = append(g.objects[object], rightsIn(words)...)
		}
	}
	for _, p := range best {
		g.database = append(g.database, p.words...)
	}
	return g
}

// role notes the roles of a line that are not active.
func (g *grants) role(list, active string) {
	for _, role := range strings.Split(list, ",") {
		name, _, _ := strings.Cut(strings.Trim(strings.TrimSpace(role), "`'\""), "@")
		name = strings.Trim(name, "`'\"")
		if name != "" && !strings.Contains(active, name) {
			g.roles = append(g.roles, name)
		}
	}
}

// targetOf reads what a right is on: the word before it, such as PROCEDURE, and
// the parts of the name without quotes.
func targetOf(text string) (kind string, names []string) {
	for text = strings.TrimSpace(text); text != ""; {
		switch quote := text[0]; quote {
		case '`', '"':
			end := 1
			for end < len(text) && (text[end] != quote || strings.HasPrefix(text[end+1:], string(quote))) {
				if text[end] == quote {
					end++
				}
				end++
			}
			names = append(names, strings.ReplaceAll(text[1:min(end, len(text))], string([]byte{quote, quote}), string(quote)))
			text = text[min(end+1, len(text)):]
		case '.', ' ':
			text = text[1:]
		case '*':
			names, text = append(names, "*"), text[1:]
		default:
			word, rest, _ := strings.Cut(text, " ")
			if kind != "" || rest == "" {
				return kind, nil
			}
			kind, text = word, rest
		}
	}
	return kind, names
}

// rightsIn reads a list of rights. One on some columns counts as one on all:
// which columns are needed is not known.
func rightsIn(list string) []string {
	var words []string
	depth, from := 0, 0
	for i := 0; i <= len(list); i++ {
		switch {
		case i == len(list) || list[i] == ',' && depth == 0:
			word, _, _ := strings.Cut(list[from:i], "(")
			words, from = append(words, strings.ToUpper(strings.TrimSpace(word))), i+1
		case list[i] == '(':
			depth++
		case list[i] == ')':
			depth--
		}
	}
	return words
}

// likeDatabase reports whether a pattern of GRANT stands for a database.
func likeDatabase(pattern, name string) bool {
	if pattern == "" {
		return name == ""
	}
	switch c := pattern[0]; {
	case c == '%':
		return likeDatabase(pattern[1:], name) || name != "" && likeDatabase(pattern, name[1:])
	case name == "":
		return false
	case c == '_':
		return likeDatabase(pattern[1:], name[1:])
	case c == '\\' && len(pattern) > 1:
		pattern = pattern[1:]
	}
	return strings.EqualFold(pattern[:1], name[:1]) && likeDatabase(pattern[1:], name[1:])
}

// moreSpecific reports whether the first wildcard of a pattern comes later than
// that of another one.
func moreSpecific(pattern, than string) bool {
	wildcard := func(p string) int {
		for i := 0; i < len(p); i++ {
			switch p[i] {
			case '\\':
				i++
			case '%', '_':
				return i
			}
		}
		return len(p) + 1000
	}
	return wildcard(pattern) > wildcard(than)
}

// server reports whether one of these rights on the whole server is there.
func (g grants) server(words ...string) bool { return holdsAny(g.global, words) }

// has reports whether a right is there; where the object is not known, on any.
func (g grants) has(r right) bool {
	one := []string{r.word}
	if holdsAny(g.database, one) || holdsAny(g.objects[strings.ToLower(r.object)], one) {
		return true
	}
	if holdsAny(g.global, one) && !holdsAny(g.revoked, one) {
		return true
	}
	if r.object == "" {
		for _, words := range g.objects {
			if holdsAny(words, one) {
				return true
			}
		}
	}
	return false
}

// holdsAny reports whether one of the words is among the rights, or all are.
func holdsAny(rights, words []string) bool {
	return slices.ContainsFunc(append([]string{"ALL PRIVILEGES", "ALL"}, words...), func(w string) bool { return slices.Contains(rights, w) })
}

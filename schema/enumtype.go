package schema

import (
	"strings"

	"manage/engine/flavor"
	"manage/engine/quote"
)

// enumMembers are the values of an enumeration as a server's type, or as SQL of
// its dialect, has them; not ok for another type.
func enumMembers(text string, d flavor.Dialect) ([]string, bool) {
	lower := strings.ToLower(text)
	if !strings.HasPrefix(lower, "enum(") && !strings.HasPrefix(lower, "enum (") || !strings.HasSuffix(text, ")") {
		return nil, false
	}
	rest := text[strings.IndexByte(text, '(')+1 : len(text)-1]
	var values []string
	for {
		rest = strings.TrimSpace(rest)
		value, n, ok := quote.Literal(rest, d)
		if !ok {
			return nil, false
		}
		values = append(values, value)
		if rest = strings.TrimSpace(rest[n:]); rest == "" {
			return values, true
		}
		if rest[0] != ',' {
			return nil, false
		}
		rest = rest[1:]
	}
}

package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/quote"
)

// Text is a string that may differ by dialect. In TOML it is a string, or a
// table with the keys sqlite, postgres, mysql, mariadb and other.
type Text struct {
	All string            // used if By is empty
	By  map[string]string // by dialect name
}

// For returns the text for d; false if there is none for it.
func (t Text) For(d flavor.Dialect) (string, bool) {
	if len(t.By) == 0 {
		return t.All, t.All != ""
	}
	return flavor.Pick(t.By, d)
}

// condition is the expression of a check for d. In one for all dialects a string
// is one of standard SQL, in which a backslash is itself; in one by dialect it is
// what that server makes of it. Either way strings have one spelling.
func (t Text) condition(d flavor.Dialect) (string, bool) {
	text, ok := t.For(d)
	if !ok {
		return "", false
	}
	from := d
	if _, own := t.By[string(d)]; !own && !(d == flavor.MariaDB && t.By[string(flavor.MySQL)] != "") {
		from = flavor.SQLite
	}
	return quote.Translate(text, from, d), true
}

// onlyFor is a text in the words of one dialect.
func onlyFor(text string, d flavor.Dialect) Text { return Text{By: map[string]string{string(d): text}} }

// IsZero reports whether there is no text for any dialect.
func (t Text) IsZero() bool { return t.All == "" && len(t.By) == 0 }

// UnmarshalTOML reads a string, or a table of strings by dialect.
func (t *Text) UnmarshalTOML(data any) error {
	switch data := data.(type) {
	case string:
		*t = Text{All: data}
		return nil
	case map[string]any:
		by := make(map[string]string, len(data))
		for _, key := range slices.Sorted(maps.Keys(data)) {
			text, ok := data[key].(string)
			if !ok {
				return fmt.Errorf("the value for %q must be a string", key)
			}
			if err := checkDialectKey(key); err != nil {
				return err
			}
			by[key] = text
		}
		if len(by) == 0 {
			return fmt.Errorf("a table by dialect must have at least one key")
		}
		*t = Text{By: by}
		return nil
	}
	return fmt.Errorf("expected a string or a table by dialect, not %s", KindOf(data))
}

// checkDialectKey refuses what is not a key of a table by dialect.
func checkDialectKey(key string) error {
	if key == "other" || flavor.Dialect(key).Known() {
		return nil
	}
	return fmt.Errorf("%q is not a dialect; write sqlite, postgres, mysql, mariadb or other", key)
}

// KindOf is what a person calls the type of a decoded TOML value, such as "an
// integer".
func KindOf(data any) string {
	switch data.(type) {
	case string:
		return "a string"
	case int64:
		return "an integer"
	case float64:
		return "a float"
	case bool:
		return "a boolean"
	case []any, []map[string]any:
		return "an array"
	case map[string]any:
		return "a table"
	}
	return "a date or time"
}

// blank reports whether a text, or any of its texts by dialect, is only white
// space.
func (t Text) blank() bool {
	if len(t.By) == 0 {
		return strings.TrimSpace(t.All) == ""
	}
	for _, text := range t.By {
		if strings.TrimSpace(text) == "" {
			return true
		}
	}
	return false
}

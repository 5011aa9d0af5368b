package schema

import (
	"fmt"
	"strconv"
	"strings"
)

// Type is a portable column type, such as `string(36)` or `enum(a, b)`.
type Type struct {
	// Name is the type's name in lower case, such as "string".
	Name string
	// Length is the number of characters of string, char and text, of bytes of
	// binary, and the precision of float; 0 if there is none.
	Length int
	// Precision and Scale belong to numeric; Precision 0 means none was given.
	Precision, Scale int
	// Values are those of an enum, as written; of sql, which stands for a
	// server's own type, the one value is that type.
	Values []string
}

// typeForm says what may stand in the parentheses behind a type's name.
type typeForm struct {
	min, max int // numbers, fewest and most
}

// typeFormOf is the form of a portable type other than enum, whose parentheses
// hold words; false if there is no such type. It is asked for every column of
// every catalog, hence no table that is made each time.
func typeFormOf(name string) (typeForm, bool) {
	switch name {
	case "string", "char":
		return typeForm{1, 1}, true
	case "float", "binary", "text":
		return typeForm{0, 1}, true
	case "numeric":
		return typeForm{0, 2}, true
	case "mediumtext", "integer", "bigint", "smallint", "boolean", "double", "datetime", "date", "json", "uuid":
		return typeForm{}, true
	}
	return typeForm{}, false
}

// ParseType reads a portable type, or sql(…), which takes a server's own type
// as it is: that is for types that have no portable form. Names compare without case; the values of
// an enum keep theirs, and may stand in single or double quotes, in which a
// doubled quote stands for one.
func ParseType(text string) (Type, error) {
	name, inner, parens, err := cutType(text)
	if err != nil {
		return Type{}, err
	}
	switch name {
	case "enum":
		return parseEnum(text, inner, parens)
	case "sql":
		if strings.TrimSpace(inner) == "" {
			return Type{}, fmt.Errorf("type %q needs the server's own type, as in sql(jsonb)", text)
		}
		return Type{Name: "sql", Values: []string{strings.TrimSpace(inner)}}, nil
	}
	form, ok := typeFormOf(name)
	if !ok {
		return Type{}, fmt.Errorf("%q is not a type; %s", text, typeHint(name))
	}
	numbers, err := typeNumbers(text, inner, parens)
	if err != nil {
		return Type{}, err
	}
	if len(numbers) < form.min {
		return Type{}, fmt.Errorf("type %q needs a length, as in %s(36)", text, name)
	}
	if len(numbers) > form.max {
		return Type{}, fmt.Errorf("type %q has too many numbers in parentheses", text)
	}
	return numberedType(text, name, numbers)
}

// numberedType puts the numbers in parentheses where they belong.
func numberedType(text, name string, numbers []int) (Type, error) {
	t := Type{Name: name}
	switch {
	case len(numbers) == 0:
	case name == "numeric":
		t.Precision = numbers[0]
		if len(numbers) > 1 {
			t.Scale = numbers[1]
		}
		if t.Scale > t.Precision {
			return Type{}, fmt.Errorf("type %q: the scale is greater than the precision", text)
		}
	default:
		t.Length = numbers[0]
	}
	if len(numbers) > 0 && numbers[0] == 0 {
		return Type{}, fmt.Errorf("type %q: the length must be at least 1", text)
	}
	if name == "float" && t.Length > 53 {
		return Type{}, fmt.Errorf("type %q: the precision must be at most 53", text)
	}
	return t, nil
}

// cutType parts a type's text into its name and what is in the parentheses.
func cutType(text string) (name, inner string, parens bool, err error) {
	name = strings.TrimSpace(text)
	if open := strings.IndexByte(name, '('); open >= 0 {
		if !strings.HasSuffix(name, ")") {
			return "", "", false, fmt.Errorf("type %q: the parenthesis is not closed", text)
		}
		name, inner, parens = name[:open], name[open+1:len(name)-1], true
	}
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" {
		return "", "", false, fmt.Errorf("a type is missing")
	}
	return name, inner, parens, nil
}

// typeNumbers reads the numbers in a type's parentheses.
func typeNumbers(text, inner string, parens bool) ([]int, error) {
	if !parens {
		return nil, nil
	}
	var numbers []int
	for _, part := range strings.Split(inner, ",") {
		part = strings.TrimSpace(part)
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || part[0] == '+' {
			return nil, fmt.Errorf("type %q: %q is not a number", text, part)
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// parseEnum reads the values of an enum.
func parseEnum(text, inner string, parens bool) (Type, error) {
	if !parens || strings.TrimSpace(inner) == "" {
		return Type{}, fmt.Errorf("type %q needs values, as in enum(a, b)", text)
	}
	t := Type{Name: "enum"}
	seen := map[string]bool{}
	for rest := inner; ; {
		value, tail, more, err := enumValue(rest)
		if err != nil {
			return Type{}, fmt.Errorf("type %q: %w", text, err)
		}
		if seen[value] {
			return Type{}, fmt.Errorf("type %q: the value %q stands twice", text, value)
		}
		seen[value] = true
		t.Values = append(t.Values, value)
		if !more {
			return t, nil
		}
		rest = tail
	}
}

// enumValue takes one value off the front of an enum's list; more is true if
// a comma follows it.
func enumValue(rest string) (value, tail string, more bool, err error) {
	rest = strings.TrimLeft(rest, " \t\r\n")
	if rest == "" {
		return "", "", false, fmt.Errorf("a value is missing")
	}
	if q := rest[0]; q == '\'' || q == '"' {
		value, tail, err = quotedValue(rest, q)
		if err != nil {
			return "", "", false, err
		}
		tail = strings.TrimSpace(tail)
		if tail != "" && tail[0] != ',' {
			return "", "", false, fmt.Errorf("a comma is missing before %q", tail)
		}
		return value, strings.TrimPrefix(tail, ","), tail != "", nil
	}
	value, tail, more = strings.Cut(rest, ",")
	value = strings.TrimSpace(value)
	if value == "" {
		return "", "", false, fmt.Errorf("a value is missing")
	}
	return value, tail, more, nil
}

// quotedValue reads the quoted word that text begins with.
func quotedValue(text string, quote byte) (value, tail string, err error) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] != quote {
			b.WriteByte(text[i])
			continue
		}
		if i+1 < len(text) && text[i+1] == quote {
			b.WriteByte(quote)
			i++
			continue
		}
		return b.String(), text[i+1:], nil
	}
	return "", "", fmt.Errorf("a quote is not closed")
}

// typeHint names the type that was probably meant.
func typeHint(name string) string {
	other := map[string]string{
		"varchar": "string(n)", "str": "string(n)", "int": "integer", "bool": "boolean",
		"decimal": "numeric(p,s)", "timestamp": "datetime", "blob": "binary", "bytea": "binary",
		"serial": "integer with autoincrement", "longtext": "mediumtext", "jsonb": "json", "real": "float",
	}
	if meant, ok := other[name]; ok {
		return "write " + meant
	}
	return "types are string(n), char(n), text, text(n), mediumtext, integer, bigint, smallint, boolean, float, double, numeric(p,s), datetime, date, json, binary, uuid and enum(a, b, …)"
}

// String is the type as ParseType reads it, in one spelling per type.
func (t Type) String() string {
	switch {
	case t.Name == "sql":
		return "sql(" + t.Values[0] + ")"
	case t.Name == "enum":
		quoted := make([]string, len(t.Values))
		for i, v := range t.Values {
			quoted[i] = quoteText(v)
		}
		return "enum(" + strings.Join(quoted, ", ") + ")"
	case t.Precision > 0:
		return fmt.Sprintf("%s(%d,%d)", t.Name, t.Precision, t.Scale)
	case t.Length > 0:
		return fmt.Sprintf("%s(%d)", t.Name, t.Length)
	}
	return t.Name
}

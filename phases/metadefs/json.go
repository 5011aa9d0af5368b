package metadefs

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON is a JSON value on one line, in the form that the service itself stores:
// a blank behind commas and colons, and nothing but ASCII. The order of keys,
// the form of numbers and repeated keys are as they were written.
type JSON string

// oneLine brings a valid JSON text into the form of JSON.
func oneLine(text []byte) JSON {
	var b strings.Builder
	inside := false // a string
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r >= utf8.RuneSelf:
			escape(&b, r)
		case inside && r == '\\':
			size = 2 // with what it escapes, which may be a quote
			b.Write(text[i : i+size])
		case !inside && strings.ContainsRune(" \t\r\n", r):
		default:
			b.WriteByte(text[i])
			if r == '"' {
				inside = !inside
			}
			if !inside && (r == ',' || r == ':') {
				b.WriteByte(' ')
			}
		}
		i += size
	}
	return JSON(b.String())
}

// escape writes a character as \uXXXX, or as a pair of these.
func escape(b *strings.Builder, r rune) {
	const digits = "0123456789abcdef"
	for _, unit := range utf16.Encode([]rune{r}) {
		b.WriteString(`\u`)
		for shift := 12; shift >= 0; shift -= 4 {
			b.WriteByte(digits[unit>>shift&0xf])
		}
	}
}

// encode is the JSON text of a value, without what package json escapes for
// HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// member is a key of an object and its value.
type member struct {
	key   string
	value json.RawMessage
}

var errNoObject = errors.New("no JSON object")

// members are those of a JSON object, in their order. errNoObject is for any
// other value.
func members(text []byte) ([]member, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, errNoObject
	}
	var all []member
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		m := member{key: key.(string)}
		if err := d.Decode(&m.value); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

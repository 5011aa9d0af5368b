package catalog

import (
	"errors"
	"strings"

	"github.com/BurntSushi/toml"

	"manage/engine/files"
)

// parse reads TOML text into plain values. What is wrong with it is recorded,
// and false returned.
func parse(d *decoder, r *report, text string) (map[string]any, bool) {
	raw, _, ok := parseOrdered(d, r, text)
	return raw, ok
}

// parseOrdered is parse, and for data migrations, in which it counts, the keys
// in the order of the file.
func parseOrdered(d *decoder, r *report, text string) (map[string]any, []toml.Key, bool) {
	d.start(r, text)
	if line := files.TooDeep(text); line > 0 {
		r.add(line, "brackets or the parts of a key are nested deeper than %d here", files.MaxDepth)
		return nil, nil, false
	}
	if m, ok := quick(text); ok && m["migration"] == nil {
		return m, nil, true
	}
	var raw any
	meta, err := toml.Decode(text, &raw)
	if err != nil {
		line, message := syntaxError(err)
		r.add(line, "this is not TOML: %s", message)
		return nil, nil, false
	}
	m, _ := raw.(map[string]any)
	return m, meta.Keys(), true
}

// syntaxError is the line and the sentence of an error of the TOML library.
func syntaxError(err error) (int, string) {
	var p toml.ParseError
	if errors.As(err, &p) {
		return max(1, p.Position.Line), strings.TrimSuffix(p.Message, ".")
	}
	return 1, err.Error()
}

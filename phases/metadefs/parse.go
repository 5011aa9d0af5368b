package metadefs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// defaultOwner is the owner of a namespace whose file names none.
const defaultOwner = "admin"

// The lengths of the columns, in characters. SQLite does not hold anybody to
// them; a file that is taken on one database is to be taken on all.
const (
	nameLength       = 80
	visibilityLength = 32
	ownerLength      = 255
	unlimited        = 0
)

// Parse reads the text of a file. notes are what is odd in it without being
// wrong. file is for the error, which is a *BadFile.
func Parse(file string, text []byte) (n Namespace, notes []string, err error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if bad := wellFormed(file, text); bad != nil {
		return Namespace{}, nil, bad
	}
	p := &parser{}
	n = p.namespace(text)
	if len(p.problems) > 0 {
		return Namespace{}, p.notes, &BadFile{File: file, Namespace: n.Name, Problems: p.problems}
	}
	return n, p.notes, nil
}

// wellFormed is what is wrong with a text that is not JSON; nil if it is.
func wellFormed(file string, text []byte) error {
	if !utf8.Valid(text) {
		return &BadFile{File: file, Problems: []string{"it is not UTF-8 text"}}
	}
	var whole json.RawMessage
	err := json.Unmarshal(text, &whole)
	if err == nil {
		return nil
	}
	bad := &BadFile{File: file, Problems: []string{"it is not JSON: " + err.Error()}}
	var at *json.SyntaxError
	if errors.As(err, &at) {
		bad.Line = 1 + bytes.Count(text[:min(int(at.Offset), len(text))], []byte("\n"))
	}
	return bad
}

// parser reads one file and collects what is wrong and odd in it.
type parser struct{ problems, notes []string }

func (p *parser) bad(key, problem string) { p.problems = append(p.problems, key+" "+problem) }

func (p *parser) note(key, note string) { p.notes = append(p.notes, key+" "+note) }

// namespace reads the whole of a file.
func (p *parser) namespace(text []byte) Namespace {
	o, ok := p.object("", text)
	if !ok {
		return Namespace{}
	}
	p.known(o, "namespace", "display_name", "description", "visibility", "protected", "owner",
		"resource_type_associations", "properties", "objects", "tags")
	n := Namespace{
		Name:         p.required(o, "namespace", nameLength),
		DisplayName:  p.text(o, "display_name", nameLength),
		Description:  p.text(o, "description", unlimited),
		Visibility:   p.text(o, "visibility", visibilityLength),
		Protected:    p.boolean(o, "protected"),
		Owner:        defaultOwner,
		Associations: p.associations(o),
		Properties:   p.properties(o),
		Objects:      p.objects(o),
		Tags:         p.tags(o),
	}
	if owner := p.text(o, "owner", ownerLength); owner != nil {
		n.Owner = *owner
	}
	return n
}

func (p *parser) associations(file object) []Association {
	var all []Association
	for _, o := range p.list(file, "resource_type_associations") {
		p.known(o, "name", "prefix", "properties_target")
		all = append(all, Association{ResourceType: p.required(o, "name", nameLength),
			Prefix: p.text(o, "prefix", nameLength), PropertiesTarget: p.text(o, "properties_target", nameLength)})
	}
	return all
}

func (p *parser) objects(file object) []Object {
	var all []Object
	for _, o := range p.list(file, "objects") {
		p.known(o, "name", "description", "properties")
		one := Object{Name: p.required(o, "name", nameLength), Description: p.text(o, "description", unlimited), Properties: "null"}
		if raw, given := o.values["properties"]; given {
			one.Properties = oneLine(raw)
		}
		all = append(all, one)
	}
	return all
}

func (p *parser) tags(file object) []string {
	var all []string
	for _, o := range p.list(file, "tags") {
		p.known(o, "name")
		all = append(all, p.required(o, "name", nameLength))
	}
	return all
}

func (p *parser) properties(file object) []Property {
	raw, given := file.values["properties"]
	if !given || isNull(raw) {
		return nil
	}
	o, ok := p.object("properties", raw)
	if !ok {
		return nil
	}
	var all []Property
	for _, name := range o.keys {
		if problem := tooLong(name, nameLength); name == "" || problem != "" {
			p.bad(o.path(name), firstText(problem, "has an empty name"))
		}
		all = append(all, Property{Name: name, Schema: oneLine(o.values[name])})
	}
	return all
}

// object is an object of a file and where it stands.
type object struct {
	at     string // "" for the file itself
	keys   []string
	values map[string]json.RawMessage
}

// path is how a key is called in messages.
func (o object) path(key string) string {
	if o.at == "" {
		return key
	}
	return o.at + "." + key
}

// object reads a value that is to be an object; at is where it stands, "" for the
// file itself. Of a key that is given twice the
// later value counts, as with other readers.
func (p *parser) object(at string, raw json.RawMessage) (object, bool) {
	all, err := members(raw)
	if err != nil {
		p.bad(firstText(at, "the file"), "is to be an object, not "+kind(raw))
		return object{}, false
	}
	o := object{at: at, values: map[string]json.RawMessage{}}
	for _, m := range all {
		if _, twice := o.values[m.key]; twice {
			p.note(o.path(m.key), "is given twice; the later one counts")
		} else {
			o.keys = append(o.keys, m.key)
		}
		o.values[m.key] = m.value
	}
	return o, true
}

// known notes the keys that mean nothing.
func (p *parser) known(o object, keys ...string) {
	for _, key := range o.keys {
		if !slices.Contains(keys, key) {
			p.note(o.path(key), "is not known, and is left out")
		}
	}
}

// list reads a value that is to be a list of objects.
func (p *parser) list(file object, key string) []object {
	raw, given := file.values[key]
	if !given || isNull(raw) {
		return nil
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		p.bad(key, "is to be a list, not "+kind(raw))
		return nil
	}
	var all []object
	for i, item := range items {
		if o, ok := p.object(fmt.Sprintf("%s[%d]", key, i), item); ok {
			all = append(all, o)
		}
	}
	return all
}

// required reads a text that is to be there.
func (p *parser) required(o object, key string, most int) string {
	raw, given := o.values[key]
	if given && !isNull(raw) {
		text := p.text(o, key, most)
		if text == nil || strings.TrimSpace(*text) != "" {
			return pointed(text)
		}
	}
	p.bad(o.path(key), "is missing")
	return ""
}

// text reads a text of so many characters at most; nil if there is none.
func (p *parser) text(o object, key string, most int) *string {
	raw, given := o.values[key]
	if !given || isNull(raw) {
		return nil
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		p.bad(o.path(key), "is to be a text, not "+kind(raw))
		return nil
	}
	if problem := tooLong(text, most); problem != "" {
		p.bad(o.path(key), problem)
	}
	return &text
}

func (p *parser) boolean(o object, key string) *bool {
	raw, given := o.values[key]
	if !given || isNull(raw) {
		return nil
	}
	var yes bool
	if json.Unmarshal(raw, &yes) != nil {
		p.bad(o.path(key), "is to be true or false, not "+kind(raw))
	}
	return &yes
}

func tooLong(text string, most int) string {
	if n := utf8.RuneCountInString(text); most != unlimited && n > most {
		return fmt.Sprintf("has %d characters, and %d at most have room", n, most)
	}
	return ""
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

// kind is what a value is, in words.
func kind(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a text"
	case 't', 'f', 'n':
		return string(raw)
	}
	return "a number"
}

// pointed is what p points to, "" for nil.
func pointed(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// firstText is the first text that is not empty.
func firstText(texts ...string) string {
	i := slices.IndexFunc(texts, func(t string) bool { return t != "" })
	return texts[max(i, 0)]
}

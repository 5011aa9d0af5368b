package metadefs

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func text(s string) *string { return &s }

func TestParse(t *testing.T) {
	file := filepath.Join("testdata", "files", "host-memory.json")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, notes, err := Parse(file, raw)
	if err != nil || len(notes) > 0 {
		t.Fatalf("%v, notes %q", err, notes)
	}
	yes := true
	want := Namespace{
		Name: "LAB::Compute::HostMemory", DisplayName: text("Host Memory & Pages"),
		Description: text("What a host offers an instance: page sizes, and how they are backed.\nSizes are in KiB."),
		Visibility:  text("public"), Protected: &yes, Owner: "admin",
		Associations: []Association{
			{ResourceType: "OS::Nova::Flavor", Prefix: text("hw:")},
			{ResourceType: "OS::Glance::Image", Prefix: text("hw_")},
			{ResourceType: "OS::Cinder::Volume", Prefix: text("hw_"), PropertiesTarget: text("image")},
		},
		Properties: []Property{
			{"zero_fill", `{"title": "Fill with zeros", "type": "boolean", "default": false}`},
			{"page_size", `{"title": "Page size", "description": "Gr\u00f6\u00dfe einer Seite: \"small\", \"large\", \u00abany\u00bb, or a number. \u9875\u9762\u5927\u5c0f \ud83e\udde0", "type": "string", "enum": ["small", "large", "any", "2048", "1048576"], "default": "small"}`},
			{"balloon", `{"type": "object", "minimum": 0.50, "maximum": 1E3, "properties": {"step": {"type": "integer", "readonly": null}, "hints": {"type": "array", "items": [{"a/b": "c\\d"}, [], {}]}}, "required": ["step"]}`},
		},
		Objects: []Object{
			{"NUMA cell", text("One cell of the host, as the guest sees it."),
				`{"cell_cpus": {"title": "CPUs", "type": "string", "pattern": "^[0-9]+(,[0-9]+)*$"}, "cell_mem": {"title": "Memory", "type": "integer", "minimum": 1}}`},
			{"Empty cell", nil, "null"},
		},
		Tags: []string{"memory", "größe"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What is null counts as what is not there, and a byte-order mark is no matter.
func TestParseNulls(t *testing.T) {
	nulls := "\ufeff" + `{"namespace": "a", "display_name": null, "description": null, "visibility": null, "protected": null, "owner": null,
"resource_type_associations": null, "properties": null, "objects": null, "tags": null}`
	got, notes, err := Parse("f", []byte(nulls))
	if err != nil || len(notes) > 0 {
		t.Fatalf("%v, notes %q", err, notes)
	}
	if diff := cmp.Diff(Namespace{Name: "a", Owner: "admin"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseNotes(t *testing.T) {
	odd := `{"namespace": "a", "Namespace": "b", "schema": 1, "owner": "x", "owner": "y",
"resource_type_associations": [{"name": "t", "prefx": "p"}], "properties": {"p": 1, "q": 2, "p": 3},
"objects": [{"name": "o", "required": []}], "tags": [{"name": "t", "id": 4}]}`
	got, notes, err := Parse("f", []byte(odd))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"owner is given twice; the later one counts", "Namespace is not known, and is left out", "schema is not known, and is left out",
		"resource_type_associations[0].prefx is not known, and is left out", "properties.p is given twice; the later one counts",
		"objects[0].required is not known, and is left out", "tags[0].id is not known, and is left out"}
	if diff := cmp.Diff(want, notes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Property{{"p", "3"}, {"q", "2"}}, got.Properties); diff != "" || got.Owner != "y" {
		t.Errorf("owner %s, properties (-want +got):\n%s", got.Owner, diff)
	}
}

func TestParseRefuses(t *testing.T) {
	long := strings.Repeat("ä", 81)
	tests := []struct{ text, want string }{
		{"", "f:1: it is not JSON: unexpected end of JSON input"},
		{"namespace: a", "f:1: it is not JSON: invalid character 'a' in literal null (expecting 'u')"},
		{"{\n\"namespace\": \"a\",\n}", "f:3: it is not JSON: invalid character '}' looking for beginning of object key string"},
		{`{"namespace": "a"} {}`, "f:1: it is not JSON: invalid character '{' after top-level value"},
		{"{\"namespace\": \"\xff\"}", "f: it is not UTF-8 text"},
		{`[{"namespace": "a"}]`, "f: the file is to be an object, not a list"},
		{`null`, "f: the file is to be an object, not null"},
		{`{}`, "f: namespace is missing"},
		{`{"namespace": null}`, "f: namespace is missing"},
		{`{"namespace": " "}`, "f: namespace is missing"},
		{`{"namespace": 7}`, "f: namespace is to be a text, not a number"},
		{`{"namespace": "` + long + `"}`, "f: namespace has 81 characters, and 80 at most have room"},
		{`{"namespace": "a", "visibility": "` + long + `"}`, "f: visibility has 81 characters, and 32 at most have room"},
		{`{"namespace": "a", "display_name": {}}`, "f: display_name is to be a text, not an object"},
		{`{"namespace": "a", "protected": "yes"}`, "f: protected is to be true or false, not a text"},
		{`{"namespace": "a", "properties": []}`, "f: properties is to be an object, not a list"},
		{`{"namespace": "a", "properties": {"": {}, "` + long + `": {}}}`, "f: properties. has an empty name; properties." + long + " has 81 characters, and 80 at most have room"},
		{`{"namespace": "a", "objects": {}}`, "f: objects is to be a list, not an object"},
		{`{"namespace": "a", "objects": [{"name": "o"}, {}, {"name": "p", "description": 1}]}`, "f: objects[1].name is missing; objects[2].description is to be a text, not a number"},
		{`{"namespace": "a", "tags": ["t"]}`, "f: tags[0] is to be an object, not a text"},
		{`{"namespace": "a", "resource_type_associations": [{"prefix": true}]}`, "f: resource_type_associations[0].name is missing; resource_type_associations[0].prefix is to be a text, not true"},
	}
	for _, tt := range tests {
		_, _, err := Parse("f", []byte(tt.text))
		var bad *BadFile
		if !errors.As(err, &bad) || err.Error() != tt.want {
			t.Errorf("%q: got %v, want %s", tt.text, err, tt.want)
			continue
		}
		if named := strings.HasPrefix(tt.text, `{"namespace": "a"`) && bad.Line == 0; named != (bad.Namespace == "a") {
			t.Errorf("%q: the namespace is called %q", tt.text, bad.Namespace)
		}
	}
}

// What is read from any text is written to a text that is read as the same.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"host-memory.json", "operating-system.json", "tags-only.json", "minimal.json"} {
		raw, err := os.ReadFile(filepath.Join("testdata", "files", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"namespace": "a", "properties": {"\ud800": "\ud800\/"}, "owner": "x", "tags": [{"name": "t"}, {"name": "t"}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		n, _, err := Parse("f", raw)
		if err != nil {
			return
		}
		n.Owner = defaultOwner // which is not exported
		text, err := n.Encode()
		if err != nil {
			t.Fatalf("%q cannot be written: %v", raw, err)
		}
		if !json.Valid([]byte(text)) || strings.ContainsAny(string(text), "\n\t") {
			t.Fatalf("%q is written as %q", raw, text)
		}
		again, notes, err := Parse("f", []byte(text))
		if err != nil || len(notes) > 0 {
			t.Fatalf("%q is written as %q: %v %q", raw, text, err, notes)
		}
		if diff := cmp.Diff(n, again); diff != "" {
			t.Errorf("%q, written as %q (-before +after):\n%s", raw, text, diff)
		}
	})
}

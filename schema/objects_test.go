package schema

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// TestObjectsRoundTrip: a schema that is listed object by object, and stored, is
// the same again.
func TestObjectsRoundTrip(t *testing.T) {
	for _, d := range flavor.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				s := New(flavor.Default(d))
				for range 30 {
					if op := randomOperation(rt); op.Check() == nil && op.Apply(s.Clone()) == nil {
						if err := op.Apply(s); err != nil {
							rt.Fatal(err)
						}
					}
				}
				s.Opaque = false
				s.Enums["mood"] = &Enum{Name: "mood", Values: []string{"it's", "ok"}}
				s.Triggers = append(s.Triggers, Trigger{Name: "tr", Table: "a", Body: "x"})
				s.Views = append(s.Views, View{Name: "v", Text: "SELECT 1"})
				text, err := json.Marshal(s.Objects())
				if err != nil {
					rt.Fatal(err)
				}
				var objects []Object
				if err := json.Unmarshal(text, &objects); err != nil {
					rt.Fatal(err)
				}
				again, err := FromObjects(s.Flavor, objects)
				if err != nil {
					rt.Fatal(err)
				}
				if diff := cmp.Diff(s, again, cmpopts.EquateEmpty()); diff != "" {
					rt.Fatal(diff)
				}
			})
		})
	}
}

// TestObjectsOfOthers: what this package would not have written is an error.
func TestObjectsOfOthers(t *testing.T) {
	table := Object{Kind: plan.KindTable, Table: "t", Definition: []byte(`{}`)}
	for name, o := range map[string]Object{
		"a key that is not known": {Kind: plan.KindColumn, Table: "t", Name: "c", Definition: []byte(`{"Name":"c","Colour":"red"}`)},
		"another type":            {Kind: plan.KindColumn, Table: "t", Name: "c", Definition: []byte(`["c"]`)},
		"no JSON":                 {Kind: plan.KindIndex, Table: "t", Name: "x", Definition: []byte(`{`)},
		"no definition":           {Kind: plan.KindIndex, Table: "t", Name: "x"},
		"no such table":           {Kind: plan.KindColumn, Table: "u", Name: "c", Definition: []byte(`{"Name":"c"}`)},
		"an odd order":            {Kind: kindOrder, Table: "t", Definition: []byte(`7`)},
		"an odd table":            {Kind: plan.KindTable, Table: "v", Definition: []byte(`{"Engine":7}`)},
	} {
		if _, err := FromObjects(flavor.Default(flavor.MySQL), []Object{table, o}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

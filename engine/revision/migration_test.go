package revision

import "testing"

func TestWaiting(t *testing.T) {
	g, err := NewGraph([]Revision{
		{ID: "root01", Branch: Trunk},
		{ID: "a_expand01", Parent: "root01", Branch: Expand},
		{ID: "a_contract01", Parent: "root01", Branch: Contract, DependsOn: []string{"a_expand01"}},
		{ID: "a_contract02", Parent: "a_contract01", Branch: Contract, DependsOn: []string{"a_migrate02"}},
	}, []Migration{
		{ID: "a_migrate01", DependsOn: []string{"a_expand01"}, Before: "a_contract01"},
		{ID: "a_migrate02", DependsOn: []string{"a_expand01"}},
		{ID: "a_migrate03", DependsOn: []string{"a_expand01"}},
	}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"a_migrate01": "a_contract01", "a_migrate02": "a_contract02", "a_migrate03": "", "unknown": ""} {
		if got := g.Waiting(id); got != want {
			t.Errorf("for %s waits %q, want %q", id, got, want)
		}
	}
}

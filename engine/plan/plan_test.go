package plan_test

import (
	"testing"

	"manage/engine/plan"
)

func TestPositionsAreOrdered(t *testing.T) {
	order := []plan.Position{{}, {Part: 1}, {Operation: 1}, {Operation: 1, Part: 2}, {Operation: 2}}
	for i, p := range order {
		for j, q := range order {
			if p.Before(q) != (i < j) {
				t.Errorf("%v before %v is %v", p, q, p.Before(q))
			}
		}
	}
}

func TestEmpty(t *testing.T) {
	if !(plan.Plan{From: []string{"a"}, To: []string{"a"}}).Empty() {
		t.Error("a plan without steps is not empty")
	}
	if (plan.Plan{Steps: []plan.Step{{ID: "a"}}}).Empty() {
		t.Error("a plan with a step is empty")
	}
}

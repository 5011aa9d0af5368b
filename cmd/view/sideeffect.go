package view

import (
	"strings"

	"manage/engine/plan"
)

// SideEffectDocument is what a step does to an object that none of its
// operations names.
type SideEffectDocument struct {
	Step    string  `json:"step"`
	Object  string  `json:"object"` // the kind of it
	Name    string  `json:"name"`
	On      *string `json:"on"` // the table that it belongs to
	Table   string  `json:"table"`
	Column  *string `json:"column"`
	Outcome string  `json:"outcome"`
	Message string  `json:"message"`
}

// effectsOf are the side effects of one step, a line each: names of objects can
// hold line ends.
func effectsOf(pl plan.Plan, step string) []string {
	var all []string
	for _, e := range pl.SideEffects {
		if e.Step == step {
			all = append(all, strings.Join(strings.Fields(e.String()), " "))
		}
	}
	return all
}

func sideEffects(pl plan.Plan) []SideEffectDocument {
	var all []SideEffectDocument
	for _, e := range pl.SideEffects {
		all = append(all, SideEffectDocument{Step: e.Step, Object: e.Kind, Name: e.Name, On: optional(e.On),
			Table: e.Table, Column: optional(e.Column), Outcome: string(e.Outcome), Message: e.String()})
	}
	return all
}

package view

import (
	"fmt"
	"strings"

	"manage/engine/plan"
	"manage/phases"
)

// GuardDocument is a guard of a phase that a plan has steps of.
type GuardDocument struct {
	Phase   string `json:"phase"`
	Name    string `json:"name"`
	Message string `json:"message"`
	Query   string `json:"query"`
	File    string `json:"file"`
	Line    int    `json:"line"`
}

// guardsOf are the guards of a plan as documents.
func guardsOf(pl plan.Plan) []GuardDocument {
	var all []GuardDocument
	for _, g := range pl.Guards {
		all = append(all, GuardDocument{Phase: string(g.Phase), Name: g.Name, Message: g.Message, Query: g.Query, File: g.File, Line: g.Line})
	}
	return all
}

// guardsBefore are the lines about the guards of the phase that begins with the
// i-th step of a plan; none if it began before.
func guardsBefore(pl plan.Plan, i int) []string {
	phase := pl.Steps[i].Phase
	for _, earlier := range pl.Steps[:i] {
		if earlier.Phase == phase {
			return nil
		}
	}
	var all []string
	for _, g := range pl.Guards {
		if g.Phase == phase {
			all = append(all, fmt.Sprintf("guard %q refuses %s while this returns rows: %s (%s:%d)", g.Name, phase, oneLine(g.Query), g.File, g.Line))
		}
	}
	return all
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// GuardRefusing is a guard that refuses the command that is due, as things are.
type GuardRefusing struct {
	Phase   string   `json:"phase"`
	Name    string   `json:"name"`
	Message string   `json:"message"`
	Rows    []string `json:"rows"`  // what its query returns, of many the first
	Error   *string  `json:"error"` // why it cannot be asked; null if it can
}

// refusing are guards as documents.
func refusing(guards []phases.GuardState) []GuardRefusing {
	var all []GuardRefusing
	for _, g := range guards {
		d := GuardRefusing{Phase: g.Phase, Name: g.Name, Message: g.Message, Rows: list(g.Rows)}
		if g.Err != nil {
			d.Error = optional(g.Err.Error())
		}
		all = append(all, d)
	}
	return all
}

// refusal is a guard that refuses in a line.
func refusal(g phases.GuardState) string {
	if g.Err != nil {
		return fmt.Sprintf("Not before guard %q can be asked (%s): %v", g.Name, g.Source, g.Err)
	}
	return fmt.Sprintf("Not while guard %q refuses %s: %s (%s)", g.Name, g.Phase, g.Message, strings.Join(g.Rows, ", "))
}

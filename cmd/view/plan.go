package view

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/plan"
)

// PlanDocument is the document of `plan`.
type PlanDocument struct {
	Catalog string     `json:"catalog"`
	Dialect string     `json:"dialect"`
	From    []string   `json:"from"`
	To      []string   `json:"to"`
	Steps   []PlanStep `json:"steps"`
	// Guards are those of the phases that it has steps of.
	Guards []GuardDocument `json:"guards,omitempty"`
	// SideEffects are what becomes of objects that no operation names.
	SideEffects []SideEffectDocument `json:"side_effects,omitempty"`
	// Losses are what goes for good, of the steps here and of those that follow.
	Losses []LossDocument `json:"losses,omitempty"`
	// NotAsked are data migrations among the steps whose programs were not asked
	// whether rows are left.
	NotAsked []string `json:"not_asked,omitempty"`
	// More is true if more follows that can be planned only once the steps
	// have run.
	More bool `json:"more,omitempty"`
}

// PlanStep is one revision or data migration of a plan.
type PlanStep struct {
	ID          string `json:"id"`
	Phase       string `json:"phase"`
	Transaction bool   `json:"transaction"`
	// Checks are the comparisons of rows before it.
	Checks     []RowCheckDocument `json:"checks,omitempty"`
	Statements []PlanStatement    `json:"statements"`
}

// PlanStatement is one statement and what it costs; null where that is not
// known.
type PlanStatement struct {
	SQL      string  `json:"sql"`
	Lock     *string `json:"lock"`
	Rewrites bool    `json:"rewrites"`
	Blocks   *string `json:"blocks"`
	// Instead is there for a statement that is refused unless blocking is
	// allowed: what to do instead.
	Instead string `json:"instead,omitempty"`
	// ValueChecks are there for a statement that is refused while one of these
	// queries gives more than 0: the rows whose value it would lose or change.
	ValueChecks []string `json:"value_checks,omitempty"`
}

// moreFollows ends a plan that does not reach its target yet.
const moreFollows = "More follows. It can be planned once these steps have run, because the schema that they leave is not known."

// Plan prints what a command would run.
func Plan(p *Page, pl plan.Plan) error {
	if p.JSON {
		return p.document(planDocument(pl))
	}
	var l lines
	if pl.Empty() {
		l.add("Nothing would be run: the database already contains what is asked for.")
		return p.text(&l)
	}
	l.add("From %s to %s, %s:", position(pl.From), position(pl.To), count(len(pl.Steps), "step"))
	for i, s := range pl.Steps {
		l.add("\n%d. %s", i+1, oneLine(heading(s)))
		for _, g := range guardsBefore(pl, i) {
			l.add("   -- %s", oneLine(g))
		}
		for _, c := range s.Checks {
			l.add("   -- %s", oneLine(rowCheck(c)))
		}
		for _, e := range append(lossesBefore(pl, s.ID), effectsOf(pl, s.ID)...) {
			l.add("   -- %s", oneLine(e))
		}
		if slices.Contains(pl.NotAsked, s.ID) {
			l.add("   -- %s", programNotAsked)
		}
		for _, st := range s.Statements {
			for _, c := range valueChecks(st) {
				l.add("   -- %s", oneLine(c))
			}
			l.add("%s", indent(strings.TrimSpace(st.SQL)+";"))
			if c := costs(st); c != "" {
				l.add("      -- %s", c)
			}
		}
	}
	if pl.More {
		l.add("\n%s", moreFollows)
		for _, loss := range pl.Losses {
			if !slices.ContainsFunc(pl.Steps, func(s plan.Step) bool { return s.ID == loss.Step }) {
				l.add("%s then removes %s.", loss.Step, oneLine(lost(loss)))
			}
		}
	}
	return p.text(&l)
}

// programNotAsked stands before the step of a program that was not asked.
const programNotAsked = "Whether rows are left was not asked: it is done by a program, which is started only with --ask-programs."

func heading(s plan.Step) string {
	h := fmt.Sprintf("%s (%s, %s", s.ID, s.Phase, count(len(s.Statements), "statement"))
	if oneTransaction(s) {
		h += ", one transaction"
	}
	h += ")"
	if s.Message != "" {
		h += ": " + s.Message
	}
	return h
}

// oneTransaction reports whether all of a step is one transaction.
func oneTransaction(s plan.Step) bool {
	return s.Transaction && !slices.ContainsFunc(s.Statements, func(st plan.Statement) bool { return st.NoTransaction })
}

// costs says in words what a statement costs on a live database; "" where that
// is not known, or nothing.
func costs(st plan.Statement) string {
	var parts []string
	if st.Lock != "" && !strings.EqualFold(st.Lock, "none") {
		parts = append(parts, "lock "+st.Lock)
	}
	if st.Rewrites {
		parts = append(parts, "writes the table anew")
	}
	switch st.Blocks {
	case plan.BlocksWriters:
		parts = append(parts, "keeps writers waiting")
	case plan.BlocksAll:
		parts = append(parts, "keeps readers and writers waiting")
	}
	if st.NoTransaction {
		parts = append(parts, "outside of a transaction")
	}
	if st.Instead != "" {
		parts = append(parts, "refused without --allow-blocking")
	}
	return strings.Join(parts, ", ")
}

func position(rows []string) string {
	if len(rows) == 0 {
		return "nothing"
	}
	return joined(rows)
}

func indent(text string) string { return "   " + strings.ReplaceAll(text, "\n", "\n   ") }

func planDocument(pl plan.Plan) PlanDocument {
	d := PlanDocument{Catalog: pl.Catalog, Dialect: pl.Dialect, From: list(pl.From), To: list(pl.To), Steps: []PlanStep{}, Guards: guardsOf(pl), NotAsked: pl.NotAsked, SideEffects: sideEffects(pl), Losses: lossesOf(pl), More: pl.More}
	for _, s := range pl.Steps {
		step := PlanStep{ID: s.ID, Phase: string(s.Phase), Transaction: oneTransaction(s), Checks: rowChecks(s.Checks), Statements: []PlanStatement{}}
		for _, st := range s.Statements {
			shown := PlanStatement{SQL: st.SQL, Lock: optional(st.Lock), Rewrites: st.Rewrites, Blocks: optional(st.Blocks), Instead: st.Instead}
			for _, c := range st.Values {
				shown.ValueChecks = append(shown.ValueChecks, c.Query)
			}
			step.Statements = append(step.Statements, shown)
		}
		d.Steps = append(d.Steps, step)
	}
	return d
}

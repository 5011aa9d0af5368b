package view

import (
	"slices"
	"time"

	"manage/phases"
)

// WaitDocument is the document of `wait`.
type WaitDocument struct {
	Catalog string  `json:"catalog"`
	For     string  `json:"for"`
	Stage   *string `json:"stage"` // null if the database was never to be read
	Reached bool    `json:"reached"`
	Waited  float64 `json:"waited"` // seconds
	// NotAsked are data migrations whose programs were not asked whether rows are
	// left.
	NotAsked []string `json:"not_asked,omitempty"`
}

// Wait prints how a wait for a stage ended. r is nil if the database was never
// to be read.
func Wait(p *Page, goal string, r *phases.Report, reached bool, waited time.Duration) error {
	stage := ""
	d := WaitDocument{For: goal, Reached: reached, Waited: waited.Round(time.Millisecond).Seconds()}
	if r != nil {
		stage, d.Catalog, d.NotAsked = string(r.Stage), r.Catalog, r.NotAsked
		d.Stage = &stage
	}
	if p.JSON {
		return p.document(d)
	}
	var l lines
	switch {
	case reached:
		l.add("The database is %s.", stage)
	case r == nil:
		l.add("The database could not be read within %s.", took(waited))
	default:
		l.add("The database is %s after %s, not yet %s.", stage, took(waited), goal)
		for _, id := range r.NotAsked {
			l.add("%s", notAsked(id, slices.Contains(r.Due, id)))
		}
	}
	return p.text(&l)
}

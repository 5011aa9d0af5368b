package view

import (
	"fmt"
	"time"

	"manage/engine/ledger"
)

// HistoryDocument is the document of `history`.
type HistoryDocument struct {
	Catalog  string    `json:"catalog"`
	Attempts []Attempt `json:"attempts"`
}

// Attempt is one attempt at a revision, as the journal has it.
type Attempt struct {
	ID         int64      `json:"id"`
	Revision   string     `json:"revision"`
	Phase      string     `json:"phase"`
	Direction  string     `json:"direction"`
	Checksum   string     `json:"checksum"`
	Statements int        `json:"statements"`
	Done       int        `json:"done"`
	Who        string     `json:"who"`
	Started    time.Time  `json:"started"`
	Finished   *time.Time `json:"finished"`
	Error      *string    `json:"error"`
}

// History prints the journal, oldest first.
func History(p *Page, catalog string, attempts []ledger.Attempt) error {
	if p.JSON {
		return p.document(historyDocument(catalog, attempts))
	}
	var l lines
	if len(attempts) == 0 {
		l.add("Nothing was run on this database by manage.")
		return p.text(&l)
	}
	rows := make([][]string, 0, len(attempts))
	for _, a := range attempts {
		rows = append(rows, []string{
			stamp(a.Started), a.Revision, string(a.Phase), string(a.Direction),
			fmt.Sprintf("%d/%d", a.Done, a.Total), outcome(a), a.Who,
		})
	}
	l.add("%s", grid([]string{"started", "revision", "phase", "way", "statements", "outcome", "who"}, rows))
	return p.text(&l)
}

// outcome says in a word or two what became of an attempt.
func outcome(a ledger.Attempt) string {
	switch {
	case a.Error != "":
		return "failed: " + a.Error
	case a.Finished == nil:
		return "not finished"
	}
	return "done in " + a.Finished.Sub(a.Started).Round(time.Millisecond).String()
}

func historyDocument(catalog string, attempts []ledger.Attempt) HistoryDocument {
	d := HistoryDocument{Catalog: catalog, Attempts: []Attempt{}}
	for _, a := range attempts {
		row := Attempt{
			ID: a.ID, Revision: a.Revision, Phase: string(a.Phase), Direction: string(a.Direction),
			Checksum: a.Checksum, Statements: a.Total, Done: a.Done, Who: a.Who,
			Started: a.Started.UTC(), Error: optional(a.Error),
		}
		if a.Finished != nil {
			finished := a.Finished.UTC()
			row.Finished = &finished
		}
		d.Attempts = append(d.Attempts, row)
	}
	return d
}

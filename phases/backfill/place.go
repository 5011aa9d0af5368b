package backfill

import (
	"encoding/json"
	"fmt"
)

// place is a position within the steps, as the ledger keeps it.
type place struct {
	Step  int   `json:"step"`
	After []any `json:"after,omitempty"` // the last key that was handled
	// Until is the last key of the range, nil until it is known. Rows behind it
	// came later, and are another pass's.
	Until []any `json:"until,omitempty"`
	// Part is true for one of several ranges of a step: none of them goes on
	// with the next step by itself.
	Part bool `json:"part,omitempty"`
}

// parsePlace reads a position of a data migration.
func parsePlace(migration, position string) (place, error) {
	at := place{}
	if position == "" {
		return at, nil
	}
	if err := json.Unmarshal([]byte(position), &at); err != nil || at.Step < 0 {
		return at, fmt.Errorf("the recorded position of %s cannot be read: %q", migration, position)
	}
	return at, nil
}

// String is the position as it is recorded.
func (p place) String() string {
	text, err := json.Marshal(p)
	if err != nil { // a place is numbers and text
		panic(err)
	}
	return string(text)
}

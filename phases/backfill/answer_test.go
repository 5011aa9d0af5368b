package backfill

import (
	"fmt"
	"testing"
)

// A way round is noticed however long it is, and no way on is taken for one.
func TestCircle(t *testing.T) {
	for _, round := range []int{2, 3, 7, 100} {
		var c circle
		c.again("")
		asked := 1
		for !c.again(fmt.Sprint(asked % round)) {
			if asked++; asked > 10*round {
				t.Errorf("%d positions in a circle are not noticed", round)
				break
			}
		}
		if asked <= round {
			t.Errorf("%d positions in a circle are noticed after %d", round, asked)
		}
	}
	var c circle
	for pass := range 3 { // each over the same positions
		c.again("")
		for i := range 1000 {
			p := fmt.Sprint(i)
			for range 2 { // the second time it is tried once more
				if c.again(p) {
					t.Fatalf("pass %d is taken for a circle at %s", pass, p)
				}
			}
		}
	}
}

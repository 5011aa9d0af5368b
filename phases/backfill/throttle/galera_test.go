package throttle_test

import (
	"context"
	"sync"
	"testing"

	"manage/engine/enginetest"
	"manage/phases/backfill"
	"manage/phases/backfill/throttle"
)

// A node that cannot follow makes the whole cluster hold its writers up, and a
// data migration on another node waits until it can again.
func TestGaleraFlowControl(t *testing.T) {
	nodes, err := enginetest.StartGalera(2, enginetest.Options{Packaged: true})
	must(t, err)
	for _, n := range nodes {
		t.Cleanup(n.Close)
	}
	e := nodes[0].New(t)
	fill(t, e)
	e.Exec(t, "CREATE TABLE noise (id INTEGER PRIMARY KEY AUTO_INCREMENT, n INTEGER)")
	th := begin(t, e.URL, throttle.Options{})
	becomes(t, th, "")
	gate := &gated{Throttle: begin(t, e.URL, throttle.Options{}), open: make(chan struct{})}
	m := move(t, e, backfill.Options{Throttle: gate})
	m.pauses(t, "the gate is closed")
	eventually(t, "that is written down", func() bool {
		var reason string
		return e.SQL().QueryRow("SELECT waiting FROM manage_backfill").Scan(&reason) == nil && reason == "the gate is closed"
	})

	hold := stopApplying(t, nodes[1], e.Name+".noise")
	writing, stop := context.WithCancel(t.Context())
	for range 8 {
		go func() {
			for writing.Err() == nil {
				_, _ = e.SQL().ExecContext(writing, "INSERT INTO noise (n) VALUES (1)")
			}
		}()
	}
	becomes(t, th, "Galera flow control is active")
	close(gate.open)
	m.pauses(t, "Galera flow control is active")
	stop()
	hold()
	m.ends(t)
	becomes(t, th, "")
}

// gated is a throttle behind a gate, so that a migration is under way when it is
// asked: beginning one takes writes, which flow control holds up.
type gated struct {
	*throttle.Throttle
	open chan struct{}
}

func (g *gated) Reason(ctx context.Context) (string, error) {
	select {
	case <-g.open:
		return g.Throttle.Reason(ctx)
	default:
		return "the gate is closed", nil
	}
}

// stopApplying holds a lock on a node that what comes from others waits for.
func stopApplying(t *testing.T, node *enginetest.Server, table string) (end func()) {
	t.Helper()
	node.Do(t, "SET GLOBAL wsrep_provider_options = 'gcs.fc_limit=2; gcs.fc_factor=0.5'")
	c, err := node.SQL(t).Conn(t.Context())
	must(t, err)
	eventually(t, "the node has "+table, func() bool {
		_, err := c.ExecContext(t.Context(), "FLUSH TABLES "+table+" WITH READ LOCK")
		return err == nil
	})
	end = sync.OnceFunc(func() {
		_, _ = c.ExecContext(context.Background(), "UNLOCK TABLES")
		c.Close()
	})
	t.Cleanup(end) // before the database is dropped on all nodes
	return end
}

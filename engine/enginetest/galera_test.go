package enginetest

import "testing"

// What one node commits, the others have.
func TestGalera(t *testing.T) {
	nodes, err := StartGalera(3, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range nodes {
		defer n.Close()
	}
	db := nodes[0].New(t)
	db.Exec(t, "CREATE TABLE a (id INT PRIMARY KEY); INSERT INTO a VALUES (1)")
	for i, n := range nodes {
		pool, err := n.adminPool()
		if err != nil {
			t.Fatal(err)
		}
		var size, rows int
		if err := pool.QueryRow("SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'wsrep_cluster_size'").Scan(&size); err != nil || size != 3 {
			t.Errorf("node %d is in a cluster of %d: %v", i+1, size, err)
		}
		if err := pool.QueryRow("SET SESSION wsrep_sync_wait = 1; SELECT count(*) FROM " + db.Name + ".a").Scan(&rows); err != nil {
			t.Errorf("node %d: %v", i+1, err)
		}
	}
}

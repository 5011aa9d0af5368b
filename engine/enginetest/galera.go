package enginetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"path/filepath"
	"strings"
	"time"

	"manage/engine/flavor"
)

// StartGalera starts a Galera cluster of n MariaDB nodes on loopback ports.
// The first node is the one that the others copy their data from. It needs
// Debian's galera-4 and rsync. On an error no node is left running.
func StartGalera(n int, o Options) ([]*Server, error) {
	provider, err := galeraProvider()
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(2 * n)
	if err != nil {
		return nil, err
	}
	var addresses []string
	for _, port := range ports[:n] {
		addresses = append(addresses, loopbackAddress(port))
	}
	var nodes []*Server
	for i := range n {
		node := o
		node.Settings = append(append([]string{}, o.Settings...), galeraSettings(i, provider, addresses, ports[n+i])...)
		s, err := Start(flavor.MariaDB, node)
		if err != nil {
			for _, started := range nodes {
				started.Close()
			}
			return nil, fmt.Errorf("node %d: %w", i+1, err)
		}
		nodes = append(nodes, s)
	}
	return nodes, joinedAll(nodes)
}

// joinedAll waits until the first node sees all the others.
func joinedAll(nodes []*Server) error {
	pool, err := nodes[0].adminPool()
	size := 0
	for deadline := time.Now().Add(startTimeout); err == nil && size < len(nodes) && time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		err = pool.QueryRow("SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'wsrep_cluster_size'").Scan(&size)
	}
	if err == nil && size < len(nodes) {
		err = fmt.Errorf("the cluster has %d nodes, not %d", size, len(nodes))
	}
	if err != nil {
		for _, s := range nodes {
			s.Close()
		}
	}
	return err
}

// galeraSettings are those of node number i. The state transfer listens on a
// port of its own, and the one for increments beside the group's.
func galeraSettings(i int, provider string, addresses []string, transfer int) []string {
	settings := []string{
		"wsrep-on=ON", "wsrep-provider=" + provider, "binlog-format=ROW", "innodb-autoinc-lock-mode=2",
		"wsrep-cluster-name=" + dirPrefix + "cluster", "wsrep-cluster-address=gcomm://" + strings.Join(addresses, ","),
		fmt.Sprintf("wsrep-node-name=node%d", i+1), "wsrep-node-address=" + addresses[i],
		"wsrep-auto-increment-control=OFF", // tests write to the first node and count on its numbers
		"wsrep-sst-method=rsync", "wsrep-sst-receive-address=" + loopbackAddress(transfer),
		"wsrep-provider-options=gmcast.listen_addr=tcp://" + addresses[i] + ";gcache.size=64M;pc.recovery=false;pc.wait_prim_timeout=PT60S;" +
			// A busy machine is no reason to think a node dead.
			"evs.suspect_timeout=PT30S;evs.inactive_timeout=PT60S;evs.install_timeout=PT30S;gmcast.peer_timeout=PT20S",
	}
	if i == 0 {
		settings = append(settings, "wsrep-new-cluster")
	}
	return settings
}

func loopbackAddress(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

// galeraProvider finds the library that makes MariaDB a node.
func galeraProvider() (string, error) {
	for _, pattern := range []string{"/usr/lib/galera/libgalera_smm.so", "/usr/lib/*/galera/libgalera_smm.so"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0], nil
		}
	}
	return "", errors.New("libgalera_smm.so is not installed (apt-get install galera-4 rsync)")
}

// freePorts finds n ports at once, so that they differ. Group ports are
// followed by the one for increments, which must be free too. They are none of
// those that Linux gives to outgoing connections (from 32768 on): one of these
// may be taken before a node listens.
func freePorts(n int) ([]int, error) {
	var ports []int
	var held []net.Listener
	defer func() {
		for _, l := range held {
			l.Close()
		}
	}()
	for tries := 0; len(ports) < n; tries++ {
		port := 15_000 + rand.IntN(17_000)
		l, err := net.Listen("tcp", loopbackAddress(port))
		if err != nil {
			if tries == 1000 {
				return nil, err
			}
			continue
		}
		held = append(held, l)
		next, err := net.Listen("tcp", loopbackAddress(port+1))
		if err != nil {
			continue
		}
		held = append(held, next)
		ports = append(ports, port)
	}
	return ports, nil
}

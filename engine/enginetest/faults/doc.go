// Package faults is the fault harness: it kills processes, servers and
// connections at every point that a run passes, and stops and crowds them, and
// compares what comes of it with an undisturbed run. It holds tests only.
//
// The processes that are killed are this package's test binary, called again
// with a task in its environment. `go test` breaks a sample of the points;
// `make test-faults` breaks them all.
package faults

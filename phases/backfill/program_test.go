package backfill_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/ledger"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/phases/backfill"
)

// script writes a program, a shell script, and is the data migration that it
// does. What it says is in its functions pending and batch, which find the
// request in $line, and how many batches it was asked for before in $n.
func script(t *testing.T, functions string) (*catalog.Migration, backfill.Options) {
	t.Helper()
	dir := t.TempDir()
	text := `#!/bin/sh
n=0
pending() { if [ -e finished ]; then echo '{"pending":false}'; else echo '{"pending":true,"estimate":3}'; fi; }
batch() { if [ $n -lt 3 ]; then echo '{"rows":1,"position":"p'$n'","done":false}'; else : > finished; echo '{"rows":1,"position":"p3","done":true}'; fi; }
` + functions + `
while read -r line; do
	echo "$line" >> requests
	case $line in
	*'"pending"'*) pending ;;
	*'"batch"'*) n=$((n + 1)); batch ;;
	*'"stop"'*) exit 0 ;;
	esac
done
`
	must(t, os.WriteFile(filepath.Join(dir, "move.sh"), []byte(text), 0o755))
	m := &catalog.Migration{Migration: revision.Migration{ID: "one_migrate01"}, Program: []string{"./move.sh"},
		ProgramSource: revision.Source{File: "versions/one_migrate01.toml", Line: 7}, ProgramTimeout: 5 * time.Second}
	return m, backfill.Options{Dir: dir}
}

// requests are the lines that a program was sent.
func requests(t *testing.T, o backfill.Options) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(o.Dir, "requests"))
	must(t, err)
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

func TestProgramProtocol(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		m, o := script(t, `echo "$MANAGE_MIGRATION $MANAGE_DIALECT $(pwd)" >&2`)
		o.Time = 250 * time.Millisecond
		var said []string
		o.Stderr = func(line string) { said = append(said, line) }
		held := acquire(t, runner(t, e))
		rows, err := backfill.Run(t.Context(), held, m, o)
		must(t, err)
		if p := progress(t, held); rows != 3 || p.Rows != 3 || p.Position != "p3" || p.Finished == nil || p.Estimate != 3 {
			t.Errorf("%d rows, %+v", rows, p)
		}
		equal(t, "requests", requests(t, o), []string{
			`{"op":"pending"}`,
			`{"op":"batch","position":null,"target_ms":250}`,
			`{"op":"batch","position":"p1","target_ms":250}`,
			`{"op":"batch","position":"p2","target_ms":250}`,
			`{"op":"pending"}`,
			`{"op":"stop"}`,
		})
		dir, err := filepath.EvalSymlinks(o.Dir)
		must(t, err)
		equal(t, "standard error", said, []string{"one_migrate01 " + string(e.Dialect) + " " + dir})
	})
}

// A program works on the database itself, which on SQLite lets one write at a
// time: no transaction of ours may be open meanwhile.
func TestProgramWritesTheDatabase(t *testing.T) {
	e := enginetest.New(t, flavor.SQLite)
	fill(t, e, 50)
	t.Chdir(filepath.Dir(e.Name)) // and a relative name is found from the catalog's directory
	m, o := script(t, `
db() { sqlite3 "${MANAGE_CONNECTION#sqlite:///}" "$1"; }
pending() { echo '{"pending":'$(db "SELECT CASE WHEN count(*) > 0 THEN 'true' ELSE 'false' END FROM items WHERE b IS NULL")'}'; }
batch() {
	db "UPDATE items SET b = a WHERE id BETWEEN $n * 20 - 19 AND $n * 20" >&2
	echo '{"rows":20,"position":"'$n'","done":'$([ $n -eq 3 ] && echo true || echo false)'}'
}`)
	o.Connection = "sqlite:///" + filepath.Base(e.Name)
	held := acquire(t, runner(t, e))
	_, err := backfill.Run(t.Context(), held, m, o)
	must(t, err)
	if left := fmt.Sprint(e.Query(t, "SELECT count(*) FROM items WHERE b IS NULL OR b <> a")); left != "[[0]]" {
		t.Errorf("%s rows are left", left)
	}
}

// What a program says that cannot be, and what it does not say, is an error in
// our words and its own, and the position stays.
func TestProgramFailures(t *testing.T) {
	// second is a program whose second batch does something.
	second := func(does string) string {
		return `batch() { if [ $n -lt 2 ]; then echo '{"rows":1,"position":"p'$n'","done":false}'; else ` + does + `; fi; }`
	}
	say := func(line string) string { return second(`printf '%s\n' '` + line + `'`) }
	for name, c := range map[string]struct {
		functions, want string
	}{
		"crash":           {second(`echo "disk on fire" >&2; exit 3`), "it ended without an answer (exit status 3); it last said: disk on fire"},
		"killed":          {second(`kill -9 $$`), "it ended without an answer (signal: killed)"},
		"half a line":     {second(`printf '{"rows":1'; exit 0`), `it ended without an answer, in the middle of a line: "{\"rows\":1" (exit status 0)`},
		"own words":       {say(`{"error":"owner 7 is unknown"}`), "failed: owner 7 is unknown"},
		"control words":   {say(`{"error":"\u001b[2J\u001b[31mred\u0007\nand more"}`), "failed: [2J[31mred and more"},
		"too many words":  {second(`printf '{"error":"%03000d"}\n' 1`), strings.Repeat("0", 2000) + "…"},
		"wild words":      {second(`printf '\377\033[2J no moon' >&2; exit 1`), "it last said: \uFFFD[2J no moon"},
		"a child is left": {second(`sleep 600 & exit 4`), "it ended without an answer (exit status 4) and left something running"},
		"no words":        {say(`{"error":""}`), "it reports an error without words"},
		"no JSON":         {say(`done, I think`), `its answer is not a JSON object: "done, I think"`},
		"empty line":      {say(``), `its answer is not a JSON object: ""`},
		"a list":          {say(`[1]`), "its answer is not a JSON object"},
		"null":            {say(`null`), "its answer is not a JSON object"},
		"two objects":     {say(`{"rows":1,"done":true}{}`), "its answer is not a JSON object"},
		"rows in words":   {say(`{"rows":"many","position":"p2","done":false}`), `its answer has a string for "rows"`},
		"half a row":      {say(`{"rows":1.5,"position":"p2","done":false}`), `its answer has a number 1.5 for "rows"`},
		"done in words":   {say(`{"rows":1,"position":"p2","done":"no"}`), `its answer has a string for "done"`},
		"position number": {say(`{"rows":1,"position":2,"done":false}`), `its answer has a number for "position"`},
		"nothing said":    {say(`{}`), `its answer to "batch" must say "rows" and "done": "{}"`},
		"no done":         {say(`{"rows":1,"position":"p2"}`), `must say "rows" and "done"`},
		"no position":     {say(`{"rows":1,"done":false}`), "it is not done and does not say at which position to go on"},
		"negative rows":   {say(`{"rows":-1,"position":"p2","done":false}`), "it says that a batch changed -1 rows"},
		"absurd rows":     {say(`{"rows":9223372036854775807,"position":"p2","done":false}`), "it says that a batch changed 9223372036854775807 rows"},
		"standing still":  {say(`{"rows":1,"position":"p1","done":false}`), `stands at the same position, "p1"`},
		"a null in it":    {say(`{"rows":1,"position":"p\u0000","done":false}`), "its position is not text that can be kept"},
		"half a letter":   {say(`{"rows":1,"position":"\ud800","done":false}`), "its position is not text that can be kept"},
		"not UTF-8":       {second(`printf '{"rows":1,"position":"\377","done":false}\n'`), "its answer is not UTF-8"},
		"two lines":       {second(`printf '{"rows":1,"position":"p2","done":false}\n{"rows":1,"position":"p3","done":false}\n'; sleep 1`), "it said more than it was asked for"},
		"huge line":       {second(`head -c 300000 /dev/zero | tr '\0' x; echo`), "its answer is longer than 131072 bytes"},
		"huge position":   {second(`printf '{"rows":1,"done":false,"position":"%070000d"}\n' 1`), "its position has 70000 bytes"},
		"pending":         {say(`{"pending":true}`), `must say "rows" and "done"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, o := script(t, c.functions)
			failsAt(t, m, o, "p1", 1, c.want)
		})
	}
}

// failsAt runs a data migration that fails, and checks the words and what was
// recorded.
func failsAt(t *testing.T, m *catalog.Migration, o backfill.Options, position string, rows int64, want string) *backfill.ProgramFailed {
	t.Helper()
	held := acquire(t, runner(t, enginetest.New(t, flavor.SQLite)))
	changed, err := backfill.Run(t.Context(), held, m, o)
	var failed *backfill.ProgramFailed
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "versions/one_migrate01.toml:7") {
		t.Fatalf("got %v, want %q", err, want)
	}
	if p := progress(t, held); changed != rows || p.Rows != rows || p.Position != position || p.Finished != nil {
		t.Errorf("%d rows, recorded %+v", changed, p)
	}
	return failed
}

// A program that goes to and fro between positions is noticed, whatever the
// length of the way and wherever it begins.
func TestProgramCircle(t *testing.T) {
	for _, c := range []struct{ straight, round int }{{0, 2}, {1, 2}, {5, 3}, {17, 10}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			t.Parallel()
			m, o := script(t, fmt.Sprintf(`batch() { p=$n; if [ $p -gt %d ]; then p=$(( (p - %d) %% %d + %d )); fi
				echo '{"rows":1,"position":"p'$p'","done":false}'; }`, c.straight, c.straight, c.round, c.straight+1))
			held := acquire(t, runner(t, enginetest.New(t, flavor.SQLite)))
			rows, err := backfill.Run(t.Context(), held, m, o)
			var failed *backfill.ProgramFailed
			if !errors.As(err, &failed) || !strings.Contains(err.Error(), "it goes in a circle") {
				t.Fatalf("after %d rows: %v", rows, err)
			}
			if most := int64(5 * (c.straight + c.round)); rows > most {
				t.Errorf("noticed after %d batches", rows)
			}
		})
	}
}

// A program that answers nothing is ended after its time, with all that it has
// started, and what it said goes into the error.
func TestProgramSilence(t *testing.T) {
	m, o := script(t, `batch() { echo "waiting for the moon" >&2; sleep 600 & echo $! > child; wait; }`)
	m.ProgramTimeout = time.Second
	held := acquire(t, runner(t, enginetest.New(t, flavor.SQLite)))
	_, err := backfill.Run(t.Context(), held, m, o)
	var failed *backfill.ProgramFailed
	if want := `it gave no answer to "batch" for 1s and was ended; it last said: waiting for the moon`; !errors.As(err, &failed) ||
		!strings.Contains(err.Error(), want) || failed.Interrupted || !strings.Contains(failed.Hint, "timeout") {
		t.Errorf("got %+v", err)
	}
	text, err := os.ReadFile(filepath.Join(o.Dir, "child"))
	must(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	must(t, err)
	if !ends(pid) {
		t.Errorf("process %d is left", pid)
	}
}

// ends reports whether a process ends soon.
func ends(pid int) bool {
	for range 100 {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) || err == nil && strings.Contains(string(stat), ") Z ") {
			return true
		}
		time.Sleep(50 * time.Millisecond)
	}
	return false
}

// An interruption lets the batch in hand finish and be recorded; a program that
// is silent is ended.
func TestProgramInterrupted(t *testing.T) {
	m, o := script(t, `batch() { : > working; sleep 0.3; echo '{"rows":1,"position":"p'$n'","done":false}'; }`)
	held := acquire(t, runner(t, enginetest.New(t, flavor.SQLite)))
	_, err := backfill.Run(whenThere(t, o, "working"), held, m, o)
	if err == nil || err.Error() != "interrupted" {
		t.Errorf("got %v", err)
	}
	if p := progress(t, held); p.Rows != 1 || p.Position != "p1" {
		t.Errorf("recorded %+v", p)
	}

	m, o = script(t, `batch() { : > working; echo "no moon" >&2; sleep 600; }`)
	m.ProgramTimeout = time.Second
	_, err = backfill.Run(whenThere(t, o, "working"), held, m, o)
	var failed *backfill.ProgramFailed
	if !errors.As(err, &failed) || !failed.Interrupted || !failed.Began || !strings.Contains(err.Error(), "after the interruption and was ended; it last said: no moon") {
		t.Errorf("got %v", err)
	}
	if p := progress(t, held); p.Rows != 1 || p.Position != "p1" {
		t.Errorf("recorded %+v", p)
	}
}

// whenThere is a context that ends when a program has made a file.
func whenThere(t *testing.T, o backfill.Options, name string) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		for range 500 {
			if _, err := os.Stat(filepath.Join(o.Dir, name)); err == nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	return ctx
}

// Limits and pauses take effect between the batches of a program.
func TestProgramLimits(t *testing.T) {
	m, o := script(t, `
batch() {
	p=${line#*'"position":"p'}
	[ "$p" = "$line" ] && p=0
	n=$((${p%%'"'*} + 1)) done=false
	[ $n -eq 3 ] && done=true && : > finished
	echo '{"rows":1,"position":"p'$n'","done":'$done'}'
}`)
	held := acquire(t, runner(t, enginetest.New(t, flavor.SQLite)))
	o.MaxRows = 1
	rows, err := backfill.Run(t.Context(), held, m, o)
	var halted *backfill.Halted
	if p := progress(t, held); !errors.As(err, &halted) || halted.Rows != 1 || rows != 1 || p.Position != "p1" {
		t.Fatalf("%d rows, recorded %+v, error %v", rows, p, err)
	}
	before, asked := len(requests(t, o)), 0
	o.MaxRows, o.Throttle = 0, &reasons{all: []string{"", "it rains", "it rains", "", ""}}
	o.Events = func(ev any) {
		if p, ok := ev.(backfill.Paused); ok && p.Reason != "" {
			asked = len(requests(t, o)) - before
		}
	}
	rows, err = backfill.Run(t.Context(), held, m, o)
	if p := progress(t, held); err != nil || rows != 2 || asked != 1 || p.Position != "p3" || p.Rows != 3 || p.Waiting != "" {
		t.Errorf("%d rows, %d requests before the pause, recorded %+v, error %v", rows, asked, p, err)
	}
	equal(t, "requests", requests(t, o)[before:], []string{
		`{"op":"batch","position":"p1","target_ms":100}`,
		`{"op":"batch","position":"p2","target_ms":100}`,
		`{"op":"pending"}`,
		`{"op":"stop"}`,
	})
}

// A program that cannot be started is told with the place of its command.
func TestProgramNotStarted(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"plain": "no script", "odd": "#!/no/such/shell\n"} {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755))
	}
	must(t, os.WriteFile(filepath.Join(dir, "closed"), []byte("#!/bin/sh\n"), 0o644))
	for command, want := range map[string]string{
		"./missing":        "./missing is not there",
		"./closed":         "./closed may not be executed",
		"./plain":          "./plain is no program of this system",
		"./odd":            "what its first line names (#!) is not",
		"no-such-program":  "no-such-program is not found on PATH",
		"/no/such/program": "/no/such/program is not there",
	} {
		m := &catalog.Migration{Migration: revision.Migration{ID: "one_migrate01"}, Program: []string{command},
			ProgramSource: revision.Source{File: "versions/one_migrate01.toml", Line: 7}}
		held := acquire(t, runner(t, enginetest.New(t, flavor.SQLite)))
		_, err := backfill.Run(t.Context(), held, m, backfill.Options{Dir: dir})
		if err == nil || !strings.Contains(err.Error(), "the program of one_migrate01 (versions/one_migrate01.toml:7) failed: it cannot be started: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", command, err)
		}
	}
	m := &catalog.Migration{Migration: revision.Migration{ID: "one_migrate01"}, Program: []string{"./move.sh"}}
	held := acquire(t, runner(t, enginetest.New(t, flavor.SQLite)))
	if _, err := backfill.Run(t.Context(), held, m, backfill.Options{}); err == nil || !strings.Contains(err.Error(), "the catalog is built in") {
		t.Errorf("a built-in catalog: %v", err)
	}
}

// A program that is done, and says that rows are pending, is not believed.
func TestProgramDoneAndPending(t *testing.T) {
	m, o := script(t, `batch() { echo '{"rows":0,"position":"end","done":true}'; }`)
	held := acquire(t, runner(t, enginetest.New(t, flavor.SQLite)))
	_, err := backfill.Run(t.Context(), held, m, o)
	var stuck *backfill.Stuck
	if !errors.As(err, &stuck) || !strings.HasSuffix(err.Error(), "and it still says that some are pending") {
		t.Errorf("got %v", err)
	}
}

// One that is done at once is recorded as every other.
func TestProgramInOneBatch(t *testing.T) {
	m, o := script(t, `batch() { : > finished; echo '{"rows":7,"position":"end","done":true}'; }`)
	held := acquire(t, runner(t, enginetest.New(t, flavor.SQLite)))
	rows, err := backfill.Run(t.Context(), held, m, o)
	if p := progress(t, held); err != nil || rows != 7 || p.Rows != 7 || p.Finished == nil {
		t.Errorf("%d rows, error %v, recorded %+v", rows, err, p)
	}
}

// Who loses the lease ends the program at once, in the middle of a batch: the
// rows are another one's by then.
func TestProgramLosesLease(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		m, o := script(t, `batch() { echo $$ >&2; sleep 60; : > changed; }`)
		m.ProgramTimeout = time.Minute
		r := runner(t, e)
		r.Options.LeaseTTL = time.Second
		held := acquire(t, r)
		pid := 0
		o.Stderr = func(line string) {
			pid, _ = strconv.Atoi(line)
			e.Exec(t, "UPDATE manage_lease SET token = token + 1, holder = 'other'")
		}
		_, err := backfill.Run(t.Context(), held, m, o)
		if !errors.Is(err, ledger.ErrLeaseLost) {
			t.Errorf("error %v", err)
		}
		if pid == 0 || syscall.Kill(pid, 0) == nil {
			t.Errorf("the program (%d) is still there", pid)
		}
	})
}

// A password that a program prints reaches no log and no error.
func TestProgramPassword(t *testing.T) {
	m, o := script(t, `batch() { echo "cannot reach $MANAGE_CONNECTION" >&2; echo '{"error":"s3cret/pass is wrong"}'; }`)
	o.Connection = "postgresql://u:s3cret%2Fpass@h/d"
	var said []string
	o.Stderr = func(line string) { said = append(said, line) }
	held := acquire(t, runner(t, enginetest.New(t, flavor.SQLite)))
	_, err := backfill.Run(t.Context(), held, m, o)
	if err == nil || !strings.Contains(err.Error(), "failed: *** is wrong; it last said: cannot reach postgresql://u:***@h/d") {
		t.Errorf("got %v", err)
	}
	if !slices.Equal(said, []string{"cannot reach postgresql://u:***@h/d"}) {
		t.Errorf("logged %q", said)
	}
}

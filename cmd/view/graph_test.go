package view

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"manage/engine/revision"
	"manage/migrations"
	"manage/migrations/catalog"
)

// drawn is a graph to draw: words such as "t1 e1<t1 m1:e1>c1 c1<t1:m1" name a
// revision on trunk, expand or contract, what it revises, and what it depends
// on; a data migration is followed by what it needs and what waits for it.
func drawn(t *testing.T, words string) *revision.Graph {
	t.Helper()
	var revs []revision.Revision
	var migs []revision.Migration
	for word := range strings.FieldsSeq(words) {
		word, before, _ := strings.Cut(word, ">")
		word, needs, _ := strings.Cut(word, ":")
		id, parent, _ := strings.Cut(word, "<")
		var depends []string
		if needs != "" {
			depends = strings.Split(needs, ",")
		}
		if id[0] == 'm' {
			migs = append(migs, revision.Migration{ID: id, DependsOn: depends, Before: before, Release: "r" + id[1:]})
			continue
		}
		branch := map[byte]revision.Branch{'t': revision.Trunk, 'e': revision.Expand, 'c': revision.Contract}[id[0]]
		r := revision.Revision{ID: id, Parent: parent, Branch: branch, DependsOn: depends}
		if branch != revision.Trunk {
			r.Release = "r" + id[1:2]
		}
		revs = append(revs, r)
	}
	g, err := revision.NewGraph(revs, migs, revision.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func draw(t *testing.T, g *revision.Graph, applied revision.Set, titles map[string]string, format string) string {
	t.Helper()
	var b strings.Builder
	if err := Graph(&b, g, applied, titles, format); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGraphAsText(t *testing.T) {
	for _, c := range []struct{ name, words, applied, want string }{
		{"two releases in the middle of contract", "t1 t2<t1 e1<t2 m1:e1>c1 c1<t2:e1 e2<e1 c2<c1:e2", "e2 c1", `
●    t1
●    t2
├─╮
● │  e1
├◆┤  m1
├─●  c1
● │  e2
╰─○  c2
`},
		{"expanded, data due", "t1 e1<t1 m1:e1>c1 c1<t1:m1", "e1", `
●    t1
├─╮
● │  e1
╰◇┤  m1
  ○  c1
`},
		{"contract that depends on nothing", "t1 e1<t1 c1<t1 e2<e1", "t1", `
●    t1
├─╮
○ │  e1
│ ○  c1
○    e2
`},
		{"expand only", "t1 e1<t1 m1:e1", "e1", `
●    t1
│
●    e1
╰◇   m1
`},
		{"contract only", "t1 c1<t1 c2<c1", "c1", `
●    t1
╰─╮
  ●  c1
  ○  c2
`},
		{"all trunk", "t1 t2<t1 m1:t1", "t1", `
●  t1
○  t2
◇  m1
`},
	} {
		g := drawn(t, c.words)
		got, _, _ := strings.Cut(draw(t, g, g.Closure(strings.Fields(c.applied)...), nil, ""), "\n\n")
		if want := strings.Trim(c.want, "\n"); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, want)
		}
	}
	if got := draw(t, drawn(t, ""), revision.Set{}, nil, "text"); got != "The catalog has no revisions.\n" {
		t.Errorf("empty: %q", got)
	}
}

func TestGraphFitsTheTerminal(t *testing.T) {
	g := drawn(t, "t1 e1<t1 c1<t1:e1")
	titles := map[string]string{"t1": "short", "e1": strings.Repeat("überlang ", 30), "c1": "two\nlines"}
	got := draw(t, g, g.All(), titles, "text")
	for row := range strings.SplitSeq(got, "\n") {
		if n := utf8.RuneCountInString(row); n > 80 || row != strings.TrimRight(row, " ") {
			t.Errorf("%d columns, or spaces at the end: %q", n, row)
		}
	}
	for _, want := range []string{"t1  short\n", "überlang…\n", "c1  two lines\n", "● applied"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestGraphAsDiagrams(t *testing.T) {
	g := drawn(t, "t1 e1<t1 m1:e1>c1 c1<t1:e1")
	titles := map[string]string{"t1": `the "first" <table> #1 \o/`}
	mermaid := draw(t, g, g.Closure("e1"), titles, "mermaid")
	dot := draw(t, g, g.Closure("e1"), titles, "dot")
	for _, want := range []string{
		"flowchart TB\n", `n0["t1<br/>the #quot;first#quot; #lt;table#gt; #35;1 \o/"]`, `n2{{"m1"}}`, "n0 --> n1\n", "n0 --> n3\n",
		"n1 -.-> n2\n", "n1 -.-> n3\n", "n2 -.-> n3\n", "class n0,n1 applied\n", `subgraph branch_migrate ["data migrations"]`,
	} {
		if strings.Count(mermaid, want) != 1 {
			t.Errorf("%q is not once in\n%s", want, mermaid)
		}
	}
	for _, want := range []string{
		"digraph revisions {\n", `"t1" [label="t1\nthe \"first\" <table> #1 \\o/", style="rounded,filled", fillcolor="#cfe8cf"];`,
		`"m1" [label="m1", shape=hexagon];`, `"t1" -> "e1";`, `"t1" -> "c1";`, `"e1" -> "m1" [style=dashed];`,
		`"e1" -> "c1" [style=dashed];`, `"m1" -> "c1" [style=dashed];`, `"c1" [label="c1"];`, "subgraph cluster_contract {",
	} {
		if strings.Count(dot, want) != 1 {
			t.Errorf("%q is not once in\n%s", want, dot)
		}
	}
	if open, closed := strings.Count(dot, "{"), strings.Count(dot, "}"); open != closed {
		t.Errorf("%d braces opened, %d closed", open, closed)
	}
}

func TestGraphOfAnUnknownFormat(t *testing.T) {
	var unknown *UnknownFormat
	err := Graph(&strings.Builder{}, drawn(t, "t1"), revision.Set{}, nil, "svg")
	if !errors.As(err, &unknown) || unknown.Format != "svg" || err.Error() != `there is no graph format "svg": use text, mermaid, dot` {
		t.Errorf("got %v", err)
	}
}

func TestGraphNodes(t *testing.T) {
	g := drawn(t, "t1 e1<t1 m1:e1>c1 c1<t1:e1,m1")
	var got []string
	for _, n := range GraphNodes(g, g.Closure("c1"), map[string]string{"m1": "moves"}) {
		state := "open"
		if n.Applied {
			state = "applied"
		}
		got = append(got, strings.Join([]string{n.ID, string(n.Branch), n.Release, n.Message, n.Revises, strings.Join(n.DependsOn, "+"), state}, "|"))
	}
	want := "t1|trunk|||||applied e1|expand|r1||t1||applied m1|migrate|r1|moves||e1|applied c1|contract|r1||t1|e1+m1|applied"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
}

// The image service's whole history is read on one page of 80 columns.
func TestGraphOfGlance(t *testing.T) {
	c, err := catalog.Load(migrations.Catalogs()[0].FS, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	titles := make(map[string]string)
	for id, r := range c.Revisions {
		titles[id] = r.Message
	}
	for id, m := range c.Migrations {
		titles[id] = m.Message
	}
	text := draw(t, c.Graph, c.Graph.Closure("pike_contract01", "train_expand01"), titles, "text")
	rows := strings.Split(text, "\n")
	if len(rows) > 36 {
		t.Errorf("%d rows", len(rows))
	}
	for _, row := range rows {
		if utf8.RuneCountInString(row) > 80 {
			t.Errorf("more than 80 columns: %s", row)
		}
	}
	for id := range titles {
		if strings.Count(text, "  "+id+" ") != 1 {
			t.Errorf("%s is not once in the drawing", id)
		}
	}
	for _, want := range []string{"\n● │  train_expand01 ", "\n├◇┤  train_migrate01 ", "\n├◆┤  ocata_migrate01 ", "\n├─○  queens_contract01 ", "\n╰─○  2024_1_contract01 "} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

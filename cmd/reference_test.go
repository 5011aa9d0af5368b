package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"manage/cmd/argv"
	"manage/cmd/view"
	"manage/engine/enginetest/golden"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// The reference pages are made from the tables of the code; `go test ./cmd
// -run TestReference -update` writes them.
func TestReference(t *testing.T) {
	pages := map[string]string{
		"commands.md":    commandsPage(modelOf(t, manageTool("manage"))),
		"exit-codes.md":  exitCodesPage(),
		"older-names.md": olderNamesPage(t),
		"json-output.md": jsonPage(t),
	}
	for name, want := range pages {
		golden.File(t, filepath.Join("..", "docs", "reference", name), want)
	}
}

const generated = "<!-- Made from the tables in the code by `go test ./cmd -run TestReference -update`. -->\n\n"

const olderNamesTop = `The binary answers to the names of four services' own tools, through links: ` + "`make build`" + ` makes them beside it. Under such a name it understands the words of that tool, prints what that prints, and exits with its codes: 0, 1 where something failed or was refused, 2 where the words make no sense. What it prints is about the version and the questions; what it does is logged on standard error. Every command works on every database.

Options may be abbreviated while they stay unique, and those of the logging library that are not listed are taken without effect. The configuration is that of the service, see [configuration](configuration.md). What a name has no command for, ` + "`manage --catalog NAME --connection URL db …`" + ` does on the same database.
`

// commandsPage is the help of every command.
func commandsPage(model *kong.Application) string {
	var b strings.Builder
	b.WriteString(generated + "# Commands\n\n" + model.Help + "\n\n" + versionGrammar + "\n\n")
	b.WriteString("## Options of every command\n\nThey may stand before and after the command.\n\n" + flagTable(model.Flags))
	var visit func(node *kong.Node)
	visit = func(node *kong.Node) {
		if len(node.Children) == 0 {
			b.WriteString(commandSection(node))
		}
		for _, c := range node.Children {
			visit(c)
		}
	}
	visit(model.Node)
	return b.String()
}

func commandSection(node *kong.Node) string {
	doc := node.Target.Addr().Interface().(documented).Doc()
	var b strings.Builder
	words := []string{"manage", argv.CommandPath(node)}
	for _, p := range node.Positional {
		words = append(words, positionalWord(p))
	}
	fmt.Fprintf(&b, "\n## `%s`\n\n%s\n\n", strings.Join(words, " "), strings.TrimSuffix(strings.TrimSpace(doc.Does), versionGrammar))
	fmt.Fprintf(&b, "*Writes:* %s\n\n*Exit codes:* %s\n\n", doc.Writes, strings.Trim(strings.Join(strings.Fields(fmt.Sprint(doc.Exits)), ", "), "[]"))
	if len(node.Flags) > 0 {
		b.WriteString(flagTable(node.Flags) + "\n")
	}
	b.WriteString("```console\n")
	for _, e := range doc.Examples {
		fmt.Fprintf(&b, "$ manage %s\n", e)
	}
	b.WriteString("```\n")
	return b.String()
}

func flagTable(flags []*kong.Flag) string {
	var b strings.Builder
	b.WriteString("| option | meaning |\n|---|---|\n")
	for _, f := range flags {
		if f.Hidden {
			continue
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.ReplaceAll(strings.TrimSpace(flagWord(f)), "|", "\\|"), f.Help)
	}
	return b.String()
}

func exitCodesPage() string {
	var b strings.Builder
	b.WriteString(generated + "# Exit codes\n\n| code | name | meaning | what to do |\n|---|---|---|---|\n")
	for _, m := range ExitMeanings() {
		fmt.Fprintf(&b, "| %d | %s | %s | %s |\n", m.Code, m.Name, m.Meaning, m.Todo)
	}
	b.WriteString("\nUnder the [older names](older-names.md) the codes 6 to 9 are 1, as with the tools of those names, and so is what is wrong with a configuration or a version.\n")
	return b.String()
}

// olderNamesPage is what the binary understands under each older name.
func olderNamesPage(t *testing.T) string {
	var b strings.Builder
	b.WriteString(generated + "# The older names\n\n" + olderNamesTop)
	b.WriteString("\n" + revisionGrammar + " A number below zero needs no `--` before it.\n")
	b.WriteString("\n## Options before the command\n\n" + flagTable(modelOf(t, watcherTool()).Flags))
	b.WriteString("\n`glance-manage` has no `--verbose`.\n")
	for _, tool := range oldTools() {
		model := modelOf(t, tool)
		fmt.Fprintf(&b, "\n## %s\n\n%s Its catalog is `%s`.\n", tool.name, tool.about, tool.catalog)
		var visit func(node *kong.Node)
		visit = func(node *kong.Node) {
			if len(node.Children) == 0 {
				b.WriteString(olderCommand(tool, node))
			}
			for _, c := range node.Children {
				visit(c)
			}
		}
		visit(model.Node)
	}
	return b.String()
}

func olderCommand(tool tool, node *kong.Node) string {
	var b strings.Builder
	words := []string{tool.name, argv.CommandPath(node)}
	for _, p := range node.Positional {
		words = append(words, positionalWord(p))
	}
	does := node.Help
	if d, ok := node.Target.Addr().Interface().(documented); ok {
		does = strings.Join(strings.Fields(strings.Replace(d.Doc().Does, revisionGrammar, "", 1)), " ")
	}
	fmt.Fprintf(&b, "\n### `%s`\n\n%s\n", strings.Join(words, " "), strings.TrimSpace(does))
	if len(node.Flags) > 0 {
		b.WriteString("\n" + flagTable(node.Flags))
	}
	return b.String()
}

func jsonPage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(generated + "# Output with `-o json`\n\nEach command prints one document on one line of standard output, also when it fails. " +
		"Times are RFC 3339 in UTC, durations are seconds. New keys may come; those here keep their name and meaning. The examples are indented here for reading.\n")
	for _, d := range view.Documents() {
		var text bytes.Buffer
		e := json.NewEncoder(&text)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(d.Example); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "\n## %s\n\n", d.Of)
		if d.About != "" {
			b.WriteString(d.About + "\n\n")
		}
		fmt.Fprintf(&b, "```json\n%s```\n", text.String())
	}
	return b.String()
}

// quotedWords are the words of an example; a quoted text is one.
var quotedWords = regexp.MustCompile(`"[^"]*"|\S+`)

// Every command says what it does, what it writes and how it exits.
func TestEveryCommandIsDocumented(t *testing.T) {
	var visit func(node *kong.Node)
	visit = func(node *kong.Node) {
		if len(node.Children) == 0 {
			d, ok := node.Target.Addr().Interface().(documented)
			if !ok {
				t.Errorf("%s has no Doc", argv.CommandPath(node))
				return
			}
			doc := d.Doc()
			if doc.Does == "" || doc.Writes == "" || len(doc.Exits) == 0 || len(doc.Examples) == 0 {
				t.Errorf("%s: its Doc lacks something: %+v", argv.CommandPath(node), doc)
			}
			for _, example := range doc.Examples {
				words, _, _ := strings.Cut(example, " > ")
				if _, err := argv.Scan(modelOf(t, manageTool("manage")), quotedWords.FindAllString(words, -1)); err != nil {
					t.Errorf("the example %q is wrong: %v", example, err)
				}
			}
		}
		for _, c := range node.Children {
			visit(c)
		}
	}
	visit(modelOf(t, manageTool("manage")).Node)
}

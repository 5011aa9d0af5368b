package cmd

import (
	"fmt"
	"io"
	"manage/cmd/argv"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

const helpWidth = 80

// printHelp writes the help of one node of the grammar: of a command, or of
// the words before it. It is written here rather than by kong because the
// exit codes, and what a command writes, belong to it.
func printHelp(w io.Writer, t tool, model *kong.Application, node *kong.Node) error {
	h := &helpText{}
	path := strings.TrimSpace(t.name + " " + argv.CommandPath(node))
	h.usage(t, path, node)
	if d, ok := node.Target.Addr().Interface().(documented); ok {
		h.doc(t, d.Doc())
	} else {
		h.paragraph(introduction(model, node))
	}
	h.commands(node)
	h.options(t, model, node)
	if len(node.Children) > 0 {
		h.exits(t.exits)
		h.paragraph(fmt.Sprintf("`%s COMMAND --help` says what a command does, what it writes and how it exits.", path))
	}
	_, err := io.WriteString(w, h.String())
	return err
}

func introduction(model *kong.Application, node *kong.Node) string {
	if node == model.Node {
		return model.Help
	}
	return node.Help
}

type helpText struct{ strings.Builder }

// where is where the options of every command stand.
func (t tool) where() string {
	if t.catalog != "" {
		return "Options before the command"
	}
	return "Options of every command"
}

func (h *helpText) usage(t tool, path string, node *kong.Node) {
	words := []string{"Usage:", path}
	if len(node.Children) > 0 {
		words = append(words, "COMMAND")
	}
	if t.catalog != "" && node.Type == kong.ApplicationNode {
		fmt.Fprintf(h, "Usage: %s [OPTIONS] COMMAND\n", path)
		return
	}
	for _, p := range node.Positional {
		words = append(words, positionalWord(p))
	}
	fmt.Fprintf(h, "%s [OPTIONS]\n", strings.Join(words, " "))
}

// positionalWord is an argument as usage lines show it.
func positionalWord(p *kong.Positional) string {
	name := strings.ToUpper(p.Name)
	if p.Required {
		return name
	}
	return "[" + name + "]"
}

func (h *helpText) doc(t tool, d Doc) {
	h.paragraph(d.Does)
	h.title("Writes")
	h.indented(d.Writes)
	h.exits(slices.DeleteFunc(slices.Clone(t.exits), func(m ExitMeaning) bool { return !slices.Contains(d.Exits, m.Code) }))
	if len(d.Examples) > 0 {
		h.title("Examples")
		for _, e := range d.Examples {
			fmt.Fprintf(h, "  %s %s\n", t.name, e)
		}
	}
}

func (h *helpText) exits(codes []ExitMeaning) {
	h.title("Exit codes")
	for _, m := range codes {
		h.row(6, fmt.Sprint(m.Code), m.Meaning)
	}
}

func (h *helpText) commands(node *kong.Node) {
	if len(node.Children) == 0 {
		return
	}
	h.title("Commands")
	for _, c := range node.Children {
		if !c.Hidden {
			h.row(14, c.Name, c.Help)
		}
	}
}

// options lists the options of the command, then those of every command.
func (h *helpText) options(t tool, model *kong.Application, node *kong.Node) {
	if node != model.Node && len(node.Flags) > 0 {
		h.title("Options")
		h.flags(node.Flags)
	}
	h.title(t.where())
	h.flags(model.Flags)
}

func (h *helpText) flags(flags []*kong.Flag) {
	for _, f := range flags {
		if !f.Hidden {
			h.row(28, flagWord(f), f.Help)
		}
	}
}

// flagWord is an option as help shows it, such as "-o, --output=FORMAT".
func flagWord(f *kong.Flag) string {
	word := "    --" + f.Name
	if letter := argv.LetterOf(f); letter != 0 {
		word = "-" + string(letter) + ", --" + f.Name
	}
	if !f.IsBool() {
		word += "=" + f.FormatPlaceHolder()
	}
	return word
}

func (h *helpText) title(text string) { fmt.Fprintf(h, "\n%s:\n", text) }

func (h *helpText) paragraph(text string) {
	h.WriteString("\n")
	for _, line := range wrap(text, helpWidth) {
		fmt.Fprintln(h, line)
	}
}

func (h *helpText) indented(text string) {
	for _, line := range wrap(text, helpWidth-2) {
		fmt.Fprintln(h, "  "+line)
	}
}

// row writes a word and what it means, in two columns.
func (h *helpText) row(width int, word, text string) {
	lines := wrap(text, helpWidth-width-2)
	if len(word) >= width {
		fmt.Fprintf(h, "  %s\n", word)
		word = ""
	}
	for _, line := range lines {
		fmt.Fprintf(h, "  %-*s%s\n", width, word, line)
		word = ""
	}
}

// wrap cuts text into lines of at most width characters, at spaces.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case len(line)+1+len(word) > width:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}

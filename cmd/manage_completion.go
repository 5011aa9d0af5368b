package cmd

import (
	"fmt"
	"io"
	"manage/cmd/argv"
	"manage/cmd/view"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCommand is `manage completion`.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Doc is what the help says of completion.
func (*completionCommand) Doc() Doc {
	return Doc{
		Does:     "Prints a script that completes commands and options in a shell.",
		Writes:   opensNothing,
		Exits:    readExits(),
		Examples: []string{"completion bash > /etc/bash_completion.d/manage", "completion fish > ~/.config/fish/completions/manage.fish"},
	}
}

// Run prints the script.
func (c *completionCommand) Run(model *kong.Application, p *view.Page) error {
	script := map[string]func(*kong.Application) string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}[c.Shell]
	_, err := io.WriteString(p.Out, script(model))
	return err
}

// completed is one command line as far as a shell has it, and the words that
// may follow.
type completed struct {
	path  string // such as "db sync"
	words []string
}

// completions lists what may follow each command.
func completions(model *kong.Application) []completed {
	var all []completed
	var visit func(node *kong.Node)
	visit = func(node *kong.Node) {
		words := append(argv.ChildNames(node), argv.OptionNames(node)...)
		all = append(all, completed{argv.CommandPath(node), append(words, choices(node)...)})
		for _, c := range node.Children {
			visit(c)
		}
	}
	visit(model.Node)
	return all
}

// choices are the values that an argument of the command can have.
func choices(node *kong.Node) []string {
	var words []string
	for _, p := range node.Positional {
		if p.Tag.Enum != "" {
			words = append(words, strings.Split(p.Tag.Enum, ",")...)
		}
	}
	return words
}

// bashCompletion is a function that finds out the command from the words
// before the cursor; options and their values are passed over.
func bashCompletion(model *kong.Application) string {
	var b strings.Builder
	name := identifier(model.Name)
	fmt.Fprintf(&b, "# bash completion for %s\n_%s() {\n", model.Name, name)
	b.WriteString("    local cur=\"${COMP_WORDS[COMP_CWORD]}\" path= word i words\n")
	b.WriteString("    for ((i = 1; i < COMP_CWORD; i++)); do\n        word=\"${COMP_WORDS[i]}\"\n")
	b.WriteString("        case \"${path:+$path }$word\" in\n")
	for _, c := range completions(model) {
		if c.path != "" {
			fmt.Fprintf(&b, "            %q) path=\"${path:+$path }$word\" ;;\n", c.path)
		}
	}
	b.WriteString("        esac\n    done\n    case \"$path\" in\n")
	for _, c := range completions(model) {
		fmt.Fprintf(&b, "        %q) words=%q ;;\n", c.path, strings.Join(c.words, " "))
	}
	b.WriteString("    esac\n    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n")
	fmt.Fprintf(&b, "complete -o default -F _%s %s\n", name, model.Name)
	return b.String()
}

// zshCompletion uses the bash function, through zsh's own bridge to such
// functions.
func zshCompletion(model *kong.Application) string {
	return fmt.Sprintf("#compdef %s\nautoload -U +X bashcompinit && bashcompinit\n%s", model.Name, bashCompletion(model))
}

// fishCompletion is one line for each word, on the condition that the words
// before it are those of its command.
func fishCompletion(model *kong.Application) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# fish completion for %s\n", model.Name)
	var visit func(node *kong.Node)
	visit = func(node *kong.Node) {
		condition := fishCondition(node)
		for _, c := range node.Children {
			fmt.Fprintf(&b, "complete -c %s -f -n %q -a %s -d %q\n", model.Name, condition, c.Name, c.Help)
		}
		for _, word := range choices(node) {
			fmt.Fprintf(&b, "complete -c %s -f -n %q -a %s\n", model.Name, condition, word)
		}
		for _, f := range node.Flags {
			fmt.Fprintf(&b, "complete -c %s -n %q -l %s%s -d %q\n", model.Name, condition, f.Name, fishValue(f), f.Help)
		}
		for _, c := range node.Children {
			visit(c)
		}
	}
	visit(model.Node)
	return b.String()
}

// fishCondition is true where the command is named and none below it is yet.
// The options of the root are good everywhere.
func fishCondition(node *kong.Node) string {
	var tests []string
	for n := node; n.Type == kong.CommandNode; n = n.Parent {
		tests = append(tests, "__fish_seen_subcommand_from "+n.Name)
	}
	if len(node.Children) > 0 && len(tests) > 0 {
		tests = append(tests, "not __fish_seen_subcommand_from "+strings.Join(argv.ChildNames(node), " "))
	}
	if len(tests) == 0 {
		return "true"
	}
	return strings.Join(tests, "; and ")
}

func fishValue(f *kong.Flag) string {
	if f.IsBool() {
		return ""
	}
	if f.Tag.Enum != "" {
		return fmt.Sprintf(" -x -a %q", strings.ReplaceAll(f.Tag.Enum, ",", " "))
	}
	return " -r"
}

// identifier is a name that a shell function may have.
func identifier(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, name)
}

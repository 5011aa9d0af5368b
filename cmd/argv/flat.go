package argv

import (
	"slices"

	"github.com/alecthomas/kong"
)

// FlatReader reads the words of a tool whose commands are words of their own:
// options of the program, the command, its own words. usual is the command that
// is meant where no word of the line is a command; "" if one must be named.
func FlatReader(usual string) Reader {
	return func(model *kong.Application, words []string) (Scanned, error) {
		program, err := programWords(model, words)
		if err != nil || program.help || program.version {
			return program.scanned(), err
		}
		rest := program.rest
		if len(rest) == 0 {
			if usual == "" {
				return Scanned{Node: model.Node}, nil
			}
			if slices.ContainsFunc(words, func(w string) bool { return child(model.Node, w) != nil }) {
				return Scanned{}, &UsageError{Kind: MissingCommand, Command: model.Node}
			}
			rest = []string{usual}
		}
		node := child(model.Node, rest[0])
		if node == nil {
			known := ChildNames(model.Node)
			return Scanned{}, &UsageError{Kind: UnknownCommand, Word: rest[0], Known: known, Nearest: Nearest(rest[0], known), Command: model.Node}
		}
		return flatCommandWords(node, program.words, rest[1:])
	}
}

// flatCommandWords reads what stands behind a command. Its arguments may be
// given by options of their names too.
func flatCommandWords(node *kong.Node, program, rest []string) (Scanned, error) {
	w := wordsOf(node, rest)
	w.optional = true
	for _, p := range node.Positional {
		w.params = append(w.params, p.Name)
	}
	if err := w.all(); err != nil || w.help {
		return w.scanned(), err
	}
	for i, word := range w.last {
		switch {
		case word == "":
			return w.scanned(), &UsageError{Kind: EmptyWord, Command: node}
		case i >= len(w.params):
			return w.scanned(), &UsageError{Kind: ExtraWord, Word: word, Command: node}
		}
		if by, twice := w.named[w.params[i]]; twice {
			return w.scanned(), &UsageError{Kind: GivenTwice, Word: word, Other: "--" + w.params[i] + " " + by, Command: node}
		}
		w.named[w.params[i]] = word
	}
	return w.kong(program), nil
}

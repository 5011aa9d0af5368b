// Package argv reads the words of a command line, in the manner of manage and
// of each older tool, and turns them into the form that kong takes. It finds
// unknown commands and options and names the nearest known ones.
package argv

import (
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// A negative number is a VERSION that counts back, never an option.
var negativeNumber = regexp.MustCompile(`^-\d+$`)

// Behind an option that takes a value it may also be a time below zero.
var negativeValue = regexp.MustCompile(`^-\.?\d`)

// Scanned is what can be told of the words of a command line before they are
// parsed: which command they name, whether they ask for help or the tool's
// version, and the words in the order in which kong takes them.
type Scanned struct {
	Node    *kong.Node
	Words   []string
	Help    bool
	Version bool
}

// Scan reads the words against the model. It finds unknown commands and
// options, naming the nearest known ones, and puts negative numbers behind
// `--`, where kong takes them for the arguments that they are.
func Scan(model *kong.Application, words []string) (Scanned, error) {
	s := scanner{node: model.Node, rest: words}
	for len(s.rest) > 0 {
		word := s.rest[0]
		s.rest = s.rest[1:]
		if word == "--" {
			s.last = append(s.last, s.rest...)
			break
		}
		if err := s.take(word); err != nil {
			return s.scanned(), err
		}
	}
	return s.scanned(), s.arguments()
}

// arguments checks that there are as many arguments as the command takes.
func (s *scanner) arguments() error {
	given := append(slices.Clone(s.plains), s.last...)
	if s.help || s.version || len(s.node.Children) > 0 {
		return nil
	}
	for i, p := range s.node.Positional {
		if p.Required && i >= len(given) {
			return &UsageError{Kind: MissingArgument, Word: strings.ToUpper(p.Name), Command: s.node}
		}
	}
	if n := len(s.node.Positional); len(given) > n {
		return &UsageError{Kind: ExtraWord, Word: given[n], Command: s.node}
	}
	return nil
}

type scanner struct {
	node          *kong.Node
	rest          []string // not yet looked at
	words, last   []string // for kong; last are arguments only
	plains        []string // the arguments among words
	help, version bool
}

func (s *scanner) scanned() Scanned {
	words := s.words
	if len(s.last) > 0 {
		words = append(append(words, "--"), s.last...)
	}
	return Scanned{Node: s.node, Words: words, Help: s.help, Version: s.version}
}

func (s *scanner) take(word string) error {
	switch {
	case word == "":
		return &UsageError{Kind: EmptyWord, Command: s.node}
	case negativeNumber.MatchString(word):
		s.last = append(s.last, word)
		return nil
	case strings.HasPrefix(word, "--"):
		return s.long(word)
	case strings.HasPrefix(word, "-") && word != "-":
		return s.short(word)
	}
	return s.plain(word)
}

// long takes an option in its long form, with its value if that is a word of
// its own.
func (s *scanner) long(word string) error {
	name, _, joined := strings.Cut(word, "=")
	flag := findFlag(s.node, name)
	if flag == nil {
		return &UsageError{Kind: UnknownOption, Word: name, Nearest: Nearest(name, OptionNames(s.node)), Command: s.node}
	}
	s.words = append(s.words, word)
	s.note(flag)
	if !flag.IsBool() && !joined {
		return s.value(name)
	}
	return nil
}

// short takes one word of short options: `-v`, `-vo json`, `-ojson`.
func (s *scanner) short(word string) error {
	for i, letter := range word[1:] {
		flag := findFlag(s.node, "-"+string(letter))
		if flag == nil {
			return &UsageError{Kind: UnknownOption, Word: "-" + string(letter), Command: s.node}
		}
		s.note(flag)
		if flag.IsBool() {
			continue
		}
		s.words = append(s.words, word)
		if i == len(word)-2 {
			return s.value("-" + string(letter))
		}
		return nil
	}
	s.words = append(s.words, word)
	return nil
}

// value takes the word behind an option that needs one.
func (s *scanner) value(option string) error {
	if len(s.rest) == 0 {
		return &UsageError{Kind: MissingValue, Word: option, Command: s.node}
	}
	value := s.rest[0]
	s.rest = s.rest[1:]
	if !negativeValue.MatchString(value) {
		s.words = append(s.words, value)
		return nil
	}
	// kong takes a number below zero for an option, unless it is joined to one.
	last := len(s.words) - 1
	if strings.HasPrefix(option, "--") {
		value = "=" + value
	}
	s.words[last] += value
	return nil
}

func (s *scanner) note(flag *kong.Flag) {
	s.help = s.help || flag.Name == "help"
	s.version = s.version || flag.Name == "version" && flag.IsBool()
}

// plain takes a command or an argument.
func (s *scanner) plain(word string) error {
	s.words = append(s.words, word)
	if len(s.node.Children) == 0 {
		s.plains = append(s.plains, word)
		return nil
	}
	for _, child := range s.node.Children {
		if child.Name == word || slices.Contains(child.Aliases, word) {
			s.node = child
			return nil
		}
	}
	err := &UsageError{Kind: UnknownCommand, Word: word, Known: ChildNames(s.node), Command: s.node}
	err.Nearest = Nearest(word, err.Known)
	for _, child := range s.node.Children { // a `db` that was left out
		for _, grandchild := range child.Children {
			if grandchild.Name == word {
				err.Nearest = []string{child.Name + " " + word}
			}
		}
	}
	return err
}

// findFlag finds an option by the name it is written with, dashes included,
// among those of the node and of the nodes above it.
func findFlag(node *kong.Node, name string) *kong.Flag {
	for _, group := range node.AllFlags(false) {
		for _, f := range group {
			if name == "--"+f.Name || f.Short != 0 && name == "-"+string(f.Short) {
				return f
			}
			for _, alias := range f.Aliases {
				if name == "--"+alias {
					return f
				}
			}
		}
	}
	return nil
}

func OptionNames(node *kong.Node) []string {
	var names []string
	for _, group := range node.AllFlags(true) {
		for _, f := range group {
			names = append(names, "--"+f.Name)
		}
	}
	return names
}

// ChildNames lists the commands below a node that help shows.
func ChildNames(node *kong.Node) []string {
	var names []string
	for _, c := range node.Children {
		if !c.Hidden {
			names = append(names, c.Name)
		}
	}
	return names
}

// Reader turns the words of a command line into those that kong takes.
type Reader func(model *kong.Application, words []string) (Scanned, error)

// Answer is an answer that a reader already has for some words: an older tool's
// list of what it can do, after words that make no sense.
type Answer struct {
	Text string
}

func (s *Answer) Error() string { return s.Text }

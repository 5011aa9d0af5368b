package argv

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// oldWords reads words of an older tool in the way of its original: those of
// the program, which stand before the command, or those behind one command.
// Options may be abbreviated, and stand anywhere among the other words. kong
// gets them in full, each with its value joined to it, so that nothing can be
// taken for something else.
type oldWords struct {
	scanner // words are the options, last the other words
	// params are values that the command takes by position as well as by an
	// option of that name.
	params []string
	// numbers is true if the params are whole numbers, optional if their options
	// may stand without a value and then mean nothing.
	numbers, optional bool
	// named are the params that were given by an option.
	named map[string]string
}

// wordsOf reads what stands behind a command.
func wordsOf(node *kong.Node, rest []string) oldWords {
	return oldWords{scanner: scanner{node: node, rest: rest}, named: map[string]string{}}
}

// programWords reads the options before the command, up to the first word that
// is none.
func programWords(model *kong.Application, words []string) (oldWords, error) {
	w := wordsOf(model.Node, words)
	for len(w.rest) > 0 && IsOption(w.rest[0]) && !w.help && !w.version {
		if err := w.next(); err != nil {
			return w, err
		}
	}
	return w, nil
}

// all reads all words. A question for help ends the reading.
func (w *oldWords) all() error {
	for len(w.rest) > 0 && !w.help {
		if err := w.next(); err != nil {
			return err
		}
	}
	return nil
}

// next reads one word, and its value if it has one.
func (w *oldWords) next() error {
	word := w.rest[0]
	w.rest = w.rest[1:]
	switch {
	case word == "--":
		w.last, w.rest = append(w.last, w.rest...), nil
	case !IsOption(word):
		w.last = append(w.last, word)
	case strings.HasPrefix(word, "--"):
		return w.long(word)
	default:
		return w.short(word)
	}
	return nil
}

// IsOption reports whether a word looks like an option. A number below zero
// does not, and neither does a sentence, which is what a message may be.
func IsOption(word string) bool {
	name, _, _ := strings.Cut(word, "=")
	return len(word) > 1 && word[0] == '-' && !negativeNumber.MatchString(word) && !strings.Contains(name, " ")
}

// long reads an option in its long form, which may be abbreviated.
func (w *oldWords) long(word string) error {
	name, value, joined := strings.Cut(word, "=")
	full := unabbreviated(name, w.options())
	if full == "" {
		return w.unknown(name)
	}
	return w.option(strings.TrimPrefix(full, "--"), value, joined)
}

// short reads one word of short options: `-e`, `-ed 5`, `-d5`, `-d=5`.
func (w *oldWords) short(word string) error {
	for i, letter := range word[1:] {
		flag := ownFlag(w.node, letter)
		switch {
		case letter == 'h':
			w.help = true
			return nil
		case flag == nil:
			return w.unknown("-" + string(letter))
		case !flag.IsBool():
			value := word[1+i+len(string(letter)):]
			return w.option(flag.Name, strings.TrimPrefix(value, "="), value != "")
		}
		if err := w.option(flag.Name, "", false); err != nil {
			return err
		}
	}
	return nil
}

// ownFlag is the option of the node itself with this letter.
func ownFlag(node *kong.Node, letter rune) *kong.Flag {
	for _, f := range node.Flags {
		if LetterOf(f) == letter {
			return f
		}
	}
	return nil
}

// LetterOf is the letter of an option; 0 if it has none. kong wants a letter to
// mean the same before and behind a command; one that does not is told here by
// a tag of our own.
func LetterOf(f *kong.Flag) rune {
	for _, own := range f.Tag.Get("letter") {
		return own
	}
	return f.Short
}

// unknown is an option that is not one here.
func (w *oldWords) unknown(name string) error {
	kind := UnknownOption
	if w.node.Type == kong.CommandNode && findFlag(w.node, name) != nil {
		kind = EarlierOption
	}
	return &UsageError{Kind: kind, Word: name, Nearest: Nearest(name, w.options()), Command: w.node}
}

// option takes an option by its name, with its value.
func (w *oldWords) option(name, value string, joined bool) error {
	flag := flagNamed(w.node, name)
	isParam := slices.Contains(w.params, name)
	switch {
	case name == "help":
		w.help = true
		return nil
	case !isParam && flag.IsBool():
		if joined {
			return &UsageError{Kind: ExtraValue, Word: "--" + name, Command: w.node}
		}
		w.words = append(w.words, "--"+name)
		w.note(flag)
		return nil
	case joined:
	case len(w.rest) > 0 && !IsOption(w.rest[0]):
		value, w.rest = w.rest[0], w.rest[1:]
	case isParam && w.optional || !isParam && flag.Tag.Optional:
		w.forget(name)
		return nil
	default:
		return &UsageError{Kind: MissingValue, Word: "--" + name, Command: w.node}
	}
	if value == "" {
		return &UsageError{Kind: EmptyWord, Command: w.node}
	}
	if isParam {
		return w.param(name, value)
	}
	return w.flag(flag, value)
}

// param takes the value of a parameter that is given by an option.
func (w *oldWords) param(name, value string) error {
	if w.numbers && !WholeNumber.MatchString(value) {
		return w.noNumber(name, value)
	}
	w.named[name] = value
	return nil
}

// flag takes the value of a flag. Whole numbers are decimal, and those out of
// range stand for the last ones in it.
func (w *oldWords) flag(flag *kong.Flag, value string) error {
	if isNumber(flag) {
		if !WholeNumber.MatchString(value) {
			return w.noNumber(flag.Name, value)
		}
		n, _ := strconv.ParseInt(value, 10, 64)
		value = strconv.FormatInt(n, 10)
	}
	w.words = append(w.words, "--"+flag.Name+"="+value)
	return nil
}

func (w *oldWords) noNumber(name, value string) error {
	return &UsageError{Kind: BadValue, Other: "--" + name, Word: value, Known: []string{"whole numbers only"}, Command: w.node}
}

// isNumber reports whether the values of a flag are whole numbers.
func isNumber(flag *kong.Flag) bool {
	t := flag.Target.Type()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Int || t.Kind() == reflect.Int64
}

// forget takes back what was said of an option: the last one counts, also if
// it has no value.
func (w *oldWords) forget(name string) {
	delete(w.named, name)
	w.words = slices.DeleteFunc(w.words, func(word string) bool { return strings.HasPrefix(word, "--"+name+"=") })
}

// options are the long names of what may stand here: the parameters, and the
// node's own flags.
func (w *oldWords) options() []string {
	names := []string{"--help"}
	for _, p := range w.params {
		names = append(names, "--"+p)
	}
	for _, f := range w.node.Flags {
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			if name = "--" + name; !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// flagNamed is the node's own flag of a name or alias; nil if there is none.
func flagNamed(node *kong.Node, name string) *kong.Flag {
	for _, f := range node.Flags {
		if f.Name == name || slices.Contains(f.Aliases, name) {
			return f
		}
	}
	return nil
}

// kong is what kong gets: the words of the program, the command, its options,
// and its arguments. Parameters are options where the command has one of that
// name.
func (w *oldWords) kong(program []string) Scanned {
	words := append(program, strings.Fields(CommandPath(w.node))...)
	words = append(words, w.words...)
	var arguments []string
	for _, name := range w.params {
		value, given := w.named[name]
		switch {
		case !given:
		case flagNamed(w.node, name) != nil:
			words = append(words, "--"+name+"="+value)
		default:
			arguments = append(arguments, value)
		}
	}
	if len(arguments) > 0 {
		words = append(append(words, "--"), arguments...)
	}
	return Scanned{Node: w.node, Words: words, Help: w.help, Version: w.version}
}

// unabbreviated is the one name that begins as word does, or is word; "" if
// there is none, or more than one.
func unabbreviated(word string, names []string) string {
	var full []string
	for _, n := range names {
		if n == word {
			return n
		}
		if strings.HasPrefix(n, word) {
			full = append(full, n)
		}
	}
	if len(full) != 1 {
		return ""
	}
	return full[0]
}

// child is the command of this name below a node, nil if there is none.
func child(node *kong.Node, name string) *kong.Node {
	for _, c := range node.Children {
		if c.Name == name || slices.Contains(c.Aliases, name) {
			return c
		}
	}
	return nil
}

// WholeNumber is the form of a number on the command line.
var WholeNumber = regexp.MustCompile(`^[+-]?[0-9]+$`)

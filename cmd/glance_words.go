package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// glanceAction is one action of glance-manage: how its words are read. kong
// then gets them in the form that it knows, `db ACTION [--param VALUE…]`.
type glanceAction struct {
	name string
	// params are the values that the action takes, by position or by an option
	// of this name.
	params []string
	// extra is how many words the nested form takes beyond that, without using
	// them.
	extra int
	// numbers is true if the params are whole numbers.
	numbers bool
	// legacy is true if there is a `db_ACTION` as well.
	legacy bool
}

// glanceActions is the table of actions, in the order in which `db` lists
// them. The help texts are those of the kong structs.
func glanceActions() []glanceAction {
	return []glanceAction{
		{name: "check", legacy: true},
		{name: "contract", extra: 1, legacy: true},
		{name: "expand", extra: 1, legacy: true},
		{name: "migrate", extra: 1, legacy: true},
		{name: "purge", params: purgeParams(), numbers: true},
		{name: "purge_images_table", params: purgeParams(), numbers: true},
		{name: "sync", params: []string{"version"}, legacy: true},
		{name: "upgrade", params: []string{"version"}, legacy: true},
		{name: "version", legacy: true},
		{name: "version_control", params: []string{"version"}, legacy: true},
	}
}

func purgeParams() []string { return []string{"age_in_days", "max_rows"} }

// misplaced are words that the original takes and then stumbles over: it ends
// with 1, not with 2.
type misplaced struct{ reason string }

func (e *misplaced) Error() string { return e.reason }

// readGlance reads the words of glance-manage: global options, then `db
// ACTION` or `db_ACTION`, then the action's own words.
func readGlance(model *kong.Application, words []string) (scanned, error) {
	if len(words) == 0 {
		return scanned{}, glanceUsage(model)
	}
	global, rest, s, err := glanceGlobals(model, words)
	if err != nil || s.help || s.version {
		return s, err
	}
	if len(rest) == 0 {
		return s, &usageError{Kind: missingCommand, Command: model.Node}
	}
	word, rest := rest[0], rest[1:]
	if word == "db" {
		return readNested(model, global, rest)
	}
	for _, a := range glanceActions() {
		if a.legacy && word == "db_"+a.name {
			return readLegacy(model, global, a, rest)
		}
	}
	return s, &usageError{Kind: unknownCommand, Word: word, Known: glanceCommands(), Nearest: nearest(word, glanceCommands()), Command: model.Node}
}

// glanceGlobals reads the options before the command.
func glanceGlobals(model *kong.Application, words []string) (global, rest []string, s scanned, err error) {
	sc := scanner{node: model.Node, rest: words}
	for len(sc.rest) > 0 && strings.HasPrefix(sc.rest[0], "-") {
		word := sc.rest[0]
		sc.rest = sc.rest[1:]
		name, _, _ := strings.Cut(word, "=")
		if full := unabbreviated(name, optionNames(sc.node)); full != "" {
			word = full + strings.TrimPrefix(word, name)
		}
		if err := sc.take(word); err != nil {
			return nil, nil, sc.scanned(), err
		}
		if sc.help || sc.version {
			break
		}
	}
	return sc.words, sc.rest, sc.scanned(), nil
}

// readNested reads `db ACTION` and what follows it.
func readNested(model *kong.Application, global, rest []string) (scanned, error) {
	db := child(model.Node, "db")
	if len(rest) == 0 {
		return scanned{}, glanceListing(db)
	}
	if rest[0] == "-h" || rest[0] == "--help" {
		return scanned{node: db, help: true}, nil
	}
	node, action := child(db, rest[0]), actionNamed(rest[0])
	if node == nil || action == nil {
		return scanned{node: db}, &usageError{Kind: unknownCommand, Word: rest[0], Known: childNames(db), Nearest: nearest(rest[0], childNames(db)), Command: db}
	}
	w := glanceWords{action: *action, scanner: scanner{node: node, rest: rest[1:]}, named: map[string]string{}}
	if err := w.nested(); err != nil || w.help {
		return w.scanned(), err
	}
	if err := w.assign(); err != nil {
		return w.scanned(), err
	}
	w.words = append(append(global, "db", action.name), w.words...)
	return w.kong(), nil
}

// glanceWords are the words behind one action.
type glanceWords struct {
	scanner
	action glanceAction
	named  map[string]string // the values of parameters
}

// nested reads an action's options and, into last, its positional words.
func (w *glanceWords) nested() error {
	for len(w.rest) > 0 {
		word := w.rest[0]
		w.rest = w.rest[1:]
		switch {
		case word == "--":
			w.last = append(w.last, w.rest...)
			return nil
		case strings.HasPrefix(word, "-") && word != "-" && !negativeNumber.MatchString(word):
			if err := w.option(word); err != nil {
				return err
			}
		default:
			w.last = append(w.last, word)
		}
	}
	return nil
}

// option takes an option of the action; those of the program stand before it.
func (w *glanceWords) option(word string) error {
	name, value, joined := strings.Cut(word, "=")
	if name == "-h" || name == "--help" {
		w.help = true
		return nil
	}
	full := unabbreviated(name, w.options())
	if full == "" {
		return &usageError{Kind: unknownOption, Word: name, Nearest: nearest(name, w.options()), Command: w.node}
	}
	param := strings.TrimPrefix(full, "--")
	if !slices.Contains(w.action.params, param) {
		w.words = append(w.words, full+strings.TrimPrefix(word, name))
		return nil
	}
	if !joined {
		if len(w.rest) == 0 {
			return &usageError{Kind: missingValue, Word: full, Command: w.node}
		}
		value, w.rest = w.rest[0], w.rest[1:]
	}
	if w.action.numbers && !wholeNumber.MatchString(value) {
		return &usageError{Kind: badValue, Other: full, Word: value, Known: []string{"whole numbers only"}, Command: w.node}
	}
	w.named[param] = value
	return nil
}

// options are the options of the action: its parameters, and its flags.
func (w *glanceWords) options() []string {
	var names []string
	for _, p := range w.action.params {
		names = append(names, "--"+p)
	}
	for _, f := range w.node.Flags {
		if name := "--" + f.Name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// assign gives positional words the names of the action's parameters.
func (w *glanceWords) assign() error {
	most := len(w.action.params) + w.action.extra
	if len(w.last) > most {
		return &misplaced{fmt.Sprintf("`db %s` takes %s, not %d", w.action.name, atMost(most), len(w.last))}
	}
	for i, name := range w.action.params {
		if i >= len(w.last) {
			break
		}
		if _, twice := w.named[name]; twice {
			return &misplaced{fmt.Sprintf("%s is given twice: as %q and by --%s", name, w.last[i], name)}
		}
		w.named[name] = w.last[i]
	}
	return nil
}

// kong is what kong gets: parameters as options where the action has an option
// of that name, otherwise as arguments.
func (w *glanceWords) kong() scanned {
	s := scanned{node: w.node, words: w.words}
	var arguments []string
	for _, name := range w.action.params {
		value, given := w.named[name]
		switch {
		case !given:
		case slices.ContainsFunc(w.node.Flags, func(f *kong.Flag) bool { return f.Name == name }):
			s.words = append(s.words, "--"+name+"="+value)
		default:
			arguments = append(arguments, value)
		}
	}
	if len(arguments) > 0 {
		s.words = append(append(s.words, "--"), arguments...)
	}
	return s
}

func atMost(n int) string {
	if n == 0 {
		return "no further words"
	}
	if n == 1 {
		return "at most one further word"
	}
	return fmt.Sprintf("at most %d further words", n)
}

// readLegacy reads the words behind `db_ACTION`, which are positional only.
func readLegacy(model *kong.Application, global []string, a glanceAction, rest []string) (scanned, error) {
	node := child(child(model.Node, "db"), a.name)
	w := glanceWords{action: a, scanner: scanner{node: node}, named: map[string]string{}}
	for i, word := range rest {
		switch {
		case word == "-h" || word == "--help":
			return scanned{node: node, help: true}, nil
		case strings.HasPrefix(word, "-") && !negativeNumber.MatchString(word):
			return scanned{node: node}, &usageError{Kind: unknownOption, Word: word, Command: node}
		case i >= len(a.params):
			return scanned{node: node}, &usageError{Kind: extraWord, Word: word, Command: node}
		}
		w.named[a.params[i]] = word
	}
	w.words = append(global, "db", a.name)
	return w.kong(), nil
}

// unabbreviated is the one name that begins as word does, or is word; "" if
// there is none, or more than one.
func unabbreviated(word string, names []string) string {
	var full []string
	for _, n := range names {
		if n == word {
			return n
		}
		if strings.HasPrefix(word, "--") && strings.HasPrefix(n, word) {
			full = append(full, n)
		}
	}
	if len(full) != 1 {
		return ""
	}
	return full[0]
}

func actionNamed(name string) *glanceAction {
	for _, a := range glanceActions() {
		if a.name == name {
			return &a
		}
	}
	return nil
}

// glanceCommands are the words that may stand first.
func glanceCommands() []string {
	names := []string{"db"}
	for _, a := range glanceActions() {
		if a.legacy {
			names = append(names, "db_"+a.name)
		}
	}
	return names
}

// child is the command of this name below a node, nil if there is none.
func child(node *kong.Node, name string) *kong.Node {
	for _, c := range node.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// glanceUsage is the answer to no words at all.
func glanceUsage(model *kong.Application) error {
	return &said{code: ExitUsage, text: fmt.Sprintf(
		"Usage: %s [options] <category> <action> [<args>]\n\nThe categories are:\n\tdb\n", model.Name)}
}

// glanceListing is the answer to a `db` without an action.
func glanceListing(db *kong.Node) error {
	var b strings.Builder
	b.WriteString("The actions of db are:\n")
	for _, a := range glanceActions() {
		fmt.Fprintf(&b, "\t%s - %s\n", a.name, child(db, a.name).Help)
	}
	return &said{code: ExitUsage, text: b.String()}
}

package argv

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// GlanceAction is one action of glance-manage: how its words are read. kong
// then gets them in the form that it knows, `db ACTION [--param VALUE…]`.
type GlanceAction struct {
	name string
	// params are the values that the action takes, by position or by an option
	// of this name.
	params []string
	// flags are options without a value. The legacy form takes them by position,
	// behind the params, and there any word that is not empty turns one on.
	flags []string
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
func glanceActions() []GlanceAction {
	return []GlanceAction{
		{name: "check", legacy: true},
		{name: "contract", extra: 1, legacy: true},
		{name: "expand", extra: 1, legacy: true},
		{name: "export_metadefs", params: []string{"path"}, legacy: true},
		{name: "load_metadefs", params: []string{"path"}, flags: []string{"merge", "prefer_new", "overwrite"}, legacy: true},
		{name: "migrate", extra: 1, legacy: true},
		{name: "purge", params: purgeParams(), numbers: true},
		{name: "purge_images_table", params: purgeParams(), numbers: true},
		{name: "sync", params: []string{"version"}, legacy: true},
		{name: "unload_metadefs", legacy: true},
		{name: "upgrade", params: []string{"version"}, legacy: true},
		{name: "version", legacy: true},
		{name: "version_control", params: []string{"version"}, legacy: true},
	}
}

func purgeParams() []string { return []string{"age_in_days", "max_rows"} }

// Misplaced are words that the original takes and then stumbles over: it ends
// with 1, not with 2.
type Misplaced struct{ Reason string }

func (e *Misplaced) Error() string { return e.Reason }

// ReadGlance reads the words of glance-manage: global options, then `db
// ACTION` or `db_ACTION`, then the action's own words.
func ReadGlance(model *kong.Application, words []string) (Scanned, error) {
	if len(words) == 0 {
		return Scanned{}, glanceUsage(model)
	}
	program, err := programWords(model, words)
	if err != nil || program.help || program.version {
		return program.scanned(), err
	}
	if len(program.rest) == 0 {
		return Scanned{}, &UsageError{Kind: MissingCommand, Command: model.Node}
	}
	word, rest := program.rest[0], program.rest[1:]
	if word == "db" {
		return readNested(model, program.words, rest)
	}
	for _, a := range glanceActions() {
		if a.legacy && word == "db_"+a.name {
			return readLegacy(model, program.words, a, rest)
		}
	}
	return Scanned{}, &UsageError{Kind: UnknownCommand, Word: word, Known: glanceCommands(), Nearest: Nearest(word, glanceCommands()), Command: model.Node}
}

// readNested reads `db ACTION` and what follows it.
func readNested(model *kong.Application, program, rest []string) (Scanned, error) {
	db := child(model.Node, "db")
	if len(rest) == 0 {
		return Scanned{}, glanceListing(db)
	}
	if rest[0] == "-h" || rest[0] == "--help" {
		return Scanned{Node: db, Help: true}, nil
	}
	node, action := child(db, rest[0]), ActionNamed(rest[0])
	if node == nil || action == nil {
		return Scanned{Node: db}, &UsageError{Kind: UnknownCommand, Word: rest[0], Known: ChildNames(db), Nearest: Nearest(rest[0], ChildNames(db)), Command: db}
	}
	w := wordsOf(node, rest[1:])
	w.params, w.numbers = action.params, action.numbers
	if err := w.all(); err != nil || w.help {
		return w.scanned(), err
	}
	if err := action.assign(&w); err != nil {
		return w.scanned(), err
	}
	return w.kong(program), nil
}

// assign gives positional words the names of the action's parameters.
func (a *GlanceAction) assign(w *oldWords) error {
	most := len(a.params) + a.extra
	switch at := len(a.params); {
	case len(w.last) > at && len(a.flags) > 0:
		return &Misplaced{fmt.Sprintf("`db %s` takes %s as an option, --%s, and not by position as %q", a.name, a.flags[0], a.flags[0], w.last[at])}
	case len(w.last) > most:
		return &Misplaced{fmt.Sprintf("`db %s` takes %s, not %d", a.name, atMost(most), len(w.last))}
	}
	for i, name := range a.params {
		if i >= len(w.last) {
			break
		}
		if _, twice := w.named[name]; twice {
			return &Misplaced{fmt.Sprintf("%s is given twice: as %q and by --%s", name, w.last[i], name)}
		}
		w.named[name] = w.last[i]
	}
	return nil
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

// offWords leave an option off that the older form takes by its place: no word,
// and what configuration files have for false. To the original any word at all
// was true, also False.
var offWords = []string{"", "false", "0", "off", "no"}

// readLegacy reads the words behind `db_ACTION`, which are positional only.
func readLegacy(model *kong.Application, program []string, a GlanceAction, rest []string) (Scanned, error) {
	node := child(child(model.Node, "db"), a.name)
	w := wordsOf(node, nil)
	w.params = a.params
	places := slices.Concat(a.params, a.flags)
	for i, word := range rest {
		switch {
		case word == "-h" || word == "--help":
			return Scanned{Node: node, Help: true}, nil
		case strings.HasPrefix(word, "-") && !negativeNumber.MatchString(word):
			return Scanned{Node: node}, &UsageError{Kind: UnknownOption, Word: word, Command: node}
		case i >= len(places):
			return Scanned{Node: node}, &UsageError{Kind: ExtraWord, Word: word, Command: node}
		}
		w.named[places[i]] = word
	}
	for _, flag := range a.flags {
		if !slices.Contains(offWords, strings.ToLower(w.named[flag])) {
			w.words = append(w.words, "--"+flag)
		}
	}
	return w.kong(program), nil
}

func ActionNamed(name string) *GlanceAction {
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

// glanceUsage is the answer to no words at all.
func glanceUsage(model *kong.Application) error {
	return &Answer{Text: fmt.Sprintf(
		"Usage: %s [options] <category> <action> [<args>]\n\nThe categories are:\n\tdb\n", model.Name)}
}

// glanceListing is the answer to a `db` without an action.
func glanceListing(db *kong.Node) error {
	var b strings.Builder
	b.WriteString("The actions of db are:\n")
	for _, a := range glanceActions() {
		fmt.Fprintf(&b, "\t%s - %s\n", a.name, child(db, a.name).Help)
	}
	return &Answer{Text: b.String()}
}

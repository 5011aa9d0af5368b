package argv

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// UsageKind is what is wrong with a command line.
type UsageKind int

const (
	BadWords UsageKind = iota // what kong says of it
	UnknownCommand
	UnknownOption
	EarlierOption
	MissingCommand
	MissingValue
	ExtraValue
	GivenTwice
	Exclusive
	EmptyWord
	ExtraWord
	NeedsOption
	MissingArgument
	BadValue
)

// UsageError is a command line that cannot be understood.
type UsageError struct {
	Kind    UsageKind
	Word    string
	Other   string // a second option or argument that it is about
	Nearest []string
	Known   []string   // what could stand in the place of Word
	Command *kong.Node // as far as it was understood
	Err     error
}

func (e *UsageError) Error() string {
	switch e.Kind {
	case UnknownCommand:
		return fmt.Sprintf("there is no command %q", strings.TrimSpace(CommandPath(e.Command)+" "+e.Word))
	case UnknownOption:
		return fmt.Sprintf("there is no option %s here", e.Word)
	case EarlierOption:
		return fmt.Sprintf("option %s must come before the command", e.Word)
	case MissingCommand:
		return "a command is missing"
	case MissingValue:
		return fmt.Sprintf("the option %s needs a value", e.Word)
	case ExtraValue:
		return fmt.Sprintf("the option %s takes no value", e.Word)
	case GivenTwice:
		return fmt.Sprintf("%q and %s say the same thing twice; give one of them", e.Word, e.Other)
	case Exclusive:
		return fmt.Sprintf("%s and %s cannot stand together", e.Word, e.Other)
	case MissingArgument:
		return e.Word + " is missing"
	case NeedsOption:
		return fmt.Sprintf("%s can only be used with %s", e.Word, e.Other)
	case BadValue:
		return fmt.Sprintf("%s cannot be %q", e.Other, e.Word)
	case ExtraWord:
		return fmt.Sprintf("unexpected argument %q", e.Word)
	case EmptyWord:
		return "an argument is empty; is a variable not set?"
	}
	return e.Err.Error()
}

func (e *UsageError) Unwrap() error { return e.Err }

// Hint names what was probably meant, and where help is.
func (e *UsageError) Hint(program string) string {
	help := strings.TrimSpace(program+" "+CommandPath(e.Command)) + " --help"
	switch {
	case len(e.Nearest) == 0 && len(e.Known) > 0 && e.Kind == BadValue:
		return fmt.Sprintf("It takes %s.", strings.Join(e.Known, ", "))
	case len(e.Nearest) == 0 && len(e.Known) > 0:
		return fmt.Sprintf("There are %s.", strings.Join(e.Known, ", "))
	case len(e.Nearest) == 0:
		return fmt.Sprintf("`%s` lists what there is.", help)
	}
	return fmt.Sprintf("Did you mean %s? `%s` lists what there is.", Alternatives(e.Nearest), help)
}

// CommandPath is the words of a command without the program, such as
// "db sync".
func CommandPath(node *kong.Node) string {
	var words []string
	for n := node; n != nil && n.Type == kong.CommandNode; n = n.Parent {
		words = append([]string{n.Name}, words...)
	}
	return strings.Join(words, " ")
}

// Alternatives lists words as in "a, b or c".
func Alternatives(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

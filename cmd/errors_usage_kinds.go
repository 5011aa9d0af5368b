package cmd

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// usageKind is what is wrong with a command line.
type usageKind int

const (
	badWords usageKind = iota // what kong says of it
	unknownCommand
	unknownOption
	earlierOption
	missingCommand
	missingValue
	extraValue
	givenTwice
	exclusive
	emptyWord
	extraWord
	needsOption
	missingArgument
	badValue
)

// usageError is a command line that cannot be understood.
type usageError struct {
	Kind    usageKind
	Word    string
	Other   string // a second option or argument that it is about
	Nearest []string
	Known   []string   // what could stand in the place of Word
	Command *kong.Node // as far as it was understood
	Err     error
}

func (e *usageError) Error() string {
	switch e.Kind {
	case unknownCommand:
		return fmt.Sprintf("there is no command %q", strings.TrimSpace(commandPath(e.Command)+" "+e.Word))
	case unknownOption:
		return fmt.Sprintf("there is no option %s here", e.Word)
	case earlierOption:
		return fmt.Sprintf("the option %s stands before the command, not behind it", e.Word)
	case missingCommand:
		return "a command is missing"
	case missingValue:
		return fmt.Sprintf("the option %s needs a value", e.Word)
	case extraValue:
		return fmt.Sprintf("the option %s takes no value", e.Word)
	case givenTwice:
		return fmt.Sprintf("%q and %s say the same thing twice; give one of them", e.Word, e.Other)
	case exclusive:
		return fmt.Sprintf("%s and %s cannot stand together", e.Word, e.Other)
	case missingArgument:
		return e.Word + " is missing"
	case needsOption:
		return fmt.Sprintf("%s is of use only with %s", e.Word, e.Other)
	case badValue:
		return fmt.Sprintf("%s cannot be %q", e.Other, e.Word)
	case extraWord:
		return fmt.Sprintf("there is no place for the word %q", e.Word)
	case emptyWord:
		return "an argument is empty; is a variable not set?"
	}
	return e.Err.Error()
}

func (e *usageError) Unwrap() error { return e.Err }

// hint names what was probably meant, and where help is.
func (e *usageError) hint(program string) string {
	help := strings.TrimSpace(program+" "+commandPath(e.Command)) + " --help"
	switch {
	case len(e.Nearest) == 0 && len(e.Known) > 0 && e.Kind == badValue:
		return fmt.Sprintf("It takes %s.", strings.Join(e.Known, ", "))
	case len(e.Nearest) == 0 && len(e.Known) > 0:
		return fmt.Sprintf("There are %s.", strings.Join(e.Known, ", "))
	case len(e.Nearest) == 0:
		return fmt.Sprintf("`%s` lists what there is.", help)
	}
	return fmt.Sprintf("Did you mean %s? `%s` lists what there is.", alternatives(e.Nearest), help)
}

// commandPath is the words of a command without the program, such as
// "db sync".
func commandPath(node *kong.Node) string {
	var words []string
	for n := node; n != nil && n.Type == kong.CommandNode; n = n.Parent {
		words = append([]string{n.Name}, words...)
	}
	return strings.Join(words, " ")
}

// alternatives lists words as in "a, b or c".
func alternatives(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

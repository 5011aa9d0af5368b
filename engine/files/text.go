package files

import (
	"bytes"
	"strings"
)

// Text is what a text file says: without the byte order mark that some editors
// put before it, and with lines that end in a newline, however they do in the
// file. Both differ between checkouts of the same file, and mean nothing. A
// file in UTF-16, which PowerShell writes, is refused.
func Text(content []byte) (string, error) {
	if bytes.HasPrefix(content, []byte("\xff\xfe")) || bytes.HasPrefix(content, []byte("\xfe\xff")) {
		return "", &Refused{"it is UTF-16 text; save it as UTF-8"}
	}
	text := string(bytes.TrimPrefix(content, []byte("\ufeff")))
	return strings.ReplaceAll(text, "\r\n", "\n"), nil
}

// MaxDepth is how deep brackets may be nested in a file.
const MaxDepth = 32

// TooDeep is the line of a TOML text on which arrays and inline tables, or the
// parts of a key, are nested deeper than MaxDepth; 0 if there is none. The
// parser needs a time that grows with the square of the depth.
func TooDeep(text string) int {
	line, depth, dots := 1, 0, 0
	for at := 0; at < len(text); at++ {
		switch c := text[at]; c {
		case '\n':
			line, dots = line+1, 0
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(0, depth-1)
		case '=', ',':
			dots = 0
		case '.':
			dots++
		case '#':
			at += untilEnd(text[at:], "\n") - 1
		case '"', '\'':
			n := stringEnd(text[at:])
			line += strings.Count(text[at:at+n], "\n")
			at += n - 1
		}
		if depth > MaxDepth || dots > MaxDepth {
			return line
		}
	}
	return 0
}

// stringEnd is the length of the TOML string that a text begins with. One line
// ends a string that is not closed: the parser says what is wrong with it.
func stringEnd(text string) int {
	quote := text[:1]
	if strings.HasPrefix(text, quote+quote+quote) {
		quote = text[:3]
	}
	for at := len(quote); at < len(text); at++ {
		switch {
		case text[at] == '\\' && quote[0] == '"':
			at++
		case strings.HasPrefix(text[at:], quote):
			return at + len(quote)
		case text[at] == '\n' && len(quote) == 1:
			return at
		}
	}
	return len(text)
}

// untilEnd is how far it is to the end of a part of the text, or of all of it.
func untilEnd(text, end string) int {
	if at := strings.Index(text, end); at >= 0 {
		return at
	}
	return len(text)
}

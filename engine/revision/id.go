package revision

import "strings"

// MaxIDLength is the longest id that fits the version table's column
// (VARCHAR(32), as Alembic makes it).
const MaxIDLength = 32

// reserved are the words of VERSION that an id or alias would hide.
var reserved = []string{"head", "heads", "base"}

// ParseID splits an id of the form <release>_<expand|migrate|contract><NN>,
// such as "ocata_expand01", NN being two digits. It reports false for other
// forms (hashes, names of trunk revisions), which are valid too but say
// nothing of release and branch.
func ParseID(id string) (release string, branch Branch, n int, ok bool) {
	cut := len(id) - 2
	if cut < 1 || !isDigit(id[cut]) || !isDigit(id[cut+1]) {
		return "", "", 0, false
	}
	n = int(id[cut]-'0')*10 + int(id[cut+1]-'0')
	for _, b := range []Branch{Expand, Migrate, Contract} {
		if release, found := strings.CutSuffix(id[:cut], "_"+string(b)); found && release != "" {
			return release, b, n, true
		}
	}
	return "", "", 0, false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// idFault says what is wrong with the form of an id, and what to do; "" if
// nothing is.
func idFault(id string) string {
	if id == "" {
		return "has no id; give it one of 1 to 32 characters of A-Z a-z 0-9 _ . -"
	}
	if len(id) > MaxIDLength {
		return "has an id of more than 32 characters, which does not fit the version table; shorten it"
	}
	for i := 0; i < len(id); i++ {
		c := id[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && !isDigit(c) && c != '_' && c != '.' && c != '-' {
			return "has an id with a character that is not allowed; use only A-Z a-z 0-9 _ . -"
		}
	}
	for _, word := range reserved {
		if id == word {
			return "has an id that is a word of its own where a version is asked for; choose another"
		}
	}
	return ""
}

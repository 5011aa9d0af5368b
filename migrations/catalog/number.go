package catalog

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"manage/engine/revision"
)

// Slug is the part of a file's name behind the id: the words of a message in
// lower case, joined by underscores. Beyond 40 characters it is cut at the end
// of a word, and ends in an underscore, as older tools have it.
func Slug(message string) string {
	words := strings.FieldsFunc(strings.ToLower(message), func(c rune) bool {
		return c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c)
	})
	const longest = 40
	slug := []rune(strings.Join(words, "_"))
	if len(slug) <= longest {
		return string(slug)
	}
	cut := string(slug[:longest])
	if last := strings.LastIndexByte(cut, '_'); last >= 0 {
		cut = cut[:last]
	}
	return cut + "_"
}

// hash is the form of the ids that Alembic makes.
var hash = regexp.MustCompile(`^[0-9a-f]{12}$`)

// id makes the id of a new file. It is as long and as random as those of the
// revision before it where that has a hash; else it counts on.
func (a *author) id(b revision.Branch) (string, error) {
	id := ""
	var err error
	switch before := a.head(b); {
	case hash.MatchString(before.ID):
		id = a.free(func(int) string { return newHash() })
	case b == revision.Trunk:
		id = a.trunkID(before)
	default:
		id, err = a.ruled(b)
	}
	if err == nil && len(id) > revision.MaxIDLength {
		err = refuse("choose a shorter name for the release", "the id %s would have more than %d characters", id, revision.MaxIDLength)
	}
	return id, err
}

// newHash is a random id of twelve hexadecimal digits.
func newHash() string {
	var b [6]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// ruled is the next id of the form <release>_<branch><NN>.
func (a *author) ruled(b revision.Branch) (string, error) {
	if a.release == "" {
		return "", refuse("name one with --release",
			"catalog %s has no releases yet, and an id on branch %s begins with one", a.catalog.Name, b)
	}
	n := 1 + max(lastOf(a.catalog.Revisions, a.release, b), lastOf(a.catalog.Migrations, a.release, b))
	for ; n <= 99; n++ {
		if id := fmt.Sprintf("%s_%s%02d", a.release, b, n); !a.taken(id) {
			return id, nil
		}
	}
	return "", refuse("", "release %s has %s99 already, and there are no ids of three digits", a.release, b)
}

// lastOf is the highest number that a release has on a branch.
func lastOf[V any](all map[string]V, release string, b revision.Branch) int {
	last := 0
	for id := range all {
		if r, branch, n, ok := revision.ParseID(id); ok && r == release && branch == b {
			last = max(last, n)
		}
	}
	return last
}

// ending is a number at the end of an id.
var ending = regexp.MustCompile(`[0-9]+$`)

// trunkID counts on from the trunk revision before, in its manner: 002 comes
// behind 001, and ocata02 behind ocata01. The first one of a release, if the
// ids are made of releases, is its 01.
func (a *author) trunkID(before revision.Revision) string {
	number := ending.FindString(before.ID)
	stem := strings.TrimSuffix(before.ID, number)
	if rest, ok := strings.CutPrefix(stem, before.Release); ok && before.Release != "" && (rest == "" || rest == "_" || rest == "-") && a.release != before.Release {
		stem, number = a.release+rest, "00"
	}
	if number == "" || len(number) > 9 {
		stem, number = stem+number, "00"
		if a.release != "" {
			stem = a.release
		}
		if stem == "" { // the first of all, without a release
			number = "000"
		}
	}
	n, _ := strconv.Atoi(number)
	return a.free(func(try int) string { return fmt.Sprintf("%s%0*d", stem, len(number), n+try) })
}

// free is the first of the ids that make makes that is not taken.
func (a *author) free(make func(try int) string) string {
	for try := 1; ; try++ {
		if id := make(try); !a.taken(id) {
			return id
		}
	}
}

// taken reports whether an id means something in the catalog already.
func (a *author) taken(id string) bool {
	_, isRevision := a.catalog.Revisions[id]
	_, isMigration := a.catalog.Migrations[id]
	_, isAlias := a.catalog.Aliases[id]
	return isRevision || isMigration || isAlias
}

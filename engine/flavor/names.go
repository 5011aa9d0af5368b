package flavor

import (
	"crypto/sha256"
	"fmt"
	"unicode/utf8"
)

// PostgresName is how many bytes of a name PostgreSQL keeps: it cuts what is
// longer, with no more than a notice (manual, "Identifiers and Key Words").
// MySQLName is how many characters of one MySQL and MariaDB take (MySQL manual,
// "Identifier Length Limits").
const (
	PostgresName = 63
	MySQLName    = 64
)

// Fit is a name that is put together of others, cut to what every server takes
// where it is too long, with a sign of all of it at its end: names that are
// alike at their beginning stay different.
func Fit(name string) string { return FitBefore(name, "") }

// FitBefore is a name and a suffix, which is kept whole.
func FitBefore(name, suffix string) string {
	if len(name)+len(suffix) <= PostgresName {
		return name + suffix
	}
	return Signed(name, name, suffix)
}

// Signed is a name with a sign of what it stands for, and a suffix.
func Signed(name, meaning, suffix string) string {
	sum := sha256.Sum256([]byte(meaning))
	sign := fmt.Sprintf("_%x", sum[:4])
	return Cut(name, PostgresName-len(sign)-len(suffix)) + sign + suffix
}

// Cut is a name without what PostgreSQL would cut from it to size bytes: it
// leaves whole characters.
func Cut(name string, size int) string {
	if len(name) <= size {
		return name
	}
	for size > 0 && !utf8.RuneStart(name[size]) {
		size--
	}
	return name[:size]
}

package backfill

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"manage/engine/database"
)

// The MySQL family compares a TIMESTAMP with anything in the session's time
// zone. Where clocks are put back an hour comes twice there, and a range of keys
// that begins or ends in it may be another one than was meant. That zone is the
// user's: expressions with NOW() mean it.

// zoneQuery reads the session's time zone, and what SYSTEM means.
const zoneQuery = "SELECT @@session.time_zone, @@system_time_zone"

// offset is a zone that is one distance from UTC all year.
var offset = regexp.MustCompile(`^[+-]\d\d?:\d\d$`)

// shifting reports whether a time zone may put its clocks back. The name that
// the system gives its zone is that of the season in which the server began, so
// that only UTC is sure.
func shifting(zone, system string) bool {
	if strings.EqualFold(zone, "SYSTEM") {
		return !strings.EqualFold(system, "UTC")
	}
	fixed := []string{"utc", "etc/utc", "gmt", "etc/gmt"}
	return !offset.MatchString(zone) && !slices.Contains(fixed, strings.ToLower(zone))
}

// ambiguous is why the values of a key may be mistaken for one another; "" if
// they cannot be.
func (l layout) ambiguous(ctx context.Context, sess database.Session, key []string) (string, error) {
	for _, name := range key {
		c := l.column(name)
		if c == nil || kindOf(sess.Flavor().Dialect, c.typ) != instant {
			continue
		}
		zone, err := texts(ctx, sess, zoneQuery, 2)
		if err != nil || len(zone) == 0 || !shifting(zone[0][0], zone[0][1]) {
			return "", err
		}
		return fmt.Sprintf("the column %s is a TIMESTAMP, and in the server's time zone, %s (%s), an hour may come twice;"+
			" it is safe where time_zone is '+00:00'", name, zone[0][0], zone[0][1]), nil
	}
	return "", nil
}

package backend

import (
	"fmt"
	"net/url"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"manage/engine/flavor"
)

// URL is a database connection in the form that SQLAlchemy gives it:
//
//	dialect[+driver]://[user[:password]@][host][:port][/database][?key=value&…]
type URL struct {
	// Scheme is the part before "://", as written.
	Scheme string
	// Dialect is what the scheme promises. A server may turn out to be
	// MariaDB although the URL says mysql, and the reverse.
	Dialect flavor.Dialect
	// User and Password are percent-decoded. HasPassword tells an empty
	// password from none.
	User        string
	Password    string
	HasPassword bool
	// Host is a name or an address, IPv6 without its brackets; "" if absent.
	Host string
	// Port is 0 if absent.
	Port int
	// Database is not decoded. For SQLite it is the path, and "" or ":memory:"
	// is a database in memory.
	Database string
	// Query holds the options, form-decoded; a key without a value is not in it.
	Query map[string][]string
}

// Get returns the last value of an option of the URL, or "".
func (u *URL) Get(key string) string {
	values := u.Query[key]
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

// The pattern of a URL. User and password end where the pattern says and not
// where RFC 3986 would end them: existing passwords hold `/`, `#` and `?`.
const urlPattern = `(?s)^([\w+]+)://` + // scheme
	`(?:([^:/]*)(?::([^@]*))?@)?` + // user, password
	`(?:(?:\[([^/?]+)\]|([^/:?]+))?(?::([^/?]*))?)?` + // host, port
	`(?:/([^?]*))?` + // database
	`(?:\?(.*))?$` // options

// ParseURL reads a connection URL in SQLAlchemy's form, and the plain forms
// that have no scheme: a path that ends in .db, .sqlite or .sqlite3, ":memory:"
// and SQLite's own "file:…". Errors are of class BadURL and never repeat what
// they were given, because it may hold a password.
func ParseURL(raw string) (*URL, error) {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return nil, badURL("the connection URL is empty")
	}
	if u := plainSQLite(raw); u != nil {
		return u, nil
	}
	m := regexp.MustCompile(urlPattern).FindStringSubmatch(raw)
	if m == nil {
		return nil, badURL("the connection is not a URL of the form dialect://user:password@host/database")
	}
	u := &URL{Scheme: m[1], Host: m[4] + m[5], Database: m[7]}
	if err := u.setDialect(); err != nil {
		return nil, err
	}
	if err := u.setUser(raw, m[2], m[3]); err != nil {
		return nil, err
	}
	if err := u.setPort(m[6]); err != nil {
		return nil, err
	}
	if err := u.setQuery(m[8]); err != nil {
		return nil, err
	}
	return u, u.check()
}

// plainSQLite is the URL of a SQLite database that was named without a scheme;
// nil if raw is not of that kind.
func plainSQLite(raw string) *URL {
	if strings.Contains(raw, "://") && !strings.HasPrefix(raw, "file:") {
		return nil
	}
	u := &URL{Scheme: "sqlite", Dialect: flavor.SQLite, Database: raw}
	if raw == ":memory:" {
		return u
	}
	if path, query, _ := strings.Cut(raw, "?"); strings.HasPrefix(raw, "file:") {
		u.Database = path
		if err := u.setQuery(query); err != nil {
			return nil
		}
		return u
	}
	for _, suffix := range []string{".db", ".sqlite", ".sqlite3"} {
		if strings.HasSuffix(raw, suffix) {
			return u
		}
	}
	return nil
}

// setDialect finds the dialect of the scheme; the driver behind "+" is another
// language's matter.
func (u *URL) setDialect() error {
	name, _, _ := strings.Cut(strings.ToLower(u.Scheme), "+")
	switch name {
	case "sqlite":
		u.Dialect = flavor.SQLite
	case "postgresql", "postgres":
		u.Dialect = flavor.Postgres
	case "mysql":
		u.Dialect = flavor.MySQL
	case "mariadb":
		u.Dialect = flavor.MariaDB
	default:
		return badURL(fmt.Sprintf("the connection URL begins with %q, which is no database that is known: use sqlite, postgresql, mysql or mariadb", u.Scheme+"://"))
	}
	return nil
}

func (u *URL) setUser(raw, user, password string) error {
	if strings.Contains(u.Host, "@") {
		return badURL("the connection URL has an @ in its password: write it as %40")
	}
	var err error
	if u.User, err = url.PathUnescape(user); err != nil {
		return badURL("the user name in the connection URL has a % that begins no escape: write it as %25")
	}
	if u.Password, err = url.PathUnescape(password); err != nil {
		return badURL("the password in the connection URL has a % that begins no escape: write it as %25")
	}
	rest := strings.TrimPrefix(raw, u.Scheme+"://"+user)
	u.HasPassword = password != "" || strings.HasPrefix(rest, ":@")
	return nil
}

func (u *URL) setPort(port string) error {
	if port == "" {
		return nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		// What stands where the port should be may be the rest of a password,
		// so it is not repeated.
		return badURL("the port in the connection URL is not a number from 0 to 65535")
	}
	u.Port = int(n)
	return nil
}

func (u *URL) setQuery(query string) error {
	u.Query = map[string][]string{}
	for _, pair := range strings.Split(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if value == "" {
			continue
		}
		k, err := url.QueryUnescape(key)
		if err != nil {
			return badURL("an option of the connection URL has a % that begins no escape in its name: write it as %25")
		}
		v, err := url.QueryUnescape(value)
		if err != nil {
			return badURL(fmt.Sprintf("the option %q of the connection URL has a %% that begins no escape: write it as %%25", k))
		}
		u.Query[k] = append(u.Query[k], v)
	}
	return nil
}

// check refuses what a driver could only stumble over.
func (u *URL) check() error {
	if u.Dialect == flavor.SQLite {
		if u.Host != "" || u.User != "" || u.HasPassword || u.Port != 0 {
			return badURL("a SQLite URL has no host or user: write sqlite:///file.db for a relative path, sqlite:////dir/file.db for an absolute one")
		}
		return nil
	}
	if strings.Contains(u.Host, ",") {
		return badURL("several hosts in the connection URL are written as options: ?host=first:5432&host=second:5432")
	}
	return nil
}

func badURL(message string) *Error { return &Error{Class: BadURL, Message: message} }

// secretOption reports whether an option's value must not be shown.
func secretOption(key string) bool {
	key = strings.ToLower(key)
	return strings.Contains(key, "passw") || strings.Contains(key, "secret") || strings.Contains(key, "token")
}

// String is the URL with *** in place of the password and of options that are
// secrets.
func (u *URL) String() string {
	var b strings.Builder
	b.WriteString(u.Scheme + "://")
	if u.User != "" || u.HasPassword {
		b.WriteString(strings.NewReplacer("@", "%40", ":", "%3A").Replace(url.PathEscape(u.User)))
		if u.HasPassword {
			b.WriteString(":***")
		}
		b.WriteByte('@')
	}
	if strings.Contains(u.Host, ":") {
		b.WriteString("[" + u.Host + "]")
	} else {
		b.WriteString(u.Host)
	}
	if u.Port != 0 {
		b.WriteString(":" + strconv.Itoa(u.Port))
	}
	if u.Database != "" {
		b.WriteString("/" + u.Database)
	}
	u.writeQuery(&b)
	return b.String()
}

func (u *URL) writeQuery(b *strings.Builder) {
	keys := make([]string, 0, len(u.Query))
	for k := range u.Query {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	separator := byte('?')
	for _, k := range keys {
		for _, v := range u.Query[k] {
			b.WriteByte(separator)
			separator = '&'
			b.WriteString(url.QueryEscape(k) + "=")
			if secretOption(k) {
				b.WriteString("***")
			} else {
				// A slash or colon needs no escape here, and paths read better
				// without it.
				b.WriteString(strings.NewReplacer("%2F", "/", "%3A", ":").Replace(url.QueryEscape(v)))
			}
		}
	}
}

package postgres

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sort"
	"strconv"
	"strings"

	"manage/engine/database/backend"
	"manage/engine/files"
	"manage/engine/flavor"
	"manage/engine/quote"
)

// What a URL may say beside the place ("Parameter Key Words", PostgreSQL
// manual, libpq).
var (
	// passed are the key words that the driver knows.
	passed = []string{"application_name", "fallback_application_name", "options", "passfile", "service",
		"sslcert", "sslkey", "sslmode", "sslnegotiation", "sslrootcert", "sslsni", "ssl_min_protocol_version",
		"ssl_max_protocol_version", "target_session_attrs", "load_balance_hosts", "krbsrvname", "hostaddr",
		"user", "password", "dbname"}
	// idle are those that make no difference to what a run does.
	idle = []string{"connect_timeout", "client_encoding", "keepalives", "keepalives_idle", "keepalives_interval",
		"keepalives_count", "tcp_user_timeout", "sslcompression", "gssencmode", "gsslib", "gssdelegation", "plugin"}
	// unsafeToDrop are those that ask for a protection that the driver does
	// not have: to pass them over would break the promise.
	unsafeToDrop = []string{"channel_binding", "require_auth", "requirepeer", "sslcrl", "sslcrldir", "sslpassword", "sslcertmode"}
)

// connectionSettings is the URL in libpq's key words.
func connectionSettings(u *backend.URL, o backend.Options) (map[string]string, error) {
	s := map[string]string{
		"fallback_application_name": "manage",
		// The driver's word for sending a query together with its values,
		// without asking for the types of the values first: one round trip
		// instead of two.
		"binary_parameters": "yes",
	}
	set := func(key, value string) {
		if value != "" {
			s[key] = value
		}
	}
	set("user", u.User)
	if u.HasPassword {
		s["password"] = u.Password
	}
	set("dbname", u.Database)
	if err := places(u, set); err != nil {
		return nil, err
	}
	limit, err := u.ConnectTimeout()
	if err != nil {
		return nil, err
	}
	set("connect_timeout", strconv.Itoa(int(limit.Seconds())))
	if err := passOn(u, set); err != nil {
		return nil, err
	}
	if s["sslmode"] == "" && os.Getenv("PGSSLMODE") == "" && s["service"] == "" && s["sslrootcert"] != "system" {
		// libpq's default; the driver's own is to require encryption.
		s["sslmode"] = "prefer"
	}
	if o.Schema != "" {
		// As a setting of the connection's start it costs no round trip.
		s["search_path"] = quote.Ident(o.Schema, flavor.Postgres)
	}
	return s, nil
}

// passOn sets the options that the driver knows, and refuses those that it
// would only send on to the server or break the promise of.
func passOn(u *backend.URL, set func(key, value string)) error {
	for key := range u.Query {
		switch {
		case key == "host" || key == "port" || slices.Contains(idle, key):
		case slices.Contains(passed, key):
			if err := readableFile(key, u.Get(key)); err != nil {
				return err
			}
			set(key, u.Get(key))
		case slices.Contains(unsafeToDrop, key):
			return bad(fmt.Sprintf("the option %q of the PostgreSQL URL is not supported: take it out if the connection needs no such protection", key))
		default:
			return bad(fmt.Sprintf("the PostgreSQL URL has the option %q, which is not known", key))
		}
	}
	return nil
}

// readableFile refuses what an option names in the place of a file, because the
// driver would read it to its end, which a device may not have.
func readableFile(option, name string) error {
	if !slices.Contains([]string{"sslcert", "sslkey", "sslrootcert", "passfile"}, option) {
		return nil
	}
	_, err := files.Read(name, files.MaxConfig)
	var refused *files.Refused
	if errors.As(err, &refused) {
		return bad(fmt.Sprintf("the file %s of the option %s of the PostgreSQL URL is not read: %s", name, option, refused.Reason))
	}
	return nil // the driver knows which files may be missing, and says what it cannot read
}

// places sets where the servers are: one in the URL's own place, or several
// (also sockets' directories) as options.
func places(u *backend.URL, set func(key, value string)) error {
	hosts, ports := u.Query["host"], u.Query["port"]
	if len(hosts) == 0 {
		set("host", u.Host)
		if u.Port != 0 {
			set("port", strconv.Itoa(u.Port))
		} else {
			set("port", strings.Join(ports, ","))
		}
		return nil
	}
	var names, numbers []string
	for _, list := range hosts {
		for _, h := range strings.Split(list, ",") {
			name, port := splitPort(h)
			names, numbers = append(names, name), append(numbers, port)
		}
	}
	set("host", strings.Join(names, ","))
	switch {
	case slices.ContainsFunc(numbers, func(n string) bool { return n != "" }):
		for i, n := range numbers {
			if n == "" {
				numbers[i] = "5432"
			} else if _, err := strconv.ParseUint(n, 10, 16); err != nil {
				return bad(fmt.Sprintf("the port of the host %q in the PostgreSQL URL is not a number from 0 to 65535", names[i]))
			}
		}
		set("port", strings.Join(numbers, ","))
	case len(ports) > 0:
		set("port", strings.Join(ports, ","))
	case u.Port != 0:
		set("port", strconv.Itoa(u.Port))
	}
	return nil
}

// splitPort cuts "host:port"; a directory, and an IPv6 address without
// brackets, has no port.
func splitPort(place string) (host, port string) {
	if strings.HasPrefix(place, "/") {
		return place, ""
	}
	if rest, ok := strings.CutPrefix(place, "["); ok {
		host, after, _ := strings.Cut(rest, "]")
		return host, strings.TrimPrefix(after, ":")
	}
	if strings.Count(place, ":") == 1 {
		host, port, _ = strings.Cut(place, ":")
		return host, port
	}
	return place, ""
}

// keywords writes settings as a connection string ("Keyword/Value Connection
// Strings", PostgreSQL manual).
func keywords(settings map[string]string) string {
	keys := make([]string, 0, len(settings))
	for k := range settings {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	escape := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	var b strings.Builder
	for _, k := range keys {
		b.WriteString(k + "='" + escape.Replace(settings[k]) + "' ")
	}
	return b.String()
}

func bad(message string) *backend.Error {
	return &backend.Error{Class: backend.BadURL, Message: message}
}

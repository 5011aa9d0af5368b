package mysql

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"manage/engine/database/backend"
)

// What a URL may say. tlsKeys are read by tlsConfig, the others by driverConfig.
var (
	readKeys = []string{"charset", "collation", "unix_socket", "connect_timeout", "read_timeout", "write_timeout", "sql_mode"}
	tlsKeys  = []string{"ssl", "ssl_ca", "ssl_capath", "ssl_cert", "ssl_key", "ssl_cipher", "ssl_check_hostname",
		"ssl_verify_cert", "ssl_verify_identity", "ssl_disabled", "ssl_mode"}
	// idleKeys concern Python's drivers only.
	idleKeys = []string{"use_unicode", "local_infile", "client_flag", "compress", "autocommit", "binary_prefix",
		"program_name", "max_allowed_packet", "use_pure", "raise_on_warnings", "plugin"}
)

// unsafeCharsets have characters whose last byte is a backslash or a quote, so
// that values cannot be put into a query's text by its bytes.
var unsafeCharsets = []string{"big5", "cp932", "gb18030", "gb2312", "gbk", "sjis"}

// driverConfig is the URL in the driver's words.
func driverConfig(u *backend.URL) (*mysql.Config, error) {
	for key := range u.Query {
		if !slices.Contains(readKeys, key) && !slices.Contains(tlsKeys, key) && !slices.Contains(idleKeys, key) {
			return nil, bad(fmt.Sprintf("the MySQL URL has the option %q, which is not known or not supported", key))
		}
	}
	if u.Database == "" {
		return nil, bad("the MySQL URL names no database: write it behind the host, as in mysql+pymysql://user@host/database")
	}
	c := mysql.NewConfig()
	// Its logger writes to standard error, which is not the driver's to use.
	c.Logger = &mysql.NopLogger{}
	c.User, c.Passwd, c.DBName = u.User, u.Password, u.Database
	c.Net, c.Addr = place(u)
	c.DialFunc = (&backend.Dialer{}).DialContext
	c.ParseTime = true
	// A count of rows is of those that matched, as SQLAlchemy's drivers have it.
	c.ClientFoundRows = true
	// With values in its text a query needs one round trip instead of three.
	c.InterpolateParams = true
	if err := setTimeouts(c, u); err != nil {
		return nil, err
	}
	var err error
	c.TLS, err = tlsConfig(u)
	return c, err
}

func place(u *backend.URL) (network, address string) {
	if socket := u.Get("unix_socket"); socket != "" {
		return "unix", socket
	}
	host, port := u.Host, u.Port
	if host == "" {
		host = "localhost"
	}
	if port == 0 {
		port = 3306
	}
	return "tcp", net.JoinHostPort(host, strconv.Itoa(port))
}

func setTimeouts(c *mysql.Config, u *backend.URL) error {
	for key, limit := range map[string]*time.Duration{
		"read_timeout": &c.ReadTimeout, "write_timeout": &c.WriteTimeout,
	} {
		text := u.Get(key)
		if text == "" {
			continue
		}
		seconds, err := strconv.Atoi(text)
		if err != nil || seconds < 0 {
			return bad(fmt.Sprintf("the option %s of the MySQL URL is not a number of seconds", key))
		}
		*limit = time.Duration(seconds) * time.Second
	}
	return nil
}

// setCharset notes the character set in which sessions speak. "utf8" is taken
// as utf8mb4 too: to the server it means the set without the characters beyond
// the basic plane, which it would turn into question marks on the way to us, and
// a data migration would write those back.
func setCharset(c *mysql.Config, u *backend.URL) (charset, error) {
	name, collation := strings.ToLower(u.Get("charset")), u.Get("collation")
	for _, word := range []string{name, collation} {
		if strings.Trim(strings.ToLower(word), "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			return charset{}, bad("the options charset and collation of the MySQL URL are single words")
		}
	}
	if slices.Contains(unsafeCharsets, name) {
		return charset{}, bad(fmt.Sprintf("the charset %s of the MySQL URL is not supported: use utf8mb4", name))
	}
	c.Collation = collation
	switch name {
	case "", "utf8", "utf8mb3", "utf8mb4":
		if name = "utf8mb4"; collation == "" {
			collation = "utf8mb4_general_ci" // the driver's, before SET NAMES
		}
	}
	return charset{name, collation}, nil
}

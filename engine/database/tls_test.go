package database_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// authority makes certificates in a folder that every user may read: servers
// run as users of their own.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	dir, err := os.MkdirTemp("", "manage-tls-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	a := &authority{dir: dir}
	a.cert, a.key = a.issue(t, "ca", &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return a
}

// issue signs a certificate and writes it and its key to name.pem and name.key.
func (a *authority) issue(t *testing.T, name string, c *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.SerialNumber, c.Subject = big.NewInt(time.Now().UnixNano()), pkix.Name{CommonName: name}
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	a.write(t, name+".pem", "CERTIFICATE", der)
	a.write(t, name+".key", "PRIVATE KEY", raw)
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made, key
}

func (a *authority) write(t *testing.T, name, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(a.path(name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (a *authority) path(name string) string { return filepath.Join(a.dir, name) }

// TestMariaDBTLS: each of the URL's options does what it promises, on a server
// whose certificate is for 127.0.0.1, and for another name.
func TestMariaDBTLS(t *testing.T) {
	ca, stranger := newAuthority(t), newAuthority(t)
	for _, host := range []struct {
		name string
		cert x509.Certificate
	}{
		{"right name", x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}},
		{"other name", x509.Certificate{DNSNames: []string{"db.example"}}},
	} {
		t.Run(host.name, func(t *testing.T) {
			ca.issue(t, "server", &host.cert)
			server := enginetest.Private(t, flavor.MariaDB, enginetest.Options{Settings: []string{
				"ssl_ca=" + ca.path("ca.pem"), "ssl_cert=" + ca.path("server.pem"), "ssl_key=" + ca.path("server.key")}})
			right := host.name == "right name"
			for options, want := range map[string]bool{
				"ssl_ca=" + ca.path("ca.pem"):                                     right,
				"ssl_ca=" + ca.path("ca.pem") + "&ssl_check_hostname=false":       true,
				"ssl_ca=" + stranger.path("ca.pem"):                               false,
				"ssl_ca=" + stranger.path("ca.pem") + "&ssl_check_hostname=false": false,
				"ssl_mode=REQUIRED":                                               true,
				"ssl_mode=VERIFY_CA&ssl_ca=" + ca.path("ca.pem"):                  true,
				"ssl_mode=VERIFY_IDENTITY&ssl_ca=" + ca.path("ca.pem"):            right,
				"ssl_mode=VERIFY_CA":                                              false,
			} {
				raw := server.URL(server.AdminDatabase()) + "?" + options
				if !want {
					e := openError(t, raw, database.Options{MaxRetries: -1, RetryInterval: time.Hour}, database.AuthFailed)
					if e.Hint == "" {
						t.Errorf("%s: no hint", options)
					}
					continue
				}
				rows := texts(t, session(t, open(t, raw, database.Options{})), "SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_cipher'")
				if len(rows) != 1 || rows[0] == "" {
					t.Errorf("%s: the connection is not encrypted", options)
				}
			}
		})
	}
}

// TestNoTLS: a server without encryption is refused where it is asked for, and
// taken where it is only preferred.
func TestNoTLS(t *testing.T) {
	for d, option := range map[flavor.Dialect]string{flavor.MariaDB: "?ssl_mode=REQUIRED", flavor.Postgres: "?sslmode=require"} {
		plain := enginetest.New(t, d).URL
		e := openError(t, plain+option, database.Options{MaxRetries: -1, RetryInterval: time.Hour}, database.BadURL)
		if e.Hint == "" {
			t.Errorf("%s: no hint", d)
		}
		open(t, plain, database.Options{})
	}
}

// private gives a key to the user that PostgreSQL runs as, and to nobody else,
// as the server insists.
func (a *authority) private(t *testing.T, name string) string {
	t.Helper()
	if err := os.Chmod(a.path(name), 0o600); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		return a.path(name)
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(who.Uid)
	gid, _ := strconv.Atoi(who.Gid)
	if err := os.Chown(a.path(name), uid, gid); err != nil {
		t.Fatal(err)
	}
	return a.path(name)
}

// TestPostgresTLS: sslmode does what libpq's does, on a server whose
// certificate is for another name than the one it is reached by.
func TestPostgresTLS(t *testing.T) {
	ca, stranger := newAuthority(t), newAuthority(t)
	ca.issue(t, "server", &x509.Certificate{DNSNames: []string{"db.example"}})
	server := enginetest.Private(t, flavor.Postgres, enginetest.Options{Settings: []string{
		"ssl=on", "ssl_cert_file=" + ca.path("server.pem"), "ssl_key_file=" + ca.private(t, "server.key")}})
	for options, want := range map[string]string{
		"":                 "true",
		"?sslmode=prefer":  "true",
		"?sslmode=require": "true",
		"?sslmode=disable": "false",
		"?sslmode=verify-ca&sslrootcert=" + ca.path("ca.pem"):         "true",
		"?sslmode=verify-full&sslrootcert=" + ca.path("ca.pem"):       "",
		"?sslmode=verify-ca&sslrootcert=" + stranger.path("ca.pem"):   "",
		"?sslmode=verify-full&sslrootcert=" + stranger.path("ca.pem"): "",
	} {
		raw := server.URL(server.AdminDatabase()) + options
		if want == "" {
			openError(t, raw, database.Options{MaxRetries: -1, RetryInterval: time.Hour}, database.AuthFailed)
			continue
		}
		if got := texts(t, session(t, open(t, raw, database.Options{})), "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()"); fmt.Sprint(got) != "["+want+"]" {
			t.Errorf("%s: encrypted is %s, want %s", options, got, want)
		}
	}
}

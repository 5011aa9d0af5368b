package mysql

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"manage/engine/database/backend"
	"manage/engine/files"
)

// tlsConfig is what the URL's ssl options ask for, by the rules of Python's
// drivers: an authority means that the server's certificate is verified, with
// its host name unless ssl_check_hostname says no; without an authority the
// connection is encrypted and nothing is verified. nil: no encryption asked for.
func tlsConfig(u *backend.URL) (*tls.Config, error) {
	mode := strings.ToUpper(u.Get("ssl_mode"))
	if !wanted(u, mode) {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: u.Host}
	if u.Get("ssl_cipher") != "" {
		return nil, bad("the option ssl_cipher of the MySQL URL is not supported: take it out, safe ciphers are chosen")
	}
	if err := setClientCertificate(c, u); err != nil {
		return nil, err
	}
	pool, err := authorities(u)
	if err != nil {
		return nil, err
	}
	c.RootCAs = pool
	verifyName := mode == "VERIFY_IDENTITY" || truth(u.Get("ssl_verify_identity")) ||
		pool != nil && mode != "VERIFY_CA" && !falsehood(u.Get("ssl_check_hostname"))
	verify := verifyName || pool != nil || mode == "VERIFY_CA" || truth(u.Get("ssl_verify_cert"))
	if !verifyName {
		c.InsecureSkipVerify = true
	}
	if verify && !verifyName {
		c.VerifyConnection = verifyChain(pool)
	}
	return c, nil
}

// wanted reports whether the URL asks for encryption at all.
func wanted(u *backend.URL, mode string) bool {
	if truth(u.Get("ssl_disabled")) || mode == "DISABLED" {
		return false
	}
	for _, key := range tlsKeys {
		value := u.Get(key)
		if value != "" && key != "ssl_disabled" && !(key == "ssl_mode" && mode == "PREFERRED") && !(key == "ssl" && falsehood(value)) {
			return true
		}
	}
	return false
}

// verifyChain checks the certificate, but not for whom it was made out.
func verifyChain(pool *x509.CertPool) func(tls.ConnectionState) error {
	return func(state tls.ConnectionState) error {
		options := x509.VerifyOptions{Roots: pool, Intermediates: x509.NewCertPool()}
		for _, c := range state.PeerCertificates[1:] {
			options.Intermediates.AddCert(c)
		}
		_, err := state.PeerCertificates[0].Verify(options)
		return err
	}
}

func setClientCertificate(c *tls.Config, u *backend.URL) error {
	cert, key := u.Get("ssl_cert"), u.Get("ssl_key")
	if cert == "" && key == "" {
		return nil
	}
	if cert == "" || key == "" {
		return bad("the options ssl_cert and ssl_key of the MySQL URL need each other")
	}
	pair, err := keyPair(cert, key)
	if err != nil {
		return fileError("the client certificate "+cert+" with the key "+key, err)
	}
	c.Certificates = []tls.Certificate{pair}
	return nil
}

// keyPair is tls.LoadX509KeyPair on regular files.
func keyPair(cert, key string) (tls.Certificate, error) {
	certPEM, err := files.Read(cert, files.MaxConfig)
	if err != nil {
		return tls.Certificate{}, err
	}
	keyPEM, err := files.Read(key, files.MaxConfig)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(certPEM, keyPEM)
}

// authorities are the certificates of ssl_ca and of the files in ssl_capath;
// nil if neither is given.
func authorities(u *backend.URL) (*x509.CertPool, error) {
	var named []string
	if ca := u.Get("ssl_ca"); ca != "" {
		named = append(named, ca)
	}
	if dir := u.Get("ssl_capath"); dir != "" {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, fileError("the directory "+dir+" of ssl_capath", err)
		}
		for _, e := range entries {
			if !e.IsDir() {
				named = append(named, filepath.Join(dir, e.Name()))
			}
		}
	}
	if len(named) == 0 {
		return nil, nil
	}
	pool := x509.NewCertPool()
	found := false
	for _, file := range named {
		pem, err := files.Read(file, files.MaxConfig)
		if err != nil {
			return nil, fileError("the certificate authority "+file, err)
		}
		found = pool.AppendCertsFromPEM(pem) || found
	}
	if !found {
		return nil, bad("there is no certificate in what ssl_ca and ssl_capath of the MySQL URL name")
	}
	return pool, nil
}

func fileError(what string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return &backend.Error{Class: backend.BadURL, Message: fmt.Sprintf("%s cannot be used: %s", what, err), Err: err}
}

func truth(word string) bool {
	switch strings.ToLower(word) {
	case "true", "1", "yes", "on", "t", "y":
		return true
	}
	return false
}

func falsehood(word string) bool {
	switch strings.ToLower(word) {
	case "false", "0", "no", "off", "f", "n":
		return true
	}
	return false
}

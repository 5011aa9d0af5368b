package database

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"manage/engine/database/backend"
)

// Class is what an error means to the caller, whatever the server.
type Class = backend.Class

// The classes of errors; package backend says what each means.
const (
	Other            = backend.Other
	Unreachable      = backend.Unreachable
	AuthFailed       = backend.AuthFailed
	NoDatabase       = backend.NoDatabase
	Denied           = backend.Denied
	ReadOnly         = backend.ReadOnly
	LockTimeout      = backend.LockTimeout
	Deadlock         = backend.Deadlock
	ConnectionLost   = backend.ConnectionLost
	Duplicate        = backend.Duplicate
	ConstraintFailed = backend.ConstraintFailed
	MissingTable     = backend.MissingTable
	MissingColumn    = backend.MissingColumn
	AlreadyExists    = backend.AlreadyExists
	DiskFull         = backend.DiskFull
	Syntax           = backend.Syntax
	Interrupted      = backend.Interrupted
	BadURL           = backend.BadURL
	NoSuchWay        = backend.NoSuchWay
	HiddenRows       = backend.HiddenRows
)

// Error is an error of a server or driver with its class. Its text never
// holds a password.
type Error = backend.Error

// ClassOf is the class of an error, or Other if it is no error of a database.
func ClassOf(err error) Class {
	if e := AsError(err); e != nil {
		return e.Class
	}
	return Other
}

// AsError says what an error that came from a connection means. It is for the
// errors that reach callers past a Session, such as those of (*sql.Rows).Err.
// nil stays nil; an error that no driver made is of class Other.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	if e := classifyContext(err); e != nil {
		return e
	}
	for _, b := range backends() {
		if e := b.Classify(err); e != nil {
			return e
		}
	}
	if e := classifyNetwork(err); e != nil {
		return e
	}
	return &Error{Class: Other, Message: err.Error(), Err: err}
}

func classifyContext(err error) *Error {
	if errors.Is(err, context.Canceled) {
		return &Error{Class: Interrupted, Message: "interrupted", Err: err}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &Error{Class: Interrupted, Message: "the time for it is up", Err: err}
	}
	return nil
}

// classifyNetwork recognizes the errors that arise below any driver.
func classifyNetwork(err error) *Error {
	var dial *net.OpError
	var dns *net.DNSError
	switch {
	case untrusted(err):
		return &Error{Class: AuthFailed, Message: "the server's certificate is not trusted: " + err.Error(), Err: err,
			Hint: "check the authority in the connection URL (ssl_ca, sslrootcert), and that the certificate is for this host"}
	case errors.As(err, &dns), errors.As(err, &dial) && dial.Op == "dial":
		return &Error{Class: Unreachable, Message: "no answer from the server: " + err.Error(), Err: err,
			Hint: "check the host and port of the connection URL, and that the server is running"}
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed),
		errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &dial):
		return lost(err)
	}
	return nil
}

// untrusted reports whether the server's certificate failed a check.
func untrusted(err error) bool {
	var unverified *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	return errors.As(err, &unverified) || errors.As(err, &unknown) || errors.As(err, &invalid) || errors.As(err, &name)
}

// lost is the error of a connection that broke while it was in use.
func lost(err error) *Error {
	return &Error{Class: ConnectionLost, Err: err,
		Message: "the connection to the server was lost; whether the last statement was carried out is not known"}
}

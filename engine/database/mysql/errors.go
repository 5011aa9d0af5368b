package mysql

import (
	"errors"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"

	"manage/engine/database/backend"
)

// Classify is backend.Backend's; the numbers are those of "Server Error Message
// Reference" (MySQL) and "MariaDB Error Code Reference".
func (Backend) Classify(err error) *backend.Error {
	var e *mysql.MySQLError
	if errors.As(err, &e) {
		known := numbers[e.Number]
		if known.class == backend.Other && noRoom(e.Message) {
			known = numbers[1021]
		}
		return &backend.Error{Class: known.class, Code: strconv.Itoa(int(e.Number)), Message: e.Message, Hint: known.hint, Err: err}
	}
	switch {
	case errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, mysql.ErrPktSync), errors.Is(err, mysql.ErrMalformPkt):
		return &backend.Error{Class: backend.ConnectionLost, Err: err,
			Message: "the connection to the server was lost; whether the last statement was carried out is not known"}
	case errors.Is(err, mysql.ErrNoTLS):
		return &backend.Error{Class: backend.BadURL, Message: "the connection URL asks for encryption and the server offers none", Err: err,
			Hint: "take the ssl options out of the connection URL, or set up the server's certificate"}
	case errors.Is(err, mysql.ErrUnknownPlugin), errors.Is(err, mysql.ErrCleartextPassword), errors.Is(err, mysql.ErrOldPassword):
		return &backend.Error{Class: backend.AuthFailed, Message: "the server asks for a way of authentication that is not supported", Err: err,
			Hint: "use a user with caching_sha2_password, mysql_native_password or ed25519"}
	case errors.Is(err, mysql.ErrPktTooLarge):
		return &backend.Error{Class: backend.Other, Message: "the statement is longer than the server takes", Err: err,
			Hint: "raise max_allowed_packet on the server"}
	}
	return nil
}

// noRoom reports whether an error of one of the many numbers that errors of files
// have comes from a full disk.
func noRoom(message string) bool {
	for _, words := range []string{"No space left on device", "No more room in record file", "disk is full"} {
		if strings.Contains(message, words) {
			return true
		}
	}
	return false
}

const (
	authHint   = "check the user and the password of the connection URL, and from which hosts the user may come"
	galeraHint = "the Galera node is not part of a working cluster: wait, or connect to another node"
)

// numbers maps the servers' error numbers; what is not here is Other.
var numbers = map[uint16]struct {
	class backend.Class
	hint  string
}{
	1040: {backend.Unreachable, "the server has no connection left: free one, or raise max_connections"},
	1047: {backend.Unreachable, galeraHint},
	1053: {backend.ConnectionLost, "the server is shutting down"},
	1077: {backend.ConnectionLost, "the server is shutting down"},
	1129: {backend.Unreachable, "the server blocks this host after failed connections: run FLUSH HOSTS there"},
	1203: {backend.Unreachable, "the user has no connection left: raise max_user_connections"},
	1226: {backend.Unreachable, "the user is at a limit of the account"},
	1045: {backend.AuthFailed, authHint},
	1130: {backend.AuthFailed, authHint},
	1698: {backend.AuthFailed, authHint},
	1049: {backend.NoDatabase, "make the database, or correct its name in the connection URL"},
	1044: {backend.Denied, "grant the user rights on the database"},
	1142: {backend.Denied, "grant the user the missing right"},
	1143: {backend.Denied, "grant the user the missing right"},
	1227: {backend.Denied, "grant the user the missing right"},
	1370: {backend.Denied, "grant the user the missing right"},
	1419: {backend.Denied, "with binary logging on, triggers need the SUPER right or log_bin_trust_function_creators = 1"},
	1290: {backend.ReadOnly, "the server runs read-only: connect to the primary"},
	1792: {backend.ReadOnly, ""},
	1836: {backend.ReadOnly, "the server runs read-only: connect to the primary"},
	1205: {backend.LockTimeout, "another session holds the lock"},
	1213: {backend.Deadlock, ""},
	1927: {backend.ConnectionLost, "an administrator ended the session"},
	4031: {backend.ConnectionLost, "the server ended an idle session (wait_timeout)"},
	1317: {backend.Interrupted, "the statement was cancelled by somebody"},
	1969: {backend.Interrupted, "the statement ran longer than max_statement_time"},
	3024: {backend.Interrupted, "the statement ran longer than max_execution_time"},
	1062: {backend.Duplicate, ""},
	1169: {backend.Duplicate, ""},
	1586: {backend.Duplicate, ""},
	1048: {backend.ConstraintFailed, ""},
	1216: {backend.ConstraintFailed, ""},
	1217: {backend.ConstraintFailed, ""},
	1364: {backend.ConstraintFailed, ""},
	1451: {backend.ConstraintFailed, ""},
	1452: {backend.ConstraintFailed, ""},
	3819: {backend.ConstraintFailed, ""},
	4025: {backend.ConstraintFailed, ""},
	1051: {backend.MissingTable, ""},
	1109: {backend.MissingTable, ""},
	1146: {backend.MissingTable, ""},
	1360: {backend.MissingTable, ""},
	1054: {backend.MissingColumn, ""},
	1072: {backend.MissingColumn, ""},
	1091: {backend.MissingColumn, ""},
	1176: {backend.MissingColumn, ""},
	1007: {backend.AlreadyExists, ""},
	1022: {backend.Duplicate, ""},
	1050: {backend.AlreadyExists, ""},
	1060: {backend.AlreadyExists, ""},
	1061: {backend.AlreadyExists, ""},
	1359: {backend.AlreadyExists, ""},
	1826: {backend.AlreadyExists, ""},
	1845: {backend.NoSuchWay, ""},
	1846: {backend.NoSuchWay, ""},
	4092: {backend.NoSuchWay, ""}, // MySQL: the table has had all its instant changes
	1021: {backend.DiskFull, "make room on the server's disk"},
	1114: {backend.DiskFull, "make room on the server's disk, or raise the table space's limit"},
	1064: {backend.Syntax, ""},
	1149: {backend.Syntax, ""},
}

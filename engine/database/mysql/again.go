package mysql

import (
	"errors"
	"time"

	"github.com/go-sql-driver/mysql"

	"manage/engine/database/backend"
)

// tries says how often a lone read is sent that ended with an error. A node of a
// Galera cluster ends a read with that of a deadlock or of an interruption when
// the table is changed on some node, and refuses it for a moment while it joins
// the others ("Galera Cluster System Variables": wsrep_dirty_reads). A read that
// somebody ends by hand (KILL QUERY) looks like the second, so it is not sent
// often.
func tries(err error) backend.Tries {
	var e *mysql.MySQLError
	if !errors.As(err, &e) {
		return backend.Tries{}
	}
	switch e.Number {
	case 1213: // a deadlock
		return backend.Tries{Number: 20, Within: 30 * time.Second}
	case 1205: // a lock that was not to be had
		return backend.Tries{Number: 20, Within: 30 * time.Second, Lock: true}
	case 1047: // the node is not part of a working cluster
		return backend.Tries{Number: 20, Within: 10 * time.Second}
	case 1317: // interrupted
		return backend.Tries{Number: 3, Within: 10 * time.Second}
	}
	return backend.Tries{}
}

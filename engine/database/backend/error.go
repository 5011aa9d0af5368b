package backend

// Class is what an error means to the caller, whatever the server.
type Class int

// The classes of errors.
const (
	Other            Class = iota
	Unreachable            // no answer from the server, or it does not take connections yet
	AuthFailed             // wrong user or password
	NoDatabase             // the database (or PostgreSQL schema, or directory) does not exist
	Denied                 // a privilege is missing
	ReadOnly               // a read-only server, file or user
	LockTimeout            // waited too long for a lock
	Deadlock               // chosen as the victim, or a Galera certification failure; the transaction is gone
	ConnectionLost         // the connection broke; what was under way is unknown
	Duplicate              // a unique key is violated
	ConstraintFailed       // another constraint is violated
	MissingTable           // a table, view or trigger that was named does not exist
	MissingColumn          // a column, index or constraint that was named does not exist
	AlreadyExists          // what was to be made is there already
	DiskFull               // no room left on the server's disk
	Syntax                 // the server does not understand the statement
	Interrupted            // cancelled by the context
	BadURL                 // the connection URL, or a file or option it names, cannot be used
	NoSuchWay              // the server cannot do the statement in the way that it asks for (ALGORITHM, LOCK); nothing was done
	HiddenRows             // row-level security would hide rows from the statement, and the session asked for an error instead
)

// classNames are the names of the classes, in their order.
var classNames = [...]string{"other", "unreachable", "auth failed", "no database", "denied", "read only",
	"lock timeout", "deadlock", "connection lost", "duplicate", "constraint failed", "missing table",
	"missing column", "already exists", "disk full", "syntax", "interrupted", "bad url", "no such way", "hidden rows"}

// String is the class in words, for messages of tests and logs.
func (c Class) String() string {
	if c < 0 || int(c) >= len(classNames) {
		return "unknown class"
	}
	return classNames[c]
}

// Error is an error of a server or driver with its class. Its text never
// holds a password.
type Error struct {
	Class   Class
	Code    string // SQLSTATE, or the server's error number
	Message string // the server's own words
	Hint    string // what to do, if this package knows
	SQL     string // the statement, if there was one
	Err     error  // the driver's error
}

func (e *Error) Error() string { return e.Message }

// Unwrap returns the driver's error.
func (e *Error) Unwrap() error { return e.Err }

package database

// Class is what an error means to the caller, whatever the server.
type Class int

// The classes of errors.
const (
	Other            Class = iota
	Unreachable            // no answer from the server
	AuthFailed             // wrong user or password
	NoDatabase             // the database does not exist
	Denied                 // a privilege is missing
	ReadOnly               // a read-only server, file or user
	LockTimeout            // waited too long for a lock
	Deadlock               // chosen as the victim, or a Galera certification failure
	ConnectionLost         // the connection broke; what was under way is unknown
	Duplicate              // a unique key is violated
	ConstraintFailed       // another constraint is violated
	MissingTable
	MissingColumn
	AlreadyExists
	DiskFull
	Syntax
	Interrupted // cancelled by the context
)

// Error is an error of a server or driver with its class. Its text never
// holds a password.
type Error struct {
	Class   Class
	Code    string // SQLSTATE, or the server's error number
	Message string // the server's own words
	Hint    string // what to do, if this package knows
	SQL     string // the statement, if there was one
	Err     error
}

func (e *Error) Error() string { return e.Message }

// Unwrap returns the driver's error.
func (e *Error) Unwrap() error { return e.Err }

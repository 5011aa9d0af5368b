package files

// Untrusted is a file that was found by searching, and that somebody else than
// the user may have put there or may change: whoever did could choose what this
// program works on and which programs it runs. A file that is named is used.
type Untrusted struct {
	// File is what cannot be trusted: the file, or a directory or link on the way
	// to it.
	File string
	// Reason is a clause about File, such as "it belongs to the user mallory".
	Reason string
}

func (e *Untrusted) Error() string { return e.File + ": " + e.Reason }

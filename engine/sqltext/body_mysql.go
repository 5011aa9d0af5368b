package sqltext

// mysqlBody follows a statement of MySQL or MariaDB. The mysql client needs
// DELIMITER around a compound statement; this one follows the blocks instead,
// as the server's grammar has them (MySQL manual, "Compound Statements").
//
// BEGIN, END, IF and REPEAT are also names, aliases and functions, so they
// count only where a statement can begin, or, for END, end.
type mysqlBody struct {
	// compound is true if blocks are allowed outside of routines (MariaDB,
	// "Using Compound Statements Outside of Stored Programs").
	compound bool

	state    mysqlState
	begin    int
	frames   []frame
	starts   bool // the next word begins a statement
	seeks    bool // a statement may begin at any of the next words
	params   int  // parentheses open in a routine's head
	previous string
	behind   byte // the mark before, 0 behind a word
	handler  handlerState
}

type mysqlState uint8

const (
	mysqlFirst   mysqlState = iota // no word yet
	mysqlLabel                     // perhaps a label is the first word
	mysqlBegin                     // BEGIN is the first word
	mysqlCreate                    // CREATE or ALTER, the object not yet known
	mysqlTrigger                   // in the head of a trigger
	mysqlRoutine                   // in the head of a procedure or function
	mysqlEvent                     // in the head of an event
	mysqlInside                    // in the body of one of them
	mysqlPlain                     // a semicolon ends it
)

// handlerState follows DECLARE … HANDLER FOR, behind whose conditions a
// statement stands.
type handlerState uint8

const (
	handlerNone handlerState = iota
	handlerDeclare
	handlerNamed
)

// frame is a block that is open.
type frame struct {
	word string // BEGIN, IF, CASE, LOOP, REPEAT, WHILE, FOR
	pos  int
	// expression is true for a CASE that is not a statement: behind its THEN
	// and ELSE no statement begins.
	expression bool
	// until is true behind the UNTIL of a REPEAT: the next END is its own.
	until bool
}

func (b *mysqlBody) reset(pos int) {
	*b = mysqlBody{compound: b.compound, begin: pos, frames: b.frames[:0]}
}

func (b *mysqlBody) word(text string, pos int) {
	if b.state == mysqlPlain {
		return
	}
	word := keyword(text)
	if b.behind == '.' || b.behind == '@' {
		word = "" // a column or variable of that name
	}
	switch b.state {
	case mysqlFirst:
		b.first(word, pos)
	case mysqlLabel:
		b.state = mysqlPlain
	case mysqlBegin:
		b.state = mysqlPlain
		if b.compound && word == "NOT" {
			b.state = mysqlInside
			b.push("BEGIN", b.begin)
		}
	case mysqlCreate:
		b.object(word)
	case mysqlTrigger:
		if word == "ROW" && b.previous == "EACH" {
			b.state, b.seeks = mysqlInside, true
		}
	case mysqlEvent:
		if word == "DO" {
			b.state, b.seeks = mysqlInside, true
		}
	case mysqlInside:
		b.inside(word, pos)
	}
	b.previous, b.behind = word, 0
}

// first looks at the first word of the statement.
func (b *mysqlBody) first(word string, pos int) {
	b.state = mysqlPlain
	switch word {
	case "CREATE", "ALTER":
		b.state = mysqlCreate
	case "BEGIN":
		b.state = mysqlBegin
	case "IF", "CASE", "LOOP", "REPEAT", "WHILE", "FOR":
		if b.compound {
			b.state, b.starts = mysqlInside, true
			b.inside(word, pos)
		}
	case "":
		if b.compound {
			b.state = mysqlLabel
		}
	}
}

// object looks for what is created, behind OR REPLACE, DEFINER and the like.
func (b *mysqlBody) object(word string) {
	if b.behind == '=' || b.behind == '@' || b.behind == '.' {
		return // a part of DEFINER = user@host
	}
	switch word {
	case "TRIGGER":
		b.state = mysqlTrigger
	case "PROCEDURE", "FUNCTION":
		b.state = mysqlRoutine
	case "EVENT":
		b.state = mysqlEvent
	case "OR", "REPLACE", "DEFINER", "AGGREGATE", "CURRENT_USER", "CURRENT_ROLE":
	default:
		b.state = mysqlPlain
	}
}

// inside takes a word of a body.
func (b *mysqlBody) inside(word string, pos int) {
	starts, seeks := b.starts, b.seeks
	b.starts = false
	if b.previous == "END" && b.behind == 0 {
		return // END IF, END CASE and the like
	}
	switch word {
	case "BEGIN", "LOOP", "REPEAT", "IF", "WHILE", "FOR":
		if starts || seeks {
			b.push(word, pos)
			b.starts = word == "BEGIN" || word == "LOOP" || word == "REPEAT"
		} else if word == "FOR" && b.handler == handlerNamed {
			b.handler, b.seeks = handlerNone, true
		}
	case "CASE":
		b.push(word, pos)
		b.top().expression = !starts && !seeks
	case "THEN", "ELSE":
		t := b.top()
		b.starts = t != nil && (t.word == "IF" || t.word == "CASE" && !t.expression)
	case "DO":
		t := b.top()
		b.starts = t != nil && (t.word == "WHILE" || t.word == "FOR")
	case "UNTIL":
		if t := b.top(); t != nil && t.word == "REPEAT" {
			t.until = true
		}
	case "END":
		b.close(starts)
	case "DECLARE":
		if starts {
			b.handler = handlerDeclare
		}
	case "HANDLER":
		if b.handler == handlerDeclare {
			b.handler = handlerNamed
		}
	default:
		if seeks && beginsStatement(word) && !(word == "SET" && isCharacter(b.previous)) {
			b.seeks = false
		}
	}
}

func (b *mysqlBody) push(word string, pos int) {
	b.frames = append(b.frames, frame{word: word, pos: pos})
	b.seeks = false
	b.starts = word == "BEGIN"
}

// top is the innermost block, or nil.
func (b *mysqlBody) top() *frame {
	if n := len(b.frames); n > 0 {
		return &b.frames[n-1]
	}
	return nil
}

// close takes an END. It ends a block where a statement could begin, a CASE
// anywhere in it, and a REPEAT behind its UNTIL; elsewhere it is a name.
func (b *mysqlBody) close(starts bool) {
	t := b.top()
	if t != nil && (starts || t.expression || t.until) {
		b.frames = b.frames[:len(b.frames)-1]
	}
}

func (b *mysqlBody) mark(c byte, _ int) {
	switch b.state {
	case mysqlPlain:
		return
	case mysqlLabel:
		b.state = mysqlPlain
		if c == ':' {
			b.state = mysqlFirst
		}
	case mysqlFirst, mysqlBegin:
		b.state = mysqlPlain
	case mysqlRoutine:
		b.parameters(c)
	case mysqlInside:
		// A colon stands behind a label, or in := where = follows at once.
		b.starts = c == ':'
	}
	b.previous, b.behind = "", c
}

// parameters looks for the end of a routine's parameters, behind which its
// body may begin.
func (b *mysqlBody) parameters(c byte) {
	switch c {
	case '(':
		b.params++
	case ')':
		if b.params--; b.params == 0 {
			b.state, b.seeks = mysqlInside, true
		}
	}
}

func (b *mysqlBody) semicolon() bool {
	// A CASE expression cannot reach over a semicolon: it was a name.
	for t := b.top(); t != nil && t.expression; t = b.top() {
		b.frames = b.frames[:len(b.frames)-1]
	}
	if len(b.frames) == 0 {
		return true
	}
	b.starts, b.seeks, b.handler = true, false, handlerNone
	b.previous, b.behind = "", ';'
	return false
}

func (b *mysqlBody) open() (string, int) {
	if len(b.frames) == 0 {
		return "", 0
	}
	t := b.frames[0]
	return "the " + t.word + " block", t.pos
}

// beginsStatement reports whether word is the first one of a statement that
// can be the whole body of a routine or handler.
func beginsStatement(word string) bool {
	switch word {
	case "RETURN", "SELECT", "SET", "INSERT", "UPDATE", "DELETE", "REPLACE", "CALL", "WITH",
		"TRUNCATE", "DROP", "ALTER", "CREATE", "EXECUTE", "SIGNAL", "RESIGNAL", "VALUES", "LOAD",
		"LEAVE", "ITERATE", "OPEN", "FETCH", "CLOSE", "PREPARE", "ANALYZE", "RENAME", "KILL", "FLUSH",
		"START", "COMMIT", "ROLLBACK":
		return true
	}
	return false
}

// isCharacter reports whether word stands before the SET of a character set,
// as in RETURNS CHAR(3) CHARACTER SET utf8mb4.
func isCharacter(word string) bool { return word == "CHARACTER" || word == "CHAR" }

package sqltext

// longestKeyword is the length of the longest word of wordList.
const longestKeyword = 12

var keywords = makeKeywords()

// wordList holds the words that the bodies tell apart.
func wordList() []string {
	return []string{
		"AGGREGATE", "ALTER", "ANALYZE", "ATOMIC", "BEGIN", "CALL", "CASE", "CHAR", "CHARACTER",
		"CLOSE", "COMMIT", "COPY", "CREATE", "CURRENT_ROLE", "CURRENT_USER", "DECLARE", "DEFINER",
		"DELETE", "DO", "DROP", "EACH", "ELSE", "END", "EVENT", "EXECUTE", "EXPLAIN", "FETCH",
		"FLUSH", "FOR", "FUNCTION", "HANDLER", "IF", "INSERT", "ITERATE", "KILL", "LEAVE", "LOAD",
		"LOOP", "NOT", "OPEN", "OR", "PLAN", "PREPARE", "PROCEDURE", "QUERY", "RENAME", "REPEAT",
		"REPLACE", "RESIGNAL", "RETURN", "ROLLBACK", "ROW", "SELECT", "SET", "SIGNAL", "START",
		"TEMP", "TEMPORARY", "THEN", "TRIGGER", "TRUNCATE", "UNTIL", "UPDATE", "VALUES", "WHILE",
		"WITH",
	}
}

func makeKeywords() map[string]string {
	m := make(map[string]string)
	for _, w := range wordList() {
		m[w] = w
	}
	return m
}

// keyword returns text in capitals if it is one of the words that the bodies
// tell apart, and otherwise "". It allocates nothing.
func keyword(text string) string {
	if len(text) < 2 || len(text) > longestKeyword {
		return ""
	}
	var buffer [longestKeyword]byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		buffer[i] = c
	}
	return keywords[string(buffer[:len(text)])]
}

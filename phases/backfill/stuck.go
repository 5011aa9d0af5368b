package backfill

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"manage/engine/database"
)

// Stuck is a data migration that makes no progress: it goes over its rows, and
// they are pending as before.
type Stuck struct {
	Migration string
	Pending   string   // its pending query; "" of a program or a Go function
	Sample    []string // some of the rows, such as "images: id = 7"
	Reason    string   // how it was noticed, a clause
}

func (e *Stuck) Error() string {
	if e.Pending == "" {
		return fmt.Sprintf("%s makes no progress: %s, and it still says that some are pending", e.Migration, e.Reason)
	}
	return fmt.Sprintf("%s makes no progress: %s, and its pending query still finds some", e.Migration, e.Reason)
}

// How often nothing may come of it before a data migration is stuck: batches
// whose rows are as they were, and passes that left the same rows pending. One
// pass more than needed is for writers that come between it and the query.
const (
	futileBatches = 3
	futilePasses  = 3
	sampleKeys    = 5
)

// futile looks, after each of the first batches of a step, whether its condition
// holds for as many rows as before, and is Stuck if it does each time. It can be
// told only where the pending query asks for the same condition.
func (s *steps) futile(ctx context.Context, sess database.Session, span Span, cond string, changed int64) error {
	query, _ := s.migration.Pending.For(s.dialect)
	st := s.migration.Steps[s.next.at.Step]
	if s.judged >= futileBatches || changed == 0 || len(st.Set) == 0 || span.Where == "" || !strings.Contains(squeezed(query), squeezed(span.Where)) {
		return nil
	}
	left, err := count(ctx, sess, s.dialect, span.Table, cond)
	if err != nil {
		return s.rejected(s.next.at.Step, counting(s.dialect, span.Table, cond), cond, err)
	}
	if left < changed {
		s.judged = futileBatches
		return nil
	}
	if s.judged++; s.judged < futileBatches {
		return nil
	}
	sample, err := s.sample(ctx, sess)
	if err != nil {
		return err
	}
	return &Stuck{Migration: s.migration.ID, Pending: query, Sample: sample, Reason: fmt.Sprintf("%d batches changed none of their rows so that they are done", futileBatches)}
}

// squeezed is SQL without the differences that mean nothing.
func squeezed(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// sample names the first rows that the steps' conditions still hold for.
func (s *steps) sample(ctx context.Context, sess database.Session) ([]string, error) {
	var all []string
	for i := range s.migration.Steps {
		span := s.span(i)
		if span.Where == "" || span.kinds == nil {
			continue
		}
		var after []any
		for len(all) < sampleKeys {
			key, err := span.first(ctx, sess, span.conditions(sess, after, nil), nil)
			if err != nil {
				return nil, err
			}
			if key == nil {
				break
			}
			all, after = append(all, span.named(sess, key)), key
		}
	}
	return all, nil
}

// pendingHead is the beginning of a query that has a table of its own, and no
// more than names and numbers in its list.
const pendingHead = `(?is)^\s*SELECT\s+[\w\s.,*'"` + "`" + `]+?\s+FROM\s+["` + "`" + `]?%s["` + "`" + `]?(?:\s|;|$)`

// pendingTail is what a query may not have, if it is to be sorted by a key.
var pendingTail = regexp.MustCompile(`(?i)\b(ORDER|GROUP|LIMIT|UNION|FOR)\b`)

// pendingLimit is an end that leaves the rows as they are.
var pendingLimit = regexp.MustCompile(`(?i)\s+LIMIT\s+\d+\s*$`)

// pendingAlias is the name that a query gives its table, behind the table's own,
// and notAlias what else may stand there.
var (
	pendingAlias = regexp.MustCompile(`(?i)^\s*(?:AS\s+)?([a-z_]\w*)`)
	notAlias     = regexp.MustCompile(`(?i)^(WHERE|JOIN|LEFT|RIGHT|INNER|OUTER|CROSS|FULL|NATURAL|STRAIGHT_JOIN|HAVING|WINDOW|USE|FORCE|IGNORE|INDEXED|NOT|PARTITION|TABLESAMPLE|EXCEPT|INTERSECT)$`)
)

// asked names the first rows that the pending query finds in a step's table, as
// far as its text can be made to say their keys. What the server makes of that
// is no error: it is only to be shown.
func (s *steps) asked(ctx context.Context, sess database.Session) []string {
	query, _ := s.migration.Pending.For(s.dialect)
	query = pendingLimit.ReplaceAllString(strings.TrimRight(query, "; \t\r\n"), "")
	for i := range s.migration.Steps {
		span := s.span(i)
		head := regexp.MustCompile(fmt.Sprintf(pendingHead, regexp.QuoteMeta(span.Table))).FindString(query)
		if span.kinds == nil || head == "" || pendingTail.MatchString(query) {
			continue
		}
		rest, called := query[len(head):], sess.QuoteIdent(span.Table)
		if alias := pendingAlias.FindStringSubmatch(rest); alias != nil && !notAlias.MatchString(alias[1]) {
			called = alias[1]
		}
		list, order := span.qualified(sess, called+".")
		text := "SELECT " + list + " FROM " + sess.QuoteIdent(span.Table) + " " + rest + " ORDER BY " + order + fmt.Sprintf(" LIMIT %d", sampleKeys)
		if keys, err := span.keys(ctx, sess, text); err == nil && len(keys) > 0 {
			return keys
		}
	}
	return nil
}

// keys names the rows whose keys a query returns.
func (s Span) keys(ctx context.Context, sess database.Session, query string) ([]string, error) {
	rows, err := sess.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for len(all) < sampleKeys && rows.Next() {
		key, err := scan(rows, s.kinds)
		if err != nil {
			return nil, err
		}
		if row := s.named(sess, key); !slices.Contains(all, row) { // a join may find one twice
			all = append(all, row)
		}
	}
	return all, rows.Err()
}

// named is a row by its key.
func (s Span) named(q Quoter, key []any) string {
	parts := make([]string, len(key))
	for i, v := range key {
		parts[i] = s.Key[i] + " = " + Literal(q, v)
	}
	return s.Table + ": " + strings.Join(parts, ", ")
}

// passes follows what a data migration's passes leave behind.
type passes struct {
	futile int      // passes in a row that came to nothing
	sample []string // rows that the last one left
}

// stuck notes a pass that changed so many rows and left some pending, and
// reports whether going on makes no sense. What it left is none of its doing if
// other rows are found each time: writers leave them.
func (p *passes) stuck(changed int64, sample []string) bool {
	same := slices.ContainsFunc(sample, func(row string) bool { return slices.Contains(p.sample, row) })
	p.sample = sample
	if changed > 0 && !same {
		p.futile = 0
		return false
	}
	p.futile++
	return p.futile >= futilePasses
}

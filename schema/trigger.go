package schema

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// CreateTrigger makes a trigger for each row. Its head is the same for all
// servers, its body is each server's own: MySQL's statement (BEGIN … END), the
// body of a PL/pgSQL function, the statements between BEGIN and END on SQLite.
// A dialect without a body has no trigger.
type CreateTrigger struct {
	Name  string `toml:"name"`
	Table string `toml:"table"`
	// Timing is before, after or instead of; it may differ by dialect,
	// because a SQLite trigger cannot set a column of the row before it is
	// written.
	Timing Text `toml:"timing"`
	// Event is insert, update or delete.
	Event string `toml:"event"`
	// Of limits an update trigger to columns; MySQL has no such thing.
	Of []string `toml:"of"`
	// When is a condition; MySQL has no such thing.
	When Text `toml:"when"`
	Body Text `toml:"body"`

	// live is the trigger as a server had it, for undoing its removal.
	live *Trigger
}

// restoreTrigger makes the operation that makes a trigger again.
func restoreTrigger(tr Trigger) *CreateTrigger {
	return &CreateTrigger{Name: tr.Name, Table: tr.Table, live: &tr}
}

// Kind is "create_trigger".
func (o *CreateTrigger) Kind() string { return "create_trigger" }

// Check reports what is wrong with the operation by itself.
func (o *CreateTrigger) Check() error {
	if o.live != nil {
		return nil
	}
	if err := checkNeeded("name", o.Name, "table", o.Table, "event", o.Event); err != nil {
		return err
	}
	if o.Timing.IsZero() {
		return fmt.Errorf("timing is missing")
	}
	for _, timing := range o.Timing.all() {
		if !slices.Contains([]string{"before", "after", "instead of"}, lowerWords(timing)) {
			return fmt.Errorf("timing: %q is not before, after or instead of", timing)
		}
	}
	if !slices.Contains([]string{"insert", "update", "delete"}, lowerWords(o.Event)) {
		return fmt.Errorf("event: %q is not insert, update or delete", o.Event)
	}
	if len(o.Of) > 0 && lowerWords(o.Event) != "update" {
		return fmt.Errorf("of is for update triggers")
	}
	if o.Body.IsZero() || o.Body.blank() {
		return fmt.Errorf("body is missing")
	}
	return nil
}

// all lists every text.
func (t Text) all() []string {
	if len(t.By) == 0 {
		return []string{t.All}
	}
	var out []string
	for _, key := range slices.Sorted(maps.Keys(t.By)) {
		out = append(out, t.By[key])
	}
	return out
}

// lowerWords is text in lower case with single spaces.
func lowerWords(text string) string {
	return strings.ToLower(strings.Join(strings.Fields(text), " "))
}

// trigger is the trigger on s; nil if its dialect has none.
func (o *CreateTrigger) trigger(s *Schema) (*Trigger, error) {
	if o.live != nil {
		return o.live, nil
	}
	d := s.Flavor.Dialect
	body, ok := o.Body.For(d)
	if !ok {
		return nil, nil
	}
	timing, ok := o.Timing.For(d)
	if !ok {
		return nil, misfit(o.Kind(), o.Table, "trigger %q has no timing for %s", o.Name, d.Title())
	}
	tr := &Trigger{
		Name: o.Name, Table: o.Table, Timing: lowerWords(timing), Event: lowerWords(o.Event),
		Body: strings.TrimSpace(body),
	}
	when, _ := o.When.For(d)
	if err := o.write(tr, strings.TrimSpace(when), s); err != nil {
		return nil, err
	}
	return tr, nil
}

// write fills in the statements that make the trigger.
func (o *CreateTrigger) write(tr *Trigger, when string, s *Schema) error {
	d := s.Flavor.Dialect
	head := triggerHead(*tr, o.Of, d)
	switch {
	case d.MySQLFamily():
		if when != "" || len(o.Of) > 0 {
			return misfit(o.Kind(), o.Table, "trigger %q: %s has neither when nor of; test in the body", o.Name, d.Title())
		}
		tr.Body = strings.TrimRight(tr.Body, "; \t\r\n")
		tr.Text = head + " " + tr.Body
		return nil
	case when != "":
		head += " WHEN (" + when + ")"
	}
	if d == flavor.SQLite {
		tr.Body = withoutBlock(tr.Body)
		if !strings.HasSuffix(tr.Body, ";") {
			tr.Body += ";"
		}
		tr.Text = head + " BEGIN " + tr.Body + " END"
		return nil
	}
	tr.Function = s.functionFor(tr.Table, tr.Name)
	tag := dollarTag(tr.Body)
	tr.FunctionText = "CREATE OR REPLACE FUNCTION " + quoteIdent(tr.Function, d) +
		"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS " + tag + tr.Body + tag
	tr.Text = head + " EXECUTE FUNCTION " + quoteIdent(tr.Function, d) + "()"
	return nil
}

// withoutBlock is the body of a SQLite trigger without the BEGIN and END around
// it, which may be written in a catalog or left out: no other statement of a
// body begins with BEGIN.
func withoutBlock(body string) string {
	const begin, end = "BEGIN", "END"
	inner := strings.TrimRight(body, "; \t\r\n")
	if len(inner) < len(begin)+len(end)+2 || !strings.EqualFold(inner[:len(begin)], begin) || !strings.EqualFold(inner[len(inner)-len(end):], end) {
		return body
	}
	inner = inner[len(begin) : len(inner)-len(end)]
	if !strings.ContainsAny(inner[:1], " \t\r\n") || !strings.ContainsAny(inner[len(inner)-1:], "; \t\r\n") {
		return body // a word that only begins or ends like that
	}
	return strings.TrimSpace(inner)
}

// triggerHead is the beginning of a CREATE TRIGGER statement.
func triggerHead(tr Trigger, of []string, d flavor.Dialect) string {
	event := strings.ToUpper(tr.Timing + " " + tr.Event)
	if len(of) > 0 {
		event += " OF " + quoteIdents(of, d)
	}
	return fmt.Sprintf("CREATE TRIGGER %s %s ON %s FOR EACH ROW", quoteIdent(tr.Name, d), event, quoteIdent(tr.Table, d))
}

// TriggerFunctions are the names that the function of a trigger of a table may
// have on PostgreSQL, as create_trigger makes it and has made it: the second
// where the first is another's, the last from when names were only cut.
func TriggerFunctions(table, name string) []string {
	whole := table + "_" + name
	return []string{flavor.Fit(whole), flavor.Signed(whole, table+"\x00"+name, ""), flavor.Cut(whole, flavor.PostgresName)}
}

// functionFor is the name of the function of a new trigger, which no other
// trigger calls.
func (s *Schema) functionFor(table, name string) string {
	names := TriggerFunctions(table, name)
	for _, tr := range s.Triggers {
		if tr.Function == names[0] && (tr.Table != table || tr.Name != name) {
			return names[1]
		}
	}
	return names[0]
}

// dollarTag is a dollar quote that body does not hold.
func dollarTag(body string) string {
	tag := "$manage$"
	for n := 1; strings.Contains(body, tag); n++ {
		tag = fmt.Sprintf("$manage%d$", n)
	}
	return tag
}

// Apply adds the trigger.
func (o *CreateTrigger) Apply(s *Schema) error {
	tr, err := o.trigger(s)
	if err != nil || tr == nil {
		return err
	}
	if s.Table(o.Table) == nil && !slices.ContainsFunc(s.Views, func(v View) bool { return v.Name == o.Table }) {
		return misfit(o.Kind(), o.Table, "the table does not exist")
	}
	if s.trigger(o.Table, o.Name) >= 0 {
		return misfit(o.Kind(), o.Table, "trigger %q exists already", o.Name)
	}
	s.Triggers = append(s.Triggers, *tr)
	return nil
}

// trigger is the place of a trigger in s.Triggers, -1 if there is none. Only
// PostgreSQL lets two tables have triggers of one name.
func (s *Schema) trigger(table, name string) int {
	d := s.Flavor.Dialect
	return slices.IndexFunc(s.Triggers, func(tr Trigger) bool {
		return sameName(tr.Name, name, d) && (d != flavor.Postgres || tr.Table == table)
	})
}

// Render makes the trigger, and on PostgreSQL its function before.
func (o *CreateTrigger) Render(s *Schema) ([]plan.Statement, error) {
	if err := applied(s, o); err != nil {
		return nil, err
	}
	tr, err := o.trigger(s)
	if err != nil || tr == nil {
		return nil, err
	}
	var out []plan.Statement
	if tr.FunctionText != "" {
		out = append(out, plan.Statement{SQL: tr.FunctionText, Effect: again()})
	}
	out = append(out, plan.Statement{SQL: tr.Text, Effect: &plan.Effect{
		Kind: plan.KindTrigger, Table: tr.Table, Name: tr.Name, Present: true, Definition: tr.Body,
	}})
	return number(out), nil
}

// Inverse drops the trigger.
func (o *CreateTrigger) Inverse(s *Schema) ([]Operation, error) {
	if tr, err := o.trigger(s); err != nil || tr == nil {
		return nil, err
	}
	return []Operation{&DropTrigger{Name: o.Name, Table: o.Table}}, nil
}

// DropTrigger removes a trigger, and on PostgreSQL the function that
// create_trigger made for it.
type DropTrigger struct {
	Name     string `toml:"name"`
	Table    string `toml:"table"`
	IfExists bool   `toml:"if_exists"`
}

// Kind is "drop_trigger".
func (o *DropTrigger) Kind() string { return "drop_trigger" }

// Check reports what is wrong with the operation by itself.
func (o *DropTrigger) Check() error { return checkNeeded("name", o.Name, "table", o.Table) }

// Apply removes the trigger.
func (o *DropTrigger) Apply(s *Schema) error {
	at := s.trigger(o.Table, o.Name)
	if at < 0 {
		if o.IfExists || s.Opaque {
			return nil
		}
		return misfit(o.Kind(), o.Table, "there is no trigger %q", o.Name)
	}
	s.Triggers = slices.Delete(slices.Clone(s.Triggers), at, at+1)
	return nil
}

// Render drops the trigger. With if_exists the statement is there also when
// the trigger is not, so that a plan made for another state is right, too.
func (o *DropTrigger) Render(s *Schema) ([]plan.Statement, error) {
	if err := applied(s, o); err != nil {
		return nil, err
	}
	d := s.Flavor.Dialect
	exists := ""
	if o.IfExists {
		exists = "IF EXISTS "
	}
	effect := &plan.Effect{Kind: plan.KindTrigger, Table: o.Table, Name: o.Name}
	sql := "DROP TRIGGER " + exists + quoteIdent(o.Name, d)
	if d != flavor.Postgres {
		return one(sql, effect), nil
	}
	if o.IfExists && s.Table(o.Table) == nil && !s.Opaque {
		return nil, nil
	}
	return number([]plan.Statement{
		{SQL: sql + " ON " + quoteIdent(o.Table, d), Effect: effect},
		{SQL: dropFunction(s.ownFunction(o.Table, o.Name)), Effect: again()},
	}), nil
}

// dropFunction drops the function of a trigger if it is there: where the
// trigger is gone, the function is usually, too.
func dropFunction(name string) string {
	return "DROP FUNCTION IF EXISTS " + quoteIdent(name, flavor.Postgres) + "()"
}

// ownFunction is the function that create_trigger made for a trigger. It is
// called after the table as that was called then.
func (s *Schema) ownFunction(table, name string) string {
	at := s.trigger(table, name)
	if at < 0 {
		return s.functionFor(table, name)
	}
	function := s.Triggers[at].Function
	for i, other := range s.Triggers {
		if i != at && other.Function == function {
			return s.functionFor(table, name) // it serves another trigger as well, so it is not ours
		}
	}
	if slices.Contains(TriggerFunctions(table, name), function) || strings.HasSuffix(function, "_"+name) || shortened.MatchString(function) {
		return function
	}
	return s.functionFor(table, name)
}

// shortened is what the name of a function ends in that was put together of a
// table's and a trigger's, and was too long: it is not known after which table.
var shortened = regexp.MustCompile(`^.{40,}_[0-9a-f]{8}$`)

// Inverse makes the trigger again.
func (o *DropTrigger) Inverse(s *Schema) ([]Operation, error) {
	at := s.trigger(o.Table, o.Name)
	if at < 0 {
		return nil, nil
	}
	tr := s.Triggers[at]
	if d := s.Flavor.Dialect; d.MySQLFamily() && tr.Text == "" {
		tr.Text = triggerHead(tr, nil, d) + " " + tr.Body // MySQL keeps its parts only
	}
	if tr.Text == "" {
		return nil, &IrreversibleError{Kind: o.Kind(), Why: "the text of trigger " + o.Name + " is not known"}
	}
	return []Operation{restoreTrigger(tr)}, nil
}

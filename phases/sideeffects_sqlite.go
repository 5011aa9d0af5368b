package phases

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/quote"
	"manage/schema"
)

// tried are the triggers and views of a SQLite schema that a plan would leave
// without something that they name. SQLite looks at them when it drops or
// renames a column, but not at all that they say (it passes over the columns of
// UPDATE OF and SET, and takes a name in double quotes for a string), and not
// at all where a table is rebuilt or dropped. So the plan is run on a scratch
// database, and what fails to compile after a step, and did before, is found.
func (w *walk) tried(live *schema.Schema, p plan.Plan) []plan.SideEffect {
	if !w.mayBreak(live, p) {
		return nil
	}
	trial, err := trialOf(live)
	if err != nil {
		return w.byWords(live, w.touched)
	}
	defer trial.Close()
	var found []plan.SideEffect
	for _, step := range p.Steps {
		broken, err := w.try(trial, step)
		found = append(found, broken...)
		if err != nil {
			return append(found, w.byWords(live, w.gone(step.ID))...)
		}
	}
	return found
}

// mayBreak reports whether a plan takes a name away while there are triggers or
// views, or statements that may make some. If not, there is nothing to try out.
func (w *walk) mayBreak(live *schema.Schema, p plan.Plan) bool {
	gone := slices.ContainsFunc(p.Steps, func(step plan.Step) bool { return len(w.gone(step.ID)) > 0 })
	if !gone || len(live.Triggers)+len(live.Views) > 0 {
		return gone
	}
	for _, step := range p.Steps {
		for _, st := range step.Statements {
			if words := schema.WordsIn(st.SQL); words["trigger"] || words["view"] {
				return true
			}
		}
	}
	return false
}

// trialOf is a scratch database with a schema.
func trialOf(live *schema.Schema) (*scratch, error) {
	script, err := live.Script()
	if err != nil {
		return nil, err
	}
	made, err := Scratch()
	if err != nil {
		return nil, err
	}
	trial := made.(*scratch)
	for _, st := range script {
		if err := trial.Run(st.SQL); err != nil {
			trial.Close()
			return nil, err
		}
	}
	return trial, nil
}

// try runs one step and finds what it breaks. An error means that it cannot be
// told.
func (w *walk) try(trial *scratch, step plan.Step) ([]plan.SideEffect, error) {
	gone := w.gone(step.ID)
	before, err := trial.compiling(gone, nil)
	if err != nil {
		return nil, err
	}
	for _, st := range step.Statements {
		if st.Data || step.Phase == plan.Migrate || strings.HasPrefix(st.SQL, "SELECT ") {
			continue // it changes no schema
		}
		if err := trial.Run(st.SQL); err != nil {
			if o := blamed(err, before); o != nil {
				return []plan.SideEffect{o.refuses(gone)}, nil
			}
			return nil, err
		}
	}
	after, err := trial.compiling(gone, before)
	if err != nil {
		return nil, err
	}
	var found []plan.SideEffect
	for key, o := range before {
		now, there := after[key]
		t := o.names(gone)
		unsure := !o.compiles && t != nil && now != nil && now.names(gone) != nil
		if there && (unsure || o.compiles && !now.compiles || now.limitedTo(gone)) {
			found = append(found, o.refuses(gone))
		}
	}
	return found, nil
}

// gone are the touches of a step that take a name away.
func (w *walk) gone(step string) []touch {
	var found []touch
	for _, t := range w.touched {
		again := w.again[fold(t.table)] && t.column == "" || w.again[fold(t.table)+"."+fold(t.column)]
		if t.step == step && t.does.event() == "" && !again {
			found = append(found, t)
		}
	}
	return found
}

// byWords are the triggers and views that name what goes, where nobody can try
// it out.
func (w *walk) byWords(live *schema.Schema, touched []touch) []plan.SideEffect {
	var found []plan.SideEffect
	for _, o := range objectsOf(live) {
		var gone []touch
		for _, t := range touched {
			if t.does.event() == "" && !(t.column == "" && strings.EqualFold(o.on, t.nowTable)) {
				gone = append(gone, t)
			}
		}
		if o.names(gone) != nil {
			found = append(found, o.refuses(gone))
		}
	}
	return found
}

// sqliteObject is a trigger or a view of a SQLite schema.
type sqliteObject struct {
	kind, name, on, event, text string
	of                          []string
	compiles                    bool
	// strings is true if it compiles only where names in double quotes that
	// nobody has are taken for strings.
	strings bool
}

func objectsOf(s *schema.Schema) []sqliteObject {
	var all []sqliteObject
	for _, tr := range s.Triggers {
		all = append(all, sqliteObject{kind: "trigger", name: tr.Name, on: tr.Table, event: tr.Event, text: tr.Text, of: tr.Of()})
	}
	for _, v := range s.Views {
		all = append(all, sqliteObject{kind: "view", name: v.Name, text: v.Text})
	}
	return all
}

// names is the touch whose name the object's text holds; nil if there is none.
func (o *sqliteObject) names(gone []touch) *touch {
	words := schema.WordsIn(o.text)
	for i, t := range gone {
		if t.nowColumn == "" && words[fold(t.nowTable)] {
			return &gone[i]
		}
		if t.nowColumn != "" && words[fold(t.nowColumn)] && (words[fold(t.nowTable)] || strings.EqualFold(o.on, t.nowTable)) {
			return &gone[i]
		}
	}
	return nil
}

// limitedTo reports whether the trigger is for updates of a column that goes.
func (o *sqliteObject) limitedTo(gone []touch) bool {
	for _, t := range gone {
		for _, column := range o.of {
			if strings.EqualFold(o.on, t.nowTable) && strings.EqualFold(column, t.nowColumn) {
				return true
			}
		}
	}
	return false
}

func (o *sqliteObject) refuses(gone []touch) plan.SideEffect {
	e := plan.SideEffect{Kind: o.kind, Name: o.name, On: o.on, Outcome: plan.Refuses}
	t := o.names(gone)
	if t == nil && len(gone) > 0 {
		t = &gone[0] // by way of a view
	}
	if t != nil {
		e.Step, e.Table, e.Column, e.Does = t.step, t.table, t.column, string(t.does)
	}
	return e
}

// sqliteBlames are SQLite's words for an object that an ALTER TABLE would break.
var sqliteBlames = regexp.MustCompile(`error in (trigger|view) (.+?)(?: after (?:rename|drop column))?: `)

// blamed is the object that SQLite names as broken; nil if it names none.
func blamed(err error, objects map[string]*sqliteObject) *sqliteObject {
	if found := sqliteBlames.FindStringSubmatch(err.Error()); found != nil {
		return objects[found[1]+" "+fold(found[2])]
	}
	return nil
}

// compiling are the triggers and views, and whether each compiles by itself;
// before is what was found before the step.
func (s *scratch) compiling(gone []touch, before map[string]*sqliteObject) (map[string]*sqliteObject, error) {
	all := map[string]*sqliteObject{}
	if len(gone) == 0 {
		return all, nil
	}
	now, err := s.Schema()
	if err != nil {
		return nil, err
	}
	for _, o := range objectsOf(now) {
		key, text := o.kind+" "+fold(o.name), o.unquoted(gone)
		was := before[key]
		o.compiles = s.compiles(o, text)
		if !o.compiles && text != o.text && (was == nil || was.strings) {
			o.compiles = s.compiles(o, o.text)
			o.strings = o.compiles
		}
		all[key] = &o
	}
	return all, nil
}

// unquoted is the text with names that go in back quotes, where they stand in
// double ones: what nobody has of that name is an error then, and no string.
func (o *sqliteObject) unquoted(gone []touch) string {
	text := o.text
	for _, t := range gone {
		if name := t.nowColumn; name != "" {
			text = regexp.MustCompile(`(?i)"`+regexp.QuoteMeta(name)+`"`).ReplaceAllString(text, "`"+strings.ReplaceAll(name, "$", "$$")+"`")
		}
	}
	return text
}

// compiles reports whether an object does its work, with another text, as far
// as SQLite can tell without rows. Other triggers are not there meanwhile.
func (s *scratch) compiles(o sqliteObject, text string) bool {
	const point = "manage_trial"
	if s.Run("SAVEPOINT "+point) != nil {
		return false
	}
	defer func() {
		_ = s.Run("ROLLBACK TO " + point)
		_ = s.Run("RELEASE " + point)
	}()
	now, err := s.Schema()
	if err != nil {
		return false
	}
	for _, tr := range now.Triggers {
		if s.Run("DROP TRIGGER "+s.sess.QuoteIdent(tr.Name)) != nil {
			return false
		}
	}
	if o.kind == "view" {
		name := s.sess.QuoteIdent(o.name)
		return s.Run("DROP VIEW "+name) == nil && s.Run(text) == nil && s.Run("EXPLAIN SELECT * FROM "+name) == nil
	}
	if s.Run(text) != nil {
		return false
	}
	return s.Run("EXPLAIN "+s.firing(o)) == nil
}

// firing is a statement for which a trigger fires.
func (s *scratch) firing(o sqliteObject) string {
	table := s.sess.QuoteIdent(o.on)
	switch o.event {
	case "insert":
		return "INSERT INTO " + table + " DEFAULT VALUES"
	case "delete":
		return "DELETE FROM " + table
	}
	columns, err := queryStrings(context.Background(), s.sess, "SELECT name FROM pragma_table_xinfo("+quote.Text(o.on, flavor.SQLite)+") WHERE hidden = 0")
	if err != nil || len(columns) == 0 {
		return "" // an error
	}
	for i, c := range columns {
		c = s.sess.QuoteIdent(c)
		columns[i] = c + " = " + c
	}
	return "UPDATE " + table + " SET " + strings.Join(columns, ", ")
}

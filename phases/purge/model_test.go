package purge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/flavor"
)

// object is a row of the optimization service, as the model has it. Parents are
// ids; 0 is NULL.
type object struct {
	id      int64
	state   state
	parents map[string]int64 // by table
}

// state is whether an object is soft-deleted, and when.
type state int

const (
	live    state = iota
	old           // soft-deleted before any bound
	young         // soft-deleted after any bound
	neither       // its flag is NULL
)

func (s state) deleted() bool { return s == old || s == young }

// world is a database as the model has it, by table.
type world map[string][]*object

// tables are those of the objects, parents first, with what they refer to.
var modelTables = []struct {
	name    string
	parents []string
}{
	{"goals", nil},
	{"strategies", []string{"goals"}},
	{"audit_templates", []string{"goals", "strategies"}},
	{"audits", []string{"goals", "strategies"}},
	{"action_plans", []string{"audits", "strategies"}},
	{"actions", []string{"action_plans"}},
	{"efficacy_indicators", []string{"action_plans"}},
}

var columnOf = map[string]string{"goals": "goal_id", "strategies": "strategy_id", "audits": "audit_id", "action_plans": "action_plan_id"}

// draw makes a random world: every reference leads to a row that is there.
func draw(t *rapid.T) world {
	w := world{}
	for _, table := range modelTables {
		n := rapid.IntRange(0, 6).Draw(t, table.name)
		for _, p := range table.parents {
			if len(w[p]) == 0 && !(p == "strategies" && strings.HasPrefix(table.name, "audit")) {
				n = 0
			}
		}
		for id := int64(1); id <= int64(n); id++ {
			o := &object{id: id, parents: map[string]int64{}, state: rapid.SampledFrom([]state{live, live, live, old, old, young, young, neither}).Draw(t, "state")}
			for _, p := range table.parents {
				least := 1
				if p == "strategies" && strings.HasPrefix(table.name, "audit") {
					least = 0
				}
				o.parents[p] = int64(rapid.IntRange(least, len(w[p])).Draw(t, p))
			}
			w[table.name] = append(w[table.name], o)
		}
	}
	return w
}

// script is the SQL that makes a world, after removing the one before.
func (w world) script() string {
	var b strings.Builder
	for _, table := range slices.Backward(modelTables) {
		fmt.Fprintf(&b, "DELETE FROM %s;\n", table.name)
	}
	more := map[string][2]string{
		"goals":           {"name, display_name, efficacy_specification", "'n%d', 'd', '[]'"},
		"strategies":      {"name, display_name", "'n%d', 'd'"},
		"audit_templates": {"name", "'n%d'"},
		"audits":          {"auto_trigger, name", "false, 'n%d'"},
		"actions":         {"action_type", "'t%d'"},
	}
	for _, table := range modelTables {
		for _, o := range w[table.name] {
			columns, values := []string{"id", "uuid"}, []string{fmt.Sprint(o.id), fmt.Sprintf("'%s-%d'", table.name, o.id)}
			if m, ok := more[table.name]; ok {
				columns, values = append(columns, m[0]), append(values, fmt.Sprintf(m[1], o.id))
			}
			for _, p := range table.parents {
				columns = append(columns, columnOf[p])
				values = append(values, map[bool]string{true: "NULL", false: fmt.Sprint(o.parents[p])}[o.parents[p] == 0])
			}
			columns = append(columns, "deleted", "deleted_at")
			values = append(values, map[state]string{live: "0, NULL", neither: "NULL, NULL",
				old: fmt.Sprint(o.id) + ", '2020-01-01 00:00:00'", young: fmt.Sprint(o.id) + ", '2030-01-01 00:00:00'"}[o.state])
			fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES (%s);\n", table.name, strings.Join(columns, ", "), strings.Join(values, ", "))
		}
	}
	return b.String()
}

// chosen is a set of objects of a world.
type chosen map[*object]bool

func (w world) get(table string, id int64) *object {
	for _, o := range w[table] {
		if o.id == id {
			return o
		}
	}
	return nil
}

// select follows the rules as they are told: expired, related until nothing is
// added, orphans until nothing is added.
func (w world) selects(bounded bool, goal int64, orphans bool) chosen {
	c := chosen{}
	for _, table := range modelTables[:6] {
		for _, o := range w[table.name] {
			mine := goal == 0 || table.name == "goals" && o.id == goal
			if mine && (o.state == old || o.state == young && !bounded) {
				c[o] = true
			}
		}
	}
	follow := map[string][]string{"strategies": {"goals"}, "audit_templates": {"goals", "strategies"},
		"audits": {"goals", "strategies"}, "action_plans": {"audits"}, "actions": {"action_plans"}}
	w.until(func(table string, o *object) bool {
		return !c[o] && o.state.deleted() && slices.ContainsFunc(follow[table], func(p string) bool { return c[w.get(p, o.parents[p])] })
	}, c)
	if !orphans {
		return c
	}
	lost := chosen{}
	w.until(func(table string, o *object) bool {
		if lost[o] || o.state != live {
			return false
		}
		return slices.ContainsFunc(parentsOf(table), func(p string) bool {
			if p == "strategies" && strings.HasPrefix(table, "audit") && o.parents[p] == 0 {
				return false
			}
			parent := w.get(p, o.parents[p])
			return parent == nil || parent.state != live || lost[parent]
		})
	}, lost)
	for o := range lost {
		c[o] = true
	}
	return c
}

// until adds objects of the six kinds that a rule takes, until it takes none.
func (w world) until(takes func(table string, o *object) bool, into chosen) {
	for added := true; added; {
		added = false
		for _, table := range modelTables[1:6] {
			for _, o := range w[table.name] {
				if takes(table.name, o) {
					into[o], added = true, true
				}
			}
		}
	}
}

func parentsOf(table string) []string {
	for _, m := range modelTables {
		if m.name == table {
			return m.parents
		}
	}
	return nil
}

// broken reports whether a row that stays refers to one that goes.
func (w world) broken(c chosen) bool {
	for _, table := range modelTables[:6] {
		for _, o := range w[table.name] {
			for p, id := range o.parents {
				if !c[o] && id != 0 && c[w.get(p, id)] {
					return true
				}
			}
		}
	}
	return false
}

// cut takes whole groups while they fit.
func (w world) cut(c chosen, limit int) chosen {
	out := chosen{}
	for _, goal := range w["goals"] {
		if !c[goal] {
			continue
		}
		g := chosen{goal: true}
		by := map[string][]string{"strategies": {"goals"}, "audit_templates": {"goals", "strategies"}, "audits": {"goals"},
			"action_plans": {"audits"}, "actions": {"action_plans"}}
		for _, table := range modelTables[1:6] {
			for _, o := range w[table.name] {
				if c[o] && slices.ContainsFunc(by[table.name], func(p string) bool { return g[w.get(p, o.parents[p])] }) {
					g[o] = true
				}
			}
		}
		if len(out)+len(g) > limit {
			break
		}
		for o := range g {
			out[o] = true
		}
	}
	return out
}

// stays are the ids that are left after a purge of c.
func (w world) stays(c chosen) map[string][]int64 {
	all := map[string][]int64{}
	for _, table := range modelTables {
		all[table.name] = []int64{}
		for _, o := range w[table.name] {
			gone := c[o] || table.name == "efficacy_indicators" && c[w.get("action_plans", o.parents["action_plans"])]
			if !gone {
				all[table.name] = append(all[table.name], o.id)
			}
		}
	}
	return all
}

// drawRequest draws what is asked for, and the model's answer.
func drawRequest(t *rapid.T, w world) (Request, int, chosen) {
	req := Request{ExcludeOrphans: rapid.Bool().Draw(t, "exclude orphans")}
	if rapid.Bool().Draw(t, "bounded") {
		before := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
		req.Before = &before
	}
	goal := int64(0)
	var deleted []int64
	for _, o := range w["goals"] {
		if o.state.deleted() {
			deleted = append(deleted, o.id)
		}
	}
	if len(deleted) > 0 && rapid.Bool().Draw(t, "one goal") {
		goal = rapid.SampledFrom(deleted).Draw(t, "goal")
		req.Root = &Root{Kind: "goal", Word: fmt.Sprintf("n%d", goal)}
	}
	c := w.selects(req.Before != nil, goal, !req.ExcludeOrphans)
	limit := -1
	if rapid.Bool().Draw(t, "limited") {
		limit = rapid.IntRange(0, 20).Draw(t, "limit")
	}
	if limit >= 0 && len(c) > limit {
		c = w.cut(c, limit)
	} else {
		limit = -1
	}
	return req, limit, c
}

// agrees compares a purge with the model, and what stays with the foreign keys.
func agrees(rt *rapid.T, t *testing.T, s *Service, db enginetest.Database) {
	w := draw(rt)
	req, limit, want := drawRequest(rt, w)
	db.Exec(t, w.script())
	ctx := context.Background()
	sel, err := s.Look(ctx, req)
	if err != nil {
		rt.Fatal(err)
	}
	if limit >= 0 {
		if sel, err = s.Reduce(ctx, sel, int64(limit)); err != nil {
			rt.Fatal(err)
		}
	}
	if got := sel.Counts().Total(); got != int64(len(want)) {
		rt.Fatalf("%d objects are selected, the model has %d\n%s", got, len(want), w.script())
	}
	var b *Blocked
	err = s.InTheWay(ctx, sel)
	if broken := w.broken(want); errors.As(err, &b) != broken || !broken && err != nil {
		rt.Fatalf("got %v; a reference would break: %v\n%s", err, broken, w.script())
	}
	if err == nil {
		if _, err := s.Delete(ctx, sel); err != nil {
			rt.Fatal(err)
		}
	} else {
		want = chosen{}
	}
	got := remaining(t, db)
	got["efficacy_indicators"] = ids(t, db, "efficacy_indicators")
	if diff := cmp.Diff(w.stays(want), got); diff != "" {
		rt.Fatalf("what stays (-model +database):\n%s\n%s", diff, w.script())
	}
	whole(rt, t, db)
}

// whole fails if a row refers to nothing, by the database's own word.
func whole(rt *rapid.T, t *testing.T, db enginetest.Database) {
	for _, table := range modelTables {
		for _, p := range table.parents {
			query := fmt.Sprintf("SELECT id FROM %s WHERE %s IS NOT NULL AND %s NOT IN (SELECT id FROM %s)", table.name, columnOf[p], columnOf[p], p)
			if lost := db.Strings(t, query); len(lost) > 0 {
				rt.Fatalf("%s %v refer to nothing in %s", table.name, lost, p)
			}
		}
	}
}

// For random objects with random deletions, what a purge removes is what a plain
// model of the rules removes, and what stays has no broken reference.
func TestModel(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			db := enginetest.New(t, d)
			s := created(t, fixtures.Catalog(t, "watcher"), db)
			left := 40
			if d == flavor.SQLite {
				left = 400
			}
			rapid.Check(t, func(rt *rapid.T) {
				if left--; left >= 0 {
					agrees(rt, t, s, db)
				}
			})
		})
	}
}

package throttle

import (
	"testing"
	"time"
)

func TestTrail(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }
	tr := &trail{}
	tr.add(at(0), 100)
	tr.add(at(1), 100) // idle
	tr.add(at(2), 200)
	tr.add(at(3), 300)
	for _, c := range []struct {
		name     string
		replayed int64
		said     time.Duration
		want     time.Duration
	}{
		{"has all", 300, time.Hour, 0},
		{"is further than was seen", 310, time.Hour, 0},
		{"lacks the last", 299, time.Hour, 1 * time.Second},
		{"lacks two", 100, time.Hour, 2 * time.Second},
		{"lacks what was there at first", 99, 0, 4 * time.Second},
		{"and says for how long", 99, time.Hour, time.Hour},
	} {
		if got := tr.behind(c.replayed, at(4), c.said); got != c.want {
			t.Errorf("%s: %v behind, want %v", c.name, got, c.want)
		}
	}
	for i := range 5 * mostMarks {
		tr.add(at(i+4), int64(400+i))
	}
	if len(tr.marks) > mostMarks || tr.marks[0].position != 100 {
		t.Errorf("%d marks, the first at %d", len(tr.marks), tr.marks[0].position)
	}
}

// The channel of a replica that is furthest behind counts, and a delay that was
// asked for does not.
func TestChannels(t *testing.T) {
	for _, c := range []struct {
		name string
		rows []row
		want state
	}{
		{"no replica", nil, state{strange: true}},
		{"MariaDB", []row{{"Seconds_Behind_Master": "3"}, {"Seconds_Behind_Master": "7"}, {"Seconds_Behind_Master": "0"}}, state{lag: 7 * time.Second}},
		{"MySQL", []row{{"Seconds_Behind_Source": "12", "SQL_Delay": "10"}}, state{lag: 2 * time.Second}},
		{"a delay not yet used up", []row{{"Seconds_Behind_Source": "5", "SQL_Delay": "10"}}, state{}},
		{"receives nothing", []row{{"Slave_IO_Running": "Connecting", "Slave_SQL_Running": "Yes"}}, state{stopped: "it receives nothing from its primary"}},
		{"applies nothing", []row{{"Replica_IO_Running": "Yes", "Replica_SQL_Running": "No"}}, state{stopped: "its SQL thread is stopped"}},
	} {
		if got := channels(c.rows); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// Flow control for moments is borne; the first look has nothing to compare with.
func TestFlowControl(t *testing.T) {
	start := time.Unix(1000, 0)
	l := &flowControl{}
	for i, c := range []struct {
		active, ns string
		want       bool
	}{
		{"false", "5000000000", false},
		{"false", "5000000000", false},
		{"false", "5050000000", false},
		{"false", "5250000000", true},
		{"", "5250000000", false},
		{"true", "5250000000", true},
		{"", "", false}, // a server that restarted counts anew
	} {
		st := row{"wsrep_flow_control_active": c.active, "wsrep_flow_control_paused_ns": c.ns}
		if got := l.active(start.Add(time.Duration(i)*time.Second), st); got != c.want {
			t.Errorf("look %d: %v", i, got)
		}
	}
}

func TestSpans(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0 s", 340 * time.Millisecond: "0.3 s", 1999 * time.Millisecond: "1 s", 61 * time.Second: "61 s"} {
		if got := span(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	if got := limited(1500 * time.Millisecond); got != "1.5 s" {
		t.Errorf("a limit is %q", got)
	}
}

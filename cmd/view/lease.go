package view

import (
	"io"
	"time"

	"manage/engine/ledger"
	"manage/phases"
)

// LeaseDocument is the document of `lease`.
type LeaseDocument struct {
	Catalog string     `json:"catalog"`
	Lease   *LeaseInfo `json:"lease"`
	Half    []HalfDone `json:"half_done"`
	// Broken is true if the lease was ended, and Ended if a session on the
	// server was ended with it.
	Broken bool `json:"broken"`
	Ended  bool `json:"session_ended"`
}

// LeaseInfo is who holds the lease, and whether he is alive.
type LeaseInfo struct {
	LeaseHeld
	// Silent is for how many seconds the holder was not heard of.
	Silent float64 `json:"silent"`
}

// HalfDone is a revision that was begun and not finished.
type HalfDone struct {
	Revision string `json:"revision"`
	Phase    string `json:"phase"`
	Done     int    `json:"done"`
	Total    int    `json:"statements"`
	Error    string `json:"error"`
}

// Lease prints who holds the lease.
func Lease(p *Page, st phases.LeaseState) error {
	if p.JSON {
		return p.document(leaseDocument(st))
	}
	var l lines
	if st.Lease == nil {
		l.add("Nobody is working on this database.")
	} else {
		leaseLines(&l, st, p)
	}
	halfLines(&l, st, p)
	return p.text(&l)
}

// Breaks says, before a lease is ended, whose it is and what he was doing.
func Breaks(w io.Writer, st phases.LeaseState) {
	var l lines
	l.add("This ends the lease of %s, who had been at %s since %s and was last heard of at %s.",
		st.Lease.Holder, st.Lease.Doing, stamp(st.Lease.Acquired), stamp(st.Lease.Beat))
	for _, a := range st.Half {
		l.add("  %s stays half applied, %d of %s done.", a.Revision, a.Done, count(int64(a.Total), "statement"))
	}
	// That it cannot be shown is no reason to stop.
	_, _ = io.WriteString(w, l.String())
}

// LeaseBroken prints whose lease was ended, and what he was doing.
func LeaseBroken(p *Page, st phases.LeaseState, ended bool) error {
	if p.JSON {
		d := leaseDocument(st)
		d.Broken, d.Ended = st.Lease != nil, ended
		return p.document(d)
	}
	var l lines
	if st.Lease == nil {
		l.add("Nobody is working on this database; there is no lease to end.")
	} else {
		l.add("Ended the lease of %s, who had been at %s since %s and was last heard of at %s.",
			st.Lease.Holder, st.Lease.Doing, stamp(st.Lease.Acquired), stamp(st.Lease.Beat))
		if ended {
			l.add("What it had left on the server was ended too.")
		}
	}
	halfLines(&l, st, p)
	return p.text(&l)
}

func leaseLines(l *lines, st phases.LeaseState, p *Page) {
	held := st.Lease
	l.add("%s holds the lease since %s: %s.", held.Holder, stamp(held.Acquired), held.Doing)
	l.add("It was last heard of at %s, %s ago; its lease runs out at %s.", stamp(held.Beat), took(held.Silent()), stamp(held.Expires))
	switch leaseState(st.Lease, st.Dead) {
	case "expired":
		l.add("The lease has run out: the next command takes over. `%s` ends it now.", p.Command("lease --break"))
	case "ended":
		l.add("It has ended without giving the lease back: the next command takes over. `%s` ends the lease now.", p.Command("lease --break"))
	default:
		if st.Stopped == 0 {
			l.add("It is alive.")
		}
	}
	if st.Stopped > 0 {
		l.add("Its process is stopped, and what it has locked stays locked: `kill -CONT %[1]d` lets it go on, `kill -KILL %[1]d` ends it.", st.Stopped)
	}
}

func halfLines(l *lines, st phases.LeaseState, p *Page) {
	for _, a := range st.Half {
		l.add("%s is half applied: %d of %s done in the last attempt, by %s, begun at %s.", a.Revision, a.Done, count(int64(a.Total), "statement"), a.Who, stamp(a.Started))
	}
	if len(st.Half) > 0 && !st.Alive() {
		l.add("Run the command again that did this; it goes on from there. `%s` shows what is next.", p.Command("status"))
	}
}

func leaseState(l *ledger.Lease, dead bool) string {
	switch {
	case l.Expired:
		return "expired"
	case dead:
		return "ended"
	}
	return "alive"
}

func leaseDocument(st phases.LeaseState) LeaseDocument {
	d := LeaseDocument{Catalog: st.Catalog, Half: halfDone(st.Half)}
	if st.Lease != nil {
		d.Lease = &LeaseInfo{LeaseHeld: *leaseHeld(st.Lease, st.Dead), Silent: st.Lease.Silent().Round(time.Millisecond).Seconds()}
	}
	return d
}

func halfDone(attempts []ledger.Attempt) []HalfDone {
	half := []HalfDone{}
	for _, a := range attempts {
		half = append(half, HalfDone{Revision: a.Revision, Phase: string(a.Phase), Done: a.Done, Total: a.Total, Error: a.Error})
	}
	return half
}

// leaseHeld is the part of a lease that `status` shows too.
func leaseHeld(l *ledger.Lease, dead bool) *LeaseHeld {
	if l == nil {
		return nil
	}
	return &LeaseHeld{Holder: l.Holder, Doing: l.Doing, Expired: l.Expired,
		Acquired: l.Acquired.UTC(), Beat: l.Beat.UTC(), Expires: l.Expires.UTC(), State: leaseState(l, dead)}
}

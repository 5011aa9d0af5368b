package cmd

import (
	"context"

	"manage/cmd/view"
	"manage/engine/run"
)

// leaseCommand is `manage db lease`.
type leaseCommand struct {
	Break bool `help:"End the lease of a holder who is dead, and what he left on the server."`
}

// Doc is what the help says of lease.
func (*leaseCommand) Doc() Doc {
	return Doc{
		Does: "Shows who is working on the database: since when, what he is doing, when he was last heard of, " +
			"when his lease runs out, whether he is alive, and what is half done. With --break it ends the lease of " +
			"a holder who is dead, with his session on the server, after a question on a terminal or with --yes; one " +
			"who is alive is refused. No command needs that: each takes over from a dead holder by itself.",
		Writes:   "Nothing; with --break the table manage_lease.",
		Exits:    readExits(ExitRefused, ExitBusy),
		Examples: []string{"db lease", "db lease -o json", "db lease --break --yes"},
	}
}

// Run shows or breaks the lease.
func (c *leaseCommand) Run(ctx context.Context, g *Global, t terminal, r lazyReads, w lazyWrites, p *view.Page) error {
	read, err := r(ctx)
	if err != nil {
		return err
	}
	st, err := read.Lease(ctx)
	if err != nil || !c.Break || st.Lease == nil {
		return firstError(err, func() error { return view.Lease(p, st) })
	}
	if st.Alive() {
		return &run.LeaseHeld{Lease: *st.Lease, Stopped: st.Stopped}
	}
	view.Breaks(t.out, st) // also to those who are not asked, so that it is in their logs
	if !g.Yes {
		if err := t.confirm(ctx, "End the lease?", "lease --break"); err != nil {
			return err
		}
	}
	write, err := w(ctx)
	if err != nil {
		return err
	}
	before, ended, err := write.BreakLease(ctx)
	if err != nil {
		return err
	}
	return view.LeaseBroken(p, before, ended)
}

// firstError is err, or what then returns.
func firstError(err error, then func() error) error {
	if err != nil {
		return err
	}
	return then()
}

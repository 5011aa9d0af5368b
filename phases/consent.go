package phases

import (
	"context"
	"errors"
	"slices"

	"manage/engine/database"
	"manage/engine/plan"
	"manage/schema"
)

// Removal is what somebody is asked about before a command removes something
// that nobody can bring back.
type Removal struct {
	Command  string
	Catalog  string
	Database string // its URL, with the password masked
	Losses   []plan.Loss
	// Checks are the comparisons that come before what is lost, and Skipped
	// says that the command leaves all of them out, as it was asked to.
	Checks  []plan.RowCheck
	Skipped bool
	// Begun are revisions that were begun before: their rows were compared then.
	Begun       []string
	SideEffects []plan.SideEffect
	// Revisions are those that a downgrade takes away, and NotUndone the data
	// migrations whose rows stay as they are.
	Revisions []string
	NotUndone []string
	// Again is true if what was agreed to is not what would be done any more,
	// because others have worked on the database meanwhile.
	Again bool
}

// consent is what of a command's losses somebody has agreed to. It is asked for
// without the lease: whoever thinks about it keeps nobody waiting. A nil consent
// is one that nobody asks for.
type consent struct {
	s       *Service
	command string
	last    work        // that was decided last
	agreed  []plan.Loss // to be lost
	asked   bool
	// begun is true once the agreed work was begun: from then on less is left
	// than was agreed to.
	begun bool
}

// consentTo is what a command needs before it removes something; nil if nobody
// is to be asked.
func (s *Service) consentTo(command string) *consent {
	if s.Confirm == nil {
		return nil
	}
	return &consent{s: s, command: command}
}

// unasked is the error of a command that is about to remove what nobody has
// agreed to yet.
type unasked struct{}

func (*unasked) Error() string { return "nobody was asked yet" }

// noting is the job that keeps what was decided.
func (c *consent) noting(decide job) job {
	if c == nil {
		return decide
	}
	return func(ctx context.Context, sess database.Session) (work, error) {
		w, err := decide(ctx, sess)
		c.last = w
		return w, err
	}
}

// needed is the job under the lease, which ends with *unasked where something
// would be lost that nobody agreed to, or where others have changed what would
// be lost.
func (c *consent) needed(decide job) job {
	if c == nil {
		return decide
	}
	return func(ctx context.Context, sess database.Session) (work, error) {
		w, err := decide(ctx, sess)
		if err != nil || w.plan.Empty() {
			return w, err
		}
		losses, err := c.losses(ctx, sess, w)
		if err == nil && !c.covers(losses, w) {
			err = &unasked{}
		}
		c.begun = c.begun || err == nil
		return w, err
	}
}

// covers reports whether nothing is lost but what was agreed to.
func (c *consent) covers(losses []plan.Loss, w work) bool {
	if !c.asked {
		return len(losses) == 0 && w.back == nil
	}
	contains := func(all []plan.Loss, one plan.Loss) bool { return slices.ContainsFunc(all, one.Same) }
	for _, l := range losses {
		if !contains(c.agreed, l) {
			return false
		}
	}
	return c.begun || !slices.ContainsFunc(c.agreed, func(l plan.Loss) bool { return !contains(losses, l) })
}

// losses are those of a work; the schema is read only where there may be some.
func (c *consent) losses(ctx context.Context, sess database.Session, w work) ([]plan.Loss, error) {
	live, err := c.s.inspect(ctx, sess)
	if err != nil {
		return nil, err
	}
	return c.s.losses(w, live)
}

// isOpen reports whether an error asks for consent.
func (c *consent) isOpen(err error) bool {
	var open *unasked
	return c != nil && errors.As(err, &open)
}

// ask shows what the last work would remove, and asks whether it may.
func (c *consent) ask(ctx context.Context) error {
	if c == nil {
		return nil
	}
	sess, err := c.s.DB.Reader(ctx)
	if err != nil {
		return err
	}
	defer sess.Close()
	live, err := c.s.inspect(ctx, sess)
	if err != nil {
		return err
	}
	losses, err := c.s.losses(c.last, live)
	if err != nil {
		return err
	}
	if len(losses) > 0 || c.last.back != nil {
		r, err := c.removal(ctx, sess, losses, live)
		if err != nil {
			return err
		}
		if len(r.Losses) > 0 || c.last.back != nil {
			err = c.s.Confirm(ctx, r)
		}
		if err != nil {
			return err
		}
	}
	c.agreed, c.asked, c.begun = losses, true, false
	return nil
}

// removal is what is shown.
func (c *consent) removal(ctx context.Context, sess database.Session, losses []plan.Loss, live *schema.Schema) (r Removal, err error) {
	w := c.last
	r = Removal{Command: c.command, Catalog: c.s.Catalog.Name, Database: c.s.DB.String(), Again: c.asked,
		Skipped: w.unchecked, NotUndone: w.notUndone}
	for _, way := range w.back {
		r.Revisions = append(r.Revisions, way.id)
	}
	for _, step := range w.plan.Steps {
		r.Checks = append(r.Checks, step.Checks...)
		if _, begun := w.unfinished[step.ID]; begun && step.Phase == plan.Contract {
			r.Begun = append(r.Begun, step.ID)
		}
	}
	if r.Losses, err = c.s.sized(ctx, losses, live); err != nil {
		return r, err
	}
	if r.SideEffects, err = c.s.sideEffects(ctx, sess, w.plan); err != nil {
		return r, err
	}
	if said, ok := ctx.Value(saidKey{}).(map[string]bool); ok {
		for _, e := range r.SideEffects {
			said[e.String()] = true
		}
	}
	return r, nil
}

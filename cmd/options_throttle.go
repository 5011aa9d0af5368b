package cmd

import (
	"time"

	"manage/cmd/config"
	"manage/cmd/view"
	"manage/engine/database"
	"manage/phases"
	"manage/phases/backfill"
	"manage/phases/backfill/throttle"
)

// throttle is what makes data migrations on a database pause, as configured.
func (c *call) throttle(conf config.Config, db database.DB) (backfill.Throttle, error) {
	o, err := conf.Throttle()
	if err != nil {
		return nil, err
	}
	o.Note = func(text string) { c.teller.Event(phases.Warned{Text: text}) }
	t := throttle.New(db, o)
	c.closers = append(c.closers, func() error { t.Close(); return nil })
	return t, nil
}

// throttling are the options of the commands that move rows that say when to
// pause. What is given wins over [replicas] and [load] of the configuration.
type throttling struct {
	MaxLag  *time.Duration `placeholder:"TIME" help:"Pause while a replica is further behind than this, such as 5s; 0 looks at no replica."`
	MaxLoad *int           `placeholder:"N" help:"Pause while more than N sessions are at work on the server; 0 for any number."`
}

// apply puts what was given in the place of what is configured.
func (o throttling) apply(s Writes) {
	t, ok := s.Batches.Throttle.(*throttle.Throttle)
	if !ok {
		return
	}
	if o.MaxLag != nil {
		t.SetMaxLag(*o.MaxLag)
	}
	if o.MaxLoad != nil {
		t.SetMaxLoad(*o.MaxLoad)
	}
}

// throttleRule says which setting cannot be used.
func throttleRule() rule {
	return on(func(e *throttle.Misconfigured, _ speaker) view.Failure {
		f := failure(ExitUsage, e.Problem, e.Hint)
		f.Code, f.File, f.Line = "configuration", e.File, e.Line
		return f
	})
}

package view

import (
	"cmp"
	"fmt"
	"time"

	"manage/engine/run"
	"manage/phases"
	"manage/phases/backfill"
	"manage/phases/backfill/compare"
	"manage/phases/purge"
)

// tellEvery is the time between two lines on the same data migration.
const tellEvery = 10 * time.Second

const movingRows = "Moving rows: %s"

// rows prints the events of data migrations and purges.
func (p *Progress) rows(e any) {
	switch e := e.(type) {
	case phases.Moving:
		if p.Screen == nil { // there the bar stands in its place
			p.begin(movingRows, e.ID)
		}
		p.atWork(e.ID)
	case backfill.Batched:
		p.atWork(e.Migration)
		p.moving.batched(e, p.Now())
		p.show()
	case compare.Compared:
		if e.Done {
			p.atRest()
			return
		}
		p.atWork(e.Migration)
		p.moving.batched(e.Batched, p.Now())
		p.show()
	case backfill.Paused:
		p.atWork(e.Migration)
		p.moving.paused(e)
		p.show()
	case phases.Moved:
		p.movedAll(e)
	case purge.Deleted:
		p.atRest()
		p.finish()
	}
}

// atWork begins to show a data migration, unless it is shown.
func (p *Progress) atWork(id string) {
	now := p.Now()
	if p.moving != nil && p.moving.id == id {
		return
	}
	p.atRest()
	p.moving = &moving{id: id, began: now}
	p.told = now
	if p.Quiet {
		return
	}
	if p.Screen != nil {
		p.bar = newBar(p.Screen, cmp.Or(p.Tick/10, time.Hour))
		p.bar.set(p.moving.short(now), 0, 0)
	}
	p.tick()
}

// atRest takes away what is shown of a data migration.
func (p *Progress) atRest() {
	if p.stop != nil {
		close(p.stop)
		p.stop = nil
	}
	if p.bar != nil {
		p.bar.end()
		p.bar = nil
	}
	p.moving = nil
}

// retrying says that a lock was not to be had. Batches may meet many: of those it
// is told with what else there is to tell, or as rarely.
func (p *Progress) retrying(e run.Retrying) {
	now, what := p.Now(), fmt.Sprintf("waits for a lock (attempt %d of %d)", e.Attempt, e.Of)
	switch {
	case p.moving == nil:
		p.line("%s %s; again in %s.", cmp.Or(e.Step, "This"), what, took(e.Pause))
	case !p.Quiet:
		if len(e.Blockers) > 0 {
			what += "; in its way: " + e.Blockers[0].String()
		}
		p.moving.locked = what
		p.show()
	case now.Sub(p.told) >= tellEvery:
		p.told = now
		p.line("%s %s; again in %s.", p.moving.id, what, took(e.Pause))
	}
}

// movedAll says what a data migration did, and ends it.
func (p *Progress) movedAll(e phases.Moved) {
	p.atRest()
	switch {
	case e.Err != nil || p.Quiet:
		p.finish()
	case p.begun:
		p.end(rowsIn(e.Rows, e.Took))
	default:
		p.line(movingRows+" … %s", e.ID, rowsIn(e.Rows, e.Took))
	}
}

// show brings what is shown up to date: the bar, or a line if one is due.
func (p *Progress) show() {
	now := p.Now()
	switch {
	case p.moving == nil || p.Quiet:
	case p.bar != nil:
		p.bar.set(p.moving.short(now), p.moving.rows, p.moving.total())
	case now.Sub(p.told) >= tellEvery:
		p.told = now
		p.line("%s", p.moving.line(now))
	}
}

// tick shows what is due while no event comes, as in a pause.
func (p *Progress) tick() {
	if p.Tick <= 0 {
		return
	}
	stop, ticker := make(chan struct{}), time.NewTicker(p.Tick)
	p.stop = stop
	go func() {
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
			}
			p.lock.Lock()
			select {
			case <-stop: // ended while this waited
			default:
				p.show()
			}
			p.lock.Unlock()
		}
	}()
}

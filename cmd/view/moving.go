package view

import (
	"fmt"
	"time"

	"manage/phases/backfill"
)

// moving is the data migration, or the purge, that is at work: what its events
// have told so far.
type moving struct {
	id             string
	began          time.Time
	first          int64 // rows that earlier runs had done
	rows, estimate int64
	size           int64
	speed          float64
	heard          bool      // of the rows
	locked         string    // it waits for a lock; "" if it does not
	reason         string    // of a pause; "" for none
	since          time.Time // of the pause
}

// batched takes in what is told of a batch.
func (m *moving) batched(b backfill.Batched, now time.Time) {
	if !m.heard {
		m.heard, m.first = true, b.Rows
	}
	m.rows, m.estimate, m.size, m.speed, m.locked = b.Rows, b.Estimate, b.Size, b.Speed, ""
	if took := now.Sub(m.began).Seconds(); m.speed == 0 && took >= 1 {
		m.speed = float64(m.rows-m.first) / took
	}
}

// paused takes in that a pause begins, or is over.
func (m *moving) paused(p backfill.Paused) {
	m.reason, m.since = p.Reason, p.Since
	if !m.heard && p.Estimate > 0 {
		m.heard, m.first, m.rows, m.estimate = true, p.Rows, p.Rows, p.Estimate
	}
}

// total is how many rows there are in all; 0 if that is not known, because
// nobody counted them or there are more than were counted.
func (m *moving) total() int64 {
	if m.rows > m.estimate {
		return 0
	}
	return m.estimate
}

// line is how far it is, in a line of a log.
func (m *moving) line(now time.Time) string {
	text := fmt.Sprintf("%s: %s", m.id, count(m.rows, "row"))
	switch {
	case !m.heard:
		text = m.id + ": no batch is done yet"
	case m.total() > 0:
		text = fmt.Sprintf("%s: %d of about %d rows", m.id, m.rows, m.estimate)
	case m.estimate > 0:
		text += fmt.Sprintf(" (about %d were expected)", m.estimate)
	}
	return text + m.pace(now, " rows/s", "batches of")
}

// short is the same behind a bar, where there is less room.
func (m *moving) short(now time.Time) string {
	text := fmt.Sprintf("%s %s", m.id, count(m.rows, "row"))
	switch {
	case !m.heard:
		text = m.id
	case m.total() > 0:
		text = fmt.Sprintf("%s %d/%d rows", m.id, m.rows, m.estimate)
	}
	return text + m.pace(now, "/s", "batch")
}

// pace is how fast it goes, how long the rest takes, and how large batches are,
// or why nothing is done.
func (m *moving) pace(now time.Time, perSecond, batch string) string {
	if m.reason != "" {
		return fmt.Sprintf(", paused for %s: %s", now.Sub(m.since).Round(time.Second), m.reason)
	}
	if m.locked != "" {
		return ", " + m.locked
	}
	text := ""
	if m.speed >= 1 {
		text = fmt.Sprintf(", %.0f%s", m.speed, perSecond)
		if left := m.total() - m.rows; left > 0 {
			text += fmt.Sprintf(", %s left", seconds(float64(left)/m.speed))
		}
	}
	if m.size > 0 {
		text += fmt.Sprintf(", %s %d", batch, m.size)
	}
	return text
}

// rowsIn is what a run did in the end.
func rowsIn(rows int64, d time.Duration) string {
	text := fmt.Sprintf("%s in %s", count(rows, "row"), took(d))
	if d >= time.Second && rows > 0 {
		text += fmt.Sprintf(", %.0f rows/s", float64(rows)/d.Seconds())
	}
	return text
}

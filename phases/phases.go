// Package phases turns a catalog and a database into work: it knows where a
// database stands, which step is due, what refuses a step, and the plan that
// takes it. It decides; package run does.
package phases

// Package phases turns a catalog and a database into work: it knows where a
// database stands, which step is due, what refuses a step, and the plan that
// takes it. It decides; package run does.
//
// Every command that writes goes the same way (see change): look without
// writing; stop there if there is nothing to do or something refuses; take the
// lease; look again; run the plan; and look again until nothing is left. So a
// command that finds its work done by somebody else ends well, and a refused
// one leaves no trace.
package phases

package faults

import (
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
)

// wire is what lies between a child and its server: it passes everything on,
// until it is told to break. What is sent at that moment may still reach the
// server; its answer never comes back.
type wire struct {
	server string
	// after is what is done when what is sent next has got through; nil for
	// nothing.
	after atomic.Pointer[func()]

	mu    sync.Mutex
	pairs []net.Conn
}

// newWire listens on a port of its own and returns raw with that port.
func newWire(raw string) (*wire, string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, "", err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	w := &wire{server: u.Host}
	u.Host = l.Addr().String()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.serve(c)
		}
	}()
	return w, u.String(), nil
}

func (w *wire) serve(client net.Conn) {
	server, err := net.Dial("tcp", w.server)
	if err != nil {
		client.Close()
		return
	}
	w.mu.Lock()
	w.pairs = append(w.pairs, client, server)
	w.mu.Unlock()
	go func() {
		_, _ = io.Copy(client, server)
		client.Close()
	}()
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		if n > 0 {
			if _, writeErr := server.Write(buffer[:n]); writeErr != nil {
				break
			}
			if then := w.after.Swap(nil); then != nil {
				(*then)()
				client.Close()
				w.linger(server)
				return
			}
		}
		if err != nil {
			break
		}
	}
	client.Close()
	server.Close()
}

// linger ends the server's side behind what it was sent, so that it reads that
// first.
func (w *wire) linger(server net.Conn) {
	if tcp, ok := server.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
}

// afterNext breaks the connection that something is sent on next, behind that,
// and calls then before, if it is not nil.
func (w *wire) afterNext(then func()) {
	if then == nil {
		then = func() {}
	}
	w.after.Store(&then)
}

// breakNow ends all connections.
func (w *wire) breakNow() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.pairs {
		c.Close()
	}
	w.pairs = nil
}

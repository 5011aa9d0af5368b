package backend

import (
	"context"
	"net"
	"time"
)

// Dialer makes network connections for the drivers, and tells whoever asked
// with NotePort from which port.
type Dialer struct{ net.Dialer }

// DialContext makes a connection.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := d.Dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if port, ok := ctx.Value(portKey{}).(*int); ok {
		*port = 0
		if a, ok := c.LocalAddr().(*net.TCPAddr); ok {
			*port = a.Port
		}
	}
	return c, nil
}

// DialTimeout is part of what the PostgreSQL driver asks of a dialer.
func (d *Dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

type portKey struct{}

// NotePort is a context under which a Dialer writes this end's TCP port to
// port; 0 for what is no TCP connection.
func NotePort(ctx context.Context, port *int) context.Context {
	return context.WithValue(ctx, portKey{}, port)
}

package mysql

import (
	"errors"
	"testing"

	"github.com/go-sql-driver/mysql"
)

func TestTries(t *testing.T) {
	for number, again := range map[uint16]bool{1213: true, 1205: true, 1047: true, 1317: true,
		1146: false, 1142: false, 1969: false, 3024: false, 1053: false} {
		if may := tries(&mysql.MySQLError{Number: number}); (may.Number > 1 && may.Within > 0) != again {
			t.Errorf("%d: %+v", number, may)
		}
	}
	if may := tries(errors.New("1213")); may.Number > 1 {
		t.Errorf("an error of nobody's: %+v", may)
	}
}

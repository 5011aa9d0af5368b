package sqltext_test

import (
	"testing"

	"manage/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

package config

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// value is what somebody wrote for an option. raw is text where the source has
// only text (.conf files, the environment, flags), else what TOML makes of it.
type value struct {
	raw any
	// from says where it stands: "file:line", a flag, a variable.
	from string
	// file and line are the same for errors, dir the folder of the file.
	file string
	line int
	dir  string
}

func (v value) text() string { return fmt.Sprint(v.raw) }

// path is the value as a path, taken from the folder that it was written in.
func (v value) path() string {
	if v.text() == "" || filepath.IsAbs(v.text()) {
		return v.text()
	}
	return filepath.Join(v.dir, v.text())
}

func (v value) integer() (int, error) {
	switch raw := v.raw.(type) {
	case int64:
		return int(raw), nil
	case string:
		if n, err := strconv.Atoi(strings.TrimSpace(raw)); err == nil {
			return n, nil
		}
	}
	return 0, errors.New("is not a whole number")
}

// count is a whole number that is not negative.
func (v value) count() (int, error) {
	n, err := v.integer()
	if err == nil && n < 0 {
		err = errors.New("must not be negative")
	}
	return n, err
}

// duration takes "3s", and numbers as seconds.
func (v value) duration() (time.Duration, error) {
	wrong := errors.New(`is not a duration: write "3s", "100ms", or a number of seconds`)
	var s float64
	switch raw := v.raw.(type) {
	case int64:
		s = float64(raw)
	case float64:
		s = raw
	case string:
		raw = strings.TrimSpace(raw)
		if d, err := time.ParseDuration(raw); err == nil && d >= 0 {
			return d, nil
		}
		var err error
		if s, err = strconv.ParseFloat(raw, 64); err != nil {
			return 0, wrong
		}
	default:
		return 0, wrong
	}
	if math.IsNaN(s) || s < 0 || s > unlimited.Seconds() {
		return 0, wrong
	}
	return time.Duration(s * float64(time.Second)), nil
}

// boolean knows the words that the services' files may use.
func (v value) boolean() (bool, error) {
	switch strings.ToLower(strings.TrimSpace(v.text())) {
	case "true", "1", "on", "yes":
		return true, nil
	case "false", "0", "off", "no":
		return false, nil
	}
	return false, errors.New("is neither true nor false")
}

func (v value) list() ([]string, error) {
	items, ok := v.raw.([]any)
	if !ok {
		return nil, errors.New("is not a list")
	}
	var texts []string
	for _, item := range items {
		s, ok := item.(string)
		if !ok {
			return nil, errors.New("is a list with something in it that is not text")
		}
		texts = append(texts, s)
	}
	return texts, nil
}

package media

import (
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// logFactory lets pion write to our log. Its warnings are ours to debug, not an
// operator's to act on (a peer that goes away causes several), so only errors stay visible.
type logFactory struct{ log *slog.Logger }

// NewLogger names a part of pion.
func (f logFactory) NewLogger(scope string) logging.LeveledLogger {
	return pionLog{f.log.With("pion", scope)}
}

type pionLog struct{ log *slog.Logger }

func (l pionLog) Trace(string)          {}
func (l pionLog) Tracef(string, ...any) {}
func (l pionLog) Debug(string)          {}
func (l pionLog) Debugf(string, ...any) {}
func (l pionLog) Info(string)           {}
func (l pionLog) Infof(string, ...any)  {}
func (l pionLog) Warn(m string)         { l.log.Debug(m) }
func (l pionLog) Error(m string)        { l.log.Warn(m) }

func (l pionLog) Warnf(f string, a ...any)  { l.log.Debug(fmt.Sprintf(f, a...)) }
func (l pionLog) Errorf(f string, a ...any) { l.log.Warn(fmt.Sprintf(f, a...)) }

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// commandLine is everything that can be said when nextup is started.
type commandLine struct {
	Serve Settings `cmd:"" default:"withargs" help:"Run the server. This is what happens without a command."`
	Demo  Demo     `cmd:"" help:"Try it alone: a running session with simulated candidates. Touches no real data."`
}

func main() {
	if err := start(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "nextup:", err)
		os.Exit(1)
	}
}

func start(args []string) error {
	var line commandLine
	parser, err := newParser(&line)
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(withHelp(args))
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch parsed.Command() {
	case "demo":
		err = line.Demo.Run(ctx, os.Stdout)
	default:
		err = serve(ctx, line.Serve, os.Stdout)
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func newParser(line *commandLine, more ...kong.Option) (*kong.Kong, error) {
	return kong.New(line, append(more,
		kong.Name("nextup"),
		kong.Description("Quick video interviews with one queue and many interviewers, in one program.\n\n"+
			"\"nextup\" alone runs the server. \"nextup demo\" shows a session with simulated candidates, to try it alone."),
	)...)
}

// withHelp makes plain --help explain the server's settings: they belong to the
// command that needs no name.
func withHelp(args []string) []string {
	if len(args) == 1 && (args[0] == "--help" || args[0] == "-h" || args[0] == "help") {
		return []string{"serve", "--help"}
	}
	return args
}

"""`dockerlearn`: a terminal with the model's Docker in it.

    dockerlearn                        a prompt, with line editing and history
    dockerlearn -c 'docker images'     one command line
    dockerlearn < script.sh            a script on standard input; U+0003 alone on a line is Ctrl-C for the command before
    dockerlearn challenge              the challenge of the course's last page, graded as you type

The exit status is that of the last command; that of the challenge tells whether all its goals were met.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from datetime import datetime
from itertools import zip_longest
from typing import Protocol

from .model.clock import Clock, FixedClock, SystemClock
from .terminal.session import INTERRUPTED, Session
from .terminal.syntax import incomplete

HISTORY = "~/.dockerlearn_history"
PROMPT, CONTINUED = "$ ", "> "
CTRL_C = "\x03"
UNREAD = 141  # as of a command that the system stops because nobody reads it


def main(arguments: list[str] | None = None) -> int:
    """Run the program with command-line arguments (those of the process unless given); the exit status."""
    parser = argparse.ArgumentParser(
        prog="dockerlearn", description="Docker's images and containers, as a model that you can type at."
    )
    parser.add_argument("what", nargs="?", choices=["challenge"], help="be graded, as on the course's last page")
    parser.add_argument("-c", dest="command", metavar="COMMAND", help="run this command line and exit")
    parser.add_argument("--seed", type=int, help="make IDs repeatable")
    parser.add_argument("--clock", type=_moment, metavar="TIME", help="start a repeatable clock at this ISO 8601 time")
    options = parser.parse_args(arguments)
    clock: Clock = options.clock or SystemClock()
    terminal = options.command is None and sys.stdin.isatty()
    session = Session(clock=clock, seed=options.seed, ask=_ask if sys.stdin.isatty() else None, show=_show)
    try:
        if options.what is not None:
            return _challenge(session, options.command, terminal)
        _run_all(session, session.run, options.command, terminal)
        return session.status
    except KeyboardInterrupt:
        _show("\n")  # as where a command waits: the terminal has its ^C on the line
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the output has seen enough; Python would complain once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD


def _moment(text: str) -> FixedClock:
    try:
        return FixedClock(datetime.fromisoformat(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not an ISO 8601 time: {text!r}") from error


def _show(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


class _Runner(Protocol):
    """What runs a command line, interrupted or not."""

    def __call__(self, command: str, *, interrupt: bool = ...) -> object: ...


def _run_all(session: Session, run: _Runner, command: str | None, terminal: bool) -> None:
    """Run what there is to run: a command line, what is typed at a terminal, or a script on standard input."""
    if command is not None:
        run(command)
    elif terminal:
        _interact(session, run)
    else:
        _run_script(run, sys.stdin.read())


def _challenge(session: Session, command: str | None, terminal: bool) -> int:
    """Grade what is typed; 0 if all goals are met at the end."""
    from .learn.challenge import GOALS, WELL_DONE, Challenge  # not at the top: the terminal starts quicker without

    challenge = Challenge(session)

    def run(command: str, *, interrupt: bool = False) -> None:
        if command.strip() in ("goals", "hint"):
            _show(challenge.overview() if command.strip() == "goals" else f"{challenge.hint()}\n")
            return
        session.run(command, interrupt=interrupt)
        for goal in challenge.look():
            _show(f"[x] {GOALS.index(goal) + 1}. {goal.text}\n")
            if not challenge.open:
                _show(f"{WELL_DONE}\n")

    _show(challenge.overview())
    _show("Type 'goals' to see them again, 'hint' for a hint, 'exit' to leave.\n")
    _run_all(session, run, command, terminal)
    if challenge.open:
        _show(f"{len(challenge.met)} of {len(GOALS)} goals are met.\n")
    return 1 if challenge.open else 0


def _run_script(run: _Runner, script: str) -> None:
    pending = ""
    lines = script.split("\n")
    for line, following in zip_longest(lines, lines[1:]):
        if line == CTRL_C:
            continue
        pending += line
        if incomplete(pending):
            pending += "\n"
            continue
        if pending:
            run(pending, interrupt=following == CTRL_C)
        pending = ""
    if pending:
        run(pending)


def _interact(session: Session, run: _Runner) -> None:
    pending = ""
    with _history():
        while True:
            try:
                pending += input(CONTINUED if pending else PROMPT)
                if pending.split() in (["exit"], ["logout"]):
                    return
                if incomplete(pending):
                    pending += "\n"
                else:
                    run(pending)
                    pending = ""
            except EOFError:
                print()
                return
            except KeyboardInterrupt:
                print("^C")
                session.interrupt()
                pending = ""


@contextlib.contextmanager
def _history():  # type: ignore[no-untyped-def]
    """Line editing with a history that outlives the program, where the platform has it."""
    try:
        import readline
        from pathlib import Path
    except ImportError:
        yield
        return
    path = Path(HISTORY).expanduser()
    with contextlib.suppress(OSError):
        readline.read_history_file(path)
    readline.set_history_length(1000)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            readline.write_history_file(path)


def _ask(question: str) -> str:
    try:
        return input(question) + "\n"
    except EOFError:
        print()
        return ""


if __name__ == "__main__":
    sys.exit(main())

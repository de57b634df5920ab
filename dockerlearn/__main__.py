"""`dockerlearn`: a terminal with the model's Docker in it.

    dockerlearn                        a prompt, with line editing and history
    dockerlearn -c 'docker images'     one command line
    dockerlearn < script.sh            a script on standard input

The exit status is that of the last command.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from datetime import datetime

from .clock import Clock, FixedClock, SystemClock
from .session import INTERRUPTED, Session
from .shell import incomplete

HISTORY = "~/.dockerlearn_history"
PROMPT, CONTINUED = "$ ", "> "
UNREAD = 141  # as of a command that the system stops because nobody reads it


def main(arguments: list[str] | None = None) -> int:
    """Run the program with command-line arguments (those of the process unless given); the exit status."""
    parser = argparse.ArgumentParser(
        prog="dockerlearn", description="Docker's images, as a model that you can type at."
    )
    parser.add_argument("-c", dest="command", metavar="COMMAND", help="run this command line and exit")
    parser.add_argument("--seed", type=int, help="make IDs repeatable")
    parser.add_argument("--clock", type=_moment, metavar="TIME", help="start a repeatable clock at this ISO 8601 time")
    options = parser.parse_args(arguments)
    clock: Clock = options.clock or SystemClock()
    terminal = options.command is None and sys.stdin.isatty()
    session = Session(clock=clock, seed=options.seed, ask=_ask if sys.stdin.isatty() else None, show=_show)
    try:
        if options.command is not None:
            return session.run(options.command).status
        return _interact(session) if terminal else _run_script(session, sys.stdin.read())
    except KeyboardInterrupt:
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


def _run_script(session: Session, script: str) -> int:
    status, pending = 0, ""
    for line in script.splitlines():
        pending += line
        if incomplete(pending):
            pending += "\n"
            continue
        status, pending = session.run(pending).status, ""
    return session.run(pending).status if pending else status


def _interact(session: Session) -> int:
    status, pending = 0, ""
    with _history():
        while True:
            try:
                pending += input(CONTINUED if pending else PROMPT)
                if pending.split() in (["exit"], ["logout"]):
                    return status
                if incomplete(pending):
                    pending += "\n"
                else:
                    status, pending = session.run(pending).status, ""
            except EOFError:
                print()
                return status
            except KeyboardInterrupt:
                print("^C")
                session.interrupt()
                status, pending = INTERRUPTED, ""


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

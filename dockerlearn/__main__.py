"""`dockerlearn`: a terminal with the model's Docker in it.

    dockerlearn                        a prompt, with line editing and history
    dockerlearn -c 'docker images'     one command line
    dockerlearn < script.sh            a script on standard input; U+0003 alone on a line is Ctrl-C for the command before
    dockerlearn challenge              the challenge of the course's last page, graded as you type
    dockerlearn --docker 28            a Docker 28 in place of a fresh 29; 29-upgraded keeps images as 28 did

The exit status is that of the last command; that of the challenge tells whether all its goals were met. A script is UTF-8.
It may come from Windows: its byte order mark is dropped, and its lines may end as they end there.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import os
import re
import sys
from collections.abc import Callable
from datetime import datetime
from itertools import zip_longest
from typing import NoReturn, Protocol, TextIO

from . import __version__
from .model.clock import Clock, FixedClock, SystemClock
from .model.edition import DEFAULT, EDITIONS
from .model.process import Terminal
from .terminal.session import INTERRUPTED, Session
from .terminal.syntax import incomplete

HISTORY = "~/.dockerlearn_history"
PROMPT, CONTINUED = "$ ", "> "
CTRL_C = "\x03"
LEAVE = re.compile(r"\s*(?:exit|logout)(?:[ \t]+(?P<status>[0-9]{1,18}))?\s*")  # a line that ends the shell
UNREAD = 141  # as of a command that the system stops because nobody reads it


class StreamFailed(Exception):
    """What is typed cannot be read, or what is shown cannot be written: the disk is full, or the stream is closed."""

    def __init__(self, act: str, error: OSError) -> None:
        self.errno = error.errno
        super().__init__(f"{act} error: {error.strerror}")


def main(arguments: list[str] | None = None) -> int:
    """Run the program with command-line arguments (those of the process unless given); the exit status."""
    _lenient()
    try:
        return _main(arguments)
    except BrokenPipeError:  # whoever read the output has seen enough
        _give_up(sys.stdout)
        return UNREAD
    except StreamFailed as failed:
        _give_up(sys.stdout)
        if sys.stderr is not None:
            print(f"dockerlearn: {failed}", file=sys.stderr)
        return 1
    finally:
        try:
            if sys.stderr is not None:
                sys.stderr.flush()
        except OSError:
            _give_up(sys.stderr)


def _give_up(stream: TextIO | None) -> None:
    """Let what is unwritten go nowhere: at its end, Python would complain of it, with a status of its own."""
    if stream is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _lenient() -> None:
    """Let no byte be unreadable and no character unwritable, whatever the locale has: the one is refused, the other escaped."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding=None if sys.stdin.isatty() else "utf-8", errors="surrogateescape")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


class _Tell(argparse.Action):
    """An option that makes the program show something and leave."""

    def __init__(self, option_strings: list[str], dest: str, *, text: Callable[[], str], help: str) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)
        self._text = text

    def __call__(self, *_: object) -> NoReturn:
        _show(self._text())
        sys.exit()


def _main(arguments: list[str] | None) -> int:
    parser = argparse.ArgumentParser(
        prog="dockerlearn",
        description="Docker's images and containers, as a model that you can type at.",
        add_help=False,
    )
    parser.add_argument("-h", "--help", action=_Tell, text=parser.format_help, help="show this help message and exit")
    version = f"dockerlearn {__version__}\n"
    parser.add_argument("--version", action=_Tell, text=lambda: version, help="show the version and exit")
    parser.add_argument("what", nargs="?", choices=["challenge"], help="be graded, as on the course's last page")
    parser.add_argument("-c", dest="command", metavar="COMMAND", help="run this command line and exit")
    parser.add_argument(
        "--docker", choices=EDITIONS, default=DEFAULT, help=f"which Docker it is ({DEFAULT} unless given)"
    )
    parser.add_argument("--seed", type=int, help="make IDs repeatable")
    parser.add_argument("--clock", type=_moment, metavar="TIME", help="start a repeatable clock at this ISO 8601 time")
    options = parser.parse_args(arguments)
    clock: Clock = options.clock or SystemClock()
    typed = sys.stdin is not None and sys.stdin.isatty()
    terminal = options.command is None and typed
    session = Session(
        docker=options.docker,
        clock=clock,
        seed=options.seed,
        terminal=_terminal(),
        ask=_ask if typed else None,
        show=_show,
    )
    try:
        if options.what is not None:
            return _challenge(session, options.command, terminal)
        left = _run_all(session, session.run, options.command, terminal)
        return session.status if left is None else left
    except KeyboardInterrupt:
        _show("\n")  # as where a command waits: the terminal has its ^C on the line
        return INTERRUPTED


def _terminal() -> Terminal | None:
    """The terminal that is written to, if it is one; it has colors, unless NO_COLOR wants none."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return Terminal(os.get_terminal_size(sys.stdout.fileno()).columns or 80, "NO_COLOR" not in os.environ, escapes=True)


def _moment(text: str) -> FixedClock:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not an ISO 8601 time: {text!r}") from error
    try:
        return FixedClock(moment)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _show(text: str) -> None:
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StreamFailed("write", error) from error


class _Runner(Protocol):
    """What runs a command line, interrupted or not."""

    def __call__(self, command: str, *, interrupt: bool = ...) -> object: ...


def _run_all(session: Session, run: _Runner, command: str | None, terminal: bool) -> int | None:
    """Run what there is to run: a command line, what is typed at a terminal, or a script on standard input.

    Returns the status that `exit` was given, if it was.
    """
    if terminal:
        return _interact(session, run)
    text = _script() if command is None else command
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if command is None or LEAVE.fullmatch(text):
        return _run_script(run, text)
    run(text)
    return None


def _script() -> str:
    """What stands on standard input; nothing if that is closed."""
    try:
        return "" if sys.stdin is None else sys.stdin.read()
    except OSError as error:
        raise StreamFailed("read", error) from error


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


def _run_script(run: _Runner, script: str) -> int | None:
    pending = ""
    lines = script.split("\n")
    for line, following in zip_longest(lines, lines[1:]):
        if line == CTRL_C:
            continue
        pending += line
        if incomplete(pending):
            pending += "\n"
            continue
        if leaving := LEAVE.fullmatch(pending):
            return _given(leaving)
        if pending:
            run(pending, interrupt=following == CTRL_C)
        pending = ""
    if pending:
        run(pending)
    return None


def _given(leaving: re.Match[str]) -> int | None:
    """The status that a line gives on leaving, as the system keeps it."""
    return int(leaving["status"]) % 256 if leaving["status"] else None


def _interact(session: Session, run: _Runner) -> int | None:
    pending = ""
    with _history():
        while True:
            try:
                pending += input(CONTINUED if pending else PROMPT)
                if leaving := LEAVE.fullmatch(pending):
                    return _given(leaving)
                if incomplete(pending):
                    pending += "\n"
                else:
                    run(pending)
                    pending = ""
            except EOFError:
                _show("\n")
                return None
            except KeyboardInterrupt:
                _show("^C\n")
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
        _show("\n")
        return ""


if __name__ == "__main__":
    sys.exit(main())

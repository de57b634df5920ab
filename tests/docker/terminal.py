"""A terminal on the engine's machine: bash at a pseudo-terminal, typed at as a reader types, read from its screen."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

import pexpect
import pyte

from .engine import Machine

ROWS, COLUMNS = 1000, 4000  # what the course's commands print fits: no line wraps, none is scrolled away
PATIENCE = 60  # seconds until a command is given up
MOMENT = 0.5  # seconds without anything new, after which whoever types Ctrl-C has seen enough
# Bash shows these before it reads a line: a title that no screen shows, with the status of the command before.
READY = re.compile(rb"\x1b\]2;(\d+)\x07\$ ")
CONTINUED = re.compile(rb"\x1b\]2;more\x07> ")
STARTED = re.compile(rb"\x1b\]2;started\x07")  # a Ctrl-C before that would take back what was typed
PROMPTS = {"PS0": r"\[\e]2;started\a\]", "PS1": r"\[\e]2;$?\a\]$ ", "PS2": r"\[\e]2;more\a\]> "}
SETTINGS = "set +H; unset HISTFILE"  # an exclamation mark is one, and nothing is kept


class GivenUp(Exception):
    """A command did not end; the message holds what it had printed."""


@dataclass(frozen=True)
class Shown:
    """What a command left on the screen, its exit status, and when it was typed and had ended, in seconds since 1970."""

    output: str
    status: int
    began: float
    ended: float


class Terminal:
    """A bash of its own in an empty home, until it is closed."""

    def __init__(self, machine: Machine, patience: float = PATIENCE) -> None:
        self.home = machine.run("mktemp", "--directory").strip()
        self._patience = patience
        words = [
            "env",
            "--default-signal",  # nohup and shells let background jobs ignore some; a terminal's Ctrl-C and hang-up must count
            "-i",
            f"--chdir={self.home}",
            f"HOME={self.home}",
            "TERM=xterm",
            "LANG=C.UTF-8",
            "PATH=/usr/local/bin:/usr/bin:/bin",
        ]
        words += [f"{name}={text}" for name, text in PROMPTS.items()]
        program, *arguments = machine.inside(*words, "bash", "--norc", "--noprofile", "--noediting", "-i")
        self._bash: pexpect.spawn[bytes] = pexpect.spawn(
            program, arguments, dimensions=(ROWS, COLUMNS), timeout=patience, maxread=65536
        )
        self._bash.delaybeforesend = None  # bash is ready whenever it is typed at
        self._until(READY)
        self.run(SETTINGS)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        self._bash.close(force=True)

    def run(self, command: str, *, interrupt: Callable[[str], bool] | None = None) -> Shown:
        """Type a command, line by line, and wait until it has ended.

        With `interrupt`, Ctrl-C is typed when nothing new has come for a moment and that says so of what stands on the
        screen, and what it shows has a line of its own, as in a page. Raises `GivenUp`.
        """
        began = time.time()
        first, *rest = command.split("\n")
        self._type(f"{first}\n")
        printed = b""
        for line in rest:
            printed += self._until(CONTINUED)[0]
            self._type(f"{line}\n")
        if interrupt is not None:
            printed += self._until(STARTED)[0]
            self._await(lambda seen: interrupt(_without(screen(printed + seen), command)), printed)
            self._type("\x03")
        last, status = self._until(READY)
        output = _without(screen(printed + last), command)
        if interrupt is not None:
            output = re.sub(r"\^C(?!\n)", "^C\n", output, count=1)
        return Shown(output, int(status[1]), began, time.time())

    def _type(self, text: str) -> None:
        self._bash.send(text)

    def _until(self, prompt: re.Pattern[bytes]) -> tuple[bytes, re.Match[bytes]]:
        """What comes before a prompt, and the prompt."""
        try:
            self._bash.expect(prompt)
        except pexpect.TIMEOUT:
            raise GivenUp(screen(self._bash.buffer)) from None
        assert isinstance(self._bash.match, re.Match)
        return self._before(), self._bash.match

    def _await(self, enough: Callable[[bytes], bool], printed: bytes) -> None:
        """Wait until nothing new has come for a moment and what has come is enough."""
        deadline = time.monotonic() + self._patience
        before, seen = None, b""
        while seen != before or not enough(seen):
            before = seen
            ended = self._bash.expect([pexpect.TIMEOUT, READY], timeout=MOMENT) == 1
            seen = self._before()
            if ended or time.monotonic() > deadline:
                raise GivenUp(screen(printed + seen))

    def _before(self) -> bytes:
        """What came before that which was waited for."""
        assert self._bash.before is not None
        return self._bash.before


class _Screen(pyte.Screen):
    """A screen on which what was erased is nothing, and no blanks: nor would the mouse copy any."""

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        kept = {0: range(self.cursor.x), 1: range(self.cursor.x + 1, COLUMNS), 2: range(0)}[how]
        row = self.buffer[self.cursor.y]
        for column in [column for column in row if column not in kept]:
            del row[column]


def screen(printed: bytes) -> str:
    """What stands on an empty screen after this was printed: its lines, the last one ended only if the cursor left it."""
    shown = _Screen(COLUMNS, ROWS)
    pyte.ByteStream(shown).feed(printed)
    rows = [shown.buffer[row] for row in range(shown.cursor.y + 1)]
    lines = ["".join(row[column].data for column in range(max(row, default=-1) + 1)) for row in rows]
    return "\n".join(lines)


def _without(shown: str, command: str) -> str:
    """The screen below the lines that were typed."""
    return "".join(shown.splitlines(keepends=True)[command.count("\n") + 1 :])

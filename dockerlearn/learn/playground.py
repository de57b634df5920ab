"""The playground: a terminal that is typed at line by line, from a page, and that can be played again exactly.

What it tells is plain: texts, numbers, lists and dictionaries, as JSON has them. A seed and the lines with their times are
all that there is to keep: the same lines at the same times give the same output and the same machine.

Time passes with the times of the lines. What waits for a while does not make the reader wait: its time passes at once. What
would go on for ever, such as a server in the foreground, has the terminal until Ctrl-C is typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from ..client.formats import CONTAINERS, ContainerRow, View
from ..client.human import duration, size
from ..model.clock import FixedClock
from ..model.container import Container
from ..model.digest import short
from ..model.edition import DEFAULT
from ..model.image import Image
from ..model.process import Line, Read, Sleep
from ..model.registry import Registry
from ..terminal.session import LONGEST_OUTPUT, Job, Session
from ..terminal.syntax import incomplete
from . import guide, wire
from .challenge import GOALS, Challenge

CTRL_C, CTRL_D = "\x03", "\x04"  # alone on a line: interrupt, and the end of what is typed into a program
PROMPT, CONTINUED = "$ ", "> "
EPOCH, LAST = "1970-01-01", 2**32  # the times that are believed, in seconds
LONGEST_REST = 366 * 24 * 60 * 60  # seconds between two lines; more than that is a clock that was set
LONGEST_WAIT, MOST_WAITS = timedelta(hours=1), 100  # of a command, before it is taken to go on for ever
LONGEST_LINE, MOST_LINES = 10_000, 1_000  # characters of a command, lines of a paste
CONTROLS = {code: f"^{chr(code ^ 64)}" for code in (*range(9), *range(11, 32), 127)}  # all but tab and line end


class Entry(NamedTuple):
    """A line of the terminal: what was typed after which prompt, what that printed, and what helps a learner on.

    There is no `status` while a command is under way, nor for a line that was not run.
    """

    prompt: str
    line: str
    output: str = ""
    status: int | None = None
    notes: tuple[str, ...] = ()
    met: tuple[str, ...] = ()  # goals of the challenge

    def plain(self) -> wire.Entry:
        """The entry as JSON has it."""
        return {
            "prompt": self.prompt,
            "line": self.line,
            "output": self.output,
            "status": self.status,
            "notes": list(self.notes),
            "met": list(self.met),
        }


class Playground:
    """A terminal with a machine behind it. `commands` has all that was typed: when, in seconds, and what.

    With `challenge`, the goals of the graded challenge are looked after.
    """

    def __init__(
        self, seed: int, *, docker: str = DEFAULT, registry: Registry | None = None, challenge: bool = False
    ) -> None:
        self.docker, self.seed = docker, seed
        self.commands: list[tuple[float, str]] = []
        self._written: list[str] = []
        self._clock = FixedClock(EPOCH)
        # Somebody answers questions: whoever types the next line.
        self._session = Session(
            docker=docker,
            registry=registry,
            clock=self._clock,
            seed=seed,
            ask=lambda prompt: "",
            show=self._written.append,
        )
        self._challenge = Challenge(self._session) if challenge else None
        self._job: Job | None = None
        self._pending = ""
        self._ignored = 0  # times that Ctrl-C made no difference
        self._now: float | None = None
        self._printed = sha256()

    # Typing

    def type(self, text: str, at: float) -> wire.View:
        """Type one line, or several, at a time in seconds, and tell what came of it. Whatever the text, this never raises."""
        before = self._snapshot()
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        entries = [self._line(line, at) for line in lines[:MOST_LINES]]
        if len(lines) > MOST_LINES:
            note = f"The {len(lines) - MOST_LINES} lines after these were not run: {MOST_LINES:,} at once are enough."
            entries[-1] = entries[-1]._replace(notes=(*entries[-1].notes, note))
        return self._view(entries, before)

    def replay(self, commands: Iterable[tuple[float, str]]) -> wire.View:
        """Type again what was typed, and tell all of it."""
        entries = [self._line(line, at) for at, line in commands]
        return self._view(entries, self._snapshot())

    @property
    def prompt(self) -> str | None:
        """What asks for the next line; None while a command has the terminal and reads nothing."""
        if self._job is None:
            return CONTINUED if self._pending else PROMPT
        wait = self._job.wait
        return wait.prompt.rpartition("\n")[2] if isinstance(wait, Read) else None

    def _line(self, line: str, at: float) -> Entry:
        entry = Entry(self.prompt or "", _shown(line, LONGEST_LINE))
        if len(line) + len(self._pending) > LONGEST_LINE:
            self._pending = ""
            return entry._replace(notes=(f"Not run: {LONGEST_LINE:,} characters are enough for one command.",))
        if self.prompt is None and line != CTRL_C:
            return entry._replace(notes=("Not run: the command above has the terminal. Ctrl+C ends it.",))
        self._pass(at)
        self.commands.append((at, line))
        entry = self._run(line, entry) if self._job is None else self._typed_into(self._job, line, entry)
        self._printed.update(ascii((line, entry.output, entry.status)).encode())
        met = self._challenge.look() if self._challenge is not None else ()
        return entry._replace(met=tuple(goal.name for goal in met))

    def _pass(self, at: float) -> None:
        """Let the time pass up to a moment. One that cannot be is not believed."""
        if 0 <= at <= LAST:
            rest = at if self._now is None else min(at - self._now, LONGEST_REST)
            self._clock.sleep(max(rest, 0))
            self._now = at

    def _run(self, line: str, entry: Entry) -> Entry:
        """A line for the shell, which may wait for more of it."""
        if line == CTRL_C:
            self._session.interrupt()
        if line in (CTRL_C, CTRL_D):
            self._pending = ""
            return entry
        line = self._pending + line
        self._pending = f"{line}\n" if incomplete(line) else ""
        if self._pending or not line.strip():
            return entry
        if self._challenge is not None and line.strip() in ("goals", "hint"):
            if line.strip() == "goals":
                return entry._replace(output=self._challenge.overview(), status=0)
            return entry._replace(notes=(self._challenge.hint(),), status=0)
        began = self._clock.now()
        job = self._session.begin(line)
        entry = self._go_on(job, entry, began)
        word = guide.advice(self._session.engine, line, entry.output, job.status) if job.wait is None else ""
        return entry._replace(notes=(*entry.notes, word)) if word else entry

    def _typed_into(self, job: Job, line: str, entry: Entry) -> Entry:
        """A line for a command under way."""
        began = self._clock.now()
        if line == CTRL_C:
            job.interrupt()
            if job.wait is not None and self.prompt is None and not self._written:  # its process ignores it
                self._ignored += 1
                if self._ignored > 1:
                    job.leave()
        else:
            job.resume(None if line == CTRL_D else Line(line))
        entry = self._go_on(job, entry, began)
        if "docker: not found" in entry.output:
            return entry._replace(notes=(*entry.notes, "You are inside the container. exit leaves it."))
        return entry

    def _go_on(self, job: Job, entry: Entry, began: datetime) -> Entry:
        """Let a command go on until it ends, asks, or has waited long enough to be taken for one that never ends."""
        waits = 0
        while isinstance(wait := job.wait, Sleep) and wait.seconds is not None:
            if waits == MOST_WAITS or self._clock.now() - began > LONGEST_WAIT:
                break
            waits += 1
            self._clock.sleep(max(wait.seconds, 0))
            job.resume()
        notes = []
        if (passed := self._clock.now() - began) >= timedelta(seconds=1):
            notes = [f"{duration(passed)} passed at once."]
        self._job = None if wait is None else job
        if wait is None:
            self._ignored = 0
            self._session.end(job)
        elif isinstance(wait, Read):
            self._written.append("".join(wait.prompt.rpartition("\n")[:2]))
        elif self._ignored:
            notes.append("It does not listen to Ctrl+C. The next one lets go of it, and a container runs on.")
        else:
            notes.append("It goes on until Ctrl+C is typed.")
        text = "".join(self._written)
        self._written.clear()
        if len(text) > LONGEST_OUTPUT:
            notes.append(f"Only the first {LONGEST_OUTPUT:,} of {len(text):,} characters are shown.")
        status = job.status if wait is None else None
        return entry._replace(output=_shown(text, LONGEST_OUTPUT), status=status, notes=tuple(notes))

    # What is there

    def machine(self) -> wire.Machine:
        """What is on the machine: images with their layers, containers, and what the layers take up on the disk."""
        engine = self._session.engine
        images = engine.images(all=False)
        labels = {engine.id(image): self._label(image) for image in images}
        sizes = {engine.id(image): engine.store.size(image) for image in images}
        holders: dict[str, list[str]] = {}
        for image in images:
            for chain in image.chain_ids:
                holders.setdefault(chain, []).append(engine.id(image))
        return {
            "images": [
                {
                    "id": short(engine.id(image)),
                    "label": labels[engine.id(image)],
                    "names": [name.familiar for name in engine.tags(image)],
                    "dangling": not engine.tags(image),
                    "size": size(sizes[engine.id(image)], 3),
                    "layers": [
                        {
                            "id": short(layer.digest),
                            "size": size(engine.store.layer_size(layer), 3),
                            "shared": [labels[id] for id in holders[chain] if id != engine.id(image)],
                        }
                        for chain, layer in zip(image.chain_ids, image.layers, strict=True)
                    ],
                    "containers": [each.name for each in engine.store.users(image)],
                }
                for image in images
            ],
            "containers": [self._container(each) for each in engine.containers()],
            "layers": len(engine.layers),
            "disk": size(engine.layers_size, 3),
            "total": size(sum(sizes.values()), 3),
        }

    def _label(self, image: Image) -> str:
        """What an image is called where one name has to do."""
        tags = self._session.engine.tags(image)
        return tags[0].familiar if tags else f"<none> {short(self._session.engine.id(image))}"

    def _container(self, container: Container) -> wire.Container:
        row, view = (
            ContainerRow(container, self._session.engine.image_name(container), self._session.engine.store),
            View(self._clock.now()),
        )
        shown = {name: CONTAINERS["29"].columns[name].cell(row, view) for name in ("Image", "Status", "Ports")}
        return {
            "id": container.hostname,
            "name": container.name,
            "image": shown["Image"],
            "state": container.state.value,
            "status": shown["Status"],
            "ports": shown["Ports"],
            "written": size(container.size, 3),
        }

    def _snapshot(self) -> dict[str, tuple[str, object]]:
        """What each image and container is called, and all about it that is no matter of time, by its short ID."""
        engine = self._session.engine
        found: dict[str, tuple[str, object]] = {}
        for image in engine.images(all=False):
            found[short(engine.id(image))] = (self._label(image), engine.tags(image))
        for it in engine.containers():
            found[it.hostname] = (it.name, (it.name, it.state, it.ports, it.size, it.exit_code))
        return found

    def _view(self, entries: list[Entry], before: dict[str, tuple[str, object]]) -> wire.View:
        """All that a page shows after something was typed; `changes` are those since the snapshot."""
        after = self._snapshot()
        return {
            "entries": [entry.plain() for entry in entries],
            "prompt": self.prompt,
            "machine": self.machine(),
            "changes": {
                "new": [id for id in after if id not in before],
                "changed": [id for id in after if id in before and before[id] != after[id]],
                "gone": [label for id, (label, _) in before.items() if id not in after],
            },
            "suggestions": self.suggestions(),
            "goals": self.goals(),
            "digest": self._printed.hexdigest()[:12],
        }

    def goals(self) -> list[wire.Goal]:
        """The goals of the challenge, the hints that have been given, and which are met; none outside the challenge."""
        if self._challenge is None:
            return []
        met = self._challenge.met
        return [
            {"name": goal.name, "text": goal.text, "met": goal in met, "hints": list(self._challenge.hinted(goal))}
            for goal in GOALS
        ]

    # What helps

    def suggestions(self) -> list[str]:
        """A few lines that could come next; in the challenge, they are the learner's to find."""
        if self._job is None:
            return [] if self._pending or self._challenge is not None else guide.suggestions(self._session.engine)
        if not self.prompt:
            return []
        return ["y", "n"] if self.prompt.endswith("[y/N] ") else ["ls /", "exit"]

    def complete(self, before: str) -> wire.Completion:
        """The word that a line ends in, up to where it is typed, and what the word could become."""
        word, candidates = guide.complete(self._session.engine, before) if self._job is None else ("", [])
        return {"word": word, "candidates": candidates}


def _shown(text: str, longest: int) -> str:
    """A text as a terminal echoes it, its beginning if it is long: control characters are seen, and do nothing."""
    return text[:longest].translate(CONTROLS)

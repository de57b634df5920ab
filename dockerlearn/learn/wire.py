"""What Python and the site's JavaScript say to each other, as JSON: the one place where its form is written down.

`docs/assets/wire.d.ts` is made from these types and from the signatures of the answers in `browser`, by `make wire`. So tsc
holds the scripts to them, as mypy does Python.
"""

from __future__ import annotations

from typing import Literal, TypedDict


class Command(TypedDict):
    """A command of a console block as its page has it: what is typed, what it prints, and whether Ctrl-C ends it.

    `others` has what it prints on other Dockers, by their names, where that is something else.
    """

    source: str
    output: str
    others: dict[str, str]
    interrupt: bool


class Example(TypedDict):
    """A block to be run, as the reader has it: its commands or its source, and the exception that Python must raise."""

    language: Literal["console", "python"]
    text: str
    raises: str | None


class Run(TypedDict):
    """A command or a Python block that was run, what it printed, and its exit status."""

    source: str
    output: str
    status: int


class Outcome(TypedDict):
    """What came of an example, by its place on the page; `error` says why Python did not come to its end, `line` where."""

    place: int
    runs: list[Run]
    error: str | None
    line: int | None


class Layer(TypedDict):
    """A layer of an image, and the labels of the other images that share it."""

    id: str
    size: str
    shared: list[str]


class Image(TypedDict):
    """An image of a machine, with its layers from the bottom, and the names of the containers that use it."""

    id: str
    label: str
    names: list[str]
    dangling: bool
    size: str
    layers: list[Layer]
    containers: list[str]


class Container(TypedDict):
    """A container of a machine, as `docker ps` shows it, and the size of its writable layer."""

    id: str
    name: str
    image: str
    state: str
    status: str
    ports: str
    written: str


class Machine(TypedDict):
    """What is on a machine: `layers` of them, which take up `disk`; added up by image they would take up `total`."""

    images: list[Image]
    containers: list[Container]
    layers: int
    disk: str
    total: str


class Changes(TypedDict):
    """What a line has done to a machine: the short IDs of what is new or changed, and the names of what is gone."""

    new: list[str]
    changed: list[str]
    gone: list[str]


class Entry(TypedDict):
    """A line of a terminal: what was typed after which prompt, what it printed, and what helps a learner on.

    `status` is null while the command runs. `met` has the names of the goals that it met.
    """

    prompt: str
    line: str
    output: str
    status: int | None
    notes: list[str]
    met: list[str]


class Goal(TypedDict):
    """A goal of the challenge, whether it is met, and the hints that have been given."""

    name: str
    text: str
    met: bool
    hints: list[str]


class View(TypedDict):
    """All that a page shows of a terminal. `prompt` is null while a command has the terminal and reads nothing.

    `digest` is one of all that its lines have printed: the same lines with another digest have printed something else.
    """

    entries: list[Entry]
    prompt: str | None
    machine: Machine
    changes: Changes
    suggestions: list[str]
    goals: list[Goal]
    digest: str


class Typed(View):
    """What came of typing; `commands` are the lines that were taken, each with its time in seconds."""

    commands: list[tuple[float, str]]


class Completion(TypedDict):
    """The word that a line ends in, and what it could become."""

    word: str
    candidates: list[str]

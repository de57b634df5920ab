"""Console blocks: commands, each with what it prints, here and at other Dockers.

A block is a terminal as it is seen: `$ ` begins a command, `> ` continues it, all else is output. Below a line that names
other Dockers, such as `[28]`, is what those print.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from ..model.edition import DEFAULT, EDITIONS
from .faults import Fault, PageRefused

INTERRUPT = "^C"
"""A line of output that shows where Ctrl-C was typed."""

OTHERS = tuple(name for name in EDITIONS if name != DEFAULT)
"""The Dockers that a page shows beside its own: what they print otherwise is below a line that names them, `[28]`."""

WILDCARDS = {"...", "…", "[...]", "<...>"}
"""Lines that an author writes where he does not know what is printed."""

_ON = re.compile(r"\[(?P<names>{0}(?:, {0})*)\]".format(f"(?:{'|'.join(OTHERS)})"))


def looks_like_prompt(line: str) -> bool:
    """Whether a line of output could not be told from a command."""
    return line in {"$", ">"} or line.startswith(("$ ", "> "))


class Said(NamedTuple):
    """What a page claims that a command prints on some Dockers, and the page line on which that starts."""

    dockers: tuple[str, ...]
    line: int
    output: str


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a console block, with the output that the page claims for it.

    `others` are the outputs on those of the other Dockers that print something else.
    """

    source: str
    line: int
    expected: str
    others: tuple[Said, ...] = ()

    @property
    def interrupt(self) -> bool:
        """Whether Ctrl-C is typed while it runs."""
        return INTERRUPT in self.expected.split("\n")

    @property
    def expected_line(self) -> int:
        """The page line on which the output starts."""
        return self.line + self.source.count("\n") + 1

    @property
    def all_said(self) -> tuple[Said, ...]:
        """What it prints on the page's own Docker, and then what on others, if that is something else."""
        return Said((DEFAULT,), self.expected_line, self.expected), *self.others

    @property
    def told(self) -> list[str]:
        """The lines of the page below it, up to the next command."""
        _, *others = self.all_said
        above = lines_of(self.expected)
        return above + [line for said in others for line in (on(said.dockers), *lines_of(said.output))]

    def said(self, docker: str = DEFAULT) -> Said:
        """What it prints on one Docker."""
        own, *others = self.all_said
        return next((said for said in others if docker in said.dockers), own)


def on(dockers: Iterable[str]) -> str:
    """The line of a console block above what these Dockers print."""
    return f"[{', '.join(dockers)}]"


def told(outputs: Mapping[str, str]) -> list[str]:
    """How a page says what a command prints, on each Docker by its name: once, where they agree."""
    own = outputs[DEFAULT]
    by_output: dict[str, list[str]] = {own: []}
    for docker in OTHERS:
        by_output.setdefault(outputs[docker], []).append(docker)
    del by_output[own]
    others = [line for output, dockers in by_output.items() for line in (on(dockers), *lines_of(output))]
    return [*lines_of(own), *others]


def lines_of(output: str) -> list[str]:
    """The lines of what was printed."""
    return output.removesuffix("\n").split("\n") if output else []


def alternatives(commands: Iterable[Command]) -> list[tuple[tuple[str, ...], list[Command]]]:
    """The commands that print something else on other Dockers, with that as their output; Dockers that agree are one."""
    found: dict[tuple[Command, ...], list[str]] = {}
    for docker in OTHERS:
        differing = tuple(
            replace(command, expected=command.said(docker).output, others=())
            for command in commands
            if command.said(docker).output != command.expected
        )
        if differing:
            found.setdefault(differing, []).append(docker)
    return [(tuple(dockers), list(differing)) for differing, dockers in found.items()]


def console_text(commands: Iterable[Command]) -> str:
    """Commands with what they print on the page's own Docker, as a terminal shows them."""
    lines = (
        line
        for command in commands
        for line in (f"$ {command.source}".replace("\n", "\n> "), *lines_of(command.expected))
    )
    return "\n".join(lines)


def read_console(text: str, line: int, *, draft: bool = False) -> list[Command]:
    """Split a console block's text, which starts on the given line, into its commands.

    In a draft, wildcards may stand for output. Raises `PageRefused` for text that is not a sequence of commands, each
    followed by its output.
    """
    commands: list[_Typed] = []
    faults = []
    for number, content in enumerate(text.split("\n"), line):
        last = commands[-1] if commands else None
        printed = last.printed[-1].lines if last else []
        continues = last is not None and len(last.printed) == 1 and not printed
        if content.startswith("$ ") and content != "$ ":
            commands.append(_Typed(number, [content[2:]], [_Printed((), number, [])]))
        elif content == INTERRUPT and (not last or INTERRUPT in printed):
            faults.append(Fault(number, "^C interrupts a command that runs: one, and once"))
        elif last and continues and (content == ">" or content.startswith("> ")):
            last.source.append(content[2:])
        elif looks_like_prompt(content):
            faults.append(Fault(number, "a prompt that starts no command and continues none"))
        elif content.strip() in WILDCARDS and not draft:
            faults.append(Fault(number, "a wildcard: expected output is exact"))
        elif last and (named := _ON.fullmatch(content)):
            dockers = tuple(named["names"].split(", "))
            if len({*dockers}) < len(dockers) or any({*dockers} & {*each.dockers} for each in last.printed):
                faults.append(Fault(number, "a Docker that is named twice below one command"))
            last.printed.append(_Printed(dockers, number + 1, []))
        elif last:
            printed.append(content)
        else:
            faults.append(Fault(number, "output before the first command"))
    if faults:
        raise PageRefused(faults)
    return [typed.command() for typed in commands]


class _Printed(NamedTuple):
    """The lines below a command, or below the names of some Dockers; and the page line of the first."""

    dockers: tuple[str, ...]
    line: int
    lines: list[str]

    def said(self) -> Said:
        return Said(self.dockers, self.line, "".join(f"{line}\n" for line in self.lines))


class _Typed(NamedTuple):
    """A command while its block is read."""

    line: int
    source: list[str]
    printed: list[_Printed]

    def command(self) -> Command:
        own, *others = (each.said() for each in self.printed)
        return Command("\n".join(self.source), self.line, own.output, tuple(others))

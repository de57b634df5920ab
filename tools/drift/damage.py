"""Small changes of a page's blocks, each of which the page's own examples ought to notice.

- Each expected line has a letter or digit changed, and is left out. The right choice of a quiz is one, if it is printed.
- Each literal of what is run has a letter or digit changed. In Python, these are the numbers, texts and truth values. In a
  terminal, they are the arguments of a command and the values of its options and variables, a quoted text being one; not
  the program, what `docker` is told to do, names of options and of variables, or the words of the shell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dockerlearn.client.usage import help_texts
from dockerlearn.course.blocks import Block, read_quiz
from dockerlearn.course.console import read_console

from .mutants import Source, altered

_WORD = re.compile(
    r"""(?P<comment>(?<!\S)\#.*)
      | (?P<opening>\$?\() | (?P<closing>\)) | (?P<separator>[;&|\n]+) | [<>]
      | (?P<word>(?:'[^']*' | "(?:\\.|[^"\\])*" | \\. | [^\s;&|<>()'"\\$] | \$(?!\())+)""",
    re.VERBOSE,
)
_VARIABLE = re.compile(r"\$(?:\w+|\{\w+\}|\?)")
_ASSIGNMENT, _OPTION = re.compile(r"\w+="), re.compile(r"--[\w-]+=")
_BEFORE_A_COMMAND = {"do", "while", "if", "then", "else"}


@dataclass(frozen=True)
class Damage:
    """One change to a page: what it is made to, the block as it then reads, and the line before and after."""

    kind: str
    line: int
    before: str
    after: str
    block: Block

    def page(self, text: str) -> str:
        """The text of the page with this change made to it."""
        lines = text.split("\n")
        prefix = self.block.prefix
        damaged = [prefix + line if line else prefix.rstrip() for line in self.block.text.split("\n")]
        lines[self.block.text_line - 1 : self.block.last_line - 1] = damaged
        return "\n".join(lines)


def expected_lines(block: Block) -> Iterator[int]:
    """The page lines on which a block says what is printed."""
    if block.language == "output":
        yield from range(block.text_line, block.last_line)
    elif block.language == "console":
        for command in read_console(block.text, block.text_line):
            for said in command.all_said:
                yield from range(said.line, said.line + said.output.count("\n"))


def arguments(source: str) -> Iterator[tuple[int, int]]:
    """Where the literals of a command line begin and end."""
    outer: list[str] = []
    command = ""
    for found in _WORD.finditer(source):
        word = found["word"]
        if found["opening"]:
            outer, command = [*outer, command], ""
        elif found["closing"]:
            *outer, command = outer or [""]
        elif found["separator"]:
            command = ""
        elif word and command == "for":
            command = "for NAME"
        elif word and command == "for NAME":
            command = "for NAME in"
        elif word and (named := (_OPTION if command else _ASSIGNMENT).match(word)):
            if named.end() < len(word):
                yield found.start() + named.end(), found.end()
        elif word and not command:
            command = "" if word in _BEFORE_A_COMMAND else word
        elif word and f"{command} {word}" in help_texts():
            command = f"{command} {word}"
        elif word and not word.startswith("-"):
            yield found.span()


def damages(block: Block) -> Iterator[Damage]:
    """Every change to a block: to the lines that it expects, and to the literals of what it runs."""
    lines = block.text.split("\n")
    for number in expected_lines(block):
        place = number - block.text_line
        said = lines[place]
        for after in altered(said), None:
            text = "\n".join([*lines[:place], *([] if after is None else [after]), *lines[place + 1 :]])
            yield Damage("expected line", number, said, after or "(left out)", replace(block, text=text))
    if block.language == "console":
        yield from _damaged_commands(block)
    elif block.language == "quiz":
        yield from _damaged_quiz(block)
    elif block.language == "python":
        source = Source("", block.text)
        for mutant in source.mutants:
            if mutant.operator == "constant":
                changed = replace(block, text=source.text(mutant))
                yield Damage("literal", block.text_line + mutant.line - 1, mutant.before, mutant.after, changed)


def _damaged_commands(block: Block) -> Iterator[Damage]:
    lines = block.text.split("\n")
    for command in read_console(block.text, block.text_line):
        first = command.line - block.text_line
        for start, end in arguments(command.source):
            word = command.source[start:end]
            # Names of variables are none of the literals: they are hidden while a letter is changed.
            hidden = _VARIABLE.sub("\0", word)
            if not any(map(str.isalnum, hidden)):
                continue
            names = iter(_VARIABLE.findall(word))
            after = re.sub("\0", lambda _, names=names: next(names), altered(hidden))  # type: ignore[misc]
            source = command.source[:start] + after + command.source[end:]
            typed = ["> " + line for line in source.split("\n")]
            typed[0] = "$" + typed[0][1:]
            text = "\n".join([*lines[:first], *typed, *lines[first + len(typed) :]])
            line = command.line + command.source.count("\n", 0, start)
            yield Damage("literal", line, word, after, replace(block, text=text))


def _damaged_quiz(block: Block) -> Iterator[Damage]:
    quiz = read_quiz(block.text, block.text_line)
    if quiz.code is None:
        return

    def changed(line: int, lines: list[str], new: list[str]) -> Block:
        text, place = block.text.split("\n"), line - block.text_line
        text[place : place + len(lines)] = new
        return replace(block, text="\n".join(text))

    code = quiz.code.text.split("\n")
    for damage in damages(quiz.code):
        yield replace(damage, block=changed(quiz.code.text_line, code, damage.block.text.split("\n")))
    said = quiz.right.text.split("\n") if quiz.right.text else []
    for place, line in enumerate(said):
        for after in altered(line), None:
            text = [*said[:place], *([] if after is None else [after]), *said[place + 1 :]]
            right = replace(quiz.right, text="\n".join(text))
            damaged = changed(quiz.right.line, quiz.right.written, right.written)
            yield Damage("expected line", quiz.right.line + place, line, after or "(left out)", damaged)

"""Nondeterministic automata, by Ken Thompson's construction (1968).

An automaton is written down as code. An instruction says where to go on, and on what: on a character, on a condition,
or in any case; where it names several places, the automaton goes to all of them. Jumps are relative, so that the code
of a part of an expression becomes a part of the code of the whole, as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import TypeAlias

from ..model.value import Value
from .characters import Ranges, folded

MOST_INSTRUCTIONS = 20_000  # and ranges in them, or characters of an expression: a fraction of a second. Go: millions

Condition: TypeAlias = Callable[[str, str], bool]  # of the kinds of the characters before and after a place
Edge: TypeAlias = tuple[Ranges | Condition | None, int]  # on which character or condition, if any, to go on, and where
Instruction: TypeAlias = tuple[Edge, ...]  # where to is counted from the instruction itself


class RegexpLimit(Exception):
    """Something that Go can do and this package cannot. `str(limit)` names it."""


TOO_LARGE = "a regular expression of that size"


def kind_of(char: str) -> str:
    """What a condition sees of a neighbour: `word` is a word's character as Go has it, `letter` one in POSIX only."""
    if char == "_" or char.isalnum():
        return "word" if char.isascii() else "letter"
    return {"": "edge", "\n": "newline"}.get(char, "other")


ASSERTIONS: dict[str, Condition] = {
    "text begins": lambda before, after: before == "edge",
    "text ends": lambda before, after: after == "edge",
    "line begins": lambda before, after: before in ("edge", "newline"),
    "line ends": lambda before, after: after in ("edge", "newline"),
    "word boundary": lambda before, after: (before == "word") != (after == "word"),
    "no word boundary": lambda before, after: (before == "word") == (after == "word"),
    "no word before": lambda before, after: before not in ("word", "letter"),  # this one and the next are grep's -w
    "no word after": lambda before, after: after not in ("word", "letter"),
}


class Fragment(Value):
    """The automaton of an expression or of a part of one: it is entered at the first instruction, left behind the last.

    `copies` is how many times, in all, the innermost of repeats within repeats is written out. Go limits that.
    """

    code: tuple[Instruction, ...] = ()
    copies: int = 1


def read(ranges: Ranges) -> Fragment:
    """One character out of some ranges."""
    return Fragment((((ranges, 1),),))


def at(place: str) -> Fragment:
    """No character, at a place between two that `ASSERTIONS` knows."""
    return Fragment((((ASSERTIONS[place], 1),),))


def fork(*offsets: int) -> Instruction:
    """The instruction to go on at several places. A fork to one place is a jump."""
    return tuple((None, offset) for offset in offsets)


def sequence(parts: list[Fragment]) -> Fragment:
    """One after the other."""
    if len(parts) == 1:
        return parts[0]
    code = tuple(chain.from_iterable(part.code for part in parts))
    return Fragment(code, max((part.copies for part in parts), default=1))


def choice(branches: list[Fragment]) -> Fragment:
    """One or another: a fork to each branch, with a jump to the end behind each."""
    if len(branches) == 1:
        return branches[0]
    starts, code = list[int](), list[Instruction]()
    end = sum(len(branch.code) + 1 for branch in branches)
    for branch in branches:
        starts.append(1 + len(code))
        code += branch.code
        code.append(fork(end - len(code)))
    return Fragment((fork(*starts), *code), max(branch.copies for branch in branches))


def repetition(part: Fragment, low: int, high: int | None) -> Fragment:
    """A part several times: at least `low`, at most `high` or, if that is None, without limit. Raises `RegexpLimit`."""
    size = len(part.code) + 1
    if size * max(low, high or 0) > MOST_INSTRUCTIONS:
        raise RegexpLimit(TOO_LARGE)
    code = part.code * low
    if high is None:
        code += fork(1, size + 1), *part.code, fork(-size)
    else:  # each of the others may be the last
        code += tuple(each for left in range(high - low, 0, -1) for each in (fork(1, left * size), *part.code))
    return Fragment(code, copies(part, low, high))


def copies(part: Fragment, low: int, high: int | None) -> int:
    """How many times the innermost part of a repetition is written out; Go counts none in what is never there."""
    return 0 if high == 0 else part.copies * max(1, low if high is None else high)


class Builder:
    """Puts an automaton together while an expression is read.

    Open groups are on a stack, so that however deep they are, Python's own is not used up. Whatever appends something raises `RegexpLimit` when there is too much.
    """

    def __init__(self, flags: frozenset[str] = frozenset()) -> None:
        self.flags = flags  # `i`: in any case
        self.groups: list[list[list[Fragment]]] = [[[]]]  # of each the branches, of which the parts
        self._outer_flags: list[frozenset[str]] = []
        self._size = 0  # of all fragments on the stack, and of the ranges in them

    @property
    def parts(self) -> list[Fragment]:
        """The parts, so far, of the last branch of the open group."""
        return self.groups[-1][-1]

    def put(self, fragment: Fragment, replaced: Iterable[Fragment] = ()) -> None:
        """Append a fragment to the open group, in place of those of which it was made."""
        self._size += len(fragment.code) - sum(len(each.code) for each in replaced)
        if self._size > MOST_INSTRUCTIONS:
            raise RegexpLimit(TOO_LARGE)
        self.parts.append(fragment)

    def read(self, ranges: Ranges) -> None:
        """Append a character out of some ranges."""
        self._size += len(ranges) - 1
        self.put(read(ranges))

    def literal(self, char: str) -> None:
        """Append a character, in any case if flags say so."""
        self.read(self.fold(((ord(char), ord(char)),)))

    def fold(self, ranges: Ranges) -> Ranges:
        """Ranges with the other cases of their letters, if flags say so."""
        return folded(ranges) if "i" in self.flags else ranges

    def repeat(self, low: int, high: int | None) -> None:
        """Repeat the last part of the open group, which must have one."""
        part = self.parts.pop()
        self.put(repetition(part, low, high), [part])

    def bar(self) -> None:
        """Begin another branch of the open group."""
        self.groups[-1].append([])

    def open(self, outer_flags: frozenset[str]) -> None:
        """Open a group, at whose end these flags come back."""
        self.groups.append([[]])
        self._outer_flags.append(outer_flags)

    def close(self) -> None:
        """Close the open group, which becomes a part of the one around."""
        group, self.flags = self.groups.pop(), self._outer_flags.pop()
        self.put(choice(list(map(sequence, group))), chain.from_iterable(group))

    def fragment(self) -> Fragment:
        """The automaton of everything, once no group is open."""
        return choice(list(map(sequence, self.groups[0])))

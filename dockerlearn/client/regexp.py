r"""Regular expressions with the syntax and meaning of Go's `regexp` (RE2), in time proportional to the text.

    expression  :=  branch { "|" branch }
    branch      :=  { atom [ repeat ] }
    repeat      :=  ( "*" | "+" | "?" | "{" n "}" | "{" n ",}" | "{" n "," m "}" ) [ "?" ]         n, m: at most 1000
    atom        :=  character | "." | class | assertion | escape | group | flags
    group       :=  "(" [ "?P<" name ">" | "?" [ set ] ":" ] expression ")"
    flags       :=  "(?" set ")"                                           they hold up to the end of the group around
    set         :=  { "i" | "m" | "s" | "U" } [ "-" ( "i" | "m" | "s" | "U" ) { "i" | "m" | "s" | "U" } ]
    class       :=  "[" [ "^" ] { character [ "-" character ] | "[:" [ "^" ] name ":]" | escape } "]"
    assertion   :=  "^" | "$" | \A | \z | \b | \B
    escape      :=  \d \s \w \D \S \W  |  \pN \p{Name} \PN \P{Name}  |  \Q...\E
                 |  \a \f \n \r \t \v  |  \123  |  \x7F  |  \x{10FFFF}  |  \ punctuation

There are three steps. The parser makes a program out of an expression (Thompson's construction, 1968): one instruction for
each character, and forks. The program is a nondeterministic automaton: at a fork it goes both ways. So what is run is a
deterministic automaton, each of whose states is a set of places in the program; states are made when the text first needs
them, and kept. Nothing is ever tried twice, unlike in Perl or Python, where `(a+)+b` takes twice as long for each further
`a`; the price is that there are neither back references nor look-around, and Go has none either.

Errors are worded as in Go 1.19. Russ Cox explains it all: https://swtch.com/~rsc/regexp/
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import TypeAlias

from ..model.value import Value
from .characters import LAST, NOT_NEWLINE, PERL, POSIX, SCRIPTS, Ranges, categories, contains, folded, inverted, merged

MOST_REPEATS = 1000  # Go's limit, of a repeat and of repeats within repeats
MOST_NESTED = 999  # Go's limit, of groups within one another
MOST_INSTRUCTIONS = 20_000  # with all ranges, and characters of an expression: a fraction of a second. Go: millions
MOST_STATES = 2_000  # of an automaton, before all are forgotten: a few megabytes
MOST_STEPS = 5_000_000  # of all searches: below a second. A step reads a character of the text
STEPS_PER_EDGE = 10  # to follow an edge of the program, when a state is made, takes about as long as to read ten

Condition: TypeAlias = Callable[[str, str], bool]  # of the kinds of the characters before and after a place
Edge: TypeAlias = tuple[Ranges | Condition | None, int]  # on which character or condition, if any, to go on, and where
Instruction: TypeAlias = tuple[Edge, ...]  # where to is counted from the instruction itself
Graph: TypeAlias = list[list[Edge]]  # all edges from each place of a program, to places counted from its beginning


TOO_LARGE, TOO_LONG = "a regular expression of that size", "a search as long as that for a regular expression"


class RegexpError(Exception):
    """A text that Go does not take for a regular expression: the problem in Go's words, and the part that has it."""

    def __init__(self, problem: str, part: str) -> None:
        super().__init__(f"error parsing regexp: {problem}: `{part}`")
        self.problem, self.part = problem, part


class RegexpLimit(Exception):
    """Something that Go can do and this module cannot. `str(limit)` names it."""


# Programs


def kind_of(char: str) -> str:
    """What an assertion sees in the neighbour of a place: a `word` is Go's, a `letter` belongs to words in POSIX only."""
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


class Program(Value):
    """What matches a part of an expression: it is entered at its first instruction, and left behind its last one.

    Jumps are relative, so that programs are put together without changing them. `copies` is how many times, in all, the
    innermost of repeats within repeats is written out, which Go limits.
    """

    code: tuple[Instruction, ...] = ()
    copies: int = 1


def read(ranges: Ranges) -> Program:
    """One character out of some ranges."""
    return Program((((ranges, 1),),))


def at(place: str) -> Program:
    """No character, at a place between two that `ASSERTIONS` knows."""
    return Program((((ASSERTIONS[place], 1),),))


def fork(*offsets: int) -> Instruction:
    """The instruction to go on at several places. A fork to one place is a jump."""
    return tuple((None, offset) for offset in offsets)


def sequence(parts: list[Program]) -> Program:
    """One after the other."""
    if len(parts) == 1:
        return parts[0]
    code = tuple(chain.from_iterable(part.code for part in parts))
    return Program(code, max((part.copies for part in parts), default=1))


def choice(branches: list[Program]) -> Program:
    """One or another: a fork to each branch, with a jump to the end behind each."""
    if len(branches) == 1:
        return branches[0]
    starts, code = list[int](), list[Instruction]()
    end = sum(len(branch.code) + 1 for branch in branches)
    for branch in branches:
        starts.append(1 + len(code))
        code += branch.code
        code.append(fork(end - len(code)))
    return Program((fork(*starts), *code), max(branch.copies for branch in branches))


def repetition(part: Program, low: int, high: int | None) -> Program:
    """A part several times: at least `low`, at most `high` or, if that is None, without limit. Raises `RegexpLimit`."""
    size = len(part.code) + 1
    if size * max(low, high or 0) > MOST_INSTRUCTIONS:
        raise RegexpLimit(TOO_LARGE)
    code = part.code * low
    if high is None:
        code += fork(1, size + 1), *part.code, fork(-size)
    else:  # each of the others may be the last
        code += tuple(each for left in range(high - low, 0, -1) for each in (fork(1, left * size), *part.code))
    return Program(code, 0 if high == 0 else part.copies * max(1, low if high is None else high))


# The parser


class Group:
    """What was read of a group that is still open: whole branches, and the parts of the last one."""

    def __init__(self, outer_flags: frozenset[str]) -> None:
        self.outer_flags = outer_flags
        self.branches: list[Program] = []
        self.parts: list[Program] = []

    def program(self) -> Program:
        """All that stands in the group."""
        return choice([*self.branches, sequence(self.parts)])


REPEAT = r"([*+?])|\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}"
SIGNS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
FLAGS = r"\(\?([imsU]*)(-[imsU]+)?([:)])"
PERL_CLASS, CATEGORY = r"\\([dDsSwW])", r"\{(\^?)([^}]*)\}|([^{]|\Z)"
CONTROLS = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
NUMBER = r"\\(?:(0[0-7]{0,2}|[1-7][0-7]{1,2})|x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]+)\})"
# What is no such thing, up to the character that Go stumbles over.
NO_FLAGS = r"\(\?[imsU]*(?:-[imsU]*)?[\s\S]?"
NO_NUMBER = r"\\(?:x\{0*(?:10[0-9A-Fa-f]{4}|[0-9A-Fa-f]{0,5})|x[^{]|)[\s\S]?"
PLACES = {"A": "text begins", "z": "text ends", "b": "word boundary", "B": "no word boundary"}


class Parser:
    """Reads an expression from left to right. Open groups are on a stack, so that nesting takes none of Python's."""

    def __init__(self, text: str) -> None:
        self.text, self.place = text, 0
        self.flags = frozenset[str]()
        self.groups = [Group(self.flags)]
        self.size = 0  # of all programs on the stack, and of the ranges in them

    def program(self) -> Program:
        """The program of the whole text. Raises `RegexpError`, and `RegexpLimit` for what would be too large."""
        if len(self.text) > MOST_INSTRUCTIONS:
            raise RegexpLimit(TOO_LARGE)
        previous: int | None = None  # where the repeat begins that was read last, if nothing was read since
        while (start := self.place) < len(self.text):
            if found := self._read(REPEAT):
                self._repeat(found, previous)
                previous = start
            else:
                self._item()
                previous = None
        if len(self.groups) > 1:
            raise RegexpError("missing closing )", self.text)
        return self.groups[0].program()

    def _read(self, pattern: str) -> re.Match[str] | None:
        """What matches a pattern here; it counts as read. The pattern is one of ours, which takes linear time."""
        if found := re.compile(pattern).match(self.text, self.place):
            self.place = found.end()
        return found

    def _error(self, problem: str, start: int) -> RegexpError:
        """What is wrong with all that was read from some place on."""
        return RegexpError(problem, self.text[start : self.place])

    def _put(self, program: Program, replaced: Iterable[Program] = ()) -> None:
        self.size += len(program.code) - sum(len(each.code) for each in replaced)
        if self.size > MOST_INSTRUCTIONS:
            raise RegexpLimit(TOO_LARGE)
        self.groups[-1].parts.append(program)

    def _chars(self, ranges: Ranges) -> None:
        self.size += len(ranges) - 1
        self._put(read(ranges))

    def _literal(self, code: int) -> None:
        self._chars(self._fold(((code, code),)))

    def _fold(self, ranges: Ranges) -> Ranges:
        return folded(ranges) if "i" in self.flags else ranges

    def _repeat(self, found: re.Match[str], previous: int | None) -> None:
        start, (sign, least, comma, most) = found.start(), found.groups()
        if sign:
            low, high = SIGNS[sign]
        else:
            low = int(least[:9])
            high = int(most[:9]) if most else None if comma else low
            if max(low, high or 0) > MOST_REPEATS or (high is not None and high < low):
                raise self._error("invalid repeat count", start)
        self._read(r"\?")  # as few as possible: whether there is a match is the same
        if previous is not None:
            raise self._error("invalid nested repetition operator", previous)
        if not self.groups[-1].parts:
            raise self._error("missing argument to repetition operator", start)
        part = self.groups[-1].parts.pop()
        program = repetition(part, low, high)
        if program.copies > MOST_REPEATS:
            raise self._error("invalid repeat count", start)
        self._put(program, [part])

    def _item(self) -> None:
        """Read anything but a repeat."""
        if found := self._read(r"[^()[\\|.^$]"):
            self._literal(ord(found[0]))
        elif self.text.startswith("(", self.place):
            self._open()
        elif self.text.startswith("[", self.place):
            self._chars(self._class())
        elif self._read(r"\)"):
            self._close()
        elif self._read(r"\|"):
            group = self.groups[-1]
            group.branches.append(sequence(group.parts))
            group.parts = []
        elif self._read(r"\."):
            self._chars(((0, LAST),) if "s" in self.flags else NOT_NEWLINE)
        elif found := self._read(r"[\^$]"):
            self._put(at(f"{'line' if 'm' in self.flags else 'text'} {'begins' if found[0] == '^' else 'ends'}"))
        elif found := self._read(r"\\([AzbB])"):
            self._put(at(PLACES[found[1]]))
        elif self._read(r"\\Q"):
            while self.place < len(self.text) and not self._read(r"\\E"):
                self._literal(ord(self.text[self.place]))
                self.place += 1
        elif (ranges := self._named_class()) is not None:
            self._chars(ranges)
        else:
            self._literal(self._character())

    def _open(self) -> None:
        """Open a group, or read flags for the rest of the group around."""
        start, outer = self.place, self.flags
        if self._read(r"\(\?P<(?=[\s\S])"):
            if not self._read("[0-9A-Za-z_]+>"):
                self._read("[^>]*>?")
                raise self._error("invalid named capture", start)
        elif found := self._read(FLAGS):
            self.flags = (outer | set(found[1])) - set(found[2] or "")
            if found[3] == ")":
                return
        elif self._read(r"\((?!\?)") is None:
            self._read(NO_FLAGS)
            raise self._error("invalid or unsupported Perl syntax", start)
        self.groups.append(Group(outer))

    def _close(self) -> None:
        if len(self.groups) == 1:
            raise RegexpError("unexpected )", self.text)
        if len(self.groups) > MOST_NESTED + 1:
            raise RegexpError("expression nests too deeply", self.text)
        group = self.groups.pop()
        self.flags = group.outer_flags
        self._put(group.program(), group.branches + group.parts)

    def _named_class(self) -> Ranges | None:
        r"""The ranges of \d, \pL and their like, if that is what stands here."""
        start = self.place
        if found := self._read(PERL_CLASS):
            ranges, negated = PERL[found[1].lower()], found[1].isupper()
        elif found := self._read(r"\\([pP])"):
            upper, found = found[1] == "P", self._read(CATEGORY) or self._read(r"[\s\S]*()()")
            name = found[found.lastindex or 0] if found else ""
            if name in SCRIPTS.split():
                raise RegexpLimit(f"the script {name} of a regular expression")
            if name not in categories():
                raise self._error("invalid character class range", start)
            ranges, negated = categories()[name], upper != bool(found and found[1])
        else:
            return None
        return inverted(self._fold(ranges)) if negated else self._fold(ranges)

    def _character(self) -> int:
        """The code point of a character, which may be written with a backslash."""
        start, sign = self.place, self.text[self.place]
        letter = self.text[start + 1 : start + 2]
        if found := self._read(NUMBER):
            code = int(found[1], 8) if found[1] else int(found[2] or found[3], 16)
            if code <= LAST:
                return code
            self.place = start
        elif sign != "\\" or re.match(r"[afnrtv]|[^0-9A-Za-z\x80-\U0010ffff]", letter):
            self.place += 1 if sign != "\\" else 2
            return ord(sign) if sign != "\\" else CONTROLS.get(letter, ord(letter))
        elif not letter:
            raise RegexpError("trailing backslash at end of expression", "")
        self._read(NO_NUMBER)
        raise self._error("invalid escape sequence", start)

    def _class(self) -> Ranges:
        """The ranges of what stands between brackets."""
        start, ranges = self.place, set[tuple[int, int]]()
        negated = self._read(r"\[\^")
        first = self.place = start + (2 if negated else 1)
        while self.place == first or not self.text.startswith("]", self.place):
            if self.place >= len(self.text):
                raise self._error("missing closing ]", start)
            ranges |= set(self._class_item())
        self.place += 1
        return inverted(merged(ranges)) if negated else merged(ranges)

    def _class_item(self) -> Ranges:
        """A named class, a character, or a range of them."""
        start = self.place
        if self.text.startswith("[:", start) and (end := self.text.find(":]", start + 2)) >= 0:
            self.place = end + 2
            name = self.text[start + 2 : end]
            if name.removeprefix("^") not in POSIX:
                raise self._error("invalid character class range", start)
            ranges = self._fold(POSIX[name.removeprefix("^")])
            return inverted(ranges) if name.startswith("^") else ranges
        if (named := self._named_class()) is not None:
            return named
        low = high = self._character()
        if self._read(r"-(?=[^\]])"):
            high = self._character()
        if high < low:
            raise self._error("invalid character class range", start)
        return self._fold(((low, high),))


# Automata


def backwards(graph: Graph) -> Graph:
    """The same edges the other way round, for a text that is read from its end."""

    def mirrored(condition: Condition) -> Condition:
        return lambda before, after: condition(after, before)

    edges: Graph = [[] for _ in graph]
    for place, leaving in enumerate(graph):
        for label, target in leaving:
            edges[target].append((mirrored(label) if callable(label) else label, place))
    return edges


class Alphabet(dict[int, int]):
    """For `str.translate`: one character for all those that no part of a program tells apart. So states have few ways out."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        distinct = {id(label): label for edges in graph for label, _ in edges if isinstance(label, tuple)}
        bounds = {bound for ranges in distinct.values() for low, high in ranges for bound in (low, high + 1)}
        self._bounds = sorted(bounds)
        self._first: dict[tuple[int, str], int] = {}

    def __missing__(self, code: int) -> int:
        alike = bisect_right(self._bounds, code), kind_of(chr(code))
        self[code] = first = self._first.setdefault(alike, code)
        return first


class State(dict[str, "State"]):
    """A state of a deterministic automaton: where the program may be, before it looks at the next character.

    It is a dictionary of the states that follow, by character, `""` being the end of the text. They are made when they are
    first asked for.
    """

    __slots__ = ("_automaton", "_reached", "before", "found", "places")

    def __init__(self, automaton: Automaton, places: frozenset[int], before: str, found: bool) -> None:
        super().__init__()
        self._automaton, self.places, self.before = automaton, places, before
        self.found = found  # whether the program had come to its end before the last character
        self._reached: dict[str, frozenset[int]] = {}

    def __missing__(self, char: str) -> State:
        reached, graph = self.reached(char), self._automaton.graph
        edges = [edge for place in reached for edge in graph[place]] if char else []
        places = {target for label, target in edges if isinstance(label, tuple) and contains(label, ord(char))}
        self[char] = following = self._automaton.state(places, char, reached)
        return following

    def reached(self, char: str) -> frozenset[int]:
        """Where the program gets without reading on, if this is the next character."""
        if char not in self._reached:
            found, waiting, followed, after = set(self.places), list(self.places), 0, kind_of(char)
            while waiting:
                edges = self._automaton.graph[waiting.pop()]
                followed += 1 + len(edges)
                for label, target in edges:
                    if target not in found and (label is None or (callable(label) and label(self.before, after))):
                        found.add(target)
                        waiting.append(target)
            self._automaton.spend(STEPS_PER_EDGE * followed)
            self._reached[char] = frozenset(found)
        return self._reached[char]


class Automaton:
    """A deterministic automaton, made of a graph while it runs.

    An anchored one begins at the first character only, the others begin anew at each.
    """

    def __init__(
        self, graph: Graph, start: int, end: int, spend: Callable[[int], None], anchored: bool = False
    ) -> None:
        self.graph, self.spend = graph, spend
        self._start, self._end, self._anchored = start, end, anchored
        self._states: dict[tuple[frozenset[int], str, bool], State] = {}

    def first(self, before: str = "") -> State:
        """The state in which it begins, behind this character, or at the edge of the text."""
        return self.state({self._start}, before, frozenset())

    def state(self, places: set[int], before: str, reached: frozenset[int]) -> State:
        """The state for some places in the program, behind a character before which other places were reached."""
        self.spend(STEPS_PER_EDGE * len(reached))
        places = places if self._anchored else places | {self._start}
        key = frozenset(places), kind_of(before), self._end in reached
        if key not in self._states:
            if len(self._states) >= MOST_STATES:
                self._states.clear()
            self._states[key] = State(self, *key)
        return self._states[key]


class Regexp:
    """A regular expression of Go's, or a program of any other origin."""

    def __init__(self, expression: str | Program) -> None:
        """Raises `RegexpError` for what is none, `RegexpLimit` for one that is not known here."""
        code = (Parser(expression).program() if isinstance(expression, str) else expression).code
        self.steps = 0  # of all searches so far
        self._end = len(code)
        self._graph: Graph = [[(label, place + to) for label, to in edges] for place, edges in enumerate((*code, ()))]
        self._alphabet = Alphabet(self._graph)
        self._forwards = Automaton(self._graph, 0, self._end, self._spend)

    @cached_property
    def _anchored(self) -> Automaton:
        return Automaton(self._graph, 0, self._end, self._spend, anchored=True)

    @cached_property
    def _backwards(self) -> Automaton:
        return Automaton(backwards(self._graph), self._end, 0, self._spend)

    def _spend(self, steps: int) -> None:
        self.steps += steps
        if self.steps > MOST_STEPS:
            raise RegexpLimit(TOO_LONG)

    def search(self, text: str) -> bool:
        """Whether a text has a match anywhere. Raises `RegexpLimit` when all searches together take too long."""
        self._spend(len(text))
        state = self._forwards.first()
        for char in text.translate(self._alphabet):
            state = state[char]
            if state.found:
                return True
        return state[""].found

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where matches begin and end: of those that overlap the leftmost, and of these the longest. Raises as `search`.

        One automaton reads the text from its end, and tells from which places of the program that end can be reached: they
        are live. So another one, from left to right, knows where to start and when to stop. Nothing is read three times.
        """
        text = text.translate(self._alphabet)
        live, end = self._live(text), -1
        for start in range(len(text) + 1):
            if start < end or 0 not in live[start]:
                continue
            self._spend(5 * STEPS_PER_EDGE)
            state, previous, end = self._anchored.first(text[start - 1 : start]), end, start
            while end < len(text) and not (state := state[text[end]]).places.isdisjoint(live[end + 1]):
                self._spend(len(state.places))
                end += 1
            if start < end or start > previous:  # as in Go, no empty match touches the one before
                yield start, end

    def _live(self, text: str) -> list[frozenset[int]]:
        """For each place between the characters of a text, the places of the program from which its end can be reached."""
        self._spend(STEPS_PER_EDGE * len(text))
        state, live = self._backwards.first(), list[frozenset[int]]()
        for char in reversed(text):
            live.append(state.reached(char))
            state = state[char]
        return [state.reached(""), *reversed(live)]

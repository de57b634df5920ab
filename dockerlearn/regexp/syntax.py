r"""The syntax of Go's regular expressions, and Go's words for what is wrong with one.

    expression  :=  branch { "|" branch }
    branch      :=  { atom [ repeat ] }
    repeat      :=  ( "*" | "+" | "?" | "{" n "}" | "{" n ",}" | "{" n "," m "}" ) [ "?" ]         n, m: at most 1000
    atom        :=  character | "." | class | assertion | escape | group | flags
    group       :=  "(" [ "?" [ "P" ] "<" name ">" | "?" [ set ] ":" ] expression ")"
    flags       :=  "(?" set ")"                                           they hold up to the end of the group around
    set         :=  { "i" | "m" | "s" | "U" } [ "-" ( "i" | "m" | "s" | "U" ) { "i" | "m" | "s" | "U" } ]
    class       :=  "[" [ "^" ] { character [ "-" character ] | "[:" [ "^" ] name ":]" | escape } "]"
    assertion   :=  "^" | "$" | \A | \z | \b | \B
    escape      :=  \d \s \w \D \S \W  |  \pN \p{Name} \PN \P{Name}  |  \Q...\E
                 |  \a \f \n \r \t \v  |  \123  |  \x7F  |  \x{10FFFF}  |  \ punctuation

Flags: with `i` case does not count; with `m`, `^` and `$` are the ends of lines; with `s`, `.` is a line's end too;
`U` swaps `*` and `*?`, which makes no difference to whether there is a match. It is the syntax of Go 1.24, which Engine
28 is built with; the words are those of Go 1.19, which knows no `(?<name>` yet.
"""

from __future__ import annotations

import re

from .characters import LAST, NOT_NEWLINE, PERL, POSIX, SCRIPTS, Ranges, categories, inverted, merged
from .nfa import MOST_INSTRUCTIONS, TOO_LARGE, Builder, Fragment, RegexpLimit, at, copies

MOST_REPEATS = 1000  # Go's limit, of a repeat and of repeats within repeats
MOST_NESTED = 999  # Go's limit, of groups within one another


class RegexpError(Exception):
    """A text that Go does not take for a regular expression: the problem in Go's words, and the part that has it."""

    def __init__(self, problem: str, part: str) -> None:
        super().__init__(f"error parsing regexp: {problem}: `{part}`")
        self.problem, self.part = problem, part


REPEAT = r"([*+?])|\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}"
SIGNS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
GROUP = r"\((?:\?P?<[0-9A-Za-z_]+>|(?!\?))"
FLAGS = r"\(\?([imsU]*)(-[imsU]+)?([:)])"
PERL_CLASS, CATEGORY = r"\\([dDsSwW])", r"\\([pP])(?:\{(\^?)([^}]*)\}|([^{]|\Z))"
CONTROLS = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
NUMBER = r"\\(?:(0[0-7]{0,2}|[1-7][0-7]{1,2})|x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]+)\})"
# What is no such thing, up to the character that Go stumbles over.
NO_NAME = r"\(\?P<(?![0-9A-Za-z_]+>)(?:[^>]+>?|>)"
NO_FLAGS = r"\(\?[imsU]*(?:-[imsU]*)?[\s\S]?"
NO_NUMBER = r"\\(?:x\{0*(?:10[0-9A-Fa-f]{4}|[0-9A-Fa-f]{0,5})|x[^{]|)[\s\S]?"
PLACES = {"A": "text begins", "z": "text ends", "b": "word boundary", "B": "no word boundary"}


class ExpressionParser(Builder):
    """Reads an expression from left to right."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text, self.place = text, 0

    def parse(self) -> Fragment:
        """The automaton of the whole text. Raises `RegexpError`, and `RegexpLimit` for what is beyond this package."""
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
        return self.fragment()

    def _read(self, pattern: str) -> re.Match[str] | None:
        """What matches a pattern here; it counts as read. The pattern is one of ours, which takes linear time."""
        if found := re.compile(pattern).match(self.text, self.place):
            self.place = found.end()
        return found

    def _error(self, problem: str, start: int) -> RegexpError:
        """What is wrong with all that was read from some place on."""
        return RegexpError(problem, self.text[start : self.place])

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
        if not self.parts:
            raise self._error("missing argument to repetition operator", start)
        if copies(self.parts[-1], low, high) > MOST_REPEATS:
            raise self._error("invalid repeat count", start)
        self.repeat(low, high)

    def _item(self) -> None:
        """Read anything but a repeat."""
        if found := self._read(r"[^()[\\|.^$]"):
            self.literal(found[0])
        elif self.text.startswith("(", self.place):
            self._open()
        elif self.text.startswith("[", self.place):
            self.read(self._class())
        elif self._read(r"\)"):
            self._close()
        elif self._read(r"\|"):
            self.bar()
        elif self._read(r"\."):
            self.read(((0, LAST),) if "s" in self.flags else NOT_NEWLINE)
        elif found := self._read(r"[\^$]"):
            self.put(at(f"{'line' if 'm' in self.flags else 'text'} {'begins' if found[0] == '^' else 'ends'}"))
        elif found := self._read(r"\\([AzbB])"):
            self.put(at(PLACES[found[1]]))
        elif self._read(r"\\Q"):
            while self.place < len(self.text) and not self._read(r"\\E"):
                self.literal(self.text[self.place])
                self.place += 1
        elif (ranges := self._named_class()) is not None:
            self.read(ranges)
        else:
            self.literal(chr(self._character()))

    def _open(self) -> None:
        """Open a group, or read flags for the rest of the group around."""
        start, outer = self.place, self.flags
        if self._read(NO_NAME):
            raise self._error("invalid named capture", start)
        if found := self._read(FLAGS):
            self.flags = (outer | set(found[1])) - set(found[2] or "")
            if found[3] == ")":
                return
        elif not self._read(GROUP):
            self._read(NO_FLAGS)
            raise self._error("invalid or unsupported Perl syntax", start)
        self.open(outer)

    def _close(self) -> None:
        if len(self.groups) == 1:
            raise RegexpError("unexpected )", self.text)
        if len(self.groups) > MOST_NESTED + 1:
            raise RegexpError("expression nests too deeply", self.text)
        self.close()

    def _named_class(self) -> Ranges | None:
        r"""The ranges of \d, \pL and their like, if that is what stands here."""
        start = self.place
        if found := self._read(PERL_CLASS):
            ranges, negated = PERL[found[1].lower()], found[1].isupper()
        elif found := self._read(CATEGORY):
            name = found[3] or found[4]
            if name in SCRIPTS.split():
                raise RegexpLimit(f"the script {name} of a regular expression")
            if name not in categories():
                raise self._error("invalid character class range", start)
            ranges, negated = categories()[name], (found[1] == "P") != bool(found[2])
        elif self._read(r"\\[pP][\s\S]*"):
            raise self._error("invalid character class range", start)
        else:
            return None
        return inverted(self.fold(ranges)) if negated else self.fold(ranges)

    def _character(self) -> int:
        """The code point of a character, which may be written with a backslash."""
        start = self.place
        sign, letter = self.text[start], self.text[start + 1 : start + 2]
        self.place += 1
        if sign != "\\":
            return ord(sign)
        if not letter:
            raise RegexpError("trailing backslash at end of expression", "")
        self.place += 1
        if letter in CONTROLS or (letter.isascii() and not letter.isalnum()):
            return CONTROLS.get(letter, ord(letter))
        self.place = start
        if found := self._read(NUMBER):
            code = int(found[1], 8) if found[1] else int(found[2] or found[3], 16)
            if code <= LAST:
                return code
            self.place = start
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
            ranges = self.fold(POSIX[name.removeprefix("^")])
            return inverted(ranges) if name.startswith("^") else ranges
        if (named := self._named_class()) is not None:
            return named
        low = high = self._character()
        if self._read(r"-(?=[^\]])"):
            high = self._character()
        if high < low:
            raise self._error("invalid character class range", start)
        return self.fold(((low, high),))

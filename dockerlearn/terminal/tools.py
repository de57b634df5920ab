"""The text tools that examples pipe into, each with the few options that examples use.

What they print is what GNU coreutils, grep and bash print; in a container, refusals are worded as busybox words them.
`sort` knows one order only, that of the characters' numbers (`LC_ALL=C`): capitals before small letters. What is not
known here is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from ..model.process import Answer, Effect, Line, Program, Read, Sleep, err, out
from ..model.resources import Work
from ..model.value import Value
from .shell import Runner

if TYPE_CHECKING:
    from ..regexp.matcher import Regexp

LONGEST_SLEEP = 24 * 60 * 60
NO_ADDRESS = 3
MOST_NUMBERS = 10_000
LINE_CHARACTERS = 10  # whose work a line is beside its characters
MOST_ZEROS = 10_000_000

Options: TypeAlias = dict[str, str]  # the options that were given, by letter, with their values
# Of a port to a path: the page, or curl's exit status without one, or nothing while whoever should answer is paused.
Server: TypeAlias = Callable[[int, str], "str | int | None"]


class Tool(Value):
    """What a tool does, its options, and how many files it reads. To start it takes some `steps` of work.

    An option that has a value is followed by a colon; None leaves the words as they are. `toil` says how much work a
    character that it reads is, beside one that is only passed on.
    """

    run: Callable[[Options, list[str], Reader], Program]
    letters: str | None
    files: int = 0
    toil: int = 1
    steps: int = 5


class Unreadable(Value):
    """What the tools say of a file that is not there, and of a directory: a text by tool, `""` for all others."""

    missing: Mapping[str, str]
    directory: Mapping[str, str]


class Misuse(Exception):
    """A tool called in a way that it refuses; the text is without the tool's name."""


def unknown(what: str) -> Misuse:
    """The refusal of what the real tool can do."""
    return Misuse(f"{what} is something that dockerlearn does not know")


def commands(files: Mapping[str, str], server: Server, work: Work) -> dict[str, Runner]:
    """The tools of a terminal by name. They read `files`; `curl` gets its pages from `server`, `work` counts steps."""
    tools = {**TOOLS, "curl": Tool(partial(_curl, server), "s", steps=100)}
    return {name: partial(_run, name, tool, files, UNREADABLE, work) for name, tool in tools.items()}


def busybox_command(name: str, files: Mapping[str, str], work: Work) -> Runner | None:
    """The tool of that name as containers have it: what nobody pipes into it, it reads as it is typed."""
    tool = OF_BUSYBOX.get(name) or TOOLS.get(name)
    return None if tool is None else partial(_run, name, tool, files, UNREADABLE_IN_BUSYBOX, work, typed=True)


def _run(
    name: str,
    tool: Tool,
    files: Mapping[str, str],
    unreadable: Unreadable,
    work: Work,
    words: list[str],
    stdin: str | None,
    *,
    typed: bool = False,
) -> Program:
    work.spend(tool.steps)
    read = Reader(name, tool, files, unreadable, work, stdin, typed)
    return command(name, lambda options, operands: tool.run(options, operands, read), tool.letters, words)


class Reader:
    """Reads the text of files, or of standard input, for a tool, and counts its work.

    `stdin` is None where nothing is piped in; then it is read as it is `typed`, or is empty.
    """

    def __init__(
        self,
        name: str,
        tool: Tool,
        files: Mapping[str, str],
        unreadable: Unreadable,
        work: Work,
        stdin: str | None,
        typed: bool,
    ) -> None:
        self._name, self._tool, self._files, self._unreadable, self.work = name, tool, files, unreadable, work
        self._stdin, self._typed = stdin, typed

    def __call__(self, paths: list[str]) -> Generator[Effect, Answer, str]:
        """The text of all these, or of standard input if there are none. Raises `Misuse`."""
        if len(paths) > self._tool.files:
            raise unknown(f"a file after ‘{paths[self._tool.files - 1]}’")
        if self._stdin is None and self._typed and "-" in (paths or ["-"]):
            self._stdin = yield from _read_lines()
        text = ""
        for path in paths or ["-"]:
            try:
                text += (self._stdin or "") if path == "-" else self._files[path]
            except KeyError as absent:
                raise Misuse(_of(self._name, self._unreadable.missing).format(path)) from absent
            except IsADirectoryError as error:
                raise Misuse(_of(self._name, self._unreadable.directory).format(path)) from error
        self.work.spend(0, (len(text) + LINE_CHARACTERS * text.count("\n")) * self._tool.toil)
        return text


def _of(name: str, texts: Mapping[str, str]) -> str:
    """A tool's text, or that of all others."""
    return texts.get(name, texts[""])


def _read_lines() -> Generator[Effect, Answer, str]:
    """What is typed, up to the end of it."""
    text = ""
    while isinstance(line := (yield Read()), Line):
        text += f"{line.text}\n"
    return text


def command(name: str, run: Callable[[Options, list[str]], Program], letters: str | None, words: list[str]) -> Program:
    """A tool with its options taken apart; `letters` are as in a `Tool`."""
    try:
        return (yield from run(*_parsed(words, letters)))
    except Misuse as misuse:
        return (yield from err(f"{name}: {misuse}\n", 2 if name in ("curl", "grep", "sort") else 1))


def _parsed(words: list[str], letters: str | None) -> tuple[Options, list[str]]:
    if letters is None:
        return {}, words
    if "n:" in letters and words:  # head -3
        words = [re.sub("^-([0-9]+)$", r"-n\1", words[0]), *words[1:]]
    from getopt import GetoptError, gnu_getopt  # not at the top: most lines call none of these tools

    try:
        options, operands = gnu_getopt(words, letters)
    except GetoptError as error:
        raise unknown(f"{'-' if len(error.opt) == 1 else '--'}{error.opt}") from error
    if len(options) > len(dict(options)):
        raise unknown("an option given twice")
    return {option[1:]: value for option, value in options}, operands


def _curl(server: Server, options: Options, operands: list[str], _: Reader) -> Program:
    address = re.fullmatch(r"(?:http://)?(?:localhost|127\.0\.0\.1)(?::([0-9]{1,5}))?(/.*)?", "".join(operands[:1]))
    if "s" not in options or len(operands) != 1 or address is None:
        raise unknown("other than -s and one address of this machine")
    port = int(address[1] or 80)
    if port >= 2**16:
        return NO_ADDRESS
    page = server(port, address[2] or "/")
    while page is None:
        yield Sleep()
    return (yield from out(page)) if isinstance(page, str) else page


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _print(lines: Iterable[str], status: int = 0) -> Program:
    return out("".join(f"{line}\n" for line in lines), status)


def _cat(_: Options, operands: list[str], read: Reader) -> Program:
    status = 0
    for path in operands or ["-"]:
        try:
            yield from out((yield from read([path])))
        except Misuse as misuse:
            status = yield from err(f"cat: {misuse}\n", 1)
    return status


def _echo(_: Options, words: list[str], __: Reader) -> Program:
    end = "\n"
    while words and re.fullmatch("-[neE]+", words[0]):
        option, *words = words
        if option.strip("-n"):
            raise unknown(option)
        end = ""
    return out(" ".join(words) + end)


def _seq(_: Options, words: list[str], read: Reader) -> Program:
    numbers = [int(word) for word in words if re.fullmatch("[-+]?[0-9]{1,9}", word)]
    first, *middle, last = [1, 1, *numbers][-max(2, len(numbers)) :]
    step = middle[0] if middle else 1
    wanted = range(first, last + (1 if step > 0 else -1), step or 1)
    if not 1 <= len(numbers) == len(words) <= 3 or not step or len(wanted) > MOST_NUMBERS:
        raise unknown(f"to count as in ‘{' '.join(words)}’")
    read.work.spend(len(wanted) // 10)
    return _print(map(str, wanted))


def _grep(options: Options, operands: list[str], read: Reader) -> Program:
    from ..regexp.matcher import WORK_PER_CHARACTER, Regexp  # not at the top: few lines call grep
    from ..regexp.nfa import RegexpLimit
    from . import posix

    if "e" not in options and not operands:
        raise unknown("to look for nothing")
    pattern = options["e"] if "e" in options else operands.pop(0)
    read.work.spend(WORK_PER_CHARACTER * len(pattern))
    try:
        regexp = Regexp(posix.parse(pattern, options))
        lines = list(enumerate(_lines((yield from read(operands))), 1))
        try:
            chosen = [(number, line) for number, line in lines if regexp.search(line) != ("v" in options)]
            spans = [
                (number, line[start:end]) for number, line in chosen for start, end in _spans(regexp, line, options)
            ]
        finally:
            read.work.spend(regexp.work)
    except (posix.NotKnown, RegexpLimit) as error:
        raise unknown(str(error)) from error
    status = 0 if chosen else 1
    if "q" in options or "c" in options:
        return (yield from _print([] if "q" in options else [str(len(chosen))], status))
    shown = spans if "o" in options else chosen
    return (yield from _print((f"{number}:{line}" if "n" in options else line for number, line in shown), status))


def _spans(regexp: Regexp, line: str, options: Options) -> Iterator[tuple[int, int]]:
    """Where the parts of a line are that `grep -o` shows."""
    if "o" in options and "v" not in options:
        yield from ((start, end) for start, end in regexp.spans(line) if start < end)


def _sort(options: Options, operands: list[str], read: Reader) -> Program:
    def number(line: str) -> float:
        found = re.match(r"[ \t]*(-?[0-9]*\.?[0-9]+)", line, re.ASCII)
        return float(found[1]) if found else 0

    key: Callable[[str], float | str] = number if "n" in options else str
    lines: list[str] = []
    for path in operands or ["-"]:
        lines += _lines((yield from read([path])))
    lines.sort(key=key if "u" in options else lambda line: (key(line), line), reverse="r" in options)
    return (yield from _print(next(same) for _, same in groupby(lines, key)) if "u" in options else _print(lines))


def _uniq(options: Options, operands: list[str], read: Reader) -> Program:
    groups = ((line, len(list(same))) for line, same in groupby(_lines((yield from read(operands)))))
    chosen = ((line, count) for line, count in groups if ("u" if count > 1 else "d") not in options)
    return (yield from _print(f"{count:7} {line}" if "c" in options else line for line, count in chosen))


def _wc(options: Options, operands: list[str], read: Reader, *, width: int = 0) -> Program:
    text = yield from read(operands)
    counts = {
        "l": text.count("\n"),
        "w": len(text.split()),
        "m": len(text),
        "c": len(text.encode(errors="surrogateescape")),
    }
    chosen = [counts[letter] for letter in counts if letter in (options or "lwc")]
    named = bool(operands) and operands != ["-"]
    width = 1 if len(chosen) == 1 else width or (len(str(counts["c"])) if named else 7)
    return (yield from _print([" ".join([f"{count:{width}}" for count in chosen] + operands)]))


def _ends(options: Options, operands: list[str], read: Reader, *, last: bool) -> Program:
    """`head` and `tail`: so many lines, or characters; all but so many of the others; or from one on."""
    count = options.get("n") or options.get("c") or "10"
    if not re.fullmatch("[-+]?[0-9]{1,9}", count):
        raise unknown(f"‘{count}’ as a number")
    number = int(count.lstrip("-+"))
    zeros = operands == ["/dev/zero"] and "c" in options and not last and number <= MOST_ZEROS
    text = "\0" * number if zeros else (yield from read(operands))
    units = text if "c" in options else re.findall(r"[^\n]*\n|[^\n]+", text)
    if last:
        number = max(number - 1, 0) if count[0] == "+" else max(len(units) - number, 0)
        return (yield from out("".join(units[number:])))
    return (yield from out("".join(units[: max(len(units) - number, 0) if count[0] == "-" else number])))


def _cut(options: Options, operands: list[str], read: Reader) -> Program:
    spec, delimiter = options.get("f") or options.get("c") or "", options.get("d", "\t")
    ranges = [re.fullmatch("([1-9][0-9]{0,8})?(-)?([1-9][0-9]{0,8})?", each) for each in spec.split(",")]
    bounds = [(int(each[1] or 1), int(each[3] or (10**9 if each[2] else each[1] or 0))) for each in ranges if each]
    if not all(ranges) or any(low > high for low, high in bounds) or "-" in spec.split(","):
        raise unknown(f"the list ‘{spec}’")
    if len(delimiter) != 1 or ("c" in options and len(options) > 1):
        raise unknown("a delimiter that is not a single character, or not of fields")

    def chosen(items: Sequence[str]) -> list[str]:
        found: list[str] = []
        after = 0  # what has been looked at
        for low, high in sorted(bounds):
            found += items[max(low - 1, after) : high]
            after = max(after, high)
        return found

    lines = _lines((yield from read(operands)))
    if "c" in options:
        return (yield from _print("".join(chosen(line)) for line in lines))
    return (
        yield from _print(
            delimiter.join(chosen(line.split(delimiter))) if delimiter in line else line for line in lines
        )
    )


def _sleep(_: Options, operands: list[str], __: Reader) -> Program:
    found = [re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]*)?|\.[0-9]+)([smhd]?)", word) for word in operands]
    seconds = sum(float(each[1]) * SECONDS[each[2]] for each in found if each)
    if not found or not all(found) or seconds > LONGEST_SLEEP:
        raise unknown(f"‘{' '.join(operands)}’ as a time to wait")
    if seconds:
        yield Sleep(seconds)
    return 0


TOOLS = {
    "cat": Tool(_cat, "", 1),
    "cut": Tool(_cut, "c:d:f:", 1, 5),
    "echo": Tool(_echo, None),
    "false": Tool(lambda *_: out("", 1), None),
    "grep": Tool(_grep, "cinoqvEFwxe:", 1, 10),
    "head": Tool(partial(_ends, last=False), "c:n:", 1, 2),
    "seq": Tool(_seq, None),
    "sleep": Tool(_sleep, ""),
    "sort": Tool(_sort, "nru", 1, 5),
    "tail": Tool(partial(_ends, last=True), "c:n:", 1, 2),
    "true": Tool(lambda *_: out(""), None),
    "uniq": Tool(_uniq, "cdu", 1, 5),
    "wc": Tool(_wc, "clmw", 1),
}
OF_BUSYBOX = {"wc": Tool(partial(_wc, width=9), "clmw", 1)}
NO_FILE = "No such file or directory"
UNREADABLE = Unreadable(
    {
        "": f"{{}}: {NO_FILE}",
        "head": f"cannot open '{{}}' for reading: {NO_FILE}",
        "sort": f"cannot read: {{}}: {NO_FILE}",
        "tail": f"cannot open '{{}}' for reading: {NO_FILE}",
    },
    {
        "": "{}: Is a directory",
        **dict.fromkeys(("head", "tail"), "error reading '{}': Is a directory"),
        "sort": "read failed: {}: Is a directory",
        "uniq": "error reading '{}'",
    },
)
UNREADABLE_IN_BUSYBOX = Unreadable(
    {
        "": f"{{}}: {NO_FILE}",
        **dict.fromkeys(("cat", "uniq"), f"can't open '{{}}': {NO_FILE}"),
        "tail": f"can't open '{{}}': {NO_FILE}\ntail: no files",
    },
    {"": "read error: Is a directory"},
)
SECONDS = {"": 1, "s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60}

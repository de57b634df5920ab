"""The text tools that examples pipe into, each with the few options that examples use.

What they print is what GNU coreutils, grep and bash print; in a container, refusals are worded as busybox words them.
`sort` knows one order only, that of the characters' numbers (`LC_ALL=C`): capitals before small letters. What is not
known here is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import groupby
from typing import TypeAlias

from .shell import Command, Output, Steps, Wait, err, out

LONGEST_SLEEP = 24 * 60 * 60
NO_ADDRESS = 3
MOST_NUMBERS = 10_000
MOST_ZEROS = 10_000_000

Options: TypeAlias = dict[str, str]
Read: TypeAlias = Callable[[list[str]], str]  # the text of files, or of what is piped in
Tool: TypeAlias = Callable[[Options, list[str], Read], "Output | Steps"]
# Of a port to a path: the page, or curl's exit status without one, or nothing while whoever should answer is paused.
Answer: TypeAlias = Callable[[int, str], "str | int | None"]


class Misuse(Exception):
    """A tool called in a way that it refuses; the text is without the tool's name."""


class WantsInput(Exception):
    """A tool in a container reads what is going to be typed."""


def unknown(what: str) -> Misuse:
    """The refusal of what the real tool can do."""
    return Misuse(f"{what} is something that dockerlearn does not know")


def commands(files: Mapping[str, str], answer: Answer | None = None) -> dict[str, Command]:
    """The tools by name. They read `files`; `curl` gets its pages from `answer`.

    Without one these are the tools of a container, which has no curl.
    """
    missing = MISSING if answer else MISSING_IN_BUSYBOX

    def curl(options: Options, operands: list[str], _: Read) -> Output | Steps:
        address = re.fullmatch(r"(?:http://)?(?:localhost|127\.0\.0\.1)(?::([0-9]{1,5}))?(/.*)?", "".join(operands[:1]))
        if "s" not in options or len(operands) != 1 or address is None or answer is None:
            raise unknown("other than -s and one address of this machine")
        if int(address[1] or 80) >= 2**16:
            return Output(status=NO_ADDRESS)
        page = answer(int(address[1] or 80), address[2] or "/")
        if page is None:
            return _for_ever()
        return out(page) if isinstance(page, str) else Output(status=page)

    other: dict[str, tuple[Tool, str | None, int]] = {"curl": (curl, "s", 0)} if answer else OF_BUSYBOX
    tools = {**TOOLS, **other}

    def reading(name: str, tool: Tool, letters: str | None, most: int) -> Command:
        def run(words: list[str], stdin: str | None) -> Output | Steps:
            def read(paths: list[str]) -> str:
                if len(paths) > most:
                    raise unknown(f"a file after ‘{paths[most - 1]}’")
                if stdin is None and answer is None and "-" in (paths or ["-"]):
                    raise WantsInput
                try:
                    return "".join((stdin or "") if path == "-" else files[path] for path in paths or ["-"])
                except KeyError as absent:
                    raise Misuse(missing.get(name, missing[""]).format(absent.args[0])) from absent
                except IsADirectoryError as error:
                    raise Misuse(f"read error: {error}") from error

            return command(name, lambda options, operands: tool(options, operands, read), letters)(words, stdin)

        return run

    return {name: reading(name, *entry) for name, entry in tools.items()}


def _for_ever() -> Steps:
    yield Wait()
    return Output()


def command(name: str, tool: Callable[[Options, list[str]], Output | Steps], letters: str | None) -> Command:
    """A tool with its options taken apart; `letters` are those it has, with a colon after those that have a value."""

    def run(words: list[str], stdin: str | None) -> Output | Steps:
        try:
            return tool(*_parsed(words, letters))
        except Misuse as misuse:
            return err(f"{name}: {misuse}\n", 2 if name in ("curl", "grep", "sort") else 1)

    return run


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


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _shown(lines: Iterable[str], status: int = 0) -> Output:
    return out("".join(f"{line}\n" for line in lines), status)


def _cat(_: Options, operands: list[str], read: Read) -> Output:
    pieces: list[tuple[bool, str]] = []
    for path in operands or ["-"]:
        try:
            pieces.append((False, read([path])))
        except Misuse as misuse:
            pieces.append((True, f"cat: {misuse}\n"))
    return Output(tuple(pieces), int(any(is_error for is_error, _ in pieces)))


def _echo(_: Options, words: list[str], __: Read) -> Output:
    end = "\n"
    while words and re.fullmatch("-[neE]+", words[0]):
        option, *words = words
        if option.strip("-n"):
            raise unknown(option)
        end = ""
    return out(" ".join(words) + end)


def _seq(_: Options, words: list[str], __: Read) -> Output:
    numbers = [int(word) for word in words if re.fullmatch("[-+]?[0-9]{1,9}", word)]
    first, *middle, last = [1, 1, *numbers][-max(2, len(numbers)) :]
    step = middle[0] if middle else 1
    wanted = range(first, last + (1 if step > 0 else -1), step or 1)
    if not 1 <= len(numbers) == len(words) <= 3 or not step or len(wanted) > MOST_NUMBERS:
        raise unknown(f"to count as in ‘{' '.join(words)}’")
    return _shown(map(str, wanted))


def _grep(options: Options, operands: list[str], read: Read) -> Output:
    if "e" not in options and not operands:
        raise unknown("to look for nothing")
    pattern = options["e"] if "e" in options else operands.pop(0)
    expression = re.escape(pattern) if "F" in options else _expression(pattern, extended="E" in options)
    expression = rf"(?<!\w)(?:{expression})(?!\w)" if "w" in options else expression
    try:
        finder = re.compile(rf"^(?:{expression})$" if "x" in options else expression, re.I if "i" in options else 0)
    except (re.error, OverflowError, RecursionError) as error:
        raise unknown(f"the pattern ‘{pattern}’") from error
    lines = list(enumerate(_lines(read(operands)), 1))
    chosen = [(number, line) for number, line in lines if bool(finder.search(line)) != ("v" in options)]
    status = 0 if chosen else 1
    if "q" in options or "c" in options:
        return _shown([] if "q" in options else [str(len(chosen))], status)
    if "o" in options:
        found = [(number, match[0]) for number, line in chosen for match in finder.finditer(line)]
        chosen = [] if "v" in options else [pair for pair in found if pair[1]]
    return _shown((f"{number}:{line}" if "n" in options else line for number, line in chosen), status)


def _expression(pattern: str, *, extended: bool) -> str:
    """A regular expression of grep as one of Python. Only single characters may be repeated."""
    parts = [""]
    for token in re.findall(r"\\[\s\S]|\[\^?\]?[^\]]*\]|[\s\S]", pattern):
        part = re.escape(token[-1])
        if len(token) > 1 and token[0] == "[":
            part = "[" + re.sub(r"([\\\[&|~])", r"\\\1", token[1:])
        elif token in ("*", ".", "^", "$") or (token[-1] in "+?|(){}" and (len(token) == 1) == extended):
            part = token[-1]
        repeats = part in ("*", "+", "?", "{") and parts[-1] in ("", "^", *"(|)*+?}")
        misplaced = (part == "^" and parts[-1] not in ("", *"(|")) or (parts[-1] == "$" and part not in (")", "|"))
        named = re.match(r"\\[\w<>'`]|\[.*(\[[:.=]|--)", token)
        if repeats or misplaced or named or token in ("\\", "[", "\n"):
            raise unknown(f"‘{token}’ in the pattern ‘{pattern}’")
        parts.append(part)
    return "".join(parts)


def _sort(options: Options, operands: list[str], read: Read) -> Output:
    def number(line: str) -> float:
        found = re.match(r"[ \t]*(-?[0-9]*\.?[0-9]+)", line, re.ASCII)
        return float(found[1]) if found else 0

    key: Callable[[str], float | str] = number if "n" in options else str
    lines = [line for path in operands or ["-"] for line in _lines(read([path]))]
    lines.sort(key=key if "u" in options else lambda line: (key(line), line), reverse="r" in options)
    return _shown(next(same) for _, same in groupby(lines, key)) if "u" in options else _shown(lines)


def _uniq(options: Options, operands: list[str], read: Read) -> Output:
    groups = ((line, len(list(same))) for line, same in groupby(_lines(read(operands))))
    chosen = ((line, count) for line, count in groups if ("u" if count > 1 else "d") not in options)
    return _shown(f"{count:7} {line}" if "c" in options else line for line, count in chosen)


def _wc(options: Options, operands: list[str], read: Read, *, width: int = 0) -> Output:
    text = read(operands)
    counts = {"l": text.count("\n"), "w": len(text.split()), "m": len(text), "c": len(text.encode())}
    chosen = [counts[letter] for letter in counts if letter in (options or "lwc")]
    named = bool(operands) and operands != ["-"]
    width = 1 if len(chosen) == 1 else width or (len(str(counts["c"])) if named else 7)
    return _shown([" ".join([f"{count:{width}}" for count in chosen] + operands)])


def _ends(options: Options, operands: list[str], read: Read, *, last: bool) -> Output:
    """`head` and `tail`: so many lines, or characters; all but so many of the others; or from one on."""
    count = options.get("n") or options.get("c") or "10"
    if not re.fullmatch("[-+]?[0-9]{1,9}", count):
        raise unknown(f"‘{count}’ as a number")
    number = int(count.lstrip("-+"))
    zeros = operands == ["/dev/zero"] and "c" in options and not last and number <= MOST_ZEROS
    text = "\0" * number if zeros else read(operands)
    units = list(text) if "c" in options else re.findall(r"[^\n]*\n|[^\n]+", text)
    if last:
        number = max(number - 1, 0) if count[0] == "+" else max(len(units) - number, 0)
        return out("".join(units[number:]))
    return out("".join(units[: max(len(units) - number, 0) if count[0] == "-" else number]))


def _cut(options: Options, operands: list[str], read: Read) -> Output:
    spec, delimiter = options.get("f") or options.get("c") or "", options.get("d", "\t")
    ranges = [re.fullmatch("([1-9][0-9]{0,8})?(-)?([1-9][0-9]{0,8})?", each) for each in spec.split(",")]
    bounds = [(int(each[1] or 1), int(each[3] or (10**9 if each[2] else each[1] or 0))) for each in ranges if each]
    if not all(ranges) or any(low > high for low, high in bounds) or "-" in spec.split(","):
        raise unknown(f"the list ‘{spec}’")
    if len(delimiter) != 1 or ("c" in options and len(options) > 1):
        raise unknown("a delimiter that is not a single character, or not of fields")

    def chosen(items: Iterable[str]) -> list[str]:
        return [item for place, item in enumerate(items, 1) if any(low <= place <= high for low, high in bounds)]

    lines = _lines(read(operands))
    if "c" in options:
        return _shown("".join(chosen(line)) for line in lines)
    return _shown(delimiter.join(chosen(line.split(delimiter))) if delimiter in line else line for line in lines)


def _sleep(_: Options, operands: list[str], __: Read) -> Steps:
    found = [re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]*)?|\.[0-9]+)([smhd]?)", word) for word in operands]
    seconds = sum(float(each[1]) * SECONDS[each[2]] for each in found if each)
    if not found or not all(found) or seconds > LONGEST_SLEEP:
        raise unknown(f"‘{' '.join(operands)}’ as a time to wait")

    def waiting() -> Steps:
        yield Wait(seconds)
        return Output()

    return waiting()


# What runs, its options (those with a colon have a value; None leaves the words as they are), how many files it reads.
TOOLS: dict[str, tuple[Tool, str | None, int]] = {
    "cat": (_cat, "", 1),
    "cut": (_cut, "c:d:f:", 1),
    "echo": (_echo, None, 0),
    "false": (lambda *_: Output(status=1), None, 0),
    "grep": (_grep, "cinoqvEFwxe:", 1),
    "head": (partial(_ends, last=False), "c:n:", 1),
    "seq": (_seq, None, 0),
    "sleep": (_sleep, "", 0),
    "sort": (_sort, "nru", 1),
    "tail": (partial(_ends, last=True), "c:n:", 1),
    "true": (lambda *_: Output(), None, 0),
    "uniq": (_uniq, "cdu", 1),
    "wc": (_wc, "clmw", 1),
}
OF_BUSYBOX: dict[str, tuple[Tool, str | None, int]] = {"wc": (partial(_wc, width=9), "clmw", 1)}
NO_FILE = "No such file or directory"
MISSING = {
    "": f"{{}}: {NO_FILE}",
    "head": f"cannot open '{{}}' for reading: {NO_FILE}",
    "sort": f"cannot read: {{}}: {NO_FILE}",
    "tail": f"cannot open '{{}}' for reading: {NO_FILE}",
}
MISSING_IN_BUSYBOX = {
    "": f"{{}}: {NO_FILE}",
    **dict.fromkeys(("cat", "uniq"), f"can't open '{{}}': {NO_FILE}"),
    "tail": f"can't open '{{}}': {NO_FILE}\ntail: no files",
}
SECONDS = {"": 1, "s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60}

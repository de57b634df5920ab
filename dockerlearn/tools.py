"""The text tools that examples pipe into, each with the few options that examples use.

Texts of refusals are those of GNU coreutils and grep; an option that is not known here is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

from .clock import Clock
from .shell import Command, Output, err, out

Files = Mapping[str, str]


class Misuse(Exception):
    """A tool called in a way that it refuses: the text, without the tool's name, and the exit status."""

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.status = status


def commands(files: Files, clock: Clock) -> dict[str, Command]:
    """The tools by name. They read `files`, and `sleep` waits on `clock`."""

    def sleep(words: list[str], _: str | None) -> Output:
        if not words:
            raise Misuse("missing operand")
        for word in words:
            if not re.fullmatch(r"\d+(\.\d*)?|\.\d+", word):
                raise Misuse(f"invalid time interval ‘{word}’")
        clock.sleep(sum(float(word) for word in words))
        return Output()

    tools: dict[str, Callable[[list[str], str | None], Output]] = {
        "cat": lambda words, stdin: out("".join(_inputs(words, stdin, files))),
        "cut": lambda words, stdin: _cut(words, stdin, files),
        "echo": lambda words, _: _echo(words),
        "false": lambda *_: Output(status=1),
        "grep": lambda words, stdin: _grep(words, stdin, files),
        "head": lambda words, stdin: _ends(words, stdin, files, lambda lines, count: lines[:count]),
        "seq": lambda words, _: _seq(words),
        "sleep": sleep,
        "sort": lambda words, stdin: _sort(words, stdin, files),
        "tail": lambda words, stdin: _ends(words, stdin, files, lambda lines, count: lines[-count:] if count else []),
        "true": lambda *_: Output(),
        "uniq": lambda words, stdin: _uniq(words, stdin, files),
        "wc": lambda words, stdin: _wc(words, stdin, files),
    }
    return {name: _guarded(name, tool) for name, tool in tools.items()}


def _guarded(name: str, tool: Command) -> Command:
    def run(words: list[str], stdin: str | None) -> Output:
        try:
            return tool(words, stdin)
        except Misuse as misuse:
            return err(f"{name}: {misuse}\n", misuse.status)

    return run


def _options(words: list[str], flags: str, valued: str = "", status: int = 1) -> tuple[dict[str, str], list[str]]:
    """Split words into options (by letter) and operands."""
    options: dict[str, str] = {}
    operands: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            return options, operands + rest
        if not word.startswith("-") or word == "-":
            operands.append(word)
        elif word.startswith("--"):
            raise Misuse(f"{word} is an option that dockerlearn does not know", status)
        else:
            for index, letter in enumerate(word[1:], 2):
                if letter in valued:
                    if not word[index:] and not rest:
                        raise Misuse(f"option requires an argument -- '{letter}'", status)
                    options[letter] = word[index:] or rest.pop(0)
                    break
                if letter not in flags:
                    raise Misuse(f"-{letter} is an option that dockerlearn does not know", status)
                options[letter] = ""
    return options, operands


def _inputs(paths: list[str], stdin: str | None, files: Files) -> list[str]:
    texts = []
    for path in paths or ["-"]:
        if path != "-" and path not in files:
            raise Misuse(f"{path}: No such file or directory")
        texts.append((stdin or "") if path == "-" else files[path])
    return texts


def _lines(paths: list[str], stdin: str | None, files: Files) -> list[str]:
    return [line for text in _inputs(paths, stdin, files) for line in text.splitlines()]


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _echo(words: list[str]) -> Output:
    end = "\n"
    if words[:1] == ["-n"]:
        end, words = "", words[1:]
    return out(" ".join(words) + end)


def _seq(words: list[str]) -> Output:
    if not 1 <= len(words) <= 3:
        raise Misuse(f"extra operand ‘{words[3]}’" if words else "missing operand")
    for word in words:
        if not re.fullmatch(r"[-+]?\d+", word):
            raise Misuse(f"invalid floating point argument: ‘{word}’")
    numbers = [int(word) for word in words]
    last, start = numbers[-1], numbers[0] if len(numbers) > 1 else 1
    step = numbers[1] if len(numbers) == 3 else 1
    if step == 0:
        raise Misuse(f"invalid Zero increment value: ‘{words[1]}’")
    return out(_text(str(number) for number in range(start, last + (1 if step > 0 else -1), step)))


def _grep(words: list[str], stdin: str | None, files: Files) -> Output:
    options, operands = _options(words, "cinoqvEFwx", "e", status=2)
    pattern = options.get("e") or (operands.pop(0) if operands else None)
    if pattern is None:
        raise Misuse("a pattern is missing", 2)
    if "F" in options:
        pattern = re.escape(pattern)
    elif "E" not in options:  # basic expressions: + ? | ( ) { } are plain unless escaped
        pattern = re.sub(r"\\?[+?|(){}]", lambda found: found[0][1:] if len(found[0]) > 1 else f"\\{found[0]}", pattern)
    if "w" in options:
        pattern = rf"\b(?:{pattern})\b"
    if "x" in options:
        pattern = f"^(?:{pattern})$"
    try:
        expression = re.compile(pattern, re.IGNORECASE if "i" in options else 0)
    except re.error as error:
        raise Misuse(f"{error}", 2) from error
    try:
        numbered = list(enumerate(_lines(operands, stdin, files), 1))
    except Misuse as misuse:
        raise Misuse(str(misuse), 2) from misuse
    chosen = [(number, line) for number, line in numbered if bool(expression.search(line)) != ("v" in options)]
    status = 0 if chosen else 1
    if "q" in options:
        return Output(status=status)
    if "c" in options:
        return out(f"{len(chosen)}\n", status)
    if "o" in options:
        chosen = [(number, found[0]) for number, line in chosen for found in expression.finditer(line) if found[0]]
    return out(_text(f"{number}:{line}" if "n" in options else line for number, line in chosen), status)


def _sort(words: list[str], stdin: str | None, files: Files) -> Output:
    options, operands = _options(words, "nru", status=2)

    def number(line: str) -> tuple[float, str]:
        found = re.match(r"\s*(-?\d+(?:\.\d+)?)", line)
        return (float(found[1]) if found else 0.0, line)

    lines = sorted(_lines(operands, stdin, files), key=number if "n" in options else None)
    if "u" in options:
        lines = list(dict.fromkeys(lines))
    return out(_text(reversed(lines) if "r" in options else lines))


def _uniq(words: list[str], stdin: str | None, files: Files) -> Output:
    options, operands = _options(words, "cdu")
    groups = [(line, len(list(same))) for line, same in groupby(_lines(operands, stdin, files))]
    if "d" in options:
        groups = [group for group in groups if group[1] > 1]
    if "u" in options:
        groups = [group for group in groups if group[1] == 1]
    return out(_text(f"{count:7} {line}" if "c" in options else line for line, count in groups))


def _wc(words: list[str], stdin: str | None, files: Files) -> Output:
    options, operands = _options(words, "clmw")
    text = "".join(_inputs(operands, stdin, files))
    counts = {"l": text.count("\n"), "w": len(text.split()), "m": len(text), "c": len(text.encode())}
    chosen = [counts[letter] for letter in counts if letter in options] or [counts[letter] for letter in "lwc"]
    name = f" {operands[0]}" if operands else ""
    if len(operands) > 1:
        raise Misuse("more than one file is something that dockerlearn does not know")
    width = 1 if len(chosen) == 1 else 7 if not operands else len(str(counts["c"]))
    return out(" ".join(f"{count:{width}}" for count in chosen) + f"{name}\n")


def _ends(words: list[str], stdin: str | None, files: Files, choose: Callable[[list[str], int], list[str]]) -> Output:
    words = [f"-n{word[1:]}" if re.fullmatch(r"-\d+", word) else word for word in words]
    options, operands = _options(words, "", "n")
    count = options.get("n", "10")
    if not count.isdigit():
        raise Misuse(f"invalid number of lines: ‘{count}’")
    return out(_text(choose(_lines(operands, stdin, files), int(count))))


def _cut(words: list[str], stdin: str | None, files: Files) -> Output:
    options, operands = _options(words, "", "dfc")
    spec = options.get("f") or options.get("c")
    if not spec:
        raise Misuse("you must specify a list of bytes, characters, or fields")
    ranges = [re.fullmatch(r"(\d*)(-?)(\d*)", each) for each in spec.split(",")]
    if not all(found and (found[1] or found[3]) for found in ranges):
        raise Misuse("invalid field range")

    def wanted(index: int) -> bool:
        return any(
            found
            and (index == int(found[1]) if not found[2] else int(found[1] or 1) <= index <= int(found[3] or index))
            for found in ranges
        )

    delimiter = options.get("d", "\t")
    lines = []
    for line in _lines(operands, stdin, files):
        if "c" in options:
            lines.append("".join(letter for index, letter in enumerate(line, 1) if wanted(index)))
        elif delimiter not in line:
            lines.append(line)
        else:
            kept = [cell for index, cell in enumerate(line.split(delimiter), 1) if wanted(index)]
            lines.append(delimiter.join(kept))
    return out(_text(lines))

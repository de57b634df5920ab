"""What commands take, read from the help texts of client 28.2.2: flags, operands, aliases, and refusals about them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from .help import HELP_TEXTS

MISUSED_FLAG = 125
MOST_DIGITS = 1_000  # of a number that is read at all
MORE = " for more information\n"
TRUE = ("1", "t", "T", "TRUE", "true", "True")
FALSE = ("0", "f", "F", "FALSE", "false", "False")

Options = dict[str, Any]


class UsageError(Exception):
    """Words that a command cannot take: what the client prints on its error stream, and its exit status."""

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.status = status


class Flag(NamedTuple):
    """A flag of a command: its names, and the kind of value that it wants; a switch wants none."""

    name: str
    letter: str = ""
    kind: str = ""

    @property
    def many(self) -> bool:
        """Whether it may be given several times, each of which counts."""
        return self.kind in ("filter", "list")

    def problem(self, value: str) -> str | None:
        """What is wrong with a value, if anything."""
        if self.name == "filter" and value and "=" not in value:
            return "bad format of filter (expected name=value)"
        if self.name == "env" and not value.partition("=")[0]:
            return f"invalid environment variable: {value}"
        if self.kind == "int" and not re.fullmatch("[-+]?[0-9]+", value, re.ASCII):
            return f'strconv.ParseInt: parsing "{value}": invalid syntax'
        if self.kind == "int" and not (len(value) < MOST_DIGITS and -(2**63) <= int(value) < 2**63):
            return f'strconv.ParseInt: parsing "{value}": value out of range'
        if not self.kind and value not in TRUE + FALSE:
            return f'strconv.ParseBool: parsing "{value}": invalid syntax'
        return None

    def __str__(self) -> str:
        return f"-{self.letter}, --{self.name}" if self.letter else f"--{self.name}"


HELP = Flag("help")


class Usage(NamedTuple):
    """The help text of a command, and what can be read from it. `verb` is the first of the command's names."""

    command: str
    verb: str
    text: str

    @property
    def line(self) -> str:
        """The usage line, as refusals repeat it."""
        line = self.text.split("\n\n", 1)[0]
        if self.command in ("docker", "docker volume"):
            return f"{line} [ARG...]" if self.command == "docker" else line
        return line.removesuffix(" COMMAND")

    @property
    def flags(self) -> dict[str, Flag]:
        """The flags as they are typed, long and short."""
        found = re.findall(r"^  (?:-(\w), |    )--([\w-]+)(?: ([\w-]+))?  ", self.text, re.MULTILINE)
        flags = [Flag(name, letter, kind) for letter, name, kind in found]
        by_letter = {f"-{flag.letter}": flag for flag in flags if flag.letter}
        return {"--help": HELP, "-h": HELP, **{f"--{flag.name}": flag for flag in flags}, **by_letter}

    @property
    def commands(self) -> list[str]:
        """The commands below this one, some of which the text lists only when their plugin or Swarm is there."""
        hidden = HIDDEN if self.command == "docker" else []
        return re.findall(r"^  ([a-z][\w-]*)\*?  +[A-Z]", self.text, re.MULTILINE) + hidden

    def miscount(self, count: int) -> str | None:
        """What the client says if `count` operands are not what the usage line asks for. Its sentences end oddly."""
        operands = self.line.split("\n", 1)[0].removeprefix(f"Usage:  {self.command}").replace(" [OPTIONS]", "").split()
        fewest = sum(not operand.startswith("[") for operand in operands)
        endless = any(operand.endswith(("...]", "[command]")) for operand in operands)
        if fewest <= count and (endless or count <= len(operands)):
            return None
        some = f"{fewest} argument{'s' if fewest > 1 else ''}"
        sentences = (
            (endless, f"requires at least {some}", "See"),
            (not operands, "accepts no arguments", "Run"),
            (fewest == len(operands), f"requires {some}", "Run"),
            (fewest > 0, f"requires at least {fewest} and at most {len(operands)} arguments", "Run"),
            (True, f"requires at most {len(operands)} argument", "SRun"),
        )
        wanted, see = next((wanted, see) for holds, wanted, see in sentences if holds)
        return f"docker: '{self.command}' {wanted}\n\n{self.line}\n\n{see} '{self.command} --help'{MORE}"


@cache
def usages() -> dict[str, Usage]:
    """The help texts by command. A short name such as `docker images` has its own usage line, other aliases have not."""
    found: dict[str, Usage] = {}
    for section in HELP_TEXTS.split("=== ")[1:]:
        command, text = section.split("\n", 1)
        aliases = re.search(r"^Aliases:\n  (.*)$", text, re.MULTILINE)
        for name in aliases[1].split(", ") if aliases else [command]:
            shown = name if name.count(" ") == 1 else command
            found[name] = Usage(shown, command, text.replace(command, shown, 1))
    return found


def parse(words: list[str], usage: Usage) -> tuple[Options, list[str]]:
    """Split words into flags and operands, as the client's flag library does. Raises `UsageError`.

    Of a flag that is given twice the last value counts; lists and filters add up. A command with others below it, or with
    a command of its own as an operand, takes its flags before its first operand.
    """
    flags, rest = usage.flags, list(words)
    options: Options = {}
    operands: list[str] = []

    def fail(problem: str) -> UsageError:
        text = f"{problem}\n\n{usage.line}\n\nRun '{usage.command} --help'{MORE}"
        return UsageError(text, MISUSED_FLAG)

    def put(flag: Flag, value: str | None, written: str) -> None:
        if value is None and flag.kind:
            if not rest:
                raise fail(f"flag needs an argument: {written}")
            value = rest.pop(0)
        if value is not None and (problem := flag.problem(value)):
            raise fail(f'invalid argument "{value}" for "{flag}" flag: {problem}')
        if flag.many:
            options.setdefault(flag.name, []).append(value)
        else:
            options[flag.name] = value if flag.kind else value not in FALSE

    while rest:
        word = rest.pop(0)
        if word == "--":
            break
        if word == "-" or not word.startswith("-"):
            operands.append(word)
            if usage.commands or usage.verb in FLAGS_FIRST:
                break
        elif word.startswith("--"):
            name, equals, value = word.partition("=")
            if name[2:3] in ("", "-"):
                raise fail(f"bad flag syntax: {word}")
            if name not in flags:
                raise fail(f"unknown flag: {name}")
            put(flags[name], value if equals else None, word)
        else:
            letters = word[1:]
            while letters:
                letter, letters = letters[0], letters[1:]
                written = f"{_quoted(letter)} in -{letter}"
                flag = flags.get(f"-{letter}")
                if flag is None:
                    raise fail(f"unknown shorthand flag: {written}{letters}")
                if flag is HELP:
                    options["h"] = True
                attached = letters.startswith("=") and len(letters) > 1
                if attached or (flag.kind and letters):
                    put(flag, letters[attached:], written)
                    break
                put(flag, None, written)
    return options, operands + rest


def _quoted(letter: str) -> str:
    """A flag's letter as Go quotes it: the first byte of it, as a character."""
    byte = chr(letter.encode("utf-8", "surrogateescape")[0])
    return "'" + {"'": "\\'", "\\": "\\\\"}.get(byte, byte) + "'"


# Commands whose flags come before the operands: what looks like a flag after the first operand is one.
FLAGS_FIRST = ("docker container create", "docker container exec", "docker container run", "docker image tag")
HIDDEN = "buildx checkpoint compose config node secret service stack".split()

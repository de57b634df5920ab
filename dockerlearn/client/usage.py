"""What commands take, read from the help texts of clients 28.2.2 and 29.8.0: flags, operands, aliases, and refusals about them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Collection, Mapping
from functools import cache, cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from ..model.errors import DaemonError
from ..model.value import Value
from .template.execution import Template
from .template.syntax import ParseError

if TYPE_CHECKING:
    from importlib.abc import ResourceLoader

MISUSED_FLAG, BAD_TEMPLATE = 125, 64
MOST_DIGITS = 1_000  # of a number that is read at all
MORE = " for more information\n"
TRUE = ("1", "t", "T", "TRUE", "true", "True")
FALSE = ("0", "f", "F", "FALSE", "false", "False")


class UsageError(Exception):
    """Words that a command cannot take: what the client prints on its error stream, and its exit status."""

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.status = status


class NotInModel(UsageError):
    """Something that Docker has and the model does not: what it is, and its kind, such as command or flag."""

    def __init__(self, what: str, kind: str = "command") -> None:
        text = f"dockerlearn: '{what}' is a real {kind}, which this model does not have\n"
        super().__init__(text, MISUSED_FLAG if kind == "flag" else 1)


class Flag(Value):
    """A flag of a command: its names, and the kind of value that it wants; a switch wants none."""

    name: str
    letter: str = ""
    kind: str = ""

    @property
    def repeats(self) -> bool:
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


class Flags(dict[str, object]):
    """The flags that a command was given, by their long names: of each the value, or the values if it repeats."""

    def on(self, name: str, *, default: bool = False) -> bool:
        """Whether a switch is on."""
        return bool(self.get(name, default))

    def text(self, name: str) -> str:
        """The value of a flag; empty if it was not given."""
        value = self.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        """The value of a flag of the kind `int`; None if it was not given."""
        return int(self.text(name)) if name in self else None

    def all(self, name: str) -> list[str]:
        """The values of a flag that repeats."""
        values = self.get(name)
        return values if isinstance(values, list) else []


class HelpText(Value):
    """The help text of a command, and what can be read from it. `verb` is the first of the command's names."""

    __slots__ = ("__dict__",)  # what has been read is kept there: each command asks for it

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
    def operands(self) -> list[str]:
        """What the usage line calls the operands: `CONTAINER`, `[COMMAND]`, `[ARG...]`."""
        line = self.line.partition("\n")[0].removeprefix(f"Usage:  {self.command}")
        return line.replace(" [OPTIONS]", "").split()

    @cached_property
    def flags(self) -> Mapping[str, Flag]:
        """The flags as they are typed, long and short."""
        found = re.findall(r"^  (?:-(\w), |    )--([\w-]+)(?: ([\w-]+))?  ", self.text, re.MULTILINE)
        flags = [Flag(name, letter, kind) for letter, name, kind in found]
        by_letter = {f"-{flag.letter}": flag for flag in flags if flag.letter}
        by_name = {f"--{flag.name}": flag for flag in flags}
        return MappingProxyType({"--help": HELP, "-h": HELP, **by_name, **by_letter})

    @cached_property
    def commands(self) -> tuple[str, ...]:
        """The commands below this one, some of which the text lists only when their plugin or Swarm is there."""
        hidden = HIDDEN if self.command == "docker" else []
        return (*re.findall(r"^  ([a-z][\w-]*)\*?  +[A-Z]", self.text, re.MULTILINE), *hidden)

    @property
    def flags_first(self) -> bool:
        """Whether flags come before the operands: what looks like a flag after the first operand is an operand."""
        return bool(self.commands) or self.verb in FLAGS_FIRST

    def fail(self, problem: str) -> UsageError:
        """The refusal of a flag, for the caller to raise."""
        return UsageError(f"{problem}\n\n{self.line}\n\nRun '{self.command} --help'{MORE}", MISUSED_FLAG)

    def miscount(self, count: int) -> str | None:
        """What the client says if `count` operands are not what the usage line asks for. Its sentences end oddly."""
        operands = self.operands
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
def help_texts(release: str = "29") -> dict[str, HelpText]:
    """The help texts of a release of the client by command. A short name such as `docker images` has its own usage line, other aliases have not."""
    loader = cast("ResourceLoader", __spec__.loader)  # it reads from an archive too, and costs no import
    file = loader.get_data(f"{__file__.rpartition('usage.')[0]}help.txt")
    found: dict[str, HelpText] = {}
    texts: dict[str, str] = {}
    for section in file.decode().split("=== ")[1:]:
        command, text = section.split("\n", 1)
        if not command.startswith("docker"):  # what only one release says otherwise
            only, command = command.split(" ", 1)
            if only != release:
                continue
            text = _changed(texts[command], text)
        texts[command] = text
    for command, text in texts.items():
        aliases = text.partition("\nAliases:\n  ")[2].partition("\n")[0]
        for name in aliases.split(", ") if aliases else [command]:
            title = name if name.count(" ") == 1 else command
            found[name] = HelpText(title, command, text.replace(command, title, 1))
    return found


def _changed(text: str, changes: str) -> str:
    """A text in which lines that begin with - have been replaced by those after them that begin with +, one place after the other."""
    for place in changes.split("@@\n"):
        old, new = (
            "".join(line[1:] for line in place.splitlines(keepends=True) if line[0] == sign) for sign in ("-", "+")
        )
        text = text.replace(old, new)
    return text


def parse(words: list[str], help_text: HelpText) -> tuple[Flags, list[str]]:
    """Split words into flags and operands, as the client's flag library does. Raises `UsageError`."""
    parser = _Parser(words, help_text)
    operands = parser.operands()
    return parser.flags, operands


class _Parser:
    """The words of a command that is being read, one after the other."""

    def __init__(self, words: list[str], help_text: HelpText) -> None:
        self._rest, self._help_text, self._known = deque(words), help_text, help_text.flags
        self.flags = Flags()

    def operands(self) -> list[str]:
        """Read all words; those that are operands."""
        operands = []
        while self._rest:
            word = self._rest.popleft()
            if word == "--":
                break
            if word.startswith("--"):
                self._word(word)
            elif word.startswith("-") and word != "-":
                self._letters(word[1:])
            else:
                operands.append(word)
                if self._help_text.flags_first:
                    break
        return [*operands, *self._rest]

    def _word(self, word: str) -> None:
        """Read a flag with two dashes: `--all`, `--format x`, `--format=x`."""
        name, equals, value = word.partition("=")
        if name[2:3] in ("", "-"):
            raise self._help_text.fail(f"bad flag syntax: {word}")
        if name not in self._known:
            raise self._help_text.fail(f"unknown flag: {name}")
        self._add(self._known[name], value if equals else None, word)

    def _letters(self, letters: str) -> None:
        """Read flags that are letters behind one dash, of which the last may have a value: `-aq`, `-aqf x`, `-f=x`."""
        while letters:
            letter, letters = letters[0], letters[1:]
            spelling = f"{_quoted(letter)} in -{letter}"
            flag = self._known.get(f"-{letter}")
            if flag is None:
                raise self._help_text.fail(f"unknown shorthand flag: {spelling}{letters}")
            if flag is HELP:
                self.flags["h"] = True
            attached = letters.startswith("=") and len(letters) > 1
            if attached or (flag.kind and letters):
                self._add(flag, letters[attached:], spelling)
                break
            self._add(flag, None, spelling)

    def _add(self, flag: Flag, value: str | None, spelling: str) -> None:
        """Set a flag: to the value that came with it, else to the next word, unless it is a switch."""
        if value is None and flag.kind:
            if not self._rest:
                raise self._help_text.fail(f"flag needs an argument: {spelling}")
            value = self._rest.popleft()
        if value is not None and (problem := flag.problem(value)):
            raise self._help_text.fail(f'invalid argument "{value}" for "{flag}" flag: {problem}')
        if value is None or not flag.kind:
            self.flags[flag.name] = value not in FALSE
        elif flag.repeats:
            values = self.flags.all(flag.name)
            values.append(value)
            self.flags[flag.name] = values
        else:
            self.flags[flag.name] = value


def _quoted(letter: str) -> str:
    """A flag's letter as Go quotes it: the first byte of it, as a character."""
    byte = chr(letter.encode("utf-8", "surrogateescape")[0])
    return "'" + {"'": "\\'", "\\": "\\\\"}.get(byte, byte) + "'"


def filters(texts: list[str], known: Collection[str], lacking: Collection[str], command: str) -> dict[str, list[str]]:
    """The values of each filter that a command is given as `name=value`.

    Raises `DaemonError` for what is no filter, `NotInModel` for one that is lacking here.
    """
    found: dict[str, list[str]] = {}
    for text in texts:
        name, _, value = (part.strip() for part in text.partition("="))
        name = name.lower()
        if name in lacking:
            raise NotInModel(f"{name} of {command}", "filter")
        if name in known:
            found.setdefault(name, []).append(value)
        elif text:
            raise DaemonError(f"invalid filter '{name}'" if name else "invalid filter")
    return found


def read_template(form: str, spend: Callable[[int], object], name: str = "") -> Template:
    """The template of `-f`. `spend` is told the work that it takes. Raises `UsageError` if it is none."""
    try:
        return Template(form, name, spend)
    except ParseError as error:
        raise UsageError(f"{error}\n", BAD_TEMPLATE) from error


FLAGS_FIRST = ("docker container create", "docker container exec", "docker container run", "docker image tag")
HIDDEN = "buildx checkpoint compose config node secret service stack".split()

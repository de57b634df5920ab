"""`docker ...`: words become calls on the engine, and the answers become text as Docker 28 prints it.

What each command takes is read from `usage.txt`, the help texts of client 28.2.2: so usage lines, flags and the
refusals about them are Docker's own. A flag or a command that Docker has and the model lacks is refused by name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from .digest import canonical_json, short
from .engine import Engine, Removal
from .errors import DaemonError, DockerError, NotFound, TemplateError
from .human import ago, ellipsis, size, table
from .image import Image, timestamp
from .reference import DEFAULT_TAG, Reference
from .shell import Output, err
from .template import Nil, ParseError, Struct, Template

FLAG_MISUSE = 125
BAD_TEMPLATE = 64
NEVER = datetime(1, 1, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TRUE = ("1", "t", "T", "TRUE", "true", "True")
FALSE = ("0", "f", "F", "FALSE", "false", "False")

Options = dict[str, Any]


class UsageError(Exception):
    """Words that a command cannot take: what the client prints on its error stream, and its exit status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class HelpWanted(Exception):
    """The words ask for help on a command, perhaps with the flag `-h` that Docker would rather forget."""

    def __init__(self, usage: Usage, *, deprecated: bool) -> None:
        super().__init__(usage.command)
        self.usage, self.deprecated = usage, deprecated


# What commands take


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag of a command: its names, and whether it wants a value."""

    name: str
    short: str
    valued: bool

    def __str__(self) -> str:
        return f"-{self.short}, --{self.name}" if self.short else f"--{self.name}"


@dataclass(frozen=True)
class Usage:
    """The help text of a command, and what can be read from it."""

    command: str
    text: str

    @property
    def line(self) -> str:
        """The usage line, as refusals repeat it."""
        line = self.text.split("\n", 1)[0]
        if self.command == "docker":
            return f"{line} [ARG...]"
        return line.removesuffix(" COMMAND")

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The flags in the order of the text."""
        found = re.findall(r"^  (?:-(\w), |    )--([\w-]+)(?: (\w+))?  ", self.text, re.MULTILINE)
        return tuple(Flag(name, letter, bool(kind)) for letter, name, kind in found)

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands that the text lists, for a command that has others below it."""
        return tuple(re.findall(r"^  ([a-z][\w-]*)\*?  +[A-Z]", self.text, re.MULTILINE))


@cache
def usages() -> Mapping[str, Usage]:
    """The help texts by command, `docker` itself included."""
    sections = Path(__file__).with_name("usage.txt").read_text(encoding="utf-8").split("=== ")[1:]
    pairs = (section.split("\n", 1) for section in sections)
    return {command: Usage(command, text) for command, text in pairs}


@dataclass(frozen=True, slots=True)
class Verb:
    """How the model does a command: which method, how many operands, which of the real flags."""

    run: Callable[[Docker, Options, list[str]], None]
    fewest: int
    most: int | None
    flags: tuple[str, ...] = ()

    def check(self, count: int) -> str | None:
        """What the client says of a wrong number of operands; its three sentences end differently."""
        if self.fewest <= count and (self.most is None or count <= self.most):
            return None
        plural = "s" if self.fewest > 1 else ""
        if self.most == 0:
            return "accepts no arguments\n\n{line}\n\nRun"
        if self.most is None:
            return f"requires at least {self.fewest} argument{plural}\n\n{{line}}\n\nSee"
        if self.fewest == self.most:
            return f"requires {self.fewest} argument{plural}\n\n{{line}}\n\nRun"
        return f"requires at most {self.most} argument\n\n{{line}}\n\nSRun"


def parse(words: list[str], usage: Usage) -> tuple[Options, list[str]]:
    """Split words into flags and operands, as the client's flag library does. Raises `UsageError`."""
    flags = usage.flags
    by_name = {flag.name: flag for flag in flags}
    by_letter = {flag.short: flag for flag in flags if flag.short}
    options: Options = {}
    operands: list[str] = []
    rest = list(words)

    def fail(problem: str) -> UsageError:
        tail = f"\n\n{usage.line}\n\nRun '{usage.command} --help' for more information\n"
        return UsageError(problem + tail, FLAG_MISUSE)

    def put(flag: Flag, value: str | None, missing: str) -> None:
        if flag.valued:
            if value is None:
                if not rest:
                    raise fail(f"flag needs an argument: {missing}")
                value = rest.pop(0)
            if flag.name == "filter" and value and "=" not in value:
                problem = "bad format of filter (expected name=value)"
                raise fail(f'invalid argument "{value}" for "{flag}" flag: {problem}')
            options.setdefault(flag.name, []).append(value)
        elif value is None or value in TRUE or value in FALSE:
            options[flag.name] = value not in FALSE
        else:
            problem = f'strconv.ParseBool: parsing "{value}": invalid syntax'
            raise fail(f'invalid argument "{value}" for "{flag}" flag: {problem}')

    while rest:
        word = rest.pop(0)
        if word == "--":
            operands += rest
            break
        if not word.startswith("-") or word == "-":
            operands.append(word)
        elif word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            if name == "help":
                raise HelpWanted(usage, deprecated=False)
            if not name or name.startswith("-"):
                raise fail(f"bad flag syntax: {word}")
            if name not in by_name:
                raise fail(f"unknown flag: --{name}")
            put(by_name[name], value if equals else None, word)
        else:
            letters = word[1:]
            while letters:
                letter, letters = letters[0], letters[1:]
                if letter == "h" and "h" not in by_letter:
                    raise HelpWanted(usage, deprecated=True)
                if letter not in by_letter:
                    raise fail(f"unknown shorthand flag: {_quoted(letter)} in -{letter}{letters}")
                flag = by_letter[letter]
                if letters.startswith("="):
                    put(flag, letters[1:], "")
                    letters = ""
                elif flag.valued:
                    put(flag, letters or None, f"{_quoted(letter)} in -{letter}")
                    letters = ""
                else:
                    put(flag, None, "")
    return options, operands


def _quoted(letter: str) -> str:
    """A flag's letter as Go quotes it: the first byte of it, as a character."""
    byte = chr(letter.encode("utf-8", "surrogateescape")[0])
    return "'" + {"'": "\\'", "\\": "\\\\"}.get(byte, byte) + "'"


# The client


@dataclass
class Docker:
    """The `docker` client of an engine. `ask` gets an answer from the terminal, given what to show before it."""

    engine: Engine
    ask: Callable[[str], str] | None = None
    _pieces: list[tuple[bool, str]] = field(default_factory=list)
    _status: int = 0
    _stdin: str | None = None

    def run(self, words: list[str], stdin: str | None = None) -> Output:
        """Run `docker` with these words. Refusals become text and status; nothing is raised for them."""
        self._pieces, self._status, self._stdin = [], 0, stdin
        try:
            self._dispatch(words)
        except HelpWanted as wanted:
            if wanted.deprecated:
                self._pieces.append((True, "Flag shorthand -h has been deprecated, use --help\n"))
            self._out(wanted.usage.text)
        except UsageError as error:
            return err(str(error), error.status)
        except DockerError as error:
            self._refuse(error)
        return Output(tuple(self._pieces), self._status)

    def _dispatch(self, words: list[str]) -> None:
        if words in (["-v"], ["--version"]):
            self._out(f"Docker version {CLIENT['Version']}, build {CLIENT['GitCommit']}\n")
            return
        command, rest = self._find(words)
        if command not in VERBS:  # a command that only has others below it
            raise UsageError(usages()[f"docker {command}".rstrip()].text, 0)
        verb, usage = VERBS[command], usages()[f"docker {command}"]
        options, operands = parse(rest, usage)
        missing = next((name for name in options if name not in verb.flags), None)
        if missing:
            raise _lacking(f"--{missing} of {usage.command}", "flag", FLAG_MISUSE)
        if problem := verb.check(len(operands)):
            text = f"docker: '{usage.command}' {problem} '{usage.command} --help' for more information\n"
            raise UsageError(text.replace("{line}", usage.line), 1)
        verb.run(self, options, operands)

    def _find(self, words: list[str]) -> tuple[str, list[str]]:
        """The command that the first words name, aliases resolved, and the words after it."""
        top = usages()["docker"]
        if not words:
            return "", []
        first, *rest = words
        if first == "help":
            command = " ".join(rest)
            if f"docker {command}".rstrip() in usages():
                raise HelpWanted(usages()[f"docker {command}".rstrip()], deprecated=False)
            raise UsageError(f"unknown help topic: {command}\n", 1)
        if first.startswith("-"):
            options, _ = parse([first, *rest[:1]], top)
            raise _lacking(f"--{next(iter(options))} of docker", "flag", FLAG_MISUSE)
        if first in VERBS:
            return first, rest
        group = usages().get(f"docker {first}")
        if group is None:
            if first in top.commands or first in HIDDEN:
                raise _lacking(" ".join(["docker", first, *(word for word in rest[:1] if first in GROUPS)]))
            parse(rest, top)
            raise UsageError(
                f"docker: unknown command: docker {first}\n\nRun 'docker --help' for more information\n", 1
            )
        if not rest or rest[0].startswith("-"):
            parse(rest[:1], group)
            return first, rest
        name = f"{first} {ALIASES.get((first, rest[0]), rest[0])}"
        if name in VERBS:
            return name, rest[1:]
        if rest[0] in group.commands:
            raise _lacking(f"docker {first} {rest[0]}")
        text = f"docker: unknown command: docker {first} {rest[0]}\n\n{group.line}\n\n"
        raise UsageError(f"{text}Run 'docker {first} --help' for more information\n", 1)

    def _out(self, text: str) -> None:
        self._pieces.append((False, text))

    def _refuse(self, error: DockerError, status: int = 1) -> None:
        prefix = "Error response from daemon: " if isinstance(error, DaemonError) else ""
        self._pieces.append((True, f"{prefix}{error}\n"))
        self._status = status

    def _confirm(self, warning: str) -> bool:
        """Show a warning and read one line: only y means yes."""
        question = f"{warning}\nAre you sure you want to continue? [y/N] "
        if self._stdin is None and self.ask is not None:
            answer = self.ask(question)
        else:
            self._out(question)
            answer = (self._stdin or "").split("\n")[0]
        return answer.strip().lower() == "y"

    def _rows(
        self, rows: list[Struct], headers: Mapping[str, str], form: str, default: str, *, quiet: bool = False
    ) -> None:
        """Print rows the way `--format` says: a table, JSON, or a template applied to each."""
        if quiet and form in ("", "table"):
            form = "{{.ID}}"
        if form in ("", "table"):
            form = f"table {default}"
        if form == "json":
            self._out("".join(canonical_json(dict(sorted(row.items()))).decode() + "\n" for row in rows))
            return
        is_table = form.startswith("table ")
        template = Template(form.removeprefix("table ").strip().replace("\\t", "\t").replace("\\n", "\n"))
        lines = [template.render(row) for row in rows]
        if not is_table:
            self._out("".join(f"{line}\n" for line in lines))
            return
        names = {name: headers.get(name, "") for name in (rows[0] if rows else headers)}
        heading = template.render(Struct(rows[0].go_type if rows else "formatter.SubHeaderContext", names))
        self._out(table(line.split("\t") for line in [heading, *lines]))

    # Images

    def pull(self, options: Options, operands: list[str]) -> None:
        """Docker pull."""
        reference = Reference.parse(operands[0])
        quiet = options.get("quiet")
        if not quiet and reference != reference.tagged():
            self._out(f"Using default tag: {DEFAULT_TAG}\n")
        pulled = self.engine.pull(operands[0])
        wanted = pulled.reference
        if not quiet:
            target = wanted.pinned(wanted.digest) if wanted.digest else wanted
            self._out(f"{target if target.digest else target.tag}: Pulling from {wanted.path}\n")
            for layer in pulled:
                self._out(f"{short(layer.digest)}: {layer.status}\n")
            status = "Downloaded newer image" if pulled.newer else "Image is up to date"
            self._out(f"Digest: {pulled.image.digest}\nStatus: {status} for {target.familiar}\n")
        self._out(f"{wanted}\n")

    def images(self, options: Options, operands: list[str]) -> None:
        """Docker images."""
        form = _last(options, "format")
        dangling, patterns = _image_filters(options.get("filter", []))
        if operands:
            patterns.append(operands[0])
        digests = bool(options.get("digests")) or ".Digest" in form
        rows = []
        for image in self.engine.images():
            names = self.engine.references(image)
            if patterns:
                names = [name for name in names if any(name.matches(pattern) for pattern in patterns)]
                if not names:
                    continue
            if dangling and any(not name.digest for name in names):
                continue
            rows += [
                self._image_row(image, *row, whole=bool(options.get("no-trunc")))
                for row in _repository_rows(names, digests)
            ]
        default = "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}"
        if options.get("digests"):
            default = default.replace("{{.ID}}", "{{.Digest}}\t{{.ID}}")
        self._rows(rows, IMAGE_HEADERS, form, default, quiet=bool(options.get("quiet")))

    def _image_row(self, image: Image, repository: str, tag: str, digest: str, *, whole: bool) -> Struct:
        created = image.created or EPOCH
        return Struct(
            "*formatter.imageContext",
            {
                "ID": image.id if whole else short(image.id),
                "Repository": repository,
                "Tag": tag,
                "Digest": digest,
                "CreatedSince": ago(created, self.engine.clock.now()),
                "CreatedAt": f"{created:%Y-%m-%d %H:%M:%S} +0000 UTC",
                "Size": size(image.size, 3),
                "SharedSize": "N/A",
                "UniqueSize": "N/A",
                "VirtualSize": size(image.size),
                "Containers": "N/A",
            },
        )

    def inspect_image(self, options: Options, operands: list[str]) -> None:
        """Docker image inspect."""
        self._inspect(options, operands, lambda name: str(NotFound(f"No such image: {name}")))

    def inspect(self, options: Options, operands: list[str]) -> None:
        """Docker inspect, of which the model knows images."""
        self._inspect(options, operands, lambda name: None)

    def _inspect(self, options: Options, names: list[str], missing: Callable[[str], str | None]) -> None:
        form = _last(options, "format")
        try:
            template = Template(form) if form not in ("", "json") else None
        except ParseError as error:
            self._refuse(error, BAD_TEMPLATE)
            return
        found: list[tuple[dict[str, Any], Struct]] = []
        texts: list[str] = []
        refused: list[DockerError] = []
        for name in names:
            try:
                if not name:
                    raise DockerError(
                        "Error: No such image: " if missing(name) else "invalid container name or ID: value is empty"
                    )
                image = self.engine.image(name)
                raw, typed = self._details(image), self._typed(image)
                found.append((raw, typed))
                if template is not None:
                    texts.append(_rendered(template, typed, raw) + "\n")
            except DaemonError as error:
                refused.append(error if missing(name) else DockerError(f"Error: No such object: {name}"))
            except DockerError as error:
                refused.append(error)
        if template is not None:
            self._out("".join(texts) or "\n")
        elif form == "json":
            self._out(canonical_json([raw for raw, _ in found]).decode() + "\n")
        else:
            text = json.dumps([raw for raw, _ in found], indent=4, ensure_ascii=False)
            self._out(re.sub("[<>&]", lambda sign: f"\\u{ord(sign[0]):04x}", text) + "\n")
        for refusal in refused:
            self._refuse(refusal)

    def _details(self, image: Image) -> dict[str, Any]:
        """An image as the engine's API tells it."""
        config = image.config
        settings: dict[str, Any] = {
            "Cmd": list(config.cmd) or None,
            "Entrypoint": list(config.entrypoint) or None,
            "Env": list(config.env) or None,
            "ExposedPorts": {port: {} for port in sorted(config.exposed_ports)},
            "Labels": dict(sorted(config.labels.items())) or None,
            "OnBuild": None,
            "StopSignal": config.stop_signal,
            "User": config.user,
            "Volumes": {volume: {} for volume in sorted(config.volumes)} or None,
            "WorkingDir": config.working_dir,
        }
        optional = ("ExposedPorts", "StopSignal")
        tagged = self.engine.last_tagged(image)
        return {
            "Id": image.id,
            "RepoTags": [name.familiar for name in self.engine.tags(image)],
            "RepoDigests": [name.familiar for name in self.engine.digests(image)],
            "Parent": "",
            "Comment": image.steps[-1].comment if image.steps else "",
            "Created": timestamp(image.created or NEVER),
            "DockerVersion": "",
            "Author": image.author,
            "Architecture": image.architecture,
            "Os": image.os,
            "Size": image.size,
            "GraphDriver": {"Data": self._directories(image), "Name": "overlay2"},
            "RootFS": {"Type": "layers", "Layers": list(image.diff_ids)},
            "Metadata": {"LastTagTime": timestamp(tagged or NEVER)},
            "Config": {key: value for key, value in settings.items() if value or key not in optional},
        }

    def _directories(self, image: Image) -> dict[str, str]:
        """Where overlayfs finds the layers: the top one is the upper directory of the image's own mount."""
        *lower, top = (f"/var/lib/docker/overlay2/{name}" for name in self.engine.cache_ids(image))
        data = {"LowerDir": ":".join(f"{path}/diff" for path in reversed(lower))} if lower else {}
        return {**data, "MergedDir": f"{top}/merged", "UpperDir": f"{top}/diff", "WorkDir": f"{top}/work"}

    def _typed(self, image: Image) -> Struct:
        """The same as the client's own structure, to which templates are applied first."""
        details = self._details(image)
        config = image.config
        fields: dict[str, Any] = {
            "User": config.user,
            "ExposedPorts": {port: {} for port in config.exposed_ports} or Nil("map[]"),
            "Env": list(config.env) or Nil("[]"),
            "Entrypoint": list(config.entrypoint) or Nil("[]"),
            "Cmd": list(config.cmd) or Nil("[]"),
            "Volumes": {volume: {} for volume in config.volumes} or Nil("map[]"),
            "WorkingDir": config.working_dir,
            "Labels": dict(config.labels) or Nil("map[]"),
            "StopSignal": config.stop_signal,
        }
        typed = {"ID": details.pop("Id"), **details}
        typed["RootFS"] = Struct("image.RootFS", details["RootFS"])
        typed["GraphDriver"] = Struct("storage.DriverData", details["GraphDriver"])
        typed["Metadata"] = Struct("image.Metadata", details["Metadata"])
        typed["Config"] = _ImageConfig("*dockerspec.DockerOCIImageConfig", fields)
        return Struct("image.InspectResponse", typed)

    def history(self, options: Options, operands: list[str]) -> None:
        """Docker history."""
        whole, human = bool(options.get("no-trunc")), options.get("human", True)
        rows = []
        for row in self.engine.history(operands[0]):
            created = row.step.created or EPOCH
            by = row.step.created_by.replace("\t", " ")
            rows.append(
                Struct(
                    "*image.historyContext",
                    {
                        "ID": "<missing>" if row.id is None else row.id if whole else short(row.id),
                        "CreatedSince": ago(created, self.engine.clock.now()) if human else timestamp(created),
                        "CreatedAt": f"{created:%Y-%m-%dT%H:%M:%SZ}",
                        "CreatedBy": by if whole else ellipsis(by, 45),
                        "Size": size(row.size, 3) if human else str(row.size),
                        "Comment": row.step.comment,
                    },
                )
            )
        default = "{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}"
        headers = HISTORY_HEADERS if human else {**HISTORY_HEADERS, "CreatedSince": "CREATED AT"}
        self._rows(rows, headers, _last(options, "format"), default, quiet=bool(options.get("quiet")))

    def tag(self, options: Options, operands: list[str]) -> None:
        """Docker tag."""
        self.engine.tag(*operands)

    def rmi(self, options: Options, operands: list[str]) -> None:
        """Docker rmi."""
        refused: list[DockerError] = []
        for name in operands:
            try:
                self._removed(self.engine.rmi(name, force=bool(options.get("force"))))
            except DockerError as error:
                refused.append(error)
        forgiven = options.get("force") and all(isinstance(error, NotFound) for error in refused)
        for refusal in refused:
            self._refuse(refusal, 0 if forgiven else 1)

    def _removed(self, removals: Iterable[Removal]) -> None:
        self._out("".join(f"{removal.action}: {removal.name}\n" for removal in removals))

    def prune_images(self, options: Options, operands: list[str]) -> None:
        """Docker image prune."""
        every = bool(options.get("all"))
        what = "all images without at least one container associated to them" if every else "all dangling images"
        if not options.get("force") and not self._confirm(f"WARNING! This will remove {what}."):
            return
        pruned = self.engine.prune(all=every)
        if pruned.removals:
            lines = (f"{removal.action.lower()}: {removal.name}\n" for removal in pruned.removals)
            self._out("Deleted Images:\n" + "".join(lines) + "\n")
        self._out(f"Total reclaimed space: {size(pruned.reclaimed)}\n")

    # The system

    def disk_usage(self, options: Options, operands: list[str]) -> None:
        """Docker system df."""
        form = _last(options, "format")
        images, total = self.engine.images(), self.engine.layers_size
        if options.get("verbose"):
            if form:
                raise _lacking("--format of docker system df --verbose", "flag", FLAG_MISUSE)
            self._disk_usage_by_image(images)
            return
        counts = {"Images": len(images), "Containers": 0, "Local Volumes": 0, "Build Cache": 0}
        rows = [
            Struct(
                f"*formatter.diskUsage{kind.replace(' ', '').replace('Local', '')}Context",
                {
                    "Type": kind,
                    "TotalCount": str(count),
                    "Active": "0",
                    "Size": size(total if kind == "Images" else 0),
                    "Reclaimable": f"{size(total)} (100%)" if kind == "Images" and total else "0B",
                },
            )
            for kind, count in counts.items()
        ]
        default = "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}"
        self._rows(rows, DISK_HEADERS, form, default)

    def _disk_usage_by_image(self, images: list[Image]) -> None:
        rows = []
        for image in images:
            repository, tag, digest = _repository_rows(self.engine.references(image), False)[0]
            shared = self.engine.shared_size(image)
            row = self._image_row(image, repository, tag, digest, whole=False)
            rows.append(
                Struct(
                    row.go_type,
                    {**row, "SharedSize": size(shared), "UniqueSize": size(image.size - shared), "Containers": "0"},
                )
            )
        columns = "Repository Tag ID CreatedSince Size SharedSize UniqueSize Containers".split()
        cells = [[IMAGE_HEADERS[name] for name in columns], *([row[name] for name in columns] for row in rows)]
        empty = "".join(f"\n{title}\n\n{table([heading])}" for title, heading in DISK_SECTIONS)
        self._out(f"Images space usage:\n\n{table(cells)}{empty}")

    def version(self, options: Options, operands: list[str]) -> None:
        """Docker version."""
        form = _last(options, "format")
        data = {"Client": CLIENT, "Server": SERVER}
        if not form:
            self._out(VERSION_TEXT)
        elif form == "json":
            self._out(canonical_json(data).decode() + "\n")
        else:
            types = {"Client": "system.clientVersion", "Server": "*types.Version"}
            typed = {name: Struct(types[name], each) for name, each in data.items()}
            try:
                template = Template(form, "version")
                self._out(template.render(Struct("system.versionInfo", typed)) + "\n")
            except ParseError as error:
                self._refuse(error, BAD_TEMPLATE)
            except TemplateError as error:
                self._out("\n")
                self._refuse(DockerError(str(error).removeprefix("template parsing error: ")))


class _ImageConfig(Struct):
    """The image's settings, which Go keeps as one structure within another; JSON leaves out what is empty."""

    def go_text(self) -> str:
        return "{" + super().go_text().removesuffix("}") + " false} {<nil> [] []}}"

    def json(self) -> dict[str, Any]:
        return {key: value for key, value in self.items() if value}


def _rendered(template: Template, typed: Struct, raw: dict[str, Any]) -> str:
    """A template applied to the client's structure or, if that fails, to the JSON from the engine."""
    try:
        return template.render(typed)
    except TemplateError:
        return template.render(raw, strict=True)


def _repository_rows(names: list[Reference], digests: bool) -> list[tuple[str, str, str]]:
    """The rows (repository, tag, digest) that a table has for an image of these names."""
    rows = []
    repositories = dict.fromkeys(name.familiar_name for name in names)
    for repository in repositories:
        own = [name for name in names if name.familiar_name == repository]
        tags = [name.tag for name in own if name.tag]
        pins = [name.digest for name in own if name.digest]
        if tags:
            rows += [(repository, tag, pin) for tag in tags for pin in (pins if digests and pins else ["<none>"])]
        else:
            rows += [(repository, "<none>", pin or "") for pin in (pins if digests else [""])]
    return rows or [("<none>", "<none>", "<none>")]


def _image_filters(filters: list[str]) -> tuple[bool, list[str]]:
    """Whether only dangling images are wanted, and the patterns for names. Raises `DaemonError`, `UsageError`."""
    dangling: list[str] = []
    patterns: list[str] = []
    for text in filters:
        name, _, value = text.partition("=")
        name = name.strip().lower()
        if name == "dangling":
            dangling.append(value)
        elif name == "reference":
            patterns.append(value)
        elif name in ("before", "label", "since", "until"):
            raise _lacking(f"{name} of docker images", "filter")
        elif text:
            raise DaemonError(f"invalid filter '{name}'" if name else "invalid filter")
    if len(set(dangling)) > 1 or any(value not in ("1", "true", "0", "false") for value in dangling):
        raise DaemonError(f"invalid filter 'dangling=[{' '.join(dangling)}]'")
    return dangling[:1] in (["1"], ["true"]), patterns


def _last(options: Options, name: str) -> str:
    """The value of a flag that counts once, the last one given."""
    values = options.get(name) or [""]
    return str(values[-1])


def _lacking(what: str, kind: str = "command", status: int = 1) -> UsageError:
    return UsageError(f"dockerlearn: '{what}' is a real {kind}, which this model does not have\n", status)


# Commands that have others below them, and those that the help text lists only when their plugin or Swarm is there.
GROUPS = """
builder buildx checkpoint compose config container context manifest network node plugin secret service stack swarm trust
volume
""".split()
HIDDEN = "buildx checkpoint compose config node secret service stack".split()
ALIASES = {("image", "list"): "ls", ("image", "remove"): "rm"}

_IMAGES = Verb(Docker.images, 0, 1, ("all", "digests", "filter", "format", "no-trunc", "quiet"))
_HISTORY = Verb(Docker.history, 1, 1, ("format", "human", "no-trunc", "quiet"))
_PULL = Verb(Docker.pull, 1, 1, ("quiet",))
_RMI = Verb(Docker.rmi, 1, None, ("force", "no-prune"))
_TAG = Verb(Docker.tag, 2, 2)
VERBS = {
    "history": _HISTORY,
    "image history": _HISTORY,
    "image inspect": Verb(Docker.inspect_image, 1, None, ("format",)),
    "image ls": _IMAGES,
    "image prune": Verb(Docker.prune_images, 0, 0, ("all", "force")),
    "image pull": _PULL,
    "image rm": _RMI,
    "image tag": _TAG,
    "images": _IMAGES,
    "inspect": Verb(Docker.inspect, 1, None, ("format",)),
    "pull": _PULL,
    "rmi": _RMI,
    "system df": Verb(Docker.disk_usage, 0, 0, ("format", "verbose")),
    "tag": _TAG,
    "version": Verb(Docker.version, 0, 0, ("format",)),
}

IMAGE_HEADERS = {
    "ID": "IMAGE ID",
    "Repository": "REPOSITORY",
    "Tag": "TAG",
    "Digest": "DIGEST",
    "CreatedSince": "CREATED",
    "CreatedAt": "CREATED AT",
    "Size": "SIZE",
    "SharedSize": "SHARED SIZE",
    "UniqueSize": "UNIQUE SIZE",
    "VirtualSize": "VIRTUAL SIZE",
    "Containers": "CONTAINERS",
}
HISTORY_HEADERS = {
    "ID": "IMAGE",
    "CreatedSince": "CREATED",
    "CreatedAt": "CREATED AT",
    "CreatedBy": "CREATED BY",
    "Size": "SIZE",
    "Comment": "COMMENT",
}
DISK_HEADERS = {
    "Type": "TYPE",
    "TotalCount": "TOTAL",
    "Active": "ACTIVE",
    "Size": "SIZE",
    "Reclaimable": "RECLAIMABLE",
}
DISK_SECTIONS = (
    (
        "Containers space usage:",
        ("CONTAINER ID", "IMAGE", "COMMAND", "LOCAL VOLUMES", "SIZE", "CREATED", "STATUS", "NAMES"),
    ),
    ("Local Volumes space usage:", ("VOLUME NAME", "LINKS", "SIZE")),
    ("Build cache usage: 0B", ("CACHE ID", "CACHE TYPE", "SIZE", "CREATED", "LAST USED", "USAGE", "SHARED")),
)

CLIENT = {
    "Version": "28.2.2",
    "ApiVersion": "1.50",
    "DefaultAPIVersion": "1.50",
    "GitCommit": "e6534b4",
    "GoVersion": "go1.24.3",
    "Os": "linux",
    "Arch": "amd64",
    "BuildTime": "Fri May 30 12:07:14 2025",
    "Context": "default",
}
SERVER = {
    "Version": "28.5.2",
    "ApiVersion": "1.51",
    "MinAPIVersion": "1.24",
    "GitCommit": "3ef3c07",
    "GoVersion": "go1.27.1",
    "Os": "linux",
    "Arch": "amd64",
    "BuildTime": "Tue Sep 15 11:02:57 2026",
}
VERSION_TEXT = """\
Client:
 Version:           28.2.2
 API version:       1.50
 Go version:        go1.24.3
 Git commit:        e6534b4
 Built:             Fri May 30 12:07:14 2025
 OS/Arch:           linux/amd64
 Context:           default

Server:
 Engine:
  Version:          28.5.2
  API version:      1.51 (minimum version 1.24)
  Go version:       go1.27.1
  Git commit:       3ef3c07
  Built:            Tue Sep 15 11:02:57 2026
  OS/Arch:          linux/amd64
  Experimental:     false
"""

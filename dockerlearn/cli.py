"""`docker ...`: words become calls on the engine, and the answers become text as Docker 28 prints it.

What a command takes, `usage.py` reads from Docker's own help texts. `VERBS` says which of that the model has; the rest
is refused by name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from . import views
from .digest import canonical_json, short
from .engine import Engine
from .errors import DaemonError, DockerError, NotFound, TemplateError
from .human import size
from .image import Image
from .reference import DEFAULT_TAG, Reference
from .shell import Output
from .template import Nil, ParseError, Struct, Template
from .usage import MISUSED_FLAG, MORE, Options, Usage, UsageError, parse, usages

BAD_TEMPLATE = 64


class Docker:
    """The `docker` client of an engine. `ask` gets an answer from the terminal, given what to show before it."""

    def __init__(self, engine: Engine, ask: Callable[[str], str] | None = None) -> None:
        self.engine, self.ask = engine, ask

    def run(self, words: list[str], stdin: str | None = None) -> Output:
        """Run `docker` with these words. Refusals become text and status; nothing is raised for them."""
        self._pieces: list[tuple[bool, str]] = []
        self._status, self._stdin = 0, stdin
        try:
            self._dispatch(words, usages()["docker"], {})
        except UsageError as error:
            self._pieces.append((True, str(error)))
            self._status = error.status
        except DockerError as error:
            self._refuse(error)
        return Output(tuple(self._pieces), self._status)

    def _dispatch(self, words: list[str], usage: Usage, helped: Options) -> None:
        """Go down from a command to the one that the words name, and run that."""
        options, operands = parse(words, usage)
        options.update(helped)
        below = f"{usage.command} {operands[0]}" if usage.commands and operands else ""
        if usage.commands:
            _only("version", options, usage)
        if below in usages():
            helped = {flag: options[flag] for flag in ("help", "h") if flag in options}
            self._dispatch(operands[1:], usages()[below], helped)
            return
        if below:
            if operands[0] in usage.commands:
                raise _lacking(below)
            options.update(parse(operands[1:], usage)[0])
        if options.get("help"):
            if "h" in options:
                self._pieces.append((usage.command == "docker", "Flag shorthand -h has been deprecated, use --help\n"))
            self._out(usage.text)
        elif options.get("version"):
            self._out(f"Docker version {CLIENT['Version']}, build {CLIENT['GitCommit']}\n")
        elif below:
            line = "" if usage.command == "docker" else f"{usage.line}\n\n"
            raise UsageError(f"docker: unknown command: {below}\n\n{line}Run '{usage.command} --help'{MORE}")
        elif usage.commands:
            raise UsageError(usage.text, 0)
        else:
            if problem := usage.miscount(len(operands)):
                raise UsageError(problem)
            verb = VERBS[usage.verb]
            _only(verb.flags, options, usage)
            verb.run(self, options, operands)

    def _out(self, text: str) -> None:
        self._pieces.append((False, text))

    def _view(self, options: Options) -> views.View:
        return views.View(self.engine.clock.now(), options.get("no-trunc", False), options.get("human", True))

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

    def help(self, options: Options, operands: list[str]) -> None:
        """Docker help."""
        usage, rest = usages()["docker"], operands
        while rest and (name := f"{usage.command} {rest[0]}") in usages():
            usage, rest = usages()[name], rest[1:]
        if rest and rest[0] in usage.commands:
            raise _lacking(name)
        if rest:
            raise UsageError(f"unknown help topic: {' '.join(rest)}\n")
        self._out(usage.text)

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
            target = wanted.target
            self._out(f"{target if target.digest else target.tag}: Pulling from {wanted.path}\n")
            for layer in pulled:
                self._out(f"{short(layer.digest)}: {layer.status}\n")
            status = "Downloaded newer image" if pulled.newer else "Image is up to date"
            self._out(f"Digest: {pulled.image.digest}\nStatus: {status} for {target.familiar}\n")
        self._out(f"{wanted}\n")

    def images(self, options: Options, operands: list[str]) -> None:
        """Docker images."""
        form, pinned = options.get("format", ""), options.get("digests", False)
        if form == "raw":
            raise _lacking("raw of docker images --format", "format")
        dangling, patterns = _image_filters(options.get("filter", []))
        patterns += [pattern for pattern in operands if pattern]
        shown = []
        for image in self.engine.images():
            names = self.engine.references(image)
            if patterns:
                names = [name for name in names if any(name.matches(pattern) for pattern in patterns)]
            if (names or not patterns) and not (dangling and any(name.tag for name in names)):
                for name in views.names_of(names, digests=pinned or "{{.Digest}}" in form, pinned=pinned):
                    shown.append(views.Named(image, *name))
        kind = views.IMAGES_WITH_DIGESTS if pinned else views.IMAGES
        self._out(kind.show(shown, self._view(options), form, quiet=options.get("quiet", False)))

    def inspect_image(self, options: Options, operands: list[str]) -> None:
        """Docker image inspect."""
        self._inspect(options, operands, self.engine.image, "Error: No such image: ")

    def inspect(self, options: Options, operands: list[str]) -> None:
        """Docker inspect, of which the model knows images."""
        self._inspect(options, operands, self._object, "invalid container name or ID: value is empty")

    def _object(self, name: str) -> Image:
        try:
            return self.engine.image(name)
        except DaemonError as error:
            raise DockerError(f"Error: No such object: {name}") from error

    def _inspect(self, options: Options, names: list[str], find: Callable[[str], Image], nameless: str) -> None:
        """Show what is found, then refuse the rest. `nameless` is said of an empty name."""
        form = options.get("format", "")
        template = None if form in ("", "json") else _template(form)
        found: list[dict[str, Any]] = []
        texts: list[str] = []
        refused: list[DockerError] = []
        for name in names:
            try:
                if not name:
                    raise DockerError(nameless)
                found.append(self.engine.inspect(find(name)))
                if template is not None:
                    texts.append(_rendered(template, found[-1]) + "\n")
            except DockerError as error:
                refused.append(error)
        if template is not None:
            self._out("".join(texts) or "\n")
        elif form == "json":
            self._out(canonical_json(found).decode() + "\n")
        else:
            text = json.dumps(found, indent=4, ensure_ascii=False)
            self._out(re.sub("[<>&]", lambda sign: f"\\u{ord(sign[0]):04x}", text) + "\n")
        for refusal in refused:
            self._refuse(refusal)

    def history(self, options: Options, operands: list[str]) -> None:
        """Docker history."""
        rows = self.engine.history(_address(operands[0]))
        kind = views.HISTORY if options.get("human", True) else views.HISTORY_FOR_MACHINES
        form, quiet = options.get("format", ""), options.get("quiet", False)
        self._out(kind.show(rows, self._view(options), form, quiet=quiet))

    def tag(self, options: Options, operands: list[str]) -> None:
        """Docker tag."""
        self.engine.tag(*operands)

    def rmi(self, options: Options, operands: list[str]) -> None:
        """Docker rmi."""
        refused: list[DockerError] = []
        for name in operands:
            try:
                for removal in self.engine.rmi(_address(name), force=bool(options.get("force"))):
                    self._out(f"{removal.action}: {removal.name}\n")
            except DockerError as error:
                refused.append(error)
        forgiven = options.get("force") and all(isinstance(error, NotFound) for error in refused)
        for refusal in refused:
            self._refuse(refusal, 0 if forgiven else 1)

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
        form, images, view = options.get("format", ""), self.engine.images(), self._view(options)
        if not options.get("verbose"):
            kinds = [("Images", len(images), self.engine.layers_size)]
            kinds += [(kind, 0, 0) for kind in ("Containers", "Local Volumes", "Build Cache")]
            self._out(views.DISK.show(kinds, view, form))
            return
        if form:
            raise _lacking("--format of docker system df --verbose", "flag")
        shown = []
        for image in images:
            name = views.names_of(self.engine.tags(image)[:1], digests=False, pinned=False)[0]
            shown.append(views.Named(image, *name, shared=self.engine.shared_size(image)))
        self._out(f"Images space usage:\n\n{views.DISK_IMAGES.show(shown, view)}{views.DISK_WITHOUT_IMAGES}")

    def version(self, options: Options, operands: list[str]) -> None:
        """Docker version."""
        form = options.get("format")
        if not form:
            self._out(VERSION_TEXT)
            return
        template = _template("{{json .}}" if form == "json" else form, "version")
        try:
            self._out(template.render(VERSION) + "\n")
        except TemplateError as error:
            self._out("\n")
            self._refuse(DockerError(str(error).removeprefix("template parsing error: ")))


def _only(flags: str, options: Options, usage: Usage) -> None:
    """Refuse the first flag that the model does not have."""
    for name in options:
        if name not in ("help", "h", *flags.split()):
            raise _lacking(f"--{name} of {usage.command}", "flag")


def _template(form: str, name: str = "") -> Template:
    """The template of `-f`. Raises `UsageError` if it is none."""
    try:
        return Template(form, name)
    except ParseError as error:
        raise UsageError(f"{error}\n", BAD_TEMPLATE) from error


def _address(name: str) -> str:
    """A name as part of an address in the engine's API, where an empty one leads nowhere. Raises `NotFound`."""
    if not name:
        raise NotFound("page not found")
    return name


def _rendered(template: Template, sent: dict[str, Any]) -> str:
    """A template applied to the client's structure or, if that fails, to the JSON from the engine."""
    try:
        return template.render(views.typed(sent))
    except TemplateError:
        return template.render(views.decoded(sent), strict=True)


def _image_filters(filters: list[str]) -> tuple[bool, list[str]]:
    """Whether only dangling images are wanted, and the patterns for names. Raises `DaemonError`, `UsageError`."""
    values: dict[str, list[str]] = {"dangling": [], "reference": []}
    for text in filters:
        name, _, value = (part.strip() for part in text.partition("="))
        name = name.lower()
        if name in values:
            values[name].append(value)
        elif name in ("before", "label", "since", "until"):
            raise _lacking(f"{name} of docker images", "filter")
        elif text:
            raise DaemonError(f"invalid filter '{name}'" if name else "invalid filter")
    dangling = values["dangling"]
    yes, no = ("1" in dangling or "true" in dangling), ("0" in dangling or "false" in dangling)
    if dangling and yes == no:
        raise DaemonError(f"invalid filter 'dangling=[{' '.join(dangling)}]'")
    return yes, values["reference"]


def _lacking(what: str, kind: str = "command") -> UsageError:
    """Docker has it, the model does not."""
    text = f"dockerlearn: '{what}' is a real {kind}, which this model does not have\n"
    return UsageError(text, MISUSED_FLAG if kind == "flag" else 1)


class Verb(NamedTuple):
    """How the model does a command: the method, and the flags that it knows."""

    run: Callable[[Docker, Options, list[str]], None]
    flags: str = ""


VERBS = {
    "docker help": Verb(Docker.help),
    "docker image history": Verb(Docker.history, "format human no-trunc quiet"),
    "docker image inspect": Verb(Docker.inspect_image, "format"),
    "docker image ls": Verb(Docker.images, "all digests filter format no-trunc quiet"),
    "docker image prune": Verb(Docker.prune_images, "all force"),
    "docker image pull": Verb(Docker.pull, "quiet"),
    "docker image rm": Verb(Docker.rmi, "force no-prune"),
    "docker image tag": Verb(Docker.tag),
    "docker inspect": Verb(Docker.inspect, "format"),
    "docker system df": Verb(Docker.disk_usage, "format verbose"),
    "docker version": Verb(Docker.version, "format"),
}
CLIENT: dict[str, Any] = {
    "Platform": Nil("<nil>"),
    "Version": "28.2.2",
    "APIVersion": "1.50",
    "DefaultAPIVersion": "1.50",
    "GitCommit": "e6534b4",
    "GoVersion": "go1.24.3",
    "Os": "linux",
    "Arch": "amd64",
    "BuildTime": "Fri May 30 12:07:14 2025",
    "Context": "default",
}
SERVER: dict[str, Any] = {
    "Platform": Struct("struct { Name string }", {"Name": ""}),
    "Components": [
        Struct(
            "types.ComponentVersion",
            {
                "Name": "Engine",
                "Version": "28.5.2",
                "Details": {
                    "ApiVersion": "1.51",
                    "Arch": "amd64",
                    "BuildTime": "Tue Sep 15 11:02:57 2026",
                    "Experimental": "false",
                    "GitCommit": "3ef3c07",
                    "GoVersion": "go1.27.1",
                    "KernelVersion": "6.18.44",
                    "MinAPIVersion": "1.24",
                    "Os": "linux",
                },
            },
        )
    ],
    "Version": "28.5.2",
    "APIVersion": "1.51",
    "MinAPIVersion": "1.24",
    "GitCommit": "3ef3c07",
    "GoVersion": "go1.27.1",
    "Os": "linux",
    "Arch": "amd64",
    "KernelVersion": "6.18.44",
    "Experimental": False,
    "BuildTime": "2026-09-15T11:02:57.000000000+00:00",
}
VERSION = Struct(
    "system.versionInfo",
    {"Client": views.Typed("system.clientVersion", CLIENT), "Server": views.Typed("*types.Version", SERVER)},
)
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

"""`docker ...`: words become calls on the engine, and the answers become text as Docker 28 prints it.

What a command takes, `usage.py` reads from Docker's own help texts. `VERBS` says which of that the model has; the rest
is refused by name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterable, MutableMapping
from datetime import datetime
from posixpath import basename, join, normpath
from typing import Any, NamedTuple, TypeAlias

from ..model.container import Container, stop
from ..model.digest import canonical_json, short
from ..model.engine import Engine, Pull
from ..model.errors import CannotStart, DaemonError, DockerError, InvalidReference, NotFound, TemplateError
from ..model.image import Image
from ..model.inspection import ENGINE_VERSION
from ..model.lifecycle import State
from ..model.network import Port
from ..model.process import (
    KILLED,
    Answer,
    Effect,
    Line,
    Program,
    Read,
    Signals,
    Sleep,
    Stream,
    Write,
    signal_name,
)
from ..model.reference import DEFAULT_TAG, Reference
from ..model.tree import Directory, File, Node
from . import formats as views
from .human import size
from .template import Nil, ParseError, Struct, Template
from .usage import MISUSED_FLAG, MORE, Options, Usage, UsageError, parse, usages

BAD_TEMPLATE = 64
Running: TypeAlias = Generator[Effect, Answer, None]  # a part of a command under way
HOME = "/root"  # the folder that the client is called in, where it has to be named


class Docker:
    """The `docker` client of an engine, with the `files` of the computer that it is called on.

    It `asks` where there is somebody at the terminal to answer.
    """

    def __init__(self, engine: Engine, files: MutableMapping[str, str] | None = None, *, asks: bool = False) -> None:
        self.engine, self.files, self.asks = engine, {} if files is None else files, asks

    def run(self, words: list[str], stdin: str | None = None) -> Program:
        """Run `docker` with these words. Refusals become text and status; nothing is raised for them."""
        self._pieces: list[Write] = []
        self._status, self._stdin = 0, stdin
        try:
            yield from self._dispatch(words, usages()["docker"], {}) or ()
        except UsageError as error:
            self._err(str(error))
            self._status = error.status
        except DockerError as error:
            self._refuse(error)
        yield from self._flush()
        return self._status

    def _dispatch(self, words: list[str], usage: Usage, helped: Options) -> Running | None:
        """Go down from a command to the one that the words name, and run that."""
        options, operands = parse(words, usage)
        options.update(helped)
        below = f"{usage.command} {operands[0]}" if usage.commands and operands else ""
        if usage.commands:
            _only("version", options, usage)
        if below in usages():
            helped = {flag: options[flag] for flag in ("help", "h") if flag in options}
            return self._dispatch(operands[1:], usages()[below], helped)
        if below:
            if operands[0] in usage.commands:
                raise _lacking(below)
            options.update(parse(operands[1:], usage)[0])
        if options.get("help"):
            if "h" in options:
                tell = self._err if usage.command == "docker" else self._out
                tell("Flag shorthand -h has been deprecated, use --help\n")
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
            return verb.run(self, options, operands)
        return None

    def _out(self, text: str) -> None:
        self._pieces.append(Write(Stream.STDOUT, text))

    def _err(self, text: str) -> None:
        self._pieces.append(Write(Stream.STDERR, text))

    def _flush(self) -> Running:
        """Write what has been gathered so far."""
        pieces, self._pieces = self._pieces, []
        yield from pieces

    def _view(self, options: Options) -> views.View:
        return views.View(self.engine.clock.now(), options.get("no-trunc", False), options.get("human", True))

    def _refuse(self, error: DockerError, status: int = 1) -> None:
        prefix = "Error response from daemon: " if isinstance(error, DaemonError) else ""
        self._err(f"{prefix}{error}\n")
        self._status = status

    def _confirm(self, warning: str) -> Generator[Effect, Answer, bool]:
        """Show a warning and read one line: only y means yes."""
        question = f"{warning}\nAre you sure you want to continue? [y/N] "
        if self._stdin is None and self.asks:
            yield from self._flush()
            typed = yield Read(question)
            answer = typed.text if isinstance(typed, Line) else ""
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
        if not quiet:
            self._out(_progress(pulled))
        self._out(f"{pulled.reference}\n")

    def images(self, options: Options, operands: list[str]) -> None:
        """Docker images."""
        form, pinned = options.get("format", ""), options.get("digests", False)
        if form == "raw":
            raise _lacking("raw of docker images --format", "format")
        dangling, patterns = _image_filters(options.get("filter", []))
        patterns += [pattern for pattern in operands if pattern]
        shown = []
        for image in self.engine.images(all=options.get("all", False)):
            names = self.engine.store.references.of(image)
            if patterns:
                names = [name for name in names if any(name.matches(pattern) for pattern in patterns)]
            held = any(name.tag for name in names) or bool(self.engine.store.children(image))
            if (names or not patterns) and not (dangling and held):
                for name in views.names_of(names, digests=pinned or "{{.Digest}}" in form, pinned=pinned):
                    shown.append(views.Named(image, *name))
        kind = views.IMAGES_WITH_DIGESTS if pinned else views.IMAGES
        self._out(kind.show(shown, self._view(options), form, quiet=options.get("quiet", False)))

    def inspect_image(self, options: Options, operands: list[str]) -> None:
        """Docker image inspect."""
        self._inspect(options, operands, self.engine.image, "Error: No such image: ")

    def inspect_container(self, options: Options, operands: list[str]) -> None:
        """Docker container inspect."""
        self._inspect(options, operands, self.engine.container, "invalid container name or ID: value is empty")

    def inspect(self, options: Options, operands: list[str]) -> None:
        """Docker inspect, which looks for a container first."""
        kinds = {"": self._object, "container": self.engine.container, "image": self.engine.image}
        kind = options.get("type", "")
        if kind not in kinds:
            raise _lacking(f"--type {kind} of docker inspect", "flag")
        self._inspect(options, operands, kinds[kind], "invalid container name or ID: value is empty")

    def _object(self, name: str) -> Image | Container:
        for find in (self.engine.container, self.engine.image):
            try:
                return find(name)
            except DockerError:
                continue
        raise DockerError(f"Error: No such object: {name}")

    def _inspect(
        self, options: Options, names: list[str], find: Callable[[str], Image | Container], nameless: str
    ) -> None:
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
                found.append(self.engine.inspect(find(name), sized=options.get("size", False)))
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
        self._refuse_all(refused)

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

    def prune_images(self, options: Options, operands: list[str]) -> Running:
        """Docker image prune."""
        every = bool(options.get("all"))
        what = "all images without at least one container associated to them" if every else "all dangling images"
        if options.get("force") or (yield from self._confirm(f"WARNING! This will remove {what}.")):
            self._reclaimed(self._prune_images(every))

    def _prune_images(self, every: bool) -> int:
        pruned = self.engine.prune(all=every)
        self._deleted("Images", [f"{removal.action.lower()}: {removal.name}" for removal in pruned.removals])
        return pruned.reclaimed

    def _deleted(self, what: str, lines: list[str]) -> None:
        if lines:
            self._out(f"Deleted {what}:\n" + "".join(f"{line}\n" for line in lines) + "\n")

    def _reclaimed(self, count: int) -> None:
        self._out(f"Total reclaimed space: {size(count)}\n")

    # Containers

    def create(self, options: Options, operands: list[str]) -> None:
        """Docker create."""
        self._out(f"{self._create(options, operands, 'create').id}\n")

    def _create(self, options: Options, operands: list[str], verb: str) -> Container:
        """Make the container that `create` and `run` are told of, after a pull if the image is not here."""
        image, *command = operands
        try:
            entrypoint = options.get("entrypoint")
            settings: dict[str, Any] = {
                "name": options.get("name") or None,
                "ports": options.get("publish", []),
                "env": [pair for pair in options.get("env", []) if "=" in pair],
                "entrypoint": entrypoint if entrypoint is None else [entrypoint] if entrypoint else [],
                "auto_remove": options.get("rm", False),
                "tty": options.get("tty", False),
                "interactive": options.get("interactive", False),
                "attached": not options.get("detach", False),
            }
            for port in settings["ports"]:
                Port.parse(port)
            if not re.fullmatch("[0-9a-f]{64}", image):
                Reference.parse(image)
            if not self._has(image):
                self._err(f"Unable to find image '{Reference.parse(image).tagged().familiar}' locally\n")
                self._err(_progress(self.engine.pull(image)))
            return self.engine.create(image, *command, **settings)
        except DockerError as error:
            daemon = isinstance(error, DaemonError)
            if verb == "create" and (daemon or isinstance(error, InvalidReference)):
                raise
            raise _run_error(error, verb) from error

    def _has(self, image: str) -> bool:
        try:
            return bool(self.engine.image(image).id)
        except NotFound:
            return False

    def run_container(self, options: Options, operands: list[str]) -> Running:
        """Docker run."""
        if options.get("tty") and options.get("interactive") and self._stdin is not None:
            raise UsageError("the input device is not a TTY\n")
        container = self._create(options, operands, "run")
        if options.get("detach"):
            self._out(f"{container.id}\n")
        try:
            container.start(self._stdin)
        except DaemonError as error:
            if options.get("rm"):
                container.remove()
            raise _run_error(error, "run") from error
        if not options.get("detach"):
            yield from self._attend(container, 0, typed=options.get("interactive", False))
            self._status = container.exit_code

    def _attend(
        self, container: Container, shown: int, *, typed: bool = False, proxy: bool = True, leaves: bool = False
    ) -> Running:
        """Show what a container writes until it ends.

        Ctrl-C goes to its process, unless there is no `proxy`; one that `leaves` looks no further then.
        """
        while True:
            container.settle()
            written = container.logs()[shown:]
            shown += len(written)
            self._pieces += written
            if container.state not in (State.RUNNING, State.PAUSED):
                return
            prompt = container.processes.prompt if typed else None
            signals = ("INT",) if proxy else ()
            yield from self._flush()
            answer = (
                yield Sleep(self._until(container.processes.wake), signals) if prompt is None else Read(prompt, signals)
            )
            if prompt is not None:
                container.processes.type(answer.text if isinstance(answer, Line) else None)
            elif isinstance(answer, Signals):
                container.kill("INT")
                if leaves:
                    return

    def _until(self, moment: datetime | None) -> float | None:
        """The seconds up to a moment; None if it never comes."""
        return None if moment is None else (moment - self.engine.clock.now()).total_seconds()

    def _each(self, names: list[str], act: Callable[[Container], object], *, prefix: str = "") -> list[DockerError]:
        """Do something with each container, show the names of those where it went well, then refuse the rest."""
        refused: list[DockerError] = []
        for name in names:
            try:
                act(self.engine.container(name))
                self._out(f"{name}\n")
            except DockerError as error:
                known = not isinstance(error, NotFound) or "kill" in prefix
                daemon = isinstance(error, DaemonError)
                refused.append(DaemonError(f"{prefix.format(name)}{error}") if prefix and known and daemon else error)
        return refused

    def _refuse_all(self, refused: list[DockerError]) -> None:
        for error in refused:
            self._refuse(error)

    def start(self, options: Options, operands: list[str]) -> Running:
        """Docker start."""
        attached = options.get("attach", False)
        if attached and len(operands) > 1:
            raise DockerError("you cannot start and attach multiple containers at once")
        failed = []
        for name in operands:
            try:
                container = self.engine.container(name)
                if attached and container.state is State.PAUSED:
                    raise DockerError("unable to upgrade to tcp, received 409")
                shown = len(container.logs())
                container.start()
                if not attached:
                    self._out(f"{name}\n")
                    continue
                yield from self._attend(container, shown, leaves=True)
                self._status = container.exit_code
            except DockerError as error:
                if attached and not isinstance(error, DaemonError):
                    raise
                self._refuse(error)
                failed.append(name)
        if failed and not attached:
            self._refuse(DockerError(f"Error: failed to start containers: {', '.join(failed)}"))

    def attach(self, options: Options, operands: list[str]) -> Running:
        """Docker attach."""
        container = self.engine.container(operands[0])
        problem = ATTACH.get(container.state)
        if problem:
            raise DockerError(problem)
        yield from self._attend(container, len(container.logs()), typed=True)
        self._status = container.exit_code

    def stop(self, options: Options, operands: list[str]) -> None:
        """Docker stop, which stops all of them at the same time."""
        timeout, signal = _stop_options(options)
        found: dict[str, Container] = {}
        refused = self._each(operands, lambda container: found.setdefault(container.id, container))
        stop(found.values(), timeout, signal)
        self._refuse_all(refused)

    def restart(self, options: Options, operands: list[str]) -> None:
        """Docker restart, which takes them one by one."""
        timeout, signal = _stop_options(options)
        prefix = "Cannot restart container {}: "
        self._refuse_all(self._each(operands, lambda container: container.restart(timeout, signal), prefix=prefix))

    def pause(self, options: Options, operands: list[str]) -> None:
        """Docker pause."""
        self._refuse_all(self._each(operands, Container.pause))

    def unpause(self, options: Options, operands: list[str]) -> None:
        """Docker unpause."""
        self._refuse_all(self._each(operands, Container.unpause))

    def kill(self, options: Options, operands: list[str]) -> None:
        """Docker kill."""
        signal = options.get("signal") or "KILL"
        for name in operands:
            try:
                signal_name(signal)
            except DaemonError as error:
                raise DaemonError(f"cannot kill container: {name}: {error}") from error
        self._refuse_all(
            self._each(operands, lambda container: container.kill(signal), prefix="cannot kill container: {}: ")
        )

    def rm(self, options: Options, operands: list[str]) -> None:
        """Docker rm, to which with -f a container that is not there is no error."""
        force, volumes = options.get("force", False), options.get("volumes", False)
        refused: list[DockerError] = []
        for name in operands:
            if not name:
                refused.append(DockerError("container name cannot be empty"))
                continue
            problems = self._each([name], lambda container: container.remove(force=force, volumes=volumes))
            missing = force and any(isinstance(problem, NotFound) for problem in problems)
            refused += [] if missing else problems
            for problem in problems if missing else []:
                self._refuse(problem, self._status)
        self._refuse_all(refused)

    def rename(self, options: Options, operands: list[str]) -> None:
        """Docker rename."""
        name, new = operands
        if not (name and new):
            raise DockerError("Error: Neither old nor new names may be empty")
        try:
            self.engine.rename(self.engine.container(name), new)
        except DaemonError as error:
            self._refuse(error)
            self._refuse(DockerError(f"Error: failed to rename container named {name}"))

    def wait(self, options: Options, operands: list[str]) -> Running:
        """Docker wait."""
        refused: list[DockerError] = []
        for name in operands:
            try:
                container = self.engine.container(name)
            except DockerError as error:
                refused.append(error)
                continue
            while container.state in (State.RUNNING, State.PAUSED):
                yield from self._flush()
                yield Sleep(self._until(container.processes.wake))
            self._out(f"{container.exit_code}\n")
        self._refuse_all(refused)

    def logs(self, options: Options, operands: list[str]) -> Running:
        """Docker logs."""
        container = self.engine.container(operands[0])
        lines = [Write(each.stream, line) for each in container.logs() for line in each.text.splitlines(keepends=True)]
        tail = options.get("tail", "all")
        self._pieces += lines[-int(tail[:18]) :] if re.fullmatch("[1-9][0-9]*", tail) else [] if tail == "0" else lines
        if options.get("follow"):
            yield from self._attend(container, len(container.logs()), proxy=False)

    def exec(self, options: Options, operands: list[str]) -> Running:
        """Docker exec."""
        name, *words = operands
        interactive, tty = options.get("interactive", False), options.get("tty", False)
        if interactive and tty and self._stdin is not None:
            raise UsageError("the input device is not a TTY\n")
        container = self.engine.container(name)
        env = [pair for pair in options.get("env", []) if "=" in pair]
        try:
            program = container.call(*words, stdin=self._stdin if interactive else "", env=env, tty=tty)
        except CannotStart as problem:
            if not options.get("detach"):
                self._out(f"OCI runtime exec failed: exec failed: unable to start container process: {problem}\n")
                self._status = problem.status
            return
        if options.get("detach"):
            container.processes.spawn(program)
            return
        answer: Answer = None
        while True:
            try:
                effect = program.send(answer)
            except StopIteration as end:
                self._status = end.value
                return
            answer = yield effect
            if not isinstance(effect, Write) and container.state is not State.RUNNING:
                self._status = KILLED
                return

    def diff(self, options: Options, operands: list[str]) -> None:
        """Docker diff."""
        for letter, path in self.engine.container(_address(operands[0])).diff():
            self._out(f"{letter} {path}\n")

    def commit(self, options: Options, operands: list[str]) -> None:
        """Docker commit."""
        container = self.engine.container(operands[0])
        name = operands[1] or None if len(operands) > 1 else None
        message, author = options.get("message", ""), options.get("author", "")
        self._out(f"{self.engine.commit(container, name, message=message, author=author).id}\n")

    def port(self, options: Options, operands: list[str]) -> None:
        """Docker port."""
        container = self.engine.container(operands[0])
        asked = operands[1] if len(operands) > 1 else ""
        number, _, protocol = asked.partition("/")
        if asked and not number.isdigit():
            text = f"Error: invalid port ({number}): strconv.ParseUint: parsing {json.dumps(number)}: invalid syntax"
            raise DockerError(text)
        shown = sorted(
            (
                port.container,
                port.protocol,
                address,
                port.host,
                f"{'' if asked else f'{port.private} -> '}{address}:{port.host}\n",
            )
            for port in container.ports
            for address in port.addresses
            if not asked or port.private == f"{number}/{protocol or 'tcp'}"
        )
        if asked and not shown:
            raise DockerError(f"Error: No public port '{asked}' published for {operands[0]}")
        self._out("".join(line for *_, line in shown))

    def containers(self, options: Options, operands: list[str]) -> None:
        """Docker ps."""
        filters = _container_filters(options.get("filter", []))
        every = options.get("all", False) or "status" in filters
        most = 1 if options.get("latest") else int(options.get("last", -1))
        shown = []
        for container in self.engine.containers():
            running = container.state in (State.RUNNING, State.PAUSED)
            if (every or running or most > 0) and all(
                any(CONTAINER_FILTERS[name](self.engine, container, value) for value in values)
                for name, values in filters.items()
            ):
                shown.append(views.Listed(container, self.engine.image_name(container)))
        form, sized = options.get("format", ""), options.get("size", False)
        kind = views.CONTAINERS_WITH_SIZE if sized else views.CONTAINERS
        quiet = options.get("quiet", False)
        if quiet and form:
            self._err("WARNING: Ignoring custom format, because both --format and --quiet are set.\n")
            form = ""
        try:
            self._out(kind.show(shown[: most if most > 0 else None], self._view(options), form, quiet=quiet))
        except TemplateError as error:
            what = "parse" if isinstance(error, ParseError) else "execute"
            text = str(error).removeprefix("template parsing error: ")
            raise DockerError(f"failed to {what} template: {text}") from error

    def prune_containers(self, options: Options, operands: list[str]) -> Running:
        """Docker container prune."""
        if options.get("force") or (yield from self._confirm("WARNING! This will remove all stopped containers.")):
            self._reclaimed(self._prune_containers())

    def _prune_containers(self) -> int:
        removed, reclaimed = self.engine.prune_containers()
        self._deleted("Containers", [container.id for container in removed])
        return reclaimed

    def copy(self, options: Options, operands: list[str]) -> None:
        """Docker cp."""
        (from_name, source), (to_name, target) = (_container_path(operand) for operand in operands)
        if from_name and to_name:
            raise DockerError("copying between containers is not supported")
        if not from_name and not to_name:
            raise DockerError("must specify at least one container source")
        quiet = options.get("quiet", False)
        if to_name:
            self._copy_in(source, to_name, target, quiet)
        else:
            self._copy_out(from_name, source, target, quiet)

    def _copy_in(self, source: str, name: str, target: str, quiet: bool) -> None:
        there = self._at(name, target)  # asked for before anything else, though it may not matter
        if source not in self.files:
            raise DockerError(f"lstat {normpath(join(HOME, source))}: no such file or directory")
        inside = isinstance(there, Directory)
        if target.endswith("/") and not inside:
            raise DockerError("no such directory")
        content = self.files[source].encode(errors="surrogateescape")
        self._copied(len(content), f"{name}:{target}", quiet)
        path = f"{target.rstrip('/')}/{basename(source)}" if inside else target
        try:
            self.engine.container(name).write(path, File(content))
        except OSError as error:
            above = path.rsplit("/", 1)[0] or "/"
            raise DaemonError(f"Could not find the file {above} in container {name}") from error

    def _copy_out(self, name: str, source: str, target: str, quiet: bool) -> None:
        self.engine.container(name)
        found = self._at(name, source)
        if found is None:
            raise DaemonError(f"Could not find the file {source} in container {name}")
        if not isinstance(found, File) or target == "-":
            raise _lacking("directories and - of docker cp", "form")
        path = f"{target.rstrip('/')}/{basename(source)}" if target.endswith("/") or target == "." else target
        self.files[path.removeprefix("./")] = found.data.decode(errors="surrogateescape")
        self._copied(found.size, normpath(join(HOME, path)), quiet)

    def _at(self, name: str, path: str) -> Node | None:
        """What a container has at a path; nothing if there is no such thing, or no such container."""
        try:
            container = self.engine.container(name)
        except DockerError:
            return None
        container.lend()
        found = container.tree.resolve(path)
        return None if found is None else found[1]

    def _copied(self, count: int, target: str, quiet: bool) -> None:
        """What a copy of one file tells: the size of the archive that it travelled in."""
        if not quiet:
            self._err(f"Successfully copied {size(3 * 512 + -(-count // 512) * 512, 3)} to {target}\n")

    # Volumes

    def volumes(self, options: Options, operands: list[str]) -> None:
        """Docker volume ls."""
        quiet = options.get("quiet", False)
        self._out(
            views.VOLUMES.show(self.engine.volumes(), self._view(options), options.get("format", ""), quiet=quiet)
        )

    def rm_volume(self, options: Options, operands: list[str]) -> None:
        """Docker volume rm."""
        refused: list[DockerError] = []
        for name in operands:
            try:
                self.engine.remove_volume(name)
            except DaemonError as error:
                if not (options.get("force") and isinstance(error, NotFound)):
                    refused.append(error)
                    continue
            self._out(f"{name}\n")
        self._refuse_all(refused)

    def prune_volumes(self, options: Options, operands: list[str]) -> Running:
        """Docker volume prune."""
        warning = "WARNING! This will remove anonymous local volumes not used by at least one container."
        if options.get("force") or (yield from self._confirm(warning)):
            self._reclaimed(self._prune_volumes())

    def _prune_volumes(self) -> int:
        removed, reclaimed = self.engine.prune_volumes()
        self._deleted("Volumes", [volume.name for volume in removed])
        return reclaimed

    # The system

    def disk_usage(self, options: Options, operands: list[str]) -> None:
        """Docker system df."""
        engine, form, view = self.engine, options.get("format", ""), self._view(options)
        images, containers, volumes = engine.images(all=False), engine.containers(), engine.volumes()
        used = [image for image in images if engine.store.users(image)]
        running = [each for each in containers if each.state in (State.RUNNING, State.PAUSED)]
        active = [volume for volume in volumes if engine.volume_users(volume)]
        if not options.get("verbose"):
            unshared = sum(image.size - engine.store.shared_size(image) for image in used)
            written, kept = sum(each.size for each in containers), sum(each.node.size for each in volumes)
            kinds = [
                views.Usage("Images", len(images), len(used), engine.layers_size, engine.layers_size - unshared),
                views.Usage(
                    "Containers", len(containers), len(running), written, written - sum(each.size for each in running)
                ),
                views.Usage(
                    "Local Volumes", len(volumes), len(active), kept, kept - sum(each.node.size for each in active)
                ),
                views.Usage("Build Cache", 0, 0, 0, 0),
            ]
            self._out(views.DISK.show(kinds, view, form))
            return
        if form:
            raise _lacking("--format of docker system df --verbose", "flag")
        shown = []
        for image in images:
            name = views.names_of(engine.tags(image)[:1], digests=False, pinned=False)[0]
            named = views.Named(image, *name, engine.store.shared_size(image), len(engine.store.users(image)))
            shown.append(named)
        listed = [views.Listed(each, engine.image_name(each)) for each in containers]
        held = [views.Held(each, len(engine.volume_users(each))) for each in volumes]
        self._out(
            f"Images space usage:\n\n{views.DISK_IMAGES.show(shown, view)}\n"
            f"Containers space usage:\n\n{views.DISK_CONTAINERS.show(listed, view)}\n"
            f"Local Volumes space usage:\n\n{views.DISK_VOLUMES.show(held, view)}{views.DISK_CACHE}"
        )

    def prune_system(self, options: Options, operands: list[str]) -> Running:
        """Docker system prune."""
        every, volumes = bool(options.get("all")), bool(options.get("volumes"))
        what = ["all stopped containers", "all networks not used by at least one container"]
        if volumes:
            what.append("all anonymous volumes not used by at least one container")
        what.append("all images without at least one container associated to them" if every else "all dangling images")
        what.append("all build cache" if every else "unused build cache")
        warning = "WARNING! This will remove:\n" + "".join(f"  - {each}\n" for each in what)
        if options.get("force") or (yield from self._confirm(warning)):
            reclaimed = self._prune_containers()
            reclaimed += self._prune_volumes() if volumes else 0
            self._reclaimed(reclaimed + self._prune_images(every))

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


def _progress(pulled: Pull) -> str:
    """What a terminal shows of a pull, but for the last line, which `docker run` leaves out."""
    target = pulled.reference.target
    lines = [f"{target if target.digest else target.tag}: Pulling from {pulled.reference.path}"]
    lines += [f"{short(layer.digest)}: {layer.status}" for layer in pulled]
    status = "Downloaded newer image" if pulled.newer else "Image is up to date"
    lines += [f"Digest: {pulled.image.digest}", f"Status: {status} for {target.familiar}"]
    return "".join(f"{line}\n" for line in lines)


def _run_error(error: DockerError, verb: str) -> UsageError:
    """A refusal as `docker run` words it."""
    daemon = "Error response from daemon: " if isinstance(error, DaemonError) else ""
    status = error.status if isinstance(error, CannotStart) else MISUSED_FLAG
    return UsageError(f"docker: {daemon}{error}\n\nRun 'docker {verb} --help'{MORE}", status)


def _stop_options(options: Options) -> tuple[float | None, str | None]:
    """How long to wait before SIGKILL, in seconds, and the signal to send first."""
    timeout = options.get("timeout")
    return None if timeout is None else float(timeout), options.get("signal") or None


def _container_path(operand: str) -> tuple[str, str]:
    """The container and the path that an operand of `docker cp` names; no container for a file of this computer."""
    name, colon, path = operand.partition(":")
    return (name, path) if colon and not operand.startswith(("/", ".")) else ("", operand)


def _filters(texts: list[str], known: Iterable[str], lacking: Iterable[str], command: str) -> dict[str, list[str]]:
    """The values of each filter that is given. Raises `DaemonError` for what is none, `UsageError` for one we lack."""
    found: dict[str, list[str]] = {}
    for text in texts:
        name, _, value = (part.strip() for part in text.partition("="))
        name = name.lower()
        if name in lacking:
            raise _lacking(f"{name} of {command}", "filter")
        if name in known:
            found.setdefault(name, []).append(value)
        elif text:
            raise DaemonError(f"invalid filter '{name}'" if name else "invalid filter")
    return found


def _container_filters(texts: list[str]) -> dict[str, list[str]]:
    """The values of the filters of `docker ps`. Raises as `_filters` does."""
    found = _filters(texts, CONTAINER_FILTERS, LACKING_FILTERS, "docker ps")
    for value in found.get("status", []):
        if value not in STATUSES:
            problem = f"invalid value for state ({value}): must be one of {', '.join(STATUSES)}"
            raise DaemonError(f"invalid filter 'status={value}': {problem}")
    for value in found.get("exited", []):
        if not re.fullmatch("[-+]?[0-9]+", value, re.ASCII):
            problem = f"strconv.Atoi: parsing {json.dumps(value)}: invalid syntax"
            raise DaemonError(f"invalid filter 'exited={value}': {problem}")
    return found


def _found_in(pattern: str, text: str) -> bool:
    """Whether a regular expression fits somewhere; one that is broken fits nowhere."""
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False


def _is_only_one(engine: Engine, container: Container, beginning: str) -> bool:
    """Whether a container's ID, and no other's, begins so; with nothing begins none (measured with Engine 28.5.2)."""
    return bool(beginning) and [container] == [each for each in engine.containers() if each.id.startswith(beginning)]


def _is_ancestor(engine: Engine, container: Container, name: str) -> bool:
    """Whether a container's image is the one called so, or was made of one that is."""
    try:
        return engine.image(name).id in engine.store.lineage(container.image)
    except DaemonError:
        return False


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
        return template.render(views.typed_container(sent) if "State" in sent else views.typed(sent))
    except TemplateError:
        return template.render(views.decoded(sent), strict=True)


def _image_filters(texts: list[str]) -> tuple[bool, list[str]]:
    """Whether only dangling images are wanted, and the patterns for names. Raises as `_filters` does."""
    found = _filters(texts, ("dangling", "reference"), ("before", "label", "since", "until"), "docker images")
    dangling = found.get("dangling", [])
    yes, no = ("1" in dangling or "true" in dangling), ("0" in dangling or "false" in dangling)
    if dangling and yes == no:
        raise DaemonError(f"invalid filter 'dangling=[{' '.join(dangling)}]'")
    return yes, found.get("reference", [])


def _lacking(what: str, kind: str = "command") -> UsageError:
    """Docker has it, the model does not."""
    text = f"dockerlearn: '{what}' is a real {kind}, which this model does not have\n"
    return UsageError(text, MISUSED_FLAG if kind == "flag" else 1)


class Verb(NamedTuple):
    """How the model does a command: the method, and the flags that it knows."""

    run: Callable[[Docker, Options, list[str]], Running | None]
    flags: str = ""


ATTACH = {
    State.CREATED: "You cannot attach to a stopped container, start it first",
    State.PAUSED: "You cannot attach to a paused container, unpause it first",
    State.EXITED: "You cannot attach to a stopped container, start it first",
}
STATUSES = ("created", "running", "paused", "restarting", "removing", "exited", "dead")
LACKING_FILTERS = (
    "before",
    "expose",
    "health",
    "is-task",
    "isolation",
    "label",
    "network",
    "publish",
    "since",
    "volume",
)
CONTAINER_FILTERS: dict[str, Callable[[Engine, Container, str], bool]] = {
    "ancestor": lambda engine, it, value: _is_ancestor(engine, it, value),
    "exited": lambda engine, it, value: it.state is State.EXITED and str(it.exit_code) == value,
    "id": lambda engine, it, value: _is_only_one(engine, it, value),
    "name": lambda engine, it, value: _found_in(value, f"/{it.name}") or _found_in(value, it.name),
    "status": lambda engine, it, value: it.state.value == value,
}
VERBS = {
    "docker container attach": Verb(Docker.attach),
    "docker container commit": Verb(Docker.commit, "author message pause"),
    "docker container cp": Verb(Docker.copy, "quiet"),
    "docker container create": Verb(Docker.create, "entrypoint env interactive name publish rm tty"),
    "docker container diff": Verb(Docker.diff),
    "docker container exec": Verb(Docker.exec, "detach env interactive tty"),
    "docker container inspect": Verb(Docker.inspect_container, "format size"),
    "docker container kill": Verb(Docker.kill, "signal"),
    "docker container logs": Verb(Docker.logs, "follow tail"),
    "docker container ls": Verb(Docker.containers, "all filter format last latest no-trunc quiet size"),
    "docker container pause": Verb(Docker.pause),
    "docker container port": Verb(Docker.port),
    "docker container prune": Verb(Docker.prune_containers, "force"),
    "docker container rename": Verb(Docker.rename),
    "docker container restart": Verb(Docker.restart, "signal timeout"),
    "docker container rm": Verb(Docker.rm, "force volumes"),
    "docker container run": Verb(Docker.run_container, "detach entrypoint env interactive name publish rm tty"),
    "docker container start": Verb(Docker.start, "attach"),
    "docker container stop": Verb(Docker.stop, "signal timeout"),
    "docker container unpause": Verb(Docker.unpause),
    "docker container wait": Verb(Docker.wait),
    "docker help": Verb(Docker.help),
    "docker image history": Verb(Docker.history, "format human no-trunc quiet"),
    "docker image inspect": Verb(Docker.inspect_image, "format"),
    "docker image ls": Verb(Docker.images, "all digests filter format no-trunc quiet"),
    "docker image prune": Verb(Docker.prune_images, "all force"),
    "docker image pull": Verb(Docker.pull, "quiet"),
    "docker image rm": Verb(Docker.rmi, "force no-prune"),
    "docker image tag": Verb(Docker.tag),
    "docker inspect": Verb(Docker.inspect, "format size type"),
    "docker system df": Verb(Docker.disk_usage, "format verbose"),
    "docker system prune": Verb(Docker.prune_system, "all force volumes"),
    "docker version": Verb(Docker.version, "format"),
    "docker volume ls": Verb(Docker.volumes, "format quiet"),
    "docker volume prune": Verb(Docker.prune_volumes, "force"),
    "docker volume rm": Verb(Docker.rm_volume, "force"),
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
                "Version": ENGINE_VERSION,
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
    "Version": ENGINE_VERSION,
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

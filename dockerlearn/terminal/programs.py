"""What runs in containers: the programs of the catalog's images, found by path in the image's own tree.

The catalog's executables are small scripts for a real shell, and each has a line near its top that says what it is. Here
that line names the program's Python twin, which does the same. `/bin/busybox` is such a file too: it stands for all the
tools that are links to it. Any other script is run by the model's shell, as far as that goes.

Refusals are those of runc and of busybox 1.37, measured on Engine 28.5.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from posixpath import basename, normpath
from typing import TypeAlias

from ..model.errors import DaemonError, InvalidPath
from ..model.rootfs import Rootfs
from ..model.tree import Directory, File, Node, Symlink, split
from .shell import Command, Exit, Output, Pieces, Shell, Steps, Wait, err, out
from .tools import NO_FILE, Misuse, Options, WantsInput, command, commands, unknown

NO_PROGRAM, NO_PERMISSION, KILLED, NO_FORMAT = 127, 126, 137, 255
STEPS_A_SECOND = 5_000
SIGNALS = {
    name: number
    for number, name in enumerate(
        "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG "
        "XCPU XFSZ VTALRM PROF WINCH IO PWR SYS".split(),
        1,
    )
}
ASH = {
    "missing": "{}: not found",
    "path": "{}: not found",
    "create": "can't create {}: {}",
    "nowhere": "nonexistent directory",
    "unexpected": 'syntax error: unexpected "{}"',
    "unclosed": "syntax error: unterminated quoted string",
    "unclosed )": 'syntax error: unexpected end of file (expecting ")")',
    "unclosed }": "syntax error: missing '}}'",
}


class CannotStart(DaemonError):
    """A program that is not there (status 127) or cannot be executed (126): `reason` is runc's."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status


class Machine:
    """What a program knows of its container: its files, its variables, and who it is.

    `listening` has what its servers serve: a directory by port.
    """

    def __init__(self, root: Rootfs, variables: Mapping[str, str], hostname: str, now: Callable[[], datetime]) -> None:
        self.root, self.variables, self.hostname, self.now = root, dict(variables), hostname, now
        self.listening: dict[int, str] = {}

    def find(self, name: str) -> tuple[str, File]:
        """The executable of that name: a path, or a file in one of the directories of PATH. Raises `CannotStart`."""
        tree = self.root.tree
        directories = [""] if "/" in name else self.variables.get("PATH", "").split(":")
        problem = CannotStart(f'exec: "{name}": executable file not found in $PATH', NO_PROGRAM)
        for directory in directories if name else []:
            found = tree.resolve(f"{directory}/{name}")
            if found is None:
                continue
            if isinstance(found[1], File) and found[1].mode & 0o111:
                return f"{directory}/{name}" if directory else name, found[1]
            reason = "is a directory: permission denied" if isinstance(found[1], Directory) else "permission denied"
            problem = CannotStart(f'exec: "{name}": {reason}', NO_PERMISSION)
        if "/" in name and problem.status == NO_PROGRAM:
            problem = CannotStart(f'exec: "{name}": stat {name}: no such file or directory', NO_PROGRAM)
        raise problem

    def program(self, name: str) -> Command:
        """The program of that name, ready to be called. Raises `CannotStart`."""
        path, file = self.find(name)
        text = file.data.decode(errors="replace")
        for line in text.split("\n", 3)[1:3]:
            if line in SCRIPTS:
                return partial(SCRIPTS[line], self, name if line == BUSYBOX else path)
        if text.startswith("#!"):
            return lambda _, stdin: self.shell(stdin, path).run(text)
        return lambda *_: err(f"exec {name}: exec format error\n", NO_FORMAT)

    def shell(self, stdin: str | None, name: str = "sh") -> Shell:
        """A new shell of this container, called by that name, whose commands read `stdin`."""
        shell = Shell({}, self.root, name=name, texts=ASH, slice=STEPS_A_SECOND)
        shell.variables.update(self.variables)
        shell.commands, shell.stdin = Commands(self, shell), stdin
        return shell

    def serve(self, port: int, path: str) -> str | None:
        """The page at `path` of what listens on a port; None if nothing does."""
        if port not in self.listening:
            return None
        file = normpath(f"/{path.partition('?')[0]}")
        found = self.root.tree.resolve(self.listening[port] + file)
        if found is not None and isinstance(found[1], Directory):
            if not path.partition("?")[0].endswith("/"):
                return ""  # a redirection, which curl does not follow unless told to
            file += "/index.html"
        return self.root.get(self.listening[port] + file, NOT_FOUND_PAGE)


NOT_FOUND_PAGE = """\
<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>
<BODY><H1>404 Not Found</H1>
The requested URL was not found
</BODY></HTML>
"""


class Commands(Mapping[str, Command]):
    """What a shell of a container can call: its own commands, and every executable of the container."""

    def __init__(self, machine: Machine, shell: Shell) -> None:
        self.machine, self.shell = machine, shell
        self.own: dict[str, Command] = {
            **{name: partial(busybox, machine, name) for name in BUILT_IN},
            ":": lambda *_: Output(),
            "exec": self._exec,
            "exit": self._exit,
            "trap": self._trap,
        }

    def __getitem__(self, name: str) -> Command:
        if name in self.own:
            return self.own[name]
        if not name.strip("."):
            raise KeyError(name)
        try:
            text = self.machine.find(name)[1].data
            if not text.startswith(b"#!"):  # what the kernel cannot execute, a shell takes for a script
                return lambda _, stdin: self.machine.shell(stdin, name).run(text.decode(errors="replace"))
            return self.machine.program(name)
        except CannotStart as problem:
            if problem.status == NO_PROGRAM:
                raise KeyError(name) from problem
            return lambda *_: err(f"{self.shell.name}: {name}: Permission denied\n", NO_PERMISSION)

    def __iter__(self) -> Iterator[str]:
        return iter(self.own)

    def __len__(self) -> int:
        return len(self.own)

    def _exit(self, arguments: list[str], stdin: str | None) -> Output:
        if arguments and not re.fullmatch("[0-9]{1,18}", arguments[0], re.ASCII):
            return err(f"{self.shell.name}: exit: line 0: Illegal number: {arguments[0]}\n", 2)
        raise Exit(int(arguments[0]) % 256 if arguments else self.shell.status)

    def _exec(self, arguments: list[str], stdin: str | None) -> Steps:
        if not arguments:
            return Output()
        output = yield from become(self.machine, "sh", arguments, stdin)
        yield Wait(0, output=output.pieces)
        raise Exit(output.status)

    def _trap(self, arguments: list[str], stdin: str | None) -> Output:
        action, *signals = arguments or [""]
        for signal in signals:
            name = signal.removeprefix("SIG")
            if name not in SIGNALS:
                return err(f"trap: ‘{signal}’ is something that dockerlearn does not know\n", 1)
            self.shell.traps.pop(name, None)
            if action != "-":
                self.shell.traps[name] = action
        return Output()


def called(command: Command, arguments: list[str], stdin: str | None) -> Steps:
    """A command as steps, whether it takes time or not."""
    result = command(arguments, stdin)
    return result if isinstance(result, Output) else (yield from result)


def become(machine: Machine, script: str, words: list[str], stdin: str | None, before: Pieces = ()) -> Steps:
    """What `exec "$@"` at the end of a script does, after it has written something."""
    if before:
        yield Wait(0, output=before)
    if not words:
        return Output()
    line = machine.root[script].split('exec "$@"')[0].count(LINE_END) + 1 if script in machine.root else 0
    if words[0].startswith("-"):
        return err(f"{script}: exec: line {line}: illegal option {words[0][:2]}\n", 2)
    try:
        program = machine.program(words[0])
    except CannotStart as problem:
        reason = "Permission denied" if problem.status == NO_PERMISSION else "not found"
        return err(f"{script}: exec: line {line}: {words[0]}: {reason}\n", problem.status)
    return (yield from called(program, words[1:], stdin))


# Scripts of the catalog. Each gets the container, the path that it was called by, its arguments and its input.


def nginx_entrypoint(machine: Machine, path: str, arguments: list[str], stdin: str | None) -> Steps:
    """The entry point of nginx's images."""
    ready = ((False, f"{path}: Configuration complete; ready for start up\n"),) if arguments[:1] == ["nginx"] else ()
    return become(machine, path, arguments, stdin, ready)


def nginx(machine: Machine, path: str, arguments: list[str], stdin: str | None) -> Steps:
    """It serves a directory until it is told to stop."""
    version = re.findall("nginx/[0-9.]+", machine.find(path)[1].data.decode())[0]
    if arguments[:1] == ["-v"]:
        return err(f"nginx version: {version}\n", 0)
    machine.listening[80] = "/usr/share/nginx/html"
    signal = yield Wait(None, ("QUIT", "TERM", "INT"), ((True, f"{version}: start worker processes\n"),))
    machine.listening.clear()
    return err(f"nginx: SIG{signal}, exiting\n", 0)


def node_entrypoint(machine: Machine, path: str, arguments: list[str], stdin: str | None) -> Steps:
    """The entry point of Node.js's images: what is no program is meant for node."""
    try:
        machine.find(arguments[0])
    except (CannotStart, IndexError):
        arguments = ["node", *arguments]
    return become(machine, path, arguments, stdin)


def node(machine: Machine, path: str, arguments: list[str], stdin: str | None) -> Output:
    """It tells its version, and looks for the file that it is given."""
    if not arguments or arguments[0] in ("-v", "--version"):
        return out("v22.14.0\n" if arguments else "")
    file = arguments[0] if arguments[0].startswith("/") else f"/{arguments[0]}"
    if file in machine.root:
        return err("node: the scale model runs no JavaScript\n", 2)
    return err(f"Error: Cannot find module '{file}'\n", 1)


def python(machine: Machine, path: str, arguments: list[str], stdin: str | None) -> Output:
    """It tells its version."""
    if arguments[:1] in (["-V"], ["--version"]):
        return out(f"{re.findall('Python [0-9.]+', machine.find(path)[1].data.decode())[0]}\n")
    return err("python3: the scale model only knows --version\n", 2)


def postgres_entrypoint(machine: Machine, path: str, arguments: list[str], stdin: str | None) -> Output | Steps:
    """The entry point of PostgreSQL's image: no database without a password."""
    trusting = machine.variables.get("POSTGRES_HOST_AUTH_METHOD") == "trust"
    if arguments[:1] == ["postgres"] and not trusting and not machine.variables.get("POSTGRES_PASSWORD"):
        return err(NO_PASSWORD, 1)
    return become(machine, path, arguments, stdin)


def postgres(machine: Machine, path: str, arguments: list[str], stdin: str | None) -> Steps:
    """It is ready until it is told to stop."""
    if arguments[:1] == ["--version"]:
        return out("postgres (PostgreSQL) 16.7\n")
    ready = ((True, "LOG:  database system is ready to accept connections\n"),)
    signal = yield Wait(None, ("INT", "TERM"), ready)
    manner = "fast" if signal == "INT" else "smart"
    return err(f"LOG:  received {manner} shutdown request\nLOG:  database system is shut down\n", 0)


def no_packages(machine: Machine, path: str, arguments: list[str], stdin: str | None) -> Output:
    """The package managers, which have nothing to install."""
    name = basename(path)
    return err(f"{name}: not in the scale model\n", 100 if name == "apt-get" else 1)


def sh(machine: Machine, path: str, arguments: list[str], stdin: str | None) -> Steps:
    """The shell: a line after -c, a script, or what is piped or typed into it."""
    shell = machine.shell(stdin, path)
    if arguments[:1] == ["-c"]:
        if not arguments[1:]:
            return err(f"{path}: -c requires an argument\n", 2)
        return (yield from shell.run(arguments[1]))
    if arguments:
        if arguments[0] not in machine.root:
            return err(f"{path}: can't open '{arguments[0]}': No such file or directory\n", 2)
        return (yield from shell.run(machine.root[arguments[0]]))
    if stdin is not None:
        shell.stdin = ""
        return (yield from shell.run(stdin))
    while not shell.ended:
        line = yield Wait(None, prompt="/ # " if "TERM" in machine.variables else "")
        if line is None:
            break
        output = yield from shell.run(line)
        yield Wait(0, output=output.pieces)
    return Output(status=shell.status)


def busybox(machine: Machine, path: str, arguments: list[str], stdin: str | None) -> Output | Steps:
    """One of the many tools that are links to it, by the name of the link."""
    name = basename(path)
    if name == "busybox" and arguments:
        name, *arguments = arguments
    if name == "sh":
        return sh(machine, path, arguments, stdin)
    tools = commands(machine.root)
    if name in tools:
        return typed(tools[name], arguments, stdin)
    if name in APPLETS:
        applet, letters = APPLETS[name]
        if name in NEEDY and not arguments:
            return err(f"{name}: without operands is something that dockerlearn does not know\n", 1)
        return command(name, partial(applet, machine), letters)(arguments, stdin)
    return err(f"{name}: a program that dockerlearn does not know\n", NO_PROGRAM)


def typed(tool: Command, arguments: list[str], stdin: str | None) -> Steps:
    """A tool that reads what is typed, up to the end of it, if it reads at all and nothing is piped into it."""
    try:
        return (yield from called(tool, arguments, stdin))
    except WantsInput:
        text = ""
        while (line := (yield Wait(None, prompt=""))) is not None:
            text += f"{line}\n"
        return (yield from called(tool, arguments, text))


BUSYBOX = "# The engine that runs this image mounts a real busybox here."
SCRIPTS: dict[str, Callable[[Machine, str, list[str], str | None], Output | Steps]] = {
    BUSYBOX: busybox,
    'exec /bin/sh "$@"': sh,
    "# Prepares the configuration, then becomes the command.": nginx_entrypoint,
    "# The scale model's nginx: busybox serves the pages, the signals mean what they mean to nginx.": nginx,
    "# A first argument that is an option, no command, or a file that cannot be run is meant for node.": node_entrypoint,
    "# The scale model's Node.js tells its version and looks for the file it is given; it runs no JavaScript.": node,
    "# The scale model's Python tells its version; there is no interpreter in it.": python,
    "# Refuses to start an empty database without a password, as the real entry point does.": postgres_entrypoint,
    "# The scale model's PostgreSQL says that it is ready, and shuts down on the signals of the real one.": postgres,
    'echo "apt-get: not in the scale model" >&2': no_packages,
    'echo "apk: not in the scale model" >&2': no_packages,
}
NO_PASSWORD = """\
Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".
"""


# The tools of busybox that look at files and at the container, or change them


def _ls(machine: Machine, options: Options, operands: list[str]) -> Output:
    pieces: list[tuple[bool, str]] = []
    files: list[str] = []
    listed: list[tuple[str, list[str]]] = []
    for path in operands or ["/"]:
        found = machine.root.tree.resolve(path)
        if found is None:
            pieces.append((True, f"ls: {path}: {NO_FILE}\n"))
        elif isinstance(found[1], Directory):
            names = sorted(found[1].entries)
            names = names if options.keys() & {"a", "A"} else [name for name in names if not name.startswith(".")]
            listed.append((path, [".", "..", *names] if "a" in options else names))
        else:
            files.append(path)
    pieces += [(False, f"{path}\n") for path in sorted(files)]
    for path, names in sorted(listed):
        head = f"{LINE_END * any(not error for error, _ in pieces)}{path}:\n" if len(operands) > 1 else ""
        pieces.append((False, head + "".join(f"{name}\n" for name in names)))
    return Output(tuple(pieces), int(any(error for error, _ in pieces)))


def _rm(machine: Machine, options: Options, operands: list[str]) -> Output:
    refused = ""
    for path in operands:
        *above, name = path.rstrip("/").rsplit("/", 1)
        parent = machine.root.tree.resolve(above[0] if above else "/")
        entry = parent[1].entries.get(name) if parent and isinstance(parent[1], Directory) else None
        if entry is None and "f" not in options:
            refused += f"rm: can't remove '{path}': {NO_FILE}\n"
        elif isinstance(entry, Directory) and not options.keys() & {"r", "R"}:
            refused += f"rm: '{path}' is a directory\n"
        elif parent and entry is not None:
            del machine.root[f"{parent[0]}/{name}"]
    return err(refused, 1) if refused else Output()


def _mkdir(machine: Machine, options: Options, operands: list[str]) -> Output:
    for path in operands:
        steps = split(path)
        for depth in range(1 if "p" in options else len(steps), len(steps) + 1):
            here = "/" * path.startswith("/") + "/".join(steps[:depth])
            found = machine.root.tree.resolve(here)
            if found is None:
                _put(machine, here, Directory(), f"can't create directory '{path}'")
            elif "p" not in options or not isinstance(found[1], Directory):
                raise Misuse(f"can't create directory '{path}': File exists")
    return Output()


def _rmdir(machine: Machine, options: Options, operands: list[str]) -> Output:
    for path in operands:
        found = machine.root.tree.resolve(path)
        if found is None or not isinstance(found[1], Directory) or found[1].entries:
            full = found is not None and isinstance(found[1], Directory)
            reason = NO_FILE if found is None else "Directory not empty" if full else "Not a directory"
            raise Misuse(f"'{path}': {reason}")
        del machine.root[found[0]]
    return Output()


def _touch(machine: Machine, options: Options, operands: list[str]) -> Output:
    for path in operands:
        found = machine.root.tree.resolve(path)
        if found is None or isinstance(found[1], File):
            _put(machine, path, found[1].rewritten() if found and isinstance(found[1], File) else File(), path)
    return Output()


def _cp(machine: Machine, options: Options, operands: list[str], *, move: bool = False) -> Output:
    if len(operands) < 2:
        raise unknown("fewer than two operands")
    *sources, target = operands
    into = machine.root.tree.resolve(target)
    refused = ""
    for source in sources:
        found = machine.root.tree.resolve(source)
        if found is None or not source:
            refused += f"can't {'rename' if move else 'stat'} '{source}': {NO_FILE}\n"
            continue
        real, node = found
        if isinstance(node, Directory) and not move and not options.keys() & {"r", "R", "a"}:
            refused += f"omitting directory '{source}'\n"
            continue
        inside = into is not None and isinstance(into[1], Directory)
        path = f"{target.rstrip('/')}/{basename(real)}" if inside else target
        problem = f"can't rename '{source}'" if move else f"can't create '{path}'"
        place = _place(machine, path, problem)
        if place == real:
            refused += "" if move else f"'{source}' and '{path}' are the same file\n"
        elif f"{place}/".startswith(f"{real}/"):
            refused += (
                f"{problem}: Invalid argument\n" if move else f"recursion detected, omitting directory '{path}'\n"
            )
        else:
            machine.root.put(place, _anew(node))
            if move:
                del machine.root[real]
    lines = "".join(f"{'mv' if move else 'cp'}: {line}\n" for line in refused.splitlines())
    return err(lines, 1) if refused else Output()


def _place(machine: Machine, path: str, problem: str) -> str:
    try:
        return machine.root.place(path)
    except OSError as error:
        raise Misuse(f"{problem}: {error}") from error


def _anew(found: Node) -> Node:
    """A copy of a file, which counts as written even where it replaces its like."""
    if isinstance(found, Directory):
        return Directory({name: _anew(child) for name, child in found.entries.items()}, found.mode)
    return found.rewritten() if isinstance(found, File) else found


def _ln(machine: Machine, options: Options, operands: list[str]) -> Output:
    if "s" not in options or len(operands) != 2:
        raise unknown("other than -s TARGET LINK")
    if not operands[0]:
        raise Misuse(f"{operands[1]}: {NO_FILE}")
    if machine.root.tree.get(operands[1]) is not None:
        raise Misuse(f"{operands[1]}: File exists")
    _put(machine, operands[1], Symlink(operands[0]), operands[1])
    return Output()


def _chmod(machine: Machine, options: Options, operands: list[str]) -> Output:
    mode, *paths = operands or [""]
    if mode != "+x" and not re.fullmatch("[0-7]{3,4}", mode):
        raise unknown(f"the mode ‘{mode}’")
    for path in paths:
        found = machine.root.tree.resolve(path)
        if found is None:
            raise Misuse(f"{path}: {NO_FILE}")
        if not isinstance(found[1], Symlink):
            _put(machine, path, found[1].replace(mode=found[1].mode | 0o111 if mode == "+x" else int(mode, 8)), path)
    return Output()


def _put(machine: Machine, path: str, new: Node, problem: str) -> None:
    try:
        machine.root.put(path, new)
    except (OSError, InvalidPath) as error:
        raise Misuse(f"{problem}: {error}") from error


def _test(machine: Machine, options: Options, operands: list[str], *, bracket: bool = False) -> Output:
    if bracket and operands[-1:] != ["]"]:
        return err("[: missing ]\n", 2)
    words = operands[:-1] if bracket else operands
    wanted = words[:1] == ["!"]
    words = words[wanted:]
    if len(words) == 2 and words[0] in TESTS:
        holds = TESTS[words[0]](machine.root.tree.resolve(words[1]), words[1])
    elif len(words) == 3 and words[1] in ("=", "==", "!="):
        holds = (words[0] == words[2]) != (words[1] == "!=")
    elif len(words) < 2:
        holds = bool("".join(words))
    else:
        raise unknown(f"the test ‘{' '.join(words)}’")
    return Output(status=int(holds == wanted))


def _env(machine: Machine, options: Options, operands: list[str]) -> Output:
    if operands:
        raise unknown("a command with other variables")
    return _printenv(machine, options, operands)


def _printenv(machine: Machine, options: Options, names: list[str]) -> Output:
    if not names:
        return out("".join(f"{name}={value}\n" for name, value in machine.variables.items()))
    found = [name for name in names if name in machine.variables]
    return out("".join(f"{machine.variables[name]}\n" for name in found), int(found != names))


def _which(machine: Machine, options: Options, operands: list[str]) -> Output:
    found = []
    for name in operands:
        with suppress(CannotStart):
            found.append(machine.find(name)[0])
    return out("".join(f"{path}\n" for path in found), int(len(found) < len(operands)))


def _id(machine: Machine, options: Options, operands: list[str]) -> Output:
    return out("0\n" if options else "uid=0(root) gid=0(root) groups=0(root)\n")


# What it does, and its options.
APPLETS: dict[str, tuple[Callable[[Machine, Options, list[str]], Output], str | None]] = {
    "[": (partial(_test, bracket=True), None),
    "chmod": (_chmod, None),
    "cp": (_cp, "arR"),
    "date": (lambda machine, *_: out(f"{machine.now():%a %b %e %H:%M:%S UTC %Y}\n"), ""),
    "env": (_env, ""),
    "hostname": (lambda machine, *_: out(f"{machine.hostname}\n"), ""),
    "id": (_id, "ug"),
    "ln": (_ln, "s"),
    "ls": (_ls, "1aA"),
    "mkdir": (_mkdir, "p"),
    "mv": (partial(_cp, move=True), "f"),
    "printenv": (_printenv, ""),
    "pwd": (lambda *_: out("/\n"), ""),
    "rm": (_rm, "rRf"),
    "rmdir": (_rmdir, ""),
    "test": (_test, None),
    "touch": (_touch, ""),
    "uname": (lambda *_: out("Linux\n"), ""),
    "which": (_which, ""),
    "whoami": (lambda *_: out("root\n"), ""),
}
Found: TypeAlias = "tuple[str, Node] | None"
TESTS: dict[str, Callable[[Found, str], bool]] = {
    "-d": lambda found, _: found is not None and isinstance(found[1], Directory),
    "-e": lambda found, _: found is not None,
    "-f": lambda found, _: found is not None and isinstance(found[1], File),
    "-n": lambda _, word: bool(word),
    "-s": lambda found, _: found is not None and found[1].size > 0,
    "-x": lambda found, _: found is not None and not isinstance(found[1], Symlink) and bool(found[1].mode & 0o111),
    "-z": lambda _, word: not word,
}
NEEDY = ("chmod", "cp", "ln", "mkdir", "mv", "rm", "rmdir", "touch", "which")
BUILT_IN = ("[", "echo", "false", "pwd", "test", "true")
LINE_END = "\n"

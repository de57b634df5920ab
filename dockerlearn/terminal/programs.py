"""The runtime of this package: what starts programs in containers, found by path in the image's own tree.

A script of the catalog is run by its Python twin. `/bin/busybox` stands for all the tools that are links to it, among them
the shell, and these are here. Any other script is run by that shell, as far as it goes.

Refusals are those of runc and of busybox 1.37, measured on Engine 28.5.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from posixpath import basename
from typing import TypeAlias

from ..hub.programs import BASH, BUSYBOX, become, twins
from ..model.errors import CannotStart, InvalidPath
from ..model.filler import Filler
from ..model.process import NO_PERMISSION, NO_PROGRAM, SIGNALS, Environment, Line, Program, Read, err, out
from ..model.tree import Directory, File, Node, Symlink, split
from ..model.value import Value
from .lapse import Moment
from .shell import Exit, Runner, Shell
from .tools import NO_FILE, Misuse, Options, busybox_command, command, unknown

NO_FORMAT = 255
STEPS_A_SECOND = 4_000
SHELL_STEPS, APPLET_STEPS = 50, 10  # of work, to start one
EDIT_STEPS, COPY_STEPS = 25, 3  # of work, to put or to remove something, and for each file in what is copied or moved
MOST_SHELLS = 40  # within each other: each is some ten calls deep in Python
TOO_MUCH = "are more than dockerlearn runs"
ASH = {
    "missing": "{}: not found",
    "path": "{}: not found",
    "create": "can't create {}: {}",
    "nowhere": "nonexistent directory",
    "echo": "{}",
    "unexpected": 'syntax error: unexpected "{}"',
    "unclosed": "syntax error: unterminated quoted string",
    "unclosed )": 'syntax error: unexpected end of file (expecting ")")',
    "unclosed }": "syntax error: missing '}}'",
}


def start(environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
    """The program that the first word names, at its start: see `Runtime.start`. Raises `CannotStart`."""
    path, file = environment.find(words[0])
    return _execute(environment, path, file, words, stdin)


def _execute(environment: Environment, path: str, file: File, words: Sequence[str], stdin: str | None) -> Program:
    name, *arguments = words
    if isinstance(file, Filler):  # nobody has to make its bytes to know that it is none of these
        return err(f"exec {name}: exec format error\n", NO_FORMAT)
    if file.data == BUSYBOX.data:
        return busybox(environment, words, stdin)
    if file.data == BASH.data:
        return _within(environment, sh(environment, [path, *arguments], stdin))
    twin = twins().get(file.data)
    if twin is not None:
        return twin(environment, [path, *arguments], stdin)
    text = file.data.decode(errors="replace")
    if text.startswith("#!"):
        return _within(environment, shell(environment, path, stdin).run(text))
    return err(f"exec {name}: exec format error\n", NO_FORMAT)


# The shell


def _within(environment: Environment, shell: Program) -> Program:
    """A shell that runs within those that have called it. A script that calls itself would have no end."""
    if environment.shells == MOST_SHELLS:
        return (yield from err(f"sh: more than {MOST_SHELLS} shells within each other {TOO_MUCH}\n", 2))
    environment.work.spend(SHELL_STEPS)
    environment.shells += 1
    try:
        return (yield from shell)
    finally:
        environment.shells -= 1


def shell(environment: Environment, name: str, stdin: str | None) -> Shell:
    """A new shell of a container, called by that name, whose commands read `stdin`."""
    made = Shell(
        {},
        environment.root,
        name=name,
        texts=ASH,
        slice=STEPS_A_SECOND,
        work=environment.work,
        look=partial(_moment, environment),
    )
    made.variables.update(environment.variables)
    made.commands, made.stdin = Commands(environment, made), stdin
    return made


def _moment(environment: Environment, shell: Shell) -> Moment:
    """The moment of a shell in a container."""
    state = (shell.status, shell.noticed, shell.busy, tuple(shell.traps.items()))
    time = environment.clock()
    return Moment(time, environment.work.done, environment.asked, dict(shell.variables), state, environment.root.tree)


class Commands(Mapping[str, Runner]):
    """What a shell of a container can call: its own commands, and every executable of the container."""

    def __init__(self, environment: Environment, shell: Shell) -> None:
        self.environment, self.shell = environment, shell
        self.own: dict[str, Runner] = {
            **{name: partial(_applet, environment, name) for name in BUILT_IN},
            ":": lambda *_: out(""),
            "exec": self._exec,
            "exit": self._exit,
            "trap": self._trap,
        }

    def __getitem__(self, name: str) -> Runner:
        if name in self.own:
            return self.own[name]
        if not name.strip("."):
            raise KeyError(name)
        try:
            path, file = self.environment.find(name)
        except CannotStart as problem:
            if problem.status == NO_PROGRAM:
                raise KeyError(name) from problem
            return lambda *_: err(f"{self.shell.name}: {name}: Permission denied\n", NO_PERMISSION)
        if isinstance(file, Filler):
            return lambda *_: err(f"{self.shell.name}: {name}: Exec format error\n", NO_PERMISSION)
        if not file.data.startswith(b"#!"):  # what the kernel cannot execute, a shell takes for a script
            text = file.data.decode(errors="replace")
            return lambda _, stdin: _within(self.environment, shell(self.environment, name, stdin).run(text))
        return lambda arguments, stdin: _execute(self.environment, path, file, [name, *arguments], stdin)

    def __iter__(self) -> Iterator[str]:
        return iter(self.own)

    def __len__(self) -> int:
        return len(self.own)

    def _exit(self, arguments: list[str], stdin: str | None) -> Program:
        if arguments and not re.fullmatch("[0-9]{1,18}", arguments[0], re.ASCII):
            return err(f"{self.shell.name}: exit: line 0: Illegal number: {arguments[0]}\n", 2)
        raise Exit(int(arguments[0]) % 256 if arguments else self.shell.status)

    def _exec(self, arguments: list[str], stdin: str | None) -> Program:
        if not arguments:
            return 0
        raise Exit((yield from become(self.environment, "sh", arguments, stdin)))

    def _trap(self, arguments: list[str], stdin: str | None) -> Program:
        action, *signals = arguments or [""]
        for signal in signals:
            name = signal.removeprefix("SIG")
            if name not in SIGNALS:
                return err(f"trap: ‘{signal}’ is something that dockerlearn does not know\n", 1)
            self.shell.traps.pop(name, None)
            if action != "-":
                self.shell.traps[name] = action
        return out("")


def sh(environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
    """The shell: a line after -c, a script, or what is piped or typed into it."""
    path, *arguments = words
    own = shell(environment, path, stdin)
    if arguments[:1] == ["-c"]:
        return own.run(arguments[1]) if arguments[1:] else err(f"{path}: -c requires an argument\n", 2)
    if arguments:
        if arguments[0] not in environment.root:
            return err(f"{path}: can't open '{arguments[0]}': No such file or directory\n", 2)
        return own.run(environment.root[arguments[0]])
    if stdin is not None:
        own.stdin = ""
        return own.run(stdin)
    return _interactive(own, Read("/ # ", ("INT",)) if "TERM" in environment.variables else Read())


def _interactive(shell: Shell, read: Read) -> Program:
    while not shell.ended and isinstance(line := (yield read), Line):
        yield from shell.run(line.text)
    return shell.status


# The tools of busybox


class Applet(Value):
    """One of the tools of busybox: what it does, its options as in a `Tool`, and whether it needs operands."""

    run: Callable[[Environment, Options, list[str]], Program]
    letters: str | None
    needy: bool = False


def busybox(environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
    """One of the many tools that are links to it, by the name of the link."""
    name, arguments = basename(words[0]), list(words[1:])
    if name == "busybox" and arguments:
        name, *arguments = arguments
    if name == "sh":
        return _within(environment, sh(environment, [words[0], *arguments], stdin))
    return _applet(environment, name, arguments, stdin)


def _applet(environment: Environment, name: str, arguments: list[str], stdin: str | None) -> Program:
    tool = busybox_command(name, environment.root, environment.work)
    if tool is not None:
        return tool(arguments, stdin)
    if name not in APPLETS:
        return err(f"{name}: a program that dockerlearn does not know\n", NO_PROGRAM)
    environment.work.spend(APPLET_STEPS)
    applet = APPLETS[name]
    if applet.needy and not arguments:
        return err(f"{name}: without operands is something that dockerlearn does not know\n", 1)
    return command(name, partial(applet.run, environment), applet.letters, arguments)


def _ls(environment: Environment, options: Options, operands: list[str]) -> Program:
    files: list[str] = []
    directories: list[tuple[str, list[str]]] = []
    status = 0
    for path in operands or ["/"]:
        found = environment.root.tree.resolve(path)
        if found is None:
            status = yield from err(f"ls: {path}: {NO_FILE}\n", 1)
        elif isinstance(found[1], Directory):
            names = sorted(found[1].entries)
            names = names if options.keys() & {"a", "A"} else [name for name in names if not name.startswith(".")]
            directories.append((path, [".", "..", *names] if "a" in options else names))
        else:
            files.append(path)
    listings = ["".join(f"{path}\n" for path in sorted(files))] if files else []
    for path, names in sorted(directories):
        head = f"{path}:\n" if len(operands) > 1 else ""
        listings.append(head + "".join(f"{name}\n" for name in names))
    return (yield from out("\n".join(listings), status))


def _rm(environment: Environment, options: Options, operands: list[str]) -> Program:
    refusals = ""
    for path in operands:
        *above, name = path.rstrip("/").rsplit("/", 1)
        parent = environment.root.tree.resolve(above[0] if above else "/")
        entry = parent[1].entries.get(name) if parent and isinstance(parent[1], Directory) else None
        if entry is None and "f" not in options:
            refusals += f"rm: can't remove '{path}': {NO_FILE}\n"
        elif isinstance(entry, Directory) and not options.keys() & {"r", "R"}:
            refusals += f"rm: '{path}' is a directory\n"
        elif parent and entry is not None:
            environment.work.spend(EDIT_STEPS)
            del environment.root[f"{parent[0]}/{name}"]
    return err(refusals, int(bool(refusals)))


def _mkdir(environment: Environment, options: Options, operands: list[str]) -> Program:
    for path in operands:
        steps = split(path)
        for depth in range(1 if "p" in options else len(steps), len(steps) + 1):
            environment.work.spend(depth)
            here = "/" * path.startswith("/") + "/".join(steps[:depth])
            found = environment.root.tree.resolve(here)
            if found is None:
                _put(environment, here, Directory(), f"can't create directory '{path}'")
            elif "p" not in options or not isinstance(found[1], Directory):
                raise Misuse(f"can't create directory '{path}': File exists")
    return out("")


def _rmdir(environment: Environment, options: Options, operands: list[str]) -> Program:
    for path in operands:
        found = environment.root.tree.resolve(path)
        if found is None or not isinstance(found[1], Directory) or found[1].entries:
            full = found is not None and isinstance(found[1], Directory)
            reason = NO_FILE if found is None else "Directory not empty" if full else "Not a directory"
            raise Misuse(f"'{path}': {reason}")
        environment.work.spend(EDIT_STEPS)
        del environment.root[found[0]]
    return out("")


def _touch(environment: Environment, options: Options, operands: list[str]) -> Program:
    for path in operands:
        found = environment.root.tree.resolve(path)
        if found is None or isinstance(found[1], File):
            _put(environment, path, found[1].rewritten() if found and isinstance(found[1], File) else File(), path)
    return out("")


def _cp(environment: Environment, options: Options, operands: list[str], *, move: bool = False) -> Program:
    if len(operands) < 2:
        raise unknown("fewer than two operands")
    *sources, target = operands
    into = environment.root.tree.resolve(target)
    refusals = ""
    for source in sources:
        found = environment.root.tree.resolve(source)
        if found is None or not source:
            refusals += f"can't {'rename' if move else 'stat'} '{source}': {NO_FILE}\n"
            continue
        real, node = found
        if isinstance(node, Directory) and not move and not options.keys() & {"r", "R", "a"}:
            refusals += f"omitting directory '{source}'\n"
            continue
        inside = into is not None and isinstance(into[1], Directory)
        path = f"{target.rstrip('/')}/{basename(real)}" if inside else target
        problem = f"can't rename '{source}'" if move else f"can't create '{path}'"
        place = _place(environment, path, problem)
        if place == real:
            refusals += "" if move else f"'{source}' and '{path}' are the same file\n"
        elif f"{place}/".startswith(f"{real}/"):
            refusals += (
                f"{problem}: Invalid argument\n" if move else f"recursion detected, omitting directory '{path}'\n"
            )
        else:
            files = sum(1 for _ in node.nodes()) if isinstance(node, Directory) else 1
            environment.work.spend(EDIT_STEPS + COPY_STEPS * files)
            try:
                if move and isinstance(node, File):
                    environment.root.move(real, place, _anew(node))
                    continue
                environment.root.put(place, _anew(node))
            except OSError as error:
                refusals += f"{problem}: {error}\n"
                continue
            if move:
                del environment.root[real]
    lines = "".join(f"{'mv' if move else 'cp'}: {line}\n" for line in refusals.splitlines())
    return err(lines, int(bool(lines)))


def _place(environment: Environment, path: str, problem: str) -> str:
    try:
        return environment.root.place(path)
    except OSError as error:
        raise Misuse(f"{problem}: {error}") from error


def _anew(found: Node) -> Node:
    """A copy of a file, which counts as written even where it replaces its like."""
    if isinstance(found, Directory):
        return Directory({name: _anew(child) for name, child in found.entries.items()}, found.mode)
    return found.rewritten() if isinstance(found, File) else found


def _ln(environment: Environment, options: Options, operands: list[str]) -> Program:
    if "s" not in options or len(operands) != 2:
        raise unknown("other than -s TARGET LINK")
    if not operands[0]:
        raise Misuse(f"{operands[1]}: {NO_FILE}")
    if environment.root.tree.get(operands[1]) is not None:
        raise Misuse(f"{operands[1]}: File exists")
    _put(environment, operands[1], Symlink(operands[0]), operands[1])
    return out("")


def _chmod(environment: Environment, options: Options, operands: list[str]) -> Program:
    mode, *paths = operands or [""]
    if mode != "+x" and not re.fullmatch("[0-7]{3,4}", mode):
        raise unknown(f"the mode ‘{mode}’")
    for path in paths:
        found = environment.root.tree.resolve(path)
        if found is None:
            raise Misuse(f"{path}: {NO_FILE}")
        if not isinstance(found[1], Symlink):
            bits = found[1].mode | 0o111 if mode == "+x" else int(mode, 8)
            _edit(environment, path, partial(environment.root.chmod, path, bits), path)
    return out("")


def _put(environment: Environment, path: str, new: Node, problem: str) -> None:
    _edit(environment, path, partial(environment.root.put, path, new), problem)


def _edit(environment: Environment, path: str, edit: Callable[[], None], problem: str) -> None:
    environment.work.spend(EDIT_STEPS + 2 * path.count("/"))
    try:
        edit()
    except (OSError, InvalidPath) as error:
        raise Misuse(f"{problem}: {error}") from error


def _test(environment: Environment, options: Options, operands: list[str], *, bracket: bool = False) -> Program:
    if bracket and operands[-1:] != ["]"]:
        return err("[: missing ]\n", 2)
    words = operands[:-1] if bracket else operands
    wanted = words[:1] == ["!"]
    words = words[wanted:]
    if len(words) == 2 and words[0] in TESTS:
        holds = TESTS[words[0]](environment.root.tree.resolve(words[1]), words[1])
    elif len(words) == 3 and words[1] in ("=", "==", "!="):
        holds = (words[0] == words[2]) != (words[1] == "!=")
    elif len(words) < 2:
        holds = bool("".join(words))
    else:
        raise unknown(f"the test ‘{' '.join(words)}’")
    return out("", int(holds == wanted))


def _env(environment: Environment, options: Options, operands: list[str]) -> Program:
    if operands:
        raise unknown("a command with other variables")
    return _printenv(environment, options, operands)


def _printenv(environment: Environment, options: Options, names: list[str]) -> Program:
    if not names:
        return out("".join(f"{name}={value}\n" for name, value in environment.variables.items()))
    found = [name for name in names if name in environment.variables]
    return out("".join(f"{environment.variables[name]}\n" for name in found), int(found != names))


def _which(environment: Environment, options: Options, operands: list[str]) -> Program:
    found = []
    for name in operands:
        with suppress(CannotStart):
            found.append(environment.find(name)[0])
    return out("".join(f"{path}\n" for path in found), int(len(found) < len(operands)))


def _id(environment: Environment, options: Options, operands: list[str]) -> Program:
    return out("0\n" if options else "uid=0(root) gid=0(root) groups=0(root)\n")


APPLETS = {
    "[": Applet(partial(_test, bracket=True), None),
    "chmod": Applet(_chmod, None, needy=True),
    "cp": Applet(_cp, "arR", needy=True),
    "date": Applet(lambda environment, *_: out(f"{environment.now():%a %b %e %H:%M:%S UTC %Y}\n"), ""),
    "env": Applet(_env, ""),
    "hostname": Applet(lambda environment, *_: out(f"{environment.hostname}\n"), ""),
    "id": Applet(_id, "ug"),
    "ln": Applet(_ln, "s", needy=True),
    "ls": Applet(_ls, "1aA"),
    "mkdir": Applet(_mkdir, "p", needy=True),
    "mv": Applet(partial(_cp, move=True), "f", needy=True),
    "printenv": Applet(_printenv, ""),
    "pwd": Applet(lambda *_: out("/\n"), ""),
    "rm": Applet(_rm, "rRf", needy=True),
    "rmdir": Applet(_rmdir, "", needy=True),
    "test": Applet(_test, None),
    "touch": Applet(_touch, "", needy=True),
    "uname": Applet(lambda *_: out("Linux\n"), ""),
    "which": Applet(_which, "", needy=True),
    "whoami": Applet(lambda *_: out("root\n"), ""),
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
BUILT_IN = ("[", "echo", "false", "pwd", "test", "true")

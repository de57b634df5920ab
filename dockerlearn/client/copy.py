"""`docker cp`: files between a container and the computer."""

from __future__ import annotations

from posixpath import basename, join, normpath

from ..model.errors import DaemonError, DockerError
from ..model.tree import Directory, File, Node
from .call import Call, Verb
from .human import size
from .usage import Flags, NotInModel

HOME = "/root"  # the folder that the client is called in, where it has to be named


def cp(call: Call, flags: Flags, operands: list[str]) -> None:
    """Copy a file into a container, or out of it."""
    (from_name, source), (to_name, target) = (_container_path(operand) for operand in operands)
    if from_name and to_name:
        raise DockerError("copying between containers is not supported")
    if not from_name and not to_name:
        raise DockerError("must specify at least one container source")
    if to_name:
        _copy_in(call, flags, source, to_name, target)
    else:
        _copy_out(call, flags, from_name, source, target)


def _container_path(operand: str) -> tuple[str, str]:
    """The container and the path that an operand names; no container for a file of this computer."""
    name, colon, path = operand.partition(":")
    return (name, path) if colon and not operand.startswith(("/", ".")) else ("", operand)


def _copy_in(call: Call, flags: Flags, source: str, name: str, target: str) -> None:
    there = _find(call, name, target)  # asked for before anything else, though it may not matter
    if source not in call.files:
        raise DockerError(f"lstat {normpath(join(HOME, source))}: no such file or directory")
    inside = isinstance(there, Directory)
    if target.endswith("/") and not inside:
        raise DockerError("no such directory")
    content = call.files[source].encode(errors="surrogateescape")
    _show_size(call, flags, len(content), f"{name}:{target}")  # all of it is sent before the daemon refuses it
    path = f"{target.rstrip('/')}/{basename(source)}" if inside else target
    if inside and isinstance(_find(call, name, path), Directory):
        raise DaemonError(f'cannot overwrite directory "{basename(source)}" with non-directory "{target}"')
    try:
        call.engine.container(name).write(path, File(content))
    except OSError as error:
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            raise DaemonError(f"write {path}: {str(error).lower()}") from error
        above = path.rsplit("/", 1)[0] or "/"
        raise DaemonError(f"Could not find the file {above} in container {name}") from error


def _copy_out(call: Call, flags: Flags, name: str, source: str, target: str) -> None:
    call.engine.container(name)
    found = _find(call, name, source)
    if found is None:
        raise DaemonError(f"Could not find the file {source} in container {name}")
    if not isinstance(found, File) or target == "-":
        raise NotInModel("directories and - of docker cp", "form")
    path = f"{target.rstrip('/')}/{basename(source)}" if target.endswith("/") or target == "." else target
    call.engine.work.spend(0, found.size)
    text = found.data.decode(errors="surrogateescape")
    try:
        call.files[path] = text
    except IsADirectoryError:
        call.files[f"{path}/{basename(source)}"] = text
    except OSError as error:
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            raise DockerError(f"write {path}: {str(error).lower()}") from error
        above = normpath(join(HOME, path, ".."))
        raise DockerError(f'invalid output path: directory "{above}" does not exist') from error
    _show_size(call, flags, found.size, normpath(join(HOME, path)))


def _find(call: Call, name: str, path: str) -> Node | None:
    """What a container has at a path; None if there is no such thing, or no such container."""
    try:
        container = call.engine.container(name)
    except DockerError:
        return None
    container.lend()
    found = container.tree.resolve(path)
    return None if found is None else found[1]


def _show_size(call: Call, flags: Flags, count: int, target: str) -> None:
    """Show the size of the archive in which a file of so many bytes travels."""
    if not flags.on("quiet"):
        call.err(f"Successfully copied {size(3 * 512 + -(-count // 512) * 512, 3)} to {target}\n")


VERBS = {
    "docker container cp": Verb(cp, "quiet"),
}

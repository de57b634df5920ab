"""What Docker says when it says no, with what it says it about.

    DockerError
    ├── InvalidReference          a string that is not an image name: the client finds out by itself
    ├── InvalidPath               a path that no layer may hold
    ├── InvalidArchive            bytes that are not a layer
    ├── TemplateError             a Go template that cannot be read or applied
    └── DaemonError               a refusal by the engine
        ├── NotFound              there is no such thing
        │   ├── NoSuchRepository  name: of the registry's repository
        │   ├── NoSuchTag         name: with its tag or digest
        │   ├── NoSuchPlatform    platform: of an index, or of an image that is here
        │   ├── NoSuchImage       name
        │   ├── NoSuchContainer   name
        │   └── NoSuchVolume      name
        ├── CannotStart           status: of a program that is not there (127) or cannot be executed (126)
        └── Conflict              the engine's present state forbids it
            ├── WrongState        verb, state, container
            ├── NameTaken         name, container (the ID of the one that has it)
            ├── PortTaken         port
            ├── ImageInUse        image (its ID or name)
            └── VolumeInUse       name, containers (IDs)

The text of each is Docker's own, measured on Engine 28.5.2 with client 28.2.2. The terminal puts `Error response from
daemon: ` before what the daemon said (`DaemonError`) and prints what the client itself found wrong (all others) as it is.
Code that has to tell two refusals apart looks at the class and its data, never at the text.
"""

from __future__ import annotations

from typing import Any, ClassVar


class DockerError(Exception):
    """A refusal in Docker's words. `str(error)` is the text without any prefix of the terminal.

    The facts are given by name. Each becomes an attribute, and fills its place in the `text` of the class.
    """

    text: ClassVar[str] = ""

    def __init__(self, text: str | None = None, /, **about: Any) -> None:
        super().__init__(self.text.format_map(about) if text is None else text)
        self.__dict__.update(about)


class InvalidReference(DockerError):
    """A string that is not an image name, found by the client before any engine is asked."""


class InvalidPath(DockerError, ValueError):
    """A path that no layer may hold: empty, with `..` in it, or named like a whiteout."""


class InvalidArchive(DockerError, ValueError):
    """Bytes that are not a layer: not a tar, or one with an entry that may not be unpacked."""


class TemplateError(DockerError):
    """A Go template of `--format` or `-f` that cannot be parsed, or cannot be applied to the value."""


class DaemonError(DockerError):
    """A refusal by the engine, which the terminal introduces with `Error response from daemon: `."""


class NotFound(DaemonError):
    """There is no such thing."""


class NoSuchRepository(NotFound):
    """The registry has no repository of that name, or only for those who log in."""

    text = "pull access denied for {name}, repository does not exist or may require 'docker login'"
    name: str


class NoSuchTag(NotFound):
    """The repository has no such tag or digest."""

    text = "manifest for {name} not found: manifest unknown: manifest unknown"
    name: str


class NoSuchPlatform(NotFound):
    """The index has no image for that platform."""

    text = (
        "no matching manifest for {platform} in the manifest list entries: no match for platform in manifest: not found"
    )
    platform: str
    begun: bool = False  # whether that was found only while pulling


class NoSuchImage(NotFound):
    """The engine has no image of that name or ID."""

    text = "No such image: {name}"
    name: str


class NoSuchContainer(NotFound):
    """The engine has no container of that name or ID."""

    text = "No such container: {name}"
    name: str


class NoSuchVolume(NotFound):
    """The engine has no volume of that name."""

    text = "get {name}: no such volume"
    name: str


class CannotStart(DaemonError):
    """A program in a container is not there, or cannot be executed; the text is runc's."""

    status: int


class Conflict(DaemonError):
    """The request is well formed but the engine's present state forbids it."""


class WrongState(Conflict):
    """A container may not be treated so in the state in which it is; the text is that of the lifecycle's table."""

    verb: str
    state: str
    container: str


class NameTaken(Conflict):
    """Another container has the name."""

    text = (
        'Conflict. The container name "/{name}" is already in use by container "{container}". '
        "You have to remove (or rename) that container to be able to reuse that name."
    )
    name: str
    container: str


class PortTaken(Conflict):
    """A port of the host that a container wants to publish cannot be had."""

    text = (
        "failed to set up container networking: driver failed programming external connectivity on endpoint "
        "{container} ({endpoint}): {problem}"
    )
    port: int
    container: str


class ImageInUse(Conflict):
    """A container, a child or another name needs an image that was to be removed."""

    text = "conflict: unable to {action} {image} {reason}"
    image: str


class VolumeInUse(Conflict):
    """Containers have a volume that was to be removed."""

    text = "remove {name}: volume is in use - [{users}]"
    name: str
    containers: list[str]

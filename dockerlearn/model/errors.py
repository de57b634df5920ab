"""What Docker says when it says no.

Every refusal of the model is a `DockerError` whose text is Docker's own, measured on Engine 28.5.2 with
client 28.2.2. The terminal puts `Error response from daemon: ` before what the daemon said (`DaemonError`)
and prints what the client itself found wrong (all others) as it is.
"""

from __future__ import annotations


class DockerError(Exception):
    """A refusal in Docker's words. `str(error)` is the text without any prefix of the terminal."""


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
    """No image, tag or repository of that name."""


class Conflict(DaemonError):
    """The request is well formed but the engine's present state forbids it."""


class CannotStart(DaemonError):
    """A program that is not there (`status` 127) or cannot be executed (126), in runc's words."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status

"""`docker volume`: the directories that outlive containers."""

from __future__ import annotations

from ..model.errors import NotFound
from . import formats
from .call import Call, Verb
from .usage import Flags


def ls(call: Call, flags: Flags, operands: list[str]) -> None:
    """List volumes."""
    shown = formats.VOLUMES.show(call.engine.volumes(), call.view(flags), flags.text("format"), quiet=flags.on("quiet"))
    call.out(shown)


def rm(call: Call, flags: Flags, operands: list[str]) -> None:
    """Remove volumes; with -f, those that are not there are taken for removed."""

    def remove(name: str) -> None:
        try:
            call.engine.remove_volume(name)
        except NotFound:
            if not flags.on("force"):
                raise
        call.out(f"{name}\n")

    call.refuse(*call.each(operands, remove))


VERBS = {
    "docker volume ls": Verb(ls, "format quiet"),
    "docker volume rm": Verb(rm, "force"),
}

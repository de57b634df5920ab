"""`docker ... prune`: removing what is of no use, after a question."""

from __future__ import annotations

from .call import Call, Effects, Verb
from .human import size
from .usage import Flags


def container_prune(call: Call, flags: Flags, operands: list[str]) -> Effects:
    """Remove the containers that do not run."""
    if flags.on("force") or (yield from call.confirm("WARNING! This will remove all stopped containers.")):
        _show_total(call, _containers(call))


def image_prune(call: Call, flags: Flags, operands: list[str]) -> Effects:
    """Remove the images that have no tag, or all that no container uses."""
    every = flags.on("all")
    if flags.on("force") or (yield from call.confirm(f"WARNING! This will remove {_which_images(every)}.")):
        _show_total(call, _images(call, every))


def volume_prune(call: Call, flags: Flags, operands: list[str]) -> Effects:
    """Remove the volumes that no container has."""
    warning = "WARNING! This will remove anonymous local volumes not used by at least one container."
    if flags.on("force") or (yield from call.confirm(warning)):
        _show_total(call, _volumes(call))


def system_prune(call: Call, flags: Flags, operands: list[str]) -> Effects:
    """Remove containers, then volumes if asked to, then images."""
    every, volumes = flags.on("all"), flags.on("volumes")
    things = [
        "all stopped containers",
        "all networks not used by at least one container",
        *(["all anonymous volumes not used by at least one container"] if volumes else []),
        _which_images(every),
        "all build cache" if every else "unused build cache",
    ]
    warning = "WARNING! This will remove:\n" + "".join(f"  - {thing}\n" for thing in things)
    if flags.on("force") or (yield from call.confirm(warning)):
        reclaimed = _containers(call) + (_volumes(call) if volumes else 0)
        _show_total(call, reclaimed + _images(call, every))


def _which_images(every: bool) -> str:
    return "all images without at least one container associated to them" if every else "all dangling images"


# Each removes one kind of thing, shows what went, and returns the bytes that this freed.


def _containers(call: Call) -> int:
    removed, reclaimed = call.engine.prune_containers()
    _show_removed(call, "Containers", [container.id for container in removed])
    return reclaimed


def _volumes(call: Call) -> int:
    removed, reclaimed = call.engine.prune_volumes()
    _show_removed(call, "Volumes", [volume.name for volume in removed])
    return reclaimed


def _images(call: Call, every: bool) -> int:
    pruned = call.engine.prune(all=every)
    _show_removed(call, "Images", [f"{removal.action.lower()}: {removal.name}" for removal in pruned.removals])
    return pruned.reclaimed


def _show_removed(call: Call, kind: str, lines: list[str]) -> None:
    if lines:
        call.out(f"Deleted {kind}:\n" + "".join(f"{line}\n" for line in lines) + "\n")


def _show_total(call: Call, reclaimed: int) -> None:
    call.out(f"Total reclaimed space: {size(reclaimed)}\n")


VERBS = {
    "docker container prune": Verb(container_prune, "force"),
    "docker image prune": Verb(image_prune, "all force"),
    "docker system prune": Verb(system_prune, "all force volumes"),
    "docker volume prune": Verb(volume_prune, "force"),
}

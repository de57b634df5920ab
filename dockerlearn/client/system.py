"""`docker system`, `docker volume` and `docker version`: what is on the machine, and what of it is of no use.

All that prunes is here, since `docker system prune` is made of the others.
"""

from __future__ import annotations

from collections.abc import Callable

from ..model.errors import DockerError, NotFound
from ..model.lifecycle import LIVE
from . import formats
from .call import Call, Effects, Verb
from .human import size
from .template.syntax import GoError
from .usage import Flags, NotInModel, read_template
from .versions import FORM, versions

DETAIL_STEPS = 300  # of work, to make the three tables of docker system df -v

# How much of the disk is taken up


def df(call: Call, flags: Flags, operands: list[str]) -> None:
    """Show how much of the disk is taken up, by what, and how much of that a prune could free."""
    form = flags.text("format")
    if not flags.on("verbose"):
        call.out(formats.DISK.show(_kinds(call), call.view(flags), form))
    elif form:
        raise NotInModel("--format of docker system df --verbose", "flag")
    else:
        _show_all(call, flags)


def _kinds(call: Call) -> list[formats.DiskUsage]:
    """What each kind of thing takes up."""
    engine = call.engine
    images, containers, volumes = engine.images(all=False), engine.containers(), engine.volume_store.volumes()
    used = [image for image in images if engine.store.users(image)]
    live = [container for container in containers if container.state in LIVE]
    active = [volume for volume in volumes if engine.volume_store.users(volume)]
    sizes = {it.id: it.size for it in containers}
    written, kept = sum(sizes.values()), sum(volume.node.size for volume in volumes)
    idle, unused = written - sum(sizes[it.id] for it in live), kept - sum(it.node.size for it in active)
    return [
        formats.DiskUsage("Images", len(images), len(used), engine.layers_size, engine.reclaimable_size()),
        formats.DiskUsage("Containers", len(containers), len(live), written, idle),
        formats.DiskUsage("Local Volumes", len(volumes), len(active), kept, unused),
        formats.DiskUsage("Build Cache", 0, 0, 0, 0),
    ]


def _show_all(call: Call, flags: Flags) -> None:
    """Show what each thing takes up."""
    engine, view = call.engine, call.view(flags)
    engine.work.spend(DETAIL_STEPS)
    shared = engine.store.shared_sizes()
    images = [
        formats.image_rows(each, each.tags[:1], ())[0].replace(
            shared=shared[each.id], users=len(engine.store.users(each.image))
        )
        for each in engine.summaries(all=False)
    ]
    containers = [formats.ContainerRow(each, engine.image_name(each), engine.store) for each in engine.containers()]
    volumes = [formats.VolumeRow(each, len(engine.volume_store.users(each))) for each in engine.volume_store.volumes()]
    call.out(
        f"Images space usage:\n\n{formats.DISK_IMAGES.show(images, view)}\n"
        f"Containers space usage:\n\n{formats.DISK_CONTAINERS.show(containers, view)}\n"
        f"Local Volumes space usage:\n\n{formats.DISK_VOLUMES.show(volumes, view)}{formats.DISK_CACHE}"
    )


# Volumes


def ls(call: Call, flags: Flags, operands: list[str]) -> None:
    """List volumes."""
    form, quiet = flags.text("format"), flags.on("quiet")
    call.out(formats.VOLUMES.show(call.engine.volume_store.volumes(), call.view(flags), form, quiet=quiet))


def rm(call: Call, flags: Flags, operands: list[str]) -> None:
    """Remove volumes; with -f, those that are not there are taken for removed."""

    def remove(name: str) -> None:
        try:
            call.engine.volume_store.remove(name)
        except NotFound:
            if not flags.on("force"):
                raise
        call.out(f"{name}\n")

    call.refuse(*call.each(operands, remove))


# Removing what is of no use, after a question


def container_prune(call: Call, flags: Flags, operands: list[str]) -> Effects:
    """Remove the containers that do not run."""
    return _prune(call, flags, "WARNING! This will remove all stopped containers.", [_containers])


def image_prune(call: Call, flags: Flags, operands: list[str]) -> Effects:
    """Remove the images that have no tag, or all that no container uses."""
    return _prune(call, flags, f"WARNING! This will remove {_which_images(flags)}.", [_images])


def volume_prune(call: Call, flags: Flags, operands: list[str]) -> Effects:
    """Remove the volumes that no container has."""
    warning = "WARNING! This will remove anonymous local volumes not used by at least one container."
    return _prune(call, flags, warning, [_volumes])


def system_prune(call: Call, flags: Flags, operands: list[str]) -> Effects:
    """Remove containers, then volumes if asked to, then images."""
    volumes = flags.on("volumes")
    things = [
        "all stopped containers",
        "all networks not used by at least one container",
        *(["all anonymous volumes not used by at least one container"] if volumes else []),
        _which_images(flags),
        "all build cache" if flags.on("all") else "unused build cache",
    ]
    warning = "WARNING! This will remove:\n" + "".join(f"  - {thing}\n" for thing in things)
    return _prune(call, flags, warning, [_containers, *([_volumes] if volumes else []), _images])


def _which_images(flags: Flags) -> str:
    every = "all images without at least one container associated to them"
    return every if flags.on("all") else "all dangling images"


def _prune(call: Call, flags: Flags, warning: str, prunes: list[Callable[[Call, Flags], int]]) -> Effects:
    """Ask, unless forced, then prune one kind of thing after the other, and show how many bytes that freed."""
    if flags.on("force") or (yield from call.confirm(warning)):
        reclaimed = sum(prune(call, flags) for prune in prunes)
        call.out(f"Total reclaimed space: {size(reclaimed)}\n")


# Each removes one kind of thing, shows what went, and returns the bytes that this freed.


def _containers(call: Call, flags: Flags) -> int:
    removed, reclaimed = call.engine.prune_containers()
    _show_removed(call, "Containers", [container.id for container in removed])
    return reclaimed


def _volumes(call: Call, flags: Flags) -> int:
    removed, reclaimed = call.engine.volume_store.prune()
    _show_removed(call, "Volumes", [volume.name for volume in removed])
    return reclaimed


def _images(call: Call, flags: Flags) -> int:
    pruned = call.engine.prune(all=flags.on("all"))
    _show_removed(call, "Images", [f"{removal.action.lower()}: {removal.name}" for removal in pruned.removals])
    return pruned.reclaimed


def _show_removed(call: Call, kind: str, lines: list[str]) -> None:
    if lines:
        call.out(f"Deleted {kind}:\n" + "".join(f"{line}\n" for line in lines) + "\n")


# Versions


def version(call: Call, flags: Flags, operands: list[str]) -> None:
    """Show the versions of client and engine."""
    form = flags.text("format") or FORM
    told = versions(call.release.name, call.engine.edition.release.name)
    template = read_template("{{json .}}" if form == "json" else form, call.engine.work.spend, "version")
    try:
        call.out(template.render(told) + "\n")
    except GoError as error:
        call.out("\n")
        call.refuse(DockerError(error.reason))


VERBS = {
    "docker container prune": Verb(container_prune, "force"),
    "docker image prune": Verb(image_prune, "all force"),
    "docker system df": Verb(df, "format verbose"),
    "docker system prune": Verb(system_prune, "all force volumes"),
    "docker version": Verb(version, "format"),
    "docker volume ls": Verb(ls, "format quiet"),
    "docker volume prune": Verb(volume_prune, "force"),
    "docker volume rm": Verb(rm, "force"),
}

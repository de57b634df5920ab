"""`docker system`: what all of it takes up on the disk."""

from __future__ import annotations

from . import formats
from .call import Call, Verb
from .containers import LIVE
from .formats import ContainerRow, DiskUsage, VolumeRow, image_rows
from .usage import Flags, NotInModel


def df(call: Call, flags: Flags, operands: list[str]) -> None:
    """Show how much of the disk is taken up, by what, and how much of that a prune could free."""
    form = flags.text("format")
    if not flags.on("verbose"):
        call.out(formats.DISK.show(_kinds(call), call.view(flags), form))
    elif form:
        raise NotInModel("--format of docker system df --verbose", "flag")
    else:
        _show_all(call, flags)


def _kinds(call: Call) -> list[DiskUsage]:
    """What each kind of thing takes up."""
    engine = call.engine
    images, containers, volumes = engine.images(all=False), engine.containers(), engine.volumes()
    used = [image for image in images if engine.store.users(image)]
    live = [container for container in containers if container.state in LIVE]
    active = [volume for volume in volumes if engine.volume_users(volume)]
    unshared = sum(image.size - engine.store.shared_size(image) for image in used)
    written = sum(container.size for container in containers)
    kept = sum(volume.node.size for volume in volumes)
    idle, unused = written - sum(it.size for it in live), kept - sum(it.node.size for it in active)
    return [
        DiskUsage("Images", len(images), len(used), engine.layers_size, engine.layers_size - unshared),
        DiskUsage("Containers", len(containers), len(live), written, idle),
        DiskUsage("Local Volumes", len(volumes), len(active), kept, unused),
        DiskUsage("Build Cache", 0, 0, 0, 0),
    ]


def _show_all(call: Call, flags: Flags) -> None:
    """Show what each thing takes up."""
    engine, view = call.engine, call.view(flags)
    images = [
        image_rows(image, engine.tags(image)[:1])[0].replace(
            shared=engine.store.shared_size(image), users=len(engine.store.users(image))
        )
        for image in engine.images(all=False)
    ]
    containers = [ContainerRow(each, engine.image_name(each)) for each in engine.containers()]
    volumes = [VolumeRow(each, len(engine.volume_users(each))) for each in engine.volumes()]
    call.out(
        f"Images space usage:\n\n{formats.DISK_IMAGES.show(images, view)}\n"
        f"Containers space usage:\n\n{formats.DISK_CONTAINERS.show(containers, view)}\n"
        f"Local Volumes space usage:\n\n{formats.DISK_VOLUMES.show(volumes, view)}{formats.DISK_CACHE}"
    )


VERBS = {
    "docker system df": Verb(df, "format verbose"),
}

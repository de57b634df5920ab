"""`docker image`: what comes from the registry, what is here, and what goes."""

from __future__ import annotations

from ..model.digest import short
from ..model.engine import Pull
from ..model.errors import DaemonError, NotFound
from ..model.reference import DEFAULT_TAG, Reference
from . import formats
from .call import Call, Verb, address
from .formats import image_rows
from .usage import Flags, NotInModel, filters

LACKING_FILTERS = ("before", "label", "since", "until")


def pull(call: Call, flags: Flags, operands: list[str]) -> None:
    """Get an image from the registry."""
    reference, quiet = Reference.parse(operands[0]), flags.on("quiet")
    if not quiet and reference != reference.tagged():
        call.out(f"Using default tag: {DEFAULT_TAG}\n")
    pulled = call.engine.pull(operands[0])
    if not quiet:
        call.out(progress(pulled))
    call.out(f"{pulled.reference}\n")


def progress(pulled: Pull) -> str:
    """What a terminal shows of a pull, but for the last line, which `docker run` leaves out."""
    target = pulled.reference.target
    lines = [f"{target if target.digest else target.tag}: Pulling from {pulled.reference.path}"]
    lines += [f"{short(layer.digest)}: {layer.status}" for layer in pulled]
    status = "Downloaded newer image" if pulled.newer else "Image is up to date"
    lines += [f"Digest: {pulled.image.digest}", f"Status: {status} for {target.familiar}"]
    return "".join(f"{line}\n" for line in lines)


def ls(call: Call, flags: Flags, operands: list[str]) -> None:
    """List images, each once for each of its names."""
    form, pinned, engine = flags.text("format"), flags.on("digests"), call.engine
    if form == "raw":
        raise NotInModel("raw of docker images --format", "format")
    dangling, patterns = _filters(flags.all("filter"))
    patterns += [pattern for pattern in operands if pattern]
    rows = []
    for image in engine.images(all=flags.on("all")):
        names = engine.store.references.of(image)
        if patterns:
            names = [name for name in names if any(name.matches(pattern) for pattern in patterns)]
        in_use = any(name.tag for name in names) or bool(engine.store.children(image))
        if (names or not patterns) and not (dangling and in_use):
            rows += image_rows(image, names, digests=pinned or "{{.Digest}}" in form, pinned=pinned)
    kind = formats.IMAGES_WITH_DIGESTS if pinned else formats.IMAGES
    call.out(kind.show(rows, call.view(flags), form, quiet=flags.on("quiet")))


def _filters(texts: list[str]) -> tuple[bool, list[str]]:
    """Whether only dangling images are wanted, and the patterns for names. Raises as `filters` does."""
    found = filters(texts, ("dangling", "reference"), LACKING_FILTERS, "docker images")
    dangling = found.get("dangling", [])
    yes, no = ("1" in dangling or "true" in dangling), ("0" in dangling or "false" in dangling)
    if dangling and yes == no:
        raise DaemonError(f"invalid filter 'dangling=[{' '.join(dangling)}]'")
    return yes, found.get("reference", [])


def history(call: Call, flags: Flags, operands: list[str]) -> None:
    """List the steps that an image was built in."""
    rows = call.engine.history(address(operands[0]))
    kind = formats.HISTORY if flags.on("human", default=True) else formats.HISTORY_FOR_MACHINES
    call.out(kind.show(rows, call.view(flags), flags.text("format"), quiet=flags.on("quiet")))


def tag(call: Call, flags: Flags, operands: list[str]) -> None:
    """Give an image one more name."""
    source, target = operands
    call.engine.tag(source, target)


def rm(call: Call, flags: Flags, operands: list[str]) -> None:
    """Remove images, or names of them; with -f, it does not count that some are not there."""

    def remove(name: str) -> None:
        for removal in call.engine.rmi(address(name), force=flags.on("force")):
            call.out(f"{removal.action}: {removal.name}\n")

    refusals = call.each(operands, remove)
    if flags.on("force") and all(isinstance(error, NotFound) for error in refusals):
        call.warn(*refusals)
    else:
        call.refuse(*refusals)


VERBS = {
    "docker image history": Verb(history, "format human no-trunc quiet"),
    "docker image ls": Verb(ls, "all digests filter format no-trunc quiet"),
    "docker image pull": Verb(pull, "quiet"),
    "docker image rm": Verb(rm, "force no-prune"),
    "docker image tag": Verb(tag),
}

"""`docker image`: what comes from the registry, what is here, and what goes."""

from __future__ import annotations

import json
from itertools import zip_longest

from ..model.digest import short
from ..model.engine import Pull
from ..model.errors import DaemonError, DockerError, InvalidReference, NoSuchPlatform, NotFound
from ..model.reference import DEFAULT_TAG, Reference
from ..model.store.images import Summary, is_whole_id
from . import formats, image_view
from .call import Call, Effects, Verb, address
from .formats import image_rows
from .image_view import UNTAGGED, Item
from .usage import Flags, NotInModel, filters

LACKING_FILTERS = ("before", "label", "since", "until")


def pull(call: Call, flags: Flags, operands: list[str]) -> Effects:
    """Get an image from the registry."""
    reference, quiet = Reference.parse(operands[0]), flags.on("quiet")
    if not quiet and reference != reference.tagged():
        call.out(f"Using default tag: {DEFAULT_TAG}\n")
    try:
        pulled = call.engine.pull(operands[0], platform=flags.text("platform"))
    except NoSuchPlatform as problem:
        if not problem.begun:
            raise
        call.out("" if quiet else head(reference))
        raise DockerError(str(problem)) from problem
    if not quiet:
        call.out(progress(pulled, steps=(yield from call.terminal()) is None))
    if pulled.warning:
        call.err(f"WARNING: {pulled.warning}\n")
    call.out(f"{pulled.reference}\n")


def head(reference: Reference) -> str:
    """What a terminal shows as soon as a pull has begun."""
    target = reference.tagged().target
    return f"{target if target.digest else target.tag}: Pulling from {reference.path}\n"


def progress(pulled: Pull, *, steps: bool = False) -> str:
    """What a terminal shows of a pull, but for the last line, which `docker run` leaves out.

    What is no terminal gets all `steps` on the way there.
    """
    target = pulled.reference.target
    lines: list[str] = []
    if steps:
        for told in zip_longest(*(layer.before for layer in pulled)):
            lines += [f"{short(layer.digest)}: {step}" for layer, step in zip(pulled, told, strict=True) if step]
    lines += [f"{short(layer.digest)}: {layer.status}" for layer in pulled]
    status = "Downloaded newer image" if pulled.newer else "Image is up to date"
    lines += [f"Digest: {pulled.image.descriptor.digest}", f"Status: {status} for {target.familiar}"]
    return head(pulled.reference) + "".join(f"{line}\n" for line in lines)


def ls(call: Call, flags: Flags, operands: list[str]) -> Effects | None:
    """List images, each once for each of its names."""
    form, pinned, tree = flags.text("format"), flags.on("digests"), flags.on("tree")
    if form == "raw":
        raise NotInModel("raw of docker images --format", "format")
    texts = {"--quiet": flags.on("quiet"), "--no-trunc": flags.on("no-trunc"), "--show-digest": pinned}
    texts["--format"] = bool(form)
    if tree and (refused := next((name for name, given in texts.items() if given), None)):
        raise DockerError(f"{refused} is not yet supported with --tree")
    wanted, patterns = _filters(flags.all("filter"))
    dangling = wanted is True
    patterns += [pattern for pattern in operands if pattern]
    listed = call.engine.summaries(all=flags.on("all"))
    found = [
        each
        for each in ([call.engine.store.matching(it, patterns) for it in listed] if patterns else listed)
        if (each.tags or each.digests or not patterns)
        and not (dangling and (each.tags or call.engine.store.children(each.image)))
        and (each.tags or wanted is not False or not call.engine.edition.release.heeds_dangling)
        and (each.tags or not call.release.views_images or flags.on("all") or dangling)
    ]
    if call.release.views_images and not any(texts.values()):
        return _view(call, found, operands, tree=tree)
    rows = []
    for each in found:
        users = len(call.engine.store.users(each.image))
        digests = pinned or "{{.Digest}}" in form
        rows += image_rows(each, each.tags, each.digests, digests=digests, pinned=pinned, users=users)
    kind = formats.IMAGES[call.release.name]
    kind = formats.with_digests(kind) if pinned else kind
    call.out(kind.show(rows, call.view(flags), form, quiet=flags.on("quiet")))
    return None


def _view(call: Call, found: list[Summary], operands: list[str], *, tree: bool) -> Effects:
    """Show images in the view of Docker 29: by name, or each with its platforms below.

    Whoever asks `docker images` for what is no image but a command is told where that is.
    """
    blocks = []
    for each in found:
        names = [name.familiar for name in each.tags] or [UNTAGGED]
        used = bool(call.engine.store.users(each.image))
        rows = [Item(name, each.id, each.size, each.content, used) for name in names]
        if tree:
            blocks.append([*(Item(name) for name in names[:-1]), rows[-1], *_platforms(call, each)])
        else:
            blocks += [[row] for row in rows]
    if not tree:
        blocks.sort(key=lambda block: (block[0].name == UNTAGGED, block[0].name))
    call.out(image_view.show(blocks, (yield from call.terminal())))
    if (
        not blocks
        and operands
        and call.command == "docker images"
        and operands[0] in call.help_texts["docker image"].commands
    ):
        call.err(f'No images found matching "{operands[0]}": did you mean "docker image {operands[0]}"?\n')


def _platforms(call: Call, it: Summary) -> list[Item]:
    """A row for each platform that an image is for."""
    parts = call.engine.store.parts(it.image)
    branches = ["├─ "] * (len(parts) - 1) + ["└─ "]
    return [
        Item(f"{branch}{part.platform}", part.id, part.size, part.content, part.used)
        for branch, part in zip(branches, parts, strict=True)
    ]


def _filters(texts: list[str]) -> tuple[bool | None, list[str]]:
    """Whether dangling images or all others are wanted, if so, and the patterns for names. Raises as `filters` does."""
    found = filters(texts, ("dangling", "reference"), LACKING_FILTERS, "docker images")
    dangling = found.get("dangling", [])
    yes, no = ("1" in dangling or "true" in dangling), ("0" in dangling or "false" in dangling)
    if dangling and yes == no:
        raise DaemonError(f"invalid filter 'dangling=[{' '.join(dangling)}]'")
    return yes if dangling else None, found.get("reference", [])


def history(call: Call, flags: Flags, operands: list[str]) -> None:
    """List the steps that an image was built in."""
    rows = call.engine.history(address(operands[0]))
    kind = formats.HISTORY if flags.on("human", default=True) else formats.HISTORY_FOR_MACHINES
    call.out(kind.show(rows, call.view(flags), flags.text("format"), quiet=flags.on("quiet")))


def tag(call: Call, flags: Flags, operands: list[str]) -> None:
    """Give an image one more name."""
    source, target = operands
    for operand in operands:
        if operand is target or not is_whole_id(operand):
            _check_name(call, operand)
    call.engine.tag(source, target)


def _check_name(call: Call, name: str) -> None:
    """Raise `InvalidReference` with the words of `docker tag` if it is no name."""
    try:
        Reference.parse(name)
    except InvalidReference as error:
        quoted = json.dumps(name, ensure_ascii=False)
        problem = f"{call.release.no_reference}: {quoted} is not a valid repository/tag: {error}"
        raise InvalidReference(problem) from error


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
    "docker image ls": Verb(ls, "all digests filter format no-trunc quiet", "tree"),
    "docker image pull": Verb(pull, "platform quiet"),
    "docker image rm": Verb(rm, "force no-prune"),
    "docker image tag": Verb(tag),
}

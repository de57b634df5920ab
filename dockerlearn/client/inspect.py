"""`docker inspect`: all that is known of images and containers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from textwrap import indent
from typing import Any

from ..model.container import Container
from ..model.digest import canonical_json
from ..model.errors import DockerError
from ..model.image import Image
from .call import Call, Verb
from .structures import container_struct, image_struct
from .template.execution import Template
from .template.syntax import GoError
from .template.values import decode
from .usage import Flags, NotInModel, read_template

OBJECT_STEPS = 150  # of work, to tell all of a thing
NAMELESS_IMAGE = "Error: No such image: "
NAMELESS_OBJECT = "invalid container name or ID: value is empty"


def image_inspect(call: Call, flags: Flags, operands: list[str]) -> None:
    """Show images in full."""
    _inspect(call, flags, operands, call.engine.image, NAMELESS_IMAGE)


def container_inspect(call: Call, flags: Flags, operands: list[str]) -> None:
    """Show containers in full."""
    _inspect(call, flags, operands, call.engine.container, NAMELESS_OBJECT)


def inspect(call: Call, flags: Flags, operands: list[str]) -> None:
    """Show things of any kind in full: containers, or where there is none of a name, images."""
    engine = call.engine

    def find_any(name: str) -> Image | Container:
        for find in (engine.container, engine.image):
            try:
                return find(name)
            except DockerError:
                continue
        raise DockerError(call.release.no_such_object.format(name=name))

    kinds: dict[str, Callable[[str], Image | Container]] = {
        "": find_any,
        "container": engine.container,
        "image": engine.image,
    }
    kind = flags.text("type")
    if kind not in kinds:
        raise NotInModel(f"--type {kind} of docker inspect", "flag")
    _inspect(call, flags, operands, kinds[kind], NAMELESS_OBJECT)


def _inspect(
    call: Call, flags: Flags, names: list[str], find: Callable[[str], Image | Container], nameless: str
) -> None:
    """Show what is found, then refuse the rest. `nameless` is the refusal of an empty name."""
    form = flags.text("format")
    template = None if form in ("", "json") else read_template(form, call.engine.work.spend)
    found: list[dict[str, Any]] = []
    texts: list[str] = []

    def look(name: str) -> None:
        if not name:
            raise DockerError(nameless)
        call.engine.work.spend(OBJECT_STEPS)
        thing = find(name)
        found.append(call.engine.inspect(thing, sized=flags.on("size"), platform=flags.text("platform"), name=name))
        if template is not None:
            texts.append(_render(call, template, thing, found[-1]) + "\n")

    refusals = call.each(names, look)
    if template is not None:
        call.out("".join(texts) or "\n")
    elif form == "json":
        call.out(canonical_json(found).decode() + "\n")
    else:
        call.out(
            _listed([_pretty(each, escaped="RootFS" not in each or not call.release.views_images) for each in found])
        )
    call.refuse(*refusals)


def _pretty(sent: dict[str, Any], *, escaped: bool) -> str:
    """What was sent about one thing, for people; the client used to keep the engine's escapes of `<`, `>` and `&`."""
    text = json.dumps(sent, indent=4, ensure_ascii=False)
    return re.sub("[<>&]", lambda sign: f"\\u{ord(sign[0]):04x}", text) if escaped else text


def _listed(texts: list[str]) -> str:
    """A JSON list of things that are JSON already."""
    return "[\n" + ",\n".join(indent(text, "    ") for text in texts) + "\n]\n" if texts else "[]\n"


def _render(call: Call, template: Template, thing: Image | Container, sent: dict[str, Any]) -> str:
    """A template applied to the client's structure or, if that fails, to the JSON from the engine."""
    try:
        if isinstance(thing, Container):
            return template.render(container_struct(sent))
        return template.render(image_struct(sent, sparing=call.release.views_images))
    except GoError:
        return template.render(decode(sent))


VERBS = {
    "docker container inspect": Verb(container_inspect, "format size"),
    "docker image inspect": Verb(image_inspect, "format platform"),
    "docker inspect": Verb(inspect, "format size type"),
}

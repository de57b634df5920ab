"""The releases of the client: what one says otherwise than the other. All else they have in common.

Measured with client 28.2.2 on Engine 28.5.2, and with client and engine 29.8.0.
"""

from __future__ import annotations

from ..model.value import Value


class ClientRelease(Value):
    """How a release of the client words some refusals, and what it shows otherwise.

    One that `views_images` shows a plain list of images as a view of its own, and hides what is dangling; one that
    `warns_of_missing` does so in `docker rm -f`.
    """

    name: str
    views_images: bool
    warns_of_missing: bool
    not_attachable: str
    not_started: str
    not_renamed: tuple[str, str]  # what stands before the engine's refusal, and a line after it
    no_such_object: str
    no_reference: str


CLIENTS = {
    "28": ClientRelease(
        "28",
        views_images=False,
        warns_of_missing=True,
        not_attachable="You cannot attach to a {state} container, {remedy} it first",
        not_started="Error: failed to start containers: {names}",
        not_renamed=("", "Error: failed to rename container named {name}"),
        no_such_object="Error: No such object: {name}",
        no_reference="Error parsing reference",
    ),
    "29": ClientRelease(
        "29",
        views_images=True,
        warns_of_missing=False,
        not_attachable="cannot attach to a {state} container, {remedy} it first",
        not_started="failed to start containers: {names}",
        not_renamed=("failed to rename container: ", ""),
        no_such_object="error: no such object: {name}",
        no_reference="error parsing reference",
    ),
}

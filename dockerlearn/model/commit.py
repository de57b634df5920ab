"""An image made of a container: its writable layer becomes a layer, and how it was started becomes the configuration."""

from __future__ import annotations

from datetime import datetime

from .container import Container
from .image import Image, Step


def commit(container: Container, created: datetime, *, message: str = "", author: str = "") -> Image:
    """The image that `docker commit` makes. A writable layer in which nothing was changed makes no layer."""
    base, layer = container.image, container.layer
    config = container.config
    step = Step(" ".join(config.cmd), layer if layer.changes.entries else None, created, message, author)
    return base.replace(steps=(*base.steps, step), config=config, created=created, author=author)

"""Volumes: directories that outlive containers."""

from __future__ import annotations

from datetime import datetime

from .rootfs import Mount
from .tree import Node


class Volume(Mount):
    """A volume: a directory that belongs to no container, and outlives them all."""

    def __init__(self, name: str, node: Node, created: datetime) -> None:
        super().__init__(node)
        self.name, self.created = name, created

"""A compact model of Docker's images and containers, in pure Python, made to be read.

All that pages and other programs use is here, and listed in `__all__`; what else the rooms hold may change.
"""

from collections.abc import Sequence

from .hub.catalog import hub
from .model.clock import FixedClock, SystemClock
from .model.container import Container
from .model.engine import Engine
from .model.errors import DockerError
from .model.image import Config, Image, Step
from .model.index import Attestation, Index, Platform
from .model.layer import Layer
from .model.lifecycle import LIFECYCLE, State
from .model.names import ADJECTIVES, SURNAMES, random_name
from .model.process import Environment, Program
from .model.reference import Reference
from .model.registry import Registry
from .model.tree import Directory, File, Symlink

__version__ = "0.1.0"


class _Runtime:
    """The runtime of an engine that is given none. Its programs are loaded when the first container starts."""

    def start(self, environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
        from .terminal.programs import start

        return start(environment, words, stdin)


Engine.runtime = _Runtime()

__all__ = [
    "ADJECTIVES",
    "LIFECYCLE",
    "SURNAMES",
    "Attestation",
    "Config",
    "Container",
    "Directory",
    "DockerError",
    "Engine",
    "File",
    "FixedClock",
    "Image",
    "Index",
    "Layer",
    "Platform",
    "Reference",
    "Registry",
    "State",
    "Step",
    "Symlink",
    "SystemClock",
    "hub",
    "random_name",
]

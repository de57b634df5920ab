"""A compact model of Docker's images and containers, in pure Python, made to be read."""

from .clock import FixedClock, SystemClock
from .container import Container, State
from .engine import Engine
from .errors import DockerError
from .image import Config, Image, Step
from .layer import Layer
from .reference import Reference
from .registry import Registry
from .tree import Directory, File, Symlink

__all__ = [
    "Config",
    "Container",
    "Directory",
    "DockerError",
    "Engine",
    "File",
    "FixedClock",
    "Image",
    "Layer",
    "Reference",
    "Registry",
    "State",
    "Step",
    "Symlink",
    "SystemClock",
]

"""The course's Docker Hub: which image each name points to, on which day.

There are two of them. The pages show scale models of February 2025; what is asked for later is the Hub of summer 2026, at
its true weight. What was released between is in neither.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from ..model.clock import utc
from ..model.image import Image
from ..model.index import Index
from ..model.registry import Registry
from . import february

Release: TypeAlias = tuple[str, str, str, Callable[[], Image | Index]]  # see `february.RELEASES`
RELEASES = february.RELEASES
TRUE_WEIGHT = "2026-01-01"  # from this day on, images weigh what the real ones weigh
SHOWN = "2025-02-28"  # the day of the registry that everybody gets who names none: the pages show what it has


def hub(at: datetime | str | None = None) -> Registry:
    """Docker Hub with the releases up to `at`: a moment, or an ISO date. Without one, what the pages show.

    On 2025-02-05 the tags `latest`, `1` and `1.27` of nginx moved from version 1.27.3 to 1.27.4; in August 2026, `latest` and
    others moved from 1.31.3 to a rebuilt 1.31.3, and then to 1.31.4.
    """
    moment = utc(SHOWN if at is None else at)
    registry = Registry()
    for repository, release, tags, build in RELEASES if moment < utc(TRUE_WEIGHT) else heavy():
        if utc(release) <= moment:
            for tag in tags.split():
                registry.offer(f"{repository}:{tag}", build)
    return registry


def heavy() -> tuple[Release, ...]:
    """The releases of true weight."""
    from . import august  # not at the top: no page needs it

    return august.RELEASES

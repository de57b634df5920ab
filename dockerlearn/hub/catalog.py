"""The course's Docker Hub: which image each name points to, on which day.

The pages show it as it was on 21 August 2026, at its true weight. A day of winter 2025 has an older one, in scale models.
What was released between is in neither.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from ..model.clock import utc
from ..model.image import Image
from ..model.index import Index
from ..model.registry import Registry
from . import august

Release: TypeAlias = tuple[str, str, str, Callable[[], Image | Index]]  # see `august.RELEASES`
RELEASES: tuple[Release, ...] = august.RELEASES
TRUE_WEIGHT = "2026-01-01"  # from this day on, images weigh what the real ones weigh
TODAY = "2026-08-21"  # the day of the registry that everybody gets who names none


def hub(at: datetime | str = TODAY) -> Registry:
    """Docker Hub with the releases up to `at`: a moment, or an ISO date.

    On 5 August 2026 the tags `latest`, `1` and `1.31` of nginx moved from version 1.31.3 to a rebuilt 1.31.3, and on 19 August
    to 1.31.4. On 5 February 2025, `latest`, `1` and `1.27` moved from 1.27.3 to 1.27.4.
    """
    moment = utc(at)
    registry = Registry()
    for repository, release, tags, build in RELEASES if moment >= utc(TRUE_WEIGHT) else light():
        if utc(release) <= moment:
            for tag in tags.split():
                registry.offer(f"{repository}:{tag}", build)
    return registry


def light() -> tuple[Release, ...]:
    """The releases of winter 2025, in scale models."""
    from . import february  # not at the top: no page needs it

    return february.RELEASES

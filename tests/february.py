"""Docker Hub in winter 2025, in scale models: what most tests pull from. They were measured with it, on Docker 28."""

from datetime import datetime

from dockerlearn.hub import catalog
from dockerlearn.model.clock import FixedClock
from dockerlearn.model.edition import Edition
from dockerlearn.model.registry import Registry
from dockerlearn.terminal.session import PAGE_SEED, Session

NOW = "2025-02-20T09:00:00+00:00"  # a little after its youngest image


def hub(at: datetime | str = "2025-02-28") -> Registry:
    """All that there is on that Docker Hub, or was on an earlier day."""
    return catalog.hub(at)


def page_session(docker: str | Edition = "28") -> Session:
    """A session like that of a page, with a Docker and a Docker Hub of that winter."""
    return Session(docker=docker, registry=hub(), clock=FixedClock(NOW), seed=PAGE_SEED)

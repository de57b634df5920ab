"""Who has seen what Docker prints for each command of a page, Docker by Docker.

    python -m tests.docker.witnesses                 all pages and quizzes
    python -m tests.docker.witnesses docs/index.md   one of them

A witness is live if an engine prints it at each run of `make test-docker`, and recorded if a real 29.8 once did.
"""

import sys
from itertools import chain

from dockerlearn.terminal.session import Session

from .editions import AS_29, BESIDE
from .engine import Store
from .replay import typed
from .test_pages_containerd import SESSIONS

LIVE_28 = "28: live, 28.5.2"
LIVE_29 = "29: live, 28.5.2 with containerd's store"
RECORDED = "29: recorded, 29.8.0"


def main(places: list[str]) -> int:
    """List the commands of some pages, or of all; 2 if one is not there."""
    for place in places or SESSIONS:
        if place not in SESSIONS:
            print(f"there is no page or quiz {place}, only {', '.join(SESSIONS)}", file=sys.stderr)
            return 2
        as_29, as_the_engine = Session.page(AS_29), Session.page(BESIDE[Store.CONTAINERD])
        for command in chain.from_iterable(map(typed, SESSIONS[place])):
            both = [it.run(command.source, interrupt=command.interrupt) for it in (as_29, as_the_engine)]
            witness = LIVE_29 if both[0] == both[1] else RECORDED
            print(f"{place}:{command.line}: $ {command.source.splitlines()[0]}\n    {LIVE_28}\n    {witness}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

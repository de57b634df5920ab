"""Who has seen what Docker prints for each command of a page, Docker by Docker.

    python -m tests.docker.witnesses                 all pages and quizzes
    python -m tests.docker.witnesses docs/index.md   one of them

A witness is live if an engine prints it at each run of `make test-docker`, and recorded if a real 29.8 once did.
"""

import re
import sys
from itertools import chain

from .replay import typed
from .test_pages_containerd import RULES, SESSIONS

LIVE_28 = "28: live, 28.5.2"
LIVE_29 = "29: live, 28.5.2 with containerd's store"
RECORDED = "29: recorded, 29.8.0"


def main(places: list[str]) -> int:
    """List the commands of some pages, or of all; 2 if one is not there."""
    for place in places or SESSIONS:
        if place not in SESSIONS:
            print(f"there is no page or quiz {place}, only {', '.join(SESSIONS)}", file=sys.stderr)
            return 2
        for command in chain.from_iterable(map(typed, SESSIONS[place])):
            rule = next((rule for rule in RULES if re.search(rule.command, command.source)), None)
            witness = f"{RECORDED}: {rule.reason}" if rule else LIVE_29
            print(f"{place}:{command.line}: $ {command.source.splitlines()[0]}\n    {LIVE_28}\n    {witness}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

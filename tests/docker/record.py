"""The figures of the last runs against a real engine: kept as data, and shown on the page that tells how the course is verified."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.course.course_pages import ROOT

from .accepted import Accepted, accepted

FILE = Path(__file__).with_name("verified.json")
PAGE = ROOT / "docs/verified.md"
WHAT = {
    "pages": "commands of {blocks} console blocks on {pages} pages",
    "claims": "digests, IDs and sizes that Python blocks print",
    "matrix": "commands, each typed at a container in each state",
    "sequences": "commands in {sequences} random sequences",
}
REMAINDER = {"pages": "accepted", "claims": "that no engine can judge"}

Figures = dict[str, dict[str, Any]]


def figures() -> Figures:
    """What was kept last, by what it is about."""
    kept: Figures = json.loads(FILE.read_text(encoding="utf-8"))
    return kept


def keep(run: Figures) -> None:
    """Keep the figures of a run in the place of older ones, and show them on the page."""
    kept = {**figures(), **run}
    FILE.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    PAGE.write_text(shown(PAGE.read_text(encoding="utf-8"), kept, accepted()), encoding="utf-8")


def shown(page: str, kept: Figures, entries: Iterable[Accepted]) -> str:
    """The page with these figures and accepted differences in their places."""
    return _between(_between(page, "figures", _figures(kept)), "accepted differences", _accepted(entries))


def _between(page: str, what: str, rows: Iterable[str]) -> str:
    begin, end = f"<!-- {what}: written by make test-docker -->\n", f"<!-- end of {what} -->\n"
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return "\n".join([before + begin, *rows, "", end + after])


def _figures(kept: Figures) -> Iterator[str]:
    yield "| compared | what | equal | otherwise | on | with |"
    yield "| ---: | --- | ---: | --- | --- | --- |"
    for about, what in WHAT.items():
        run = kept[about]
        rest = run["compared"] - run["equal"]
        otherwise = f"{rest:,} {REMAINDER.get(about, 'unexplained')}" if rest else "none"
        yield (
            f"| {run['compared']:,} | {what.format(**run)} | {run['equal']:,} | {otherwise} "
            f"| {run['date']} | Engine {run['engine']}, client {run['client']} |"
        )
    pages = kept["pages"]
    ratio = pages["engine_seconds"] / pages["model_seconds"]
    yield ""
    yield (
        f"For the {pages['compared']} commands of the pages the engine took {pages['engine_seconds']:g} seconds, the model "
        f"{pages['model_seconds']:g}: the real thing takes {ratio:.0f} times as long. Much of that is waiting, which the "
        "model only notes."
    )


def _accepted(entries: Iterable[Accepted]) -> Iterator[str]:
    for entry in entries:
        differs = f"`{entry.identity[:12]}…`" if entry.identity else "the first two lines, in either order"
        yield f"- `{entry.page}`, line {entry.line}: {differs}. {entry.reason} *{entry.evidence}*"

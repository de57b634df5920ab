"""The figures of the last runs of the heavier witnesses: kept as data, and shown on the page that tells how the course is verified."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.course.course_pages import ROOT
from tests.docker.accepted import Accepted, accepted

FILE = Path(__file__).with_name("verified.json")
PAGE = ROOT / "docs/verified.md"
WHAT = {
    "pages": "**{compared:,} commands** of {blocks} console blocks on {pages} pages",
    "quizzes": "**{compared:,} commands** of {quizzes} quizzes, the right choice being what the last one prints",
    "claims": "**{compared:,} digests, IDs and sizes** that Python blocks print",
    "matrix": "**{compared:,} steps in a container's life**, each command typed in each state",
    "sequences": "**{compared:,} commands** in {sequences:,} random sequences",
    "pages_containerd": (
        "**{compared:,} commands** of the same pages and quizzes, at an engine with containerd's store, compared with what the "
        "model prints as Docker 29"
    ),
    "matrix_containerd": "**{compared:,} steps in a container's life** with containerd's store",
    "sequences_containerd": "**{compared:,} commands** in {sequences:,} random sequences with containerd's store",
    "image_sizes": "**{compared:,} sizes of images** in containerd's store, on a disk with ext4",
    "container_sizes": "**{compared:,} sizes of containers** that were generated, there",
    "browser": "**{compared:,} examples** on {pages} pages, run in the page, those of all three Dockers counted",
}
OTHERS = {
    "pages": "differ as is accepted",
    "pages_containerd": "need a client or an engine of 29, and follow what a recorded one printed",
}

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
    with_figures = _between(
        page, "figures: written by make test-docker and make test-browser", "figures", _figures(kept)
    )
    return _between(
        with_figures,
        "accepted differences: from tests/docker/accepted.toml",
        "accepted differences",
        _accepted(entries),
    )


def _between(page: str, begin: str, what: str, rows: Iterable[str]) -> str:
    begin, end = f"<!-- {begin} -->\n", f"<!-- end of {what} -->\n"
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return "\n".join([before + begin, *rows, "", end + after])


def _figures(kept: Figures) -> Iterator[str]:
    for about, what in WHAT.items():
        if about not in kept:
            continue
        run = kept[about]
        others = run["compared"] - run["equal"]
        equal = f"{run['equal']:,} equal, {others:,} {OTHERS.get(about, 'differ')}" if others else "all equal"
        yield f"- {what.format(**run)}: {equal}. ({run['date']}, {_witness(run)})"
    pages = kept["pages"]
    ratio = pages["engine_seconds"] / pages["model_seconds"]
    yield ""
    yield (
        f"For the commands of the pages the engine took {pages['engine_seconds']:g} seconds, the model "
        f"{pages['model_seconds']:g}: {ratio:.0f} to 1. Much of that is waiting, which the model only notes."
    )


def _witness(run: dict[str, Any]) -> str:
    if "chromium" in run:
        return f"Chromium {run['chromium']}, Python {run['python']} of Pyodide {run['pyodide']}"
    return f"Docker Engine {run['engine']}, client {run['client']}"


def _accepted(entries: Iterable[Accepted]) -> Iterator[str]:
    alike: dict[tuple[str, str], list[Accepted]] = {}
    for entry in entries:
        alike.setdefault((entry.reason, entry.evidence), []).append(entry)
    for (reason, evidence), group in alike.items():
        places = "; ".join(f"`{entry.command}` in `{entry.page}`" for entry in group)
        yield f"- {reason} {evidence} ({places})"

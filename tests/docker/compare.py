"""What a page says against what a real engine printed: equal, but for what an engine draws by lot or a clock decides.

Those are replaced, and nothing else: identities (each of the engine's stands for one of the page's, throughout the page),
generated names, addresses, the engine's own folders, and ages, each of which must be Docker's rounding of the time that
has passed. How much has passed tells the model, run a second time, beside the engine and on the engine's clock.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from itertools import groupby

from dockerlearn.client.human import table

VOLATILE = re.compile(
    r"(?P<id>\b(?:[0-9a-f]{64}|[0-9a-f]{12})\b)"
    r"|(?P<age>Less than a second|1 second|About a minute|About an hour|\d+ (?:second|minute|hour|day|week|month|year)s)"
    r"|(?P<mac>\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b)"
    r"|(?P<address>\b\d+\.\d+\.\d+\.\d+\b)"
    r"|(?P<folder>/var/lib/docker/[^\s\"',]+)"
    r"|(?P<name>\b[a-z]+_[a-z]+\d?\b)"
)
BRIDGE = "172.17."  # where the engine's own network begins
Images = Mapping[str, str]  # the ID of the image that each name has
NO_IMAGES: Images = {}
HEADER = re.compile(r"[A-Z][A-Z ]*(?: {3,}[A-Z][A-Z /%]*)+$")
HOUR, DAY = 3600, 24 * 3600
# What an engine does side by side: the layers of a pull, in containerd's store; the two first lines of nginx, written to two
# streams; the endpoint of a container that came to nothing, of which no event tells.
LAYERS = re.compile("(?:^[0-9a-f]{12}: (?:Pull|Download) complete *\n)+", re.MULTILINE)
BEGINNING = re.compile("(?:(?:nginx/.*: start worker processes|/docker-entrypoint.sh: Configuration complete; .*)\n)+")
ENDPOINT = re.compile(r" on endpoint \S+ \(([0-9a-f]{12})[0-9a-f]{52}\)")
UNITS = {"second": 1, "minute": 60, "hour": HOUR, "day": DAY, "week": 7 * DAY, "month": 30 * DAY, "year": 365 * DAY}


def elapsed(age: str) -> tuple[float, float]:
    """The seconds, at least and less than, that Docker rounds to these words.

    Hours are rounded to the nearest one, and days, weeks and months are counted in such hours; all else is rounded down.
    """
    fixed = {"Less than a second": (0, 1), "About a minute": (60, 120), "About an hour": (HOUR, 1.5 * HOUR)}
    if age in fixed:
        return fixed[age]
    number, unit = int(age.split()[0]), UNITS[age.split()[1].removesuffix("s")]
    if unit == HOUR:
        return (number - 0.5) * HOUR, (number + 0.5) * HOUR
    early = HOUR / 2 if unit in (DAY, UNITS["week"], UNITS["month"]) else 0
    return number * unit - early, (number + 1) * unit - early


@dataclass
class Correspondence:
    """Which token of the page stands for which of the engine's.

    `invented` holds the identities and names of all containers and volumes that the engine has made so far.
    """

    invented: Collection[str] = ()
    theirs: dict[str, str] = field(default_factory=dict)
    ours: dict[str, str] = field(default_factory=dict)

    def pairs(self, kind: str, ours: str, theirs: str) -> bool:
        """Whether the two may stand for each other; if so they do, and for nothing else."""
        if kind == "id":
            if len(ours) != len(theirs):
                return False
            ours, theirs = ours[:12], theirs[:12]
        if ours != theirs and not self._may_differ(kind, ours, theirs):
            return False
        return self.theirs.setdefault(ours, theirs) == theirs and self.ours.setdefault(theirs, ours) == ours

    def _may_differ(self, kind: str, ours: str, theirs: str) -> bool:
        if kind == "address":
            return ours.startswith(BRIDGE) and theirs.startswith(BRIDGE)
        return kind in ("mac", "folder") or theirs in self.invented


def beginnings_in_order(text: str) -> str:
    """A text with nginx's first lines in order."""
    return BEGINNING.sub(_ordered, text)


def layers_in_order(text: str) -> str:
    """A text with the lines of a pull's layers in order."""
    return LAYERS.sub(_ordered, text)


def _ordered(lines: re.Match[str]) -> str:
    return "".join(sorted(lines[0].splitlines(keepends=True)))


def difference(
    said: str,
    printed: str,
    beside: str,
    same: Correspondence,
    *,
    slack: float = 0,
    unordered: bool = False,
    images: Images = NO_IMAGES,
) -> str | None:
    """How what the page says and what the engine printed differ; nothing if they do not.

    `beside` is what the model prints on the engine's clock; `slack` the seconds by which the two may have acted apart;
    `unordered` says that the lines are a set, as those of `docker diff` are; `images` that they are a list of images, in
    which the engine leaves open the order of the names of one.
    """
    ours, theirs, model = (_comparable(text, images) for text in (said, printed, beside))
    if unordered:
        both = _tokens(said) & _tokens(printed)
        ours, model = (_sorted(text, {token: token for token in (*both, *same.theirs)}) for text in (ours, model))
        theirs = _sorted(theirs, {**{token: token for token in both}, **same.ours})
    if _fixed(ours) != _fixed(theirs) or _fixed(model) != _fixed(theirs):
        return _diff(said, printed)
    for our, their, model_s in zip(*map(VOLATILE.finditer, (ours, theirs, model)), strict=True):
        kind = str(their.lastgroup)
        if kind == "age":
            (low, high), (least, most) = elapsed(their[0]), elapsed(model_s[0])
            apart = max(low - most, least - high)  # negative for two ways to say what has one
            if their[0] != model_s[0] and not 0 <= apart < slack:
                return f"an age: {their[0]!r}, and not {model_s[0]!r}\n{_diff(said, printed)}"
        elif not same.pairs(kind, our[0], their[0]):
            return f"{their[0]!r} does not stand for {our[0]!r}\n{_diff(said, printed)}"
    return None


def _fixed(text: str) -> str:
    return VOLATILE.sub(lambda found: f"<{found.lastgroup}>", text)


def _tokens(text: str) -> set[str]:
    return {_token(found) for found in VOLATILE.finditer(text)}


def _token(found: re.Match[str]) -> str:
    return found[0][:12] if found.lastgroup == "id" else found[0]


def _sorted(text: str, known: dict[str, str]) -> str:
    """The lines of a set in the order of what stands still in them, and of what the `known` tokens are called by the page."""

    def key(line: str) -> str:
        return VOLATILE.sub(lambda found: known.get(_token(found), ""), line)

    return "\n".join(sorted(text.split("\n"), key=key))


def _comparable(text: str, images: Images) -> str:
    """The text with its table taken apart, without the blanks at line ends that nobody sees, names of an image in order."""
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines) if HEADER.match(line)), None)
    if start is not None and text.endswith("\n"):
        cells = _cells(lines[start:-1])
        # Either padded as Docker pads, so that what is in it tells all; or a head whose rows were cut away.
        if len(cells) == 1 or table(cells) == "\n".join(lines[start:]):
            lines[start:] = [*("\t".join(row) for row in cells), ""]
    return "\n".join(line.rstrip(" ") for line in _in_groups(lines, images))


def _cells(lines: Sequence[str]) -> list[list[str]]:
    starts = [found.start() for found in re.finditer(r"\S+(?: \S+)*", lines[0])]
    return [
        [line[a:b].rstrip() if b else line[a:] for a, b in zip(starts, [*starts[1:], None], strict=True)]
        for line in lines
    ]


def _in_groups(lines: list[str], images: Images) -> list[str]:
    """The lines, neighbours that name one image sorted."""

    def image(line: str) -> str:
        words = set(re.split(r"[\s:]+", line))
        return next((identity for name, identity in images.items() if words >= {*name.rsplit(":", 1)}), line)

    return [line for _, group in groupby(lines, image) for line in sorted(group)]


def _diff(said: str, printed: str) -> str:
    lines = unified_diff(
        said.splitlines(), printed.splitlines(), "said by the page", "printed by the engine", lineterm=""
    )
    return "\n".join(lines) or f"line ends differ: {said!r}, {printed!r}"

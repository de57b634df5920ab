"""The differences between pages and a real engine that lie in the engine's nature, each with its evidence."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("accepted.toml")


@dataclass(frozen=True)
class Accepted:
    """Where a page types a command, either one identity that every engine invents anew, or two lines in either order."""

    page: str
    command: str
    reason: str
    evidence: str
    identity: str = ""
    either_order: tuple[str, ...] = ()

    def concerns(self, source: str, said: str) -> bool:
        """Whether it is about a command for which the page says this: it may be typed elsewhere, and print something else."""
        lines = "".join(f"{line}\n" for line in self.either_order)
        return source == self.command and self.identity in said and lines in said

    def applied(self, printed: str, said: str) -> str:
        """What the engine printed, as it would read had it drawn what the page says; unchanged if it lies elsewhere."""
        if self.either_order:
            first, second = (f"{line}\n" for line in self.either_order)
            return printed.replace(second + first, first + second, 1)
        before = re.findall(r"\S*$", said[: said.index(self.identity)])[0]
        shape = re.escape(before) + rf"\b[0-9a-f]{{{len(self.identity)}}}\b"
        return re.sub(shape, before + self.identity, printed, count=1)


def accepted() -> list[Accepted]:
    """All of them, as the file lists them."""
    listed: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["accepted"]
    return [Accepted(**{**entry, "either_order": tuple(entry.get("either_order", ()))}) for entry in listed]

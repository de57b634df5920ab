"""The view that `docker images` gives since Docker 29: a row for each name, what it takes up, and whether it is in use.

Rules measured with client 29.8.0, at several widths, with colors and without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from ..model.digest import short
from ..model.process import Terminal
from ..model.value import Value
from .human import COLUMN_GAP, size

UNTAGGED = "<untagged>"
HEADS = ("IMAGE", "ID", "DISK USAGE", "CONTENT SIZE", "EXTRA")
WIDTHS = (12, 10, 12, 5)  # of all columns but the first
NARROWEST_NAME = 12  # what the first column has to be left, for another to be shown
NOWHERE = Terminal(colors=False)  # as which a pipe is treated

HEAD, NAME, FAINT, PLAIN = "\x1b[39m\x1b[1m", "\x1b[34m\x1b[1m", "\x1b[39m\x1b[2m", "\x1b[39m"
CHIP, RESET = "\x1b[38;5;0m\x1b[48;5;14m", "\x1b[0m"


class Item(Value):
    """A row of the view. A name without an `id` shares that of the next row."""

    name: str
    id: str = ""
    size: int = 0  # bytes
    content: int = 0  # bytes
    used: bool = False


class Text(NamedTuple):
    """Text, and what gives it a color."""

    text: str
    style: str = PLAIN


Painter: TypeAlias = Callable[[Text], str]


def show(blocks: Iterable[list[Item]], terminal: Terminal | None) -> str:
    """The items as a table; with several of them in a block, an empty line after each. A terminal gets a legend above it."""
    blocks = list(blocks)
    width = (terminal or NOWHERE).columns
    shown = _columns(width)
    tree = any(len(block) > 1 for block in blocks)
    left = width - sum(WIDTHS[number] + COLUMN_GAP for number in range(shown))
    # The client counts bytes, where a branch of the tree has more of them than characters.
    longest = max((len(item.name.encode()) for block in blocks for item in block), default=0)
    name_width = max(len(HEADS[0]), min(left, longest))
    paint = _paint if terminal and terminal.colors and terminal.escapes else _plain
    lines = [_legend(width, terminal)] if terminal else []
    heads = [Text(head, HEAD) for head in HEADS[: shown + 1]]
    lines.append(_line(heads, name_width, paint).rstrip(" "))
    for block in blocks:
        for item in block:
            lines += _rows(item, name_width, shown, terminal, paint)
        lines += [""] if tree else []
    return "".join(f"{line}\n" for line in lines)


def _columns(width: int) -> int:
    """How many columns fit beside the first one."""
    left = width
    for number, column in enumerate(WIDTHS):
        left -= column + COLUMN_GAP
        if left < NARROWEST_NAME:
            return number
    return len(WIDTHS)


def _rows(item: Item, width: int, shown: int, terminal: Terminal | None, paint: Painter) -> Iterator[str]:
    """The lines of an item: one, unless its name is too long to have others beside it."""
    style = FAINT if item.name == UNTAGGED else NAME if item.name[0] not in "├└" else PLAIN
    name = Text(item.name, style)
    if not item.id:
        yield paint(name) + " " * (width - len(item.name))
        return
    if len(item.name) > width:
        yield paint(name)
        name = Text("")
    chip = Text(" U ", CHIP) if terminal and terminal.colors else Text("U")
    cells = [Text(short(item.id)), Text(size(item.size, 3)), Text(size(item.content, 3))]
    cells.append(chip if item.used else Text(""))
    yield _line([name, *cells[:shown]], width, paint)


def _line(cells: list[Text], name_width: int, paint: Painter) -> str:
    """Cells in columns: sizes to the right, all else to the left. What pads them has no color."""
    padded = []
    for number, (cell, width) in enumerate(zip(cells, (name_width, *WIDTHS), strict=False)):
        blanks = " " * (width - len(cell.text))
        padded.append(blanks + paint(cell) if number in (2, 3) else paint(cell) + blanks)
    return (" " * COLUMN_GAP).join(padded)


def _legend(width: int, terminal: Terminal) -> str:
    """What the chip means, on the right."""
    if not terminal.colors:
        return " Info ->  U In Use".rjust(width)
    text = "i Info →   U  In Use"
    blanks = " " * (width - len(text))
    if not terminal.escapes:
        return blanks + text
    info = f"\x1b[1m\x1b[106m\x1b[30mi{RESET}{RESET} \x1b[96mInfo → {RESET}{RESET}"
    return f"{blanks}{info} {CHIP} U {RESET} In Use"


def _paint(cell: Text) -> str:
    return f"{cell.style}{cell.text}{RESET}" if cell.text else ""


def _plain(cell: Text) -> str:
    return cell.text

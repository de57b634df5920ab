"""A page's file. It is read as it is, and written whole or not at all; what prevents that is told with its line."""

from __future__ import annotations

import os
import re
from pathlib import Path
from shutil import copymode
from tempfile import TemporaryDirectory

from .faults import Fault, PageRefused

BYTE_ORDER_MARK = "\ufeff"
LINE_END = re.compile("(\r\n|\r|\n)")
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # all but tabs and line ends


def read(page: Path) -> str:
    """The text of a page, with its line ends and its byte order mark. Raises `PageRefused` for what is no text."""
    try:
        if not page.is_file():
            raise PageRefused([Fault(1, _what(page))])
        data = page.read_bytes()
    except OSError as error:
        raise PageRefused([Fault(1, f"cannot be read: {error.strerror}")]) from None
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise _odd(data, error.start, f"byte 0x{data[error.start]:02x} is not UTF-8") from None
    if control := _CONTROL.search(text):
        at = len(text[: control.start()].encode())
        raise _odd(data, at, f"U+{ord(control[0]):04X} is a control character")
    return text


def lexed(text: str) -> str:
    """A page's text as the site reads it: without a byte order mark, and with line feeds only."""
    return LINE_END.sub("\n", text.removeprefix(BYTE_ORDER_MARK))


def rewrite(page: Path, before: str, after: str) -> None:
    """Give a page another text, at once: nobody ever reads half of it. Raises `PageRefused`, and changes nothing.

    A page that nobody may write is not replaced either, whoever asks. Nor is one that has another name as well: replaced,
    it would be two files, and written in place, it could be lost half-way.
    """
    try:
        status = page.stat()
        if not status.st_mode & 0o222:
            raise PageRefused([Fault(1, "is read-only, so it stays as it is")])
        if not page.parent.stat().st_mode & 0o222:
            raise PageRefused([Fault(1, "lies in a read-only folder, so it stays as it is")])
        if status.st_nlink > 1:
            raise PageRefused([Fault(1, "is a hard link, and would part from the other name of its file")])
        with TemporaryDirectory(dir=page.parent, prefix=".") as folder:
            fresh = Path(folder) / page.name
            with fresh.open("wb") as file:
                file.write(after.encode())
                file.flush()
                os.fsync(file.fileno())  # a disk may be full without a word until then
            copymode(page, fresh)
            os.chown(fresh, status.st_uid, status.st_gid)
            if page.read_bytes() != before.encode():
                raise PageRefused([Fault(1, "was changed by somebody else meanwhile: repair it again")])
            fresh.replace(page)
    except OSError as error:
        raise PageRefused([Fault(1, f"cannot be written: {error.strerror}")]) from None


def _what(page: Path) -> str:
    """Why what a page's name stands for is no page."""
    if page.is_dir():
        return "is a folder, and not a page"
    if page.is_symlink() and not page.exists():
        return f"is a link that leads nowhere: {page.readlink()}"
    return "is no file" if page.exists() else "is not there"


def _odd(data: bytes, at: int, reason: str) -> PageRefused:
    """A page refused for the bytes at some offset."""
    above = data[:at].decode(errors="replace")
    return PageRefused([Fault(len(LINE_END.findall(above)) + 1, f"{reason}, at byte {at} of the page")])

"""Copies of this process, in which anything may be changed, since nothing of it stays."""

from __future__ import annotations

import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType

WAITING = 10  # times as long a process may take that waits for something
MEMORY = 2 << 30  # bytes, for what would otherwise grow without end
NO, YES, RAISED = range(3)


def in_copy(question: Callable[[], bool], seconds: float) -> bool | None:
    """The answer to a question, found in a copy of this process, of which nothing stays behind.

    None if it was not found in so many seconds of CPU, or ten times as many of waiting. Raises `RuntimeError` if
    asking raised.
    """
    sys.stdout.flush()
    copy = os.fork()
    if not copy:
        signal.setitimer(signal.ITIMER_PROF, seconds)  # either ends the process
        signal.setitimer(signal.ITIMER_REAL, seconds * WAITING)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            os._exit(YES if question() else NO)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(RAISED)
    status = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
    if status == RAISED:
        raise RuntimeError("a question could not be answered")
    return None if status < 0 else status == YES


def silence() -> None:
    """Let this process write nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


class _Instead(SourceFileLoader, MetaPathFinder):  # type: ignore[misc]  # both have a path, of two kinds
    """Finds one module, whose code it is given."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return spec_from_file_location(fullname, self.path, loader=self) if fullname == self.name else None

    def get_code(self, fullname: str) -> CodeType:
        return self._code


def become(file: str, code: CodeType) -> None:
    """Give a file of the package other code, as if neither the package nor what uses it had been imported before."""
    path = Path(file).with_suffix("")
    parts = path.parts[:-1] if path.name == "__init__" else path.parts
    for name in [name for name in sys.modules if name.split(".")[0] in (parts[0], "tests", "tools")]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Instead(".".join(parts), str(Path(file).absolute()), code))

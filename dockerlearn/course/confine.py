"""Runs a page's examples so that they come back: they can neither leave, nor go on for ever, nor take all memory.

A page whose Python ends the process would take all other tests with it, and `os._exit(0)` even with success. So the
functions that end, replace or double a process refuse a caller that is a page, then and later: in a thread, or when Python
exits. Anybody else calls them as ever.
"""

from __future__ import annotations

import io
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from ..terminal.session import LONGEST_OUTPUT

CPU_SECONDS = 10.0  # of one block; the longest of this course takes a fifth of a second
SECONDS = 60.0  # of one block that waits, for a lock or in a sleep
MEMORY = 1 << 30  # bytes that one block may take on top of what there is; this course takes a thousandth

_LEAVING = {
    "os": ("_exit", "abort", "kill", "killpg", "execv", "execve", "fork", "forkpty"),
    "signal": ("raise_signal", "pthread_kill"),
}
_BUILT_IN = {"os": "posix", "signal": "_signal"}  # where these have their functions from
_pages: set[str] = set()


class Confined(BaseException):
    """An example has tried to do what none may. No `except Exception` of the example's catches it."""


class Printed(io.StringIO):
    """What an example prints, up to what a page can show."""

    def write(self, text: str) -> int:
        """Add a text, or raise `Confined` if that makes it too long."""
        if self.tell() + len(text) > LONGEST_OUTPUT:
            raise Confined(f"prints more than {LONGEST_OUTPUT:,} characters")
        return super().write(text)


@contextmanager
def confined(page: str) -> Iterator[None]:
    """Run some examples of a page, whose code has its name for a file name. Raises `Confined` in the midst of them."""
    if not _pages:
        _guard()
    _pages.add(page)
    with _bounded_in_time(), _bounded_in_memory():
        yield


@contextmanager
def _bounded_in_time() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield  # only the main thread hears signals, and only Unix has these
        return
    limits = (
        (signal.ITIMER_PROF, signal.SIGPROF, CPU_SECONDS, f"runs for more than {CPU_SECONDS:g} s"),
        (signal.ITIMER_REAL, signal.SIGALRM, SECONDS, f"waits for more than {SECONDS:g} s"),
    )
    handlers = [signal.signal(number, _stop(what)) for _, number, _, what in limits]
    # And each second after that, if the page catches it.
    timers = [signal.setitimer(timer, seconds, 1) for timer, _, seconds, _ in limits]
    try:
        yield
    finally:
        for (timer, number, *_), handler, before in zip(limits, handlers, timers, strict=True):
            signal.setitimer(timer, *before)
            signal.signal(number, handler)


@contextmanager
def _bounded_in_memory() -> Iterator[None]:
    """Have Python raise a `MemoryError` before the machine has none left, where it says how much is taken: on Linux."""
    taken = Path("/proc/self/statm")
    if not taken.exists():
        yield
        return
    import resource  # Windows has none

    before, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = int(taken.read_text(encoding="ascii").split()[0]) * resource.getpagesize() + MEMORY
    lower = [known for known in (before, most) if known != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min([limit, *lower]), most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, most))


def _stop(what: str) -> Callable[[int, object], None]:
    def stop(number: int, frame: object) -> None:
        raise Confined(what)

    return stop


def _guard() -> None:
    """Put a guard before each function by which a process can be left."""
    for name, functions in _LEAVING.items():
        modules = [import_module(each) for each in (name, _BUILT_IN[name]) if each in sys.modules]
        for function in functions:
            if hasattr(modules[0], function):
                guarded = _guarded(getattr(modules[0], function), f"{name}.{function}")
                for module in modules:
                    setattr(module, function, guarded)


def _guarded(leave: Callable[..., Any], name: str) -> Callable[..., Any]:
    def guarded(*arguments: Any, **keywords: Any) -> Any:
        frame = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename in _pages:
                raise Confined(f"calls {name}, which leaves the tests")
            frame = frame.f_back  # type: ignore[assignment]  # None ends the chain
        return leave(*arguments, **keywords)

    return guarded

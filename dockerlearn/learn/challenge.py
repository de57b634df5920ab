"""The graded challenge of the course's last page: seven goals, each a predicate over a session.

A goal looks at what is on the machine and at what has been typed. Once met, it stays met; some can only be met after
others, since an empty machine would fulfil the last one at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..model.container import Container
from ..model.errors import DockerError
from ..model.image import Image
from ..model.lifecycle import State
from ..terminal.session import Session

WELL_DONE = "All goals are met. Never stop coding."
PULLED = ("nginx", "node:22-alpine", "python:3.12-slim")


class Goal(NamedTuple):
    """Something to be reached: what it is, hints from vague to plain, and how to tell. `after` are goals that come first."""

    name: str
    text: str
    hints: tuple[str, ...]
    reached: Callable[[Session], bool]
    after: tuple[str, ...] = ()


class Challenge:
    """What has been reached so far by one learner in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._met: set[str] = set()
        self._hinted: dict[str, int] = {}

    @property
    def met(self) -> tuple[Goal, ...]:
        """The goals that are met."""
        return tuple(goal for goal in GOALS if goal.name in self._met)

    @property
    def open(self) -> tuple[Goal, ...]:
        """The goals that are not."""
        return tuple(goal for goal in GOALS if goal.name not in self._met)

    def look(self) -> tuple[Goal, ...]:
        """Look at the session, after a command, and tell which goals that has met."""
        news = [goal for goal in self.open if self._met.issuperset(goal.after) and goal.reached(self._session)]
        self._met.update(goal.name for goal in news)
        return tuple(news) + (self.look() if news else ())

    def overview(self) -> str:
        """All goals, those that are met with a cross."""
        return "".join(
            f"[{'x' if goal in self.met else ' '}] {number}. {goal.text}\n" for number, goal in enumerate(GOALS, 1)
        )

    def hinted(self, goal: Goal) -> tuple[str, ...]:
        """The hints for a goal that have been given."""
        return goal.hints[: self._hinted.get(goal.name, 0)]

    def hint(self) -> str:
        """The next hint for the first open goal; its last one once there are no more."""
        if not self.open:
            return "There's nothing left to do."
        goal = self.open[0]
        number = self._hinted.get(goal.name, 0)
        self._hinted[goal.name] = number + 1
        return goal.hints[min(number, len(goal.hints) - 1)]


def _image(session: Session, name: str) -> Image | None:
    try:
        return session.engine.image(name)
    except DockerError:
        return None


def _servers(session: Session) -> list[Container]:
    """The containers of any nginx."""
    return [each for each in session.engine.containers() if each.image_name.partition(":")[0] == "nginx"]


def _last(session: Session) -> tuple[list[str], str]:
    """The words of the last command that went well, and what it printed."""
    command, result = session.history[-1] if session.history else ("", None)
    return (command.split(), result.output) if result is not None and result.status == 0 else ([], "")


def _pulled(session: Session) -> bool:
    return all(_image(session, name) for name in PULLED)


def _made(session: Session) -> bool:
    return len(_servers(session)) >= 2


def _stopped(session: Session) -> bool:
    return any(each.state is State.EXITED for each in _servers(session))


def _removed(session: Session) -> bool:
    return [each.state for each in _servers(session)] == [State.EXITED]


def _read(session: Session) -> bool:
    words, printed = _last(session)
    written = ["".join(write.text for write in each.logs()) for each in _servers(session) if each.state is State.EXITED]
    return "logs" in words and any(text and text in printed for text in written)


def _compared(session: Session) -> bool:
    """Whether the layers in common have been told apart, or the layers of both images have been shown."""
    images = [_image(session, name) for name in PULLED[::2]]
    first, second = (set(image.diff_ids) if image else set() for image in images)
    printed, everything = _last(session)[1], "".join(result.output for _, result in session.history)
    alone = all(each in printed for each in first & second) and not any(each in printed for each in first ^ second)
    return bool(first & second) and (alone or all(each in everything for each in first | second))


def _cleaned(session: Session) -> bool:
    return not session.engine.containers() and not any(_image(session, name) for name in PULLED)


GOALS = (
    Goal(
        "pull",
        "Pull nginx, node:22-alpine and python:3.12-slim.",
        ("One command for each.", "docker pull nginx"),
        _pulled,
    ),
    Goal(
        "make",
        "Make two containers from nginx that run in the background.",
        ("Each needs -d and a --name, before the image.", "docker run -d --name first nginx"),
        _made,
        ("pull",),
    ),
    Goal(
        "stop",
        "Stop one of them, but don't remove it.",
        ("It has a name.", "docker stop first"),
        _stopped,
        ("make",),
    ),
    Goal(
        "remove",
        "Remove the other one, which is still running.",
        ("The refusal of docker rm names two ways out.", "docker rm -f second"),
        _removed,
        ("stop",),
    ),
    Goal(
        "logs",
        "Read the logs of the one that's left.",
        ("It isn't running, but it's still there.", "docker logs first"),
        _read,
        ("remove",),
    ),
    Goal(
        "layers",
        "Find the layers that nginx and python:3.12-slim have in common.",
        (
            "docker image inspect takes several images, and -f prints just .RootFS.Layers.",
            "With one layer per line, shared ones appear twice: sort, then uniq with an option.",
            "docker image inspect -f '{{join .RootFS.Layers \"\\n\"}}' nginx python:3.12-slim | sort | uniq -d",
        ),
        _compared,
        ("pull",),
    ),
    Goal(
        "clean",
        "Clean up: no container, and none of the three images.",
        (
            "docker system prune leaves images that have a name.",
            "First the container: docker rm first",
            "docker rmi nginx node:22-alpine python:3.12-slim",
        ),
        _cleaned,
        ("remove",),
    ),
)

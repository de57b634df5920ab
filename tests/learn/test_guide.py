"""A word to whoever typed a line that came to nothing."""

import pytest

from dockerlearn.learn.guide import advice, complete
from dockerlearn.terminal.session import Session


@pytest.fixture(scope="module")
def session() -> Session:
    it = Session.page()
    it.run("docker run -d --name shop alpine sleep 100")
    return it


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("docker pull ngnix", "Did you mean nginx?"),
        ("docker histry", "Did you mean docker history?"),
        ("docker logs shp", "Did you mean shop?"),
        ("docker search web", "The course's registry has alpine, busybox, debian, "),
        ("docker pull registry:9", "The course's registry has these tags of registry: 3, 3.1, 3.1.1, latest."),
    ],
)
def test_the_nearest_that_is_known_is_named(session: Session, line: str, word: str) -> None:
    result = session.run(line)
    assert advice(session.engine, line, result.output, result.status).startswith(word)


def test_what_can_be_pulled_is_offered(session: Session) -> None:
    assert complete(session.engine, "docker pull hello") == (
        "hello",
        ["hello-world", "hello-world:latest", "hello-world:linux"],
    )

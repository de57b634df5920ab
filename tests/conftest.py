"""What the heavier witnesses have in common."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a witness be sampled, and tell the course what it has seen."""
    parser.addoption("--seed", type=int, default=28, help="what chance starts from")
    parser.addoption("--record", action="store_true", help="write the figures of this run into the course")

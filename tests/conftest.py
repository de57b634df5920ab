"""What tests have in common: how generated tests draw, and the options of the heavier witnesses.

Generated tests draw the same every time, and without a time limit, which a busy machine would miss. Luck is for `make soak`,
which asks for the profile of that name. For the drift score the first failure is enough.
"""

import pytest
from hypothesis import HealthCheck, Phase, settings

settings.register_profile("steady", derandomize=True, database=None, deadline=None)
settings.register_profile("luck", deadline=None, max_examples=300)
settings.register_profile(
    "drift",
    settings.get_profile("steady"),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a witness be sampled, and tell the course what it has seen."""
    parser.addoption("--seed", type=int, default=28, help="what chance starts from")
    parser.addoption(
        "--every",
        type=int,
        default=16,
        help="of how many hostile lines one is typed, and of how many heavy layers one is proved",
    )
    parser.addoption("--record", action="store_true", help="write the figures of this run into the course")

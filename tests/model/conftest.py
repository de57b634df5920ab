"""A profile of hypothesis for the drift score: the same draws every time, and the first failure is enough."""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "drift",
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)

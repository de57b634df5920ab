"""How hypothesis draws: without a time limit, which a busy machine would miss; and, for the drift score, the same every time.

For the score the first failure is enough.
"""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile("default", settings.get_profile("default"), deadline=None)
settings.register_profile(
    "drift",
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)

"""What an engine still keeps, to see that nothing is left of what was removed."""

from dockerlearn import Engine

STAYS = ("_registries", "_last_ports")  # of an engine on which nothing is left


def remains(engine: Engine) -> dict[str, dict[object, object]]:
    """Every dictionary that an engine and its stores keep, by name."""
    found: dict[str, dict[object, object]] = {}
    pending: list[object] = [engine]
    while pending:
        for name, value in vars(pending.pop()).items():
            if isinstance(value, dict) and name not in STAYS:
                assert name not in found
                found[name] = value
            elif type(value).__module__.startswith("dockerlearn.model.") and hasattr(value, "__dict__"):
                pending.append(value)
    return found

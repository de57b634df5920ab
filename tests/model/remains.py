"""What an engine still keeps, to see that nothing is left of what was removed."""

from dockerlearn import Engine

STAYS = ("Engine._registries", "Bridge._last_ports")  # of an engine on which nothing is left


def remains(engine: Engine) -> dict[str, dict[object, object]]:
    """Every dictionary that an engine and its stores keep, by its owner's class and its name."""
    found: dict[str, dict[object, object]] = {}
    met: set[int] = set()
    pending: list[object] = [engine]
    while pending:
        owner = pending.pop()
        if id(owner) in met:
            continue
        met.add(id(owner))
        for name, value in vars(owner).items():
            whole = f"{type(owner).__name__}.{name}"
            if isinstance(value, dict) and whole not in STAYS:
                assert whole not in found
                found[whole] = value
            elif type(value).__module__.startswith("dockerlearn.model.") and hasattr(value, "__dict__"):
                pending.append(value)
    return found

"""The catalogue: all that may be stored, derived from what inputs, probe, agent, service and inventories declare."""

from collections.abc import Iterable

from collectors.agent.measurements import MEASUREMENTS as AGENT_MEASUREMENTS
from collectors.declaration import Measurement
from collectors.inventory import KINDS, Inventory
from collectors.point import Point
from collectors.probe.registry import PROBE_MEASUREMENTS
from collectors.registry import INPUTS
from collectors.service.registry import SERVICE_MEASUREMENTS


def measurements() -> dict[str, Measurement]:
    """Return all declared measurements by name: what is sent, in its order, then what the service itself stores.

    Raises:
        ValueError: a measurement is declared twice and differently.
    """
    return _by_name([*sent_measurements().values(), *SERVICE_MEASUREMENTS])


def sent_measurements() -> dict[str, Measurement]:
    """Return what senders may write, by name: the inputs' in the registry's order, then the probe's and the agent's.

    Raises:
        ValueError: two inputs declare the same measurement differently.
    """
    return _by_name([*(m for each in INPUTS for m in each.measurements), *PROBE_MEASUREMENTS, *AGENT_MEASUREMENTS])


def _by_name(declarations: Iterable[Measurement]) -> dict[str, Measurement]:
    found: dict[str, Measurement] = {}
    for declared in declarations:
        if found.setdefault(declared.name, declared) != declared:
            raise ValueError(f"measurement {declared.name!r} is declared twice and differently")
    return found


def inventories() -> tuple[Inventory, ...]:
    """Return the declarations of all lists that may be stored."""
    return tuple(kind.declaration for kind in KINDS.values())


def problems(points: Iterable[Point]) -> list[str]:
    """List where points do not match the catalogue; empty if all match."""
    known = measurements()
    found: list[str] = []
    for point in points:
        declared = known.get(point.measurement)
        found += declared.problems(point) if declared else [f"measurement {point.measurement!r} is not declared"]
    return found

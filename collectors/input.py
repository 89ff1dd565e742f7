"""What an input is: the contract between one collector and the runner.

An input knows how to read one source and turn it into points. It knows nothing of intervals in force, host names,
spools or outputs: the runner adds those.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from collectors.declaration import Measurement
from collectors.inventory.declaration import Inventory
from collectors.point import Point
from collectors.text import Text


class NothingToReport(Exception):
    """The input works, and there is nothing to measure on this machine now (no disk with SMART, no battery)."""


class InputError(Exception):
    """The source could not be read; the message tells a person what and why, in one line."""


class NoPermission(InputError):
    """The source is there, but this process may not read it."""


class ToolMissing(InputError):
    """A tool that the input runs is not installed."""


class BadOutput(InputError):
    """The source answered in a form that the parser does not know."""


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether an input can work on this machine, and why not.

    Attributes:
        ok: True if the input can run here.
        reason: for a person; what is missing and how to get it, or what was found.
    """

    ok: bool
    reason: Text


AVAILABLE = Availability(ok=True, reason=Text(ja="利用できます", en="available"))


class Gatherer(Protocol):
    """One running instance of an input; holds previous samples where counters need them."""

    def gather(self) -> list[Point]:
        """Read the source once.

        Raises:
            NothingToReport: there is nothing to measure here.
            InputError: the source could not be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class Recording:
    """A raw output that was recorded somewhere, for `karte agent parse` and golden tests.

    Attributes:
        data: the bytes as the tool wrote them, in whatever encoding.
        name: file name, which may tell the form (`.json`, `.txt`, `.reg`).
        now_ns: the time at which ages are counted, Unix nanoseconds.
    """

    data: bytes
    name: str
    now_ns: int


@dataclass(frozen=True, slots=True)
class Input:
    """One collector as the registry lists it.

    Attributes:
        name: as in the configuration, `[inputs.NAME]`.
        text: what it collects, for people.
        measurements: all points that it may produce.
        inventories: all lists that it may send as documents (`collectors.inventory`).
        create: makes a gatherer from the input's own settings (already checked against `settings`).
        settings: names, defaults and thereby types of the input's own options, e.g. {"smartctl": "smartctl"}.
        parse: points from a recorded raw output; None where nothing is parsed (psutil gives values).
        listed: the items of the list in a recorded raw output; None where points tell all there is.
        available: whether it can work on this machine.
        interval_s: default seconds between two runs.
        timeout_s: default seconds after which a run counts as failed.
    """

    name: str
    text: Text
    measurements: tuple[Measurement, ...]
    create: Callable[[Mapping[str, Any]], Gatherer]
    settings: Mapping[str, Any] = field(default_factory=dict)
    parse: Callable[[Recording], list[Point]] | None = None
    available: Callable[[], Availability] = lambda: AVAILABLE
    interval_s: float = 60.0
    timeout_s: float = 20.0
    inventories: tuple[Inventory, ...] = ()
    listed: Callable[[Recording], list[dict[str, object]]] | None = None


def find_program(name: str) -> Path | None:
    """Return the path of a program on PATH or in the places that a service's PATH often lacks; None if absent."""
    found = shutil.which(name) or shutil.which(name, path="/usr/local/sbin:/usr/sbin:/sbin")
    return Path(found) if found else None

"""The project's own walks as agents in memory, so that what is asked can be counted and what is answered changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from collectors.probe.session import Session
from collectors.probe.snmp import (
    Counter32,
    Counter64,
    Gauge32,
    IpAddress,
    ObjectIdentifier,
    Oid,
    TimeTicks,
    Value,
    oid,
)
from tests.collectors.probe.scripted import ScriptedAgent

DATA: Final = Path(__file__).parents[3] / "data" / "snmp"

_TYPES: Final[dict[str, Callable[[str], Value]]] = {
    "2": int,
    "4": lambda text: text.encode(),
    "4x": bytes.fromhex,
    "6": lambda text: ObjectIdentifier(oid(text)),
    "64": lambda text: IpAddress(bytes(map(int, text.split(".")))),
    "65": lambda text: Counter32(text),
    "66": lambda text: Gauge32(text),
    "67": lambda text: TimeTicks(text),
    "70": lambda text: Counter64(text),
}


def variables(name: str, folder: Path = DATA) -> dict[Oid, Value]:
    """Return the variables of a walk; NULL and what snmpsim itself cannot read are left out."""
    found: dict[Oid, Value] = {}
    for line in (folder / f"{name}.snmprec").read_text(encoding="utf-8", errors="replace").splitlines():
        where, kind, text = line.split("|", 2)
        if kind in _TYPES and not (text == "" and kind not in ("4", "4x")):
            found[oid(where)] = _TYPES[kind](text)
    return found


def agent(name: str, **changes: Any) -> ScriptedAgent:
    """Return an agent that answers from a walk; a change names an OID with `_` for `.`, None takes it out."""
    held = variables(name)
    for where, value in changes.items():
        held.pop(oid(where.strip("_").replace("_", ".")), None)
        if value is not None:
            held[oid(where.strip("_").replace("_", "."))] = value
    return ScriptedAgent(held)


def session(name: str, **changes: Any) -> Session:
    """Return a session with such an agent."""
    return Session(agent(name, **changes))

"""One measured number, and how a run of them is printed."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    Attributes:
        name: what was measured, e.g. "gateway ÷ direct write, 2 senders".
        value: the number; a ratio where two things were measured in the same run.
        unit: "ratio", "lines/s", "MiB", "s/h" …
        aim: what the design wants, in words; "" where it wants nothing.
        note: how to read it; "" where nothing needs saying.
    """

    name: str
    value: float
    unit: str
    aim: str = ""
    note: str = ""


def as_table(figures: Sequence[Figure]) -> str:
    """Return figures as a Markdown table."""
    rows = [f"| {f.name} | {_short(f.value)} {f.unit} | {f.aim} | {f.note} |" for f in figures]
    return "\n".join(["| measured | figure | aim | note |", "| --- | ---: | --- | --- |", *rows])


def as_json(figures: Sequence[Figure]) -> str:
    """Return figures as a JSON array."""
    return json.dumps([asdict(f) for f in figures], ensure_ascii=False, indent=1)


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"

"""What `karte agent inputs` lists: the inputs of this machine and of the probe, and whether they work here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from collectors.agent.jobs import ProbePart, probe_parts
from collectors.agent.settings import Config
from collectors.input import Availability, Input
from collectors.text import Lang, Text


@dataclass(frozen=True, slots=True)
class Listed:
    """One input as it is listed.

    Attributes:
        declared: the input.
        usable: whether it works here, and why not.
        is_enabled: whether the configuration leaves it on.
        interval_s: seconds between two runs.
        timeout_s: seconds after which a run counts as failed.
    """

    declared: Input
    usable: Availability
    is_enabled: bool
    interval_s: float
    timeout_s: float

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """Return it for programs; texts are in one language."""
        return {
            "name": self.declared.name,
            "text": self.declared.text.in_(lang),
            "available": self.usable.ok,
            "reason": self.usable.reason.in_(lang),
            "enabled": self.is_enabled,
            "interval_s": self.interval_s,
            "timeout_s": self.timeout_s,
            "measurements": [measurement.name for measurement in self.declared.measurements],
        }


def listed_inputs(config: Config, inputs: Iterable[Input]) -> list[Listed]:
    """Return all inputs there are, those that do not work here or are switched off too."""
    return [_own(config, each) for each in inputs] + [_probes(each) for each in probe_parts(config)]


def _own(config: Config, declared: Input) -> Listed:
    chosen = config.inputs[declared.name]
    return Listed(declared, declared.available(), chosen.enabled, chosen.interval_s, chosen.timeout_s)


def _probes(part: ProbePart) -> Listed:
    declared = part.declared
    missing = Availability(
        False, Text(f"設定ファイルに {part.needs} がありません", f"the configuration has no {part.needs}")
    )
    usable = declared.available() if part.is_asked_for else missing
    return Listed(declared, usable, True, declared.interval_s, declared.timeout_s)

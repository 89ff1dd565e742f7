"""Series of equipment by the names that people know: points carry a serial number as tag, the name is a field.

The answers are asked for as tables, joined with the newest names, and cut into series again. What has no name keeps its
serial number.
"""

from collections.abc import Sequence
from typing import Protocol, Self, TypeVar

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig, MatcherConfig

from dashboards.panels.parts import having, join_by
from dashboards.target import Target, TargetBuilder

VALUE = "Value"
"""What the column of numbers must be called: Grafana then names a series by its labels alone."""

_ASSET, _NAME, _NAMES = "asset", "name", "names"


class _Transformable(Protocol):
    def targets(self, targets: list[Builder[Dataquery]]) -> Self: ...

    def transformations(self, transformations: list[DataTransformerConfig]) -> Self: ...


_PanelT = TypeVar("_PanelT", bound=_Transformable)


def by_name(panel: _PanelT, question: str, names: str, *, part: str = "") -> _PanelT:
    """Return a panel whose series are called by the names of the equipment.

    Args:
        panel: of lines or bands.
        question: InfluxQL of `Value` by time and `asset`.
        names: InfluxQL of the newest `name` of each `asset`.
        part: another tag of the question by which series are told apart, shown behind the name; "" for none.
    """
    labels = sorted([_ASSET, _NAME, *([part] if part else [])])
    targets = [TargetBuilder(Target(question, "Q1", "table")), TargetBuilder(Target(names, _NAMES, "table"))]
    return panel.targets(list(targets)).transformations(
        [
            DataTransformerConfig(
                id_val="filterFieldsByName",
                filter_val=MatcherConfig(id_val="byRefId", options=_NAMES),
                options={"exclude": {"names": ["Time"]}},
            ),
            join_by(_ASSET),
            *([having(part)] if part else []),
            DataTransformerConfig(
                id_val="partitionByValues",
                options={"fields": labels, "keepFields": False, "naming": {"asLabels": True}},
            ),
            _renamed(labels, f'{_NAME}="null"', f"${labels.index(_ASSET) + 1}", part),
            _renamed(labels, "", f"${labels.index(_NAME) + 1}", part),
        ]
    )


def _renamed(labels: Sequence[str], fixed: str, who: str, part: str) -> DataTransformerConfig:
    """Return what makes a name of Grafana's list of labels, `{asset="…", name="…"}`."""
    listed = ", ".join(fixed if fixed.startswith(label) else f'{label}="(.*)"' for label in labels)
    shown = f"{who} ${labels.index(part) + 1}" if part else who
    return DataTransformerConfig(
        id_val="renameByRegex", options={"regex": rf"^\{{{listed}\}}$", "renamePattern": shown}
    )

"""Names and colours of single series: what a line or bar is called, and a colour by which people know it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from collectors.text import Lang, Text


class _Overridable(Protocol):
    def override_by_name(self, name: str, properties: list[DynamicConfigValue]) -> Self: ...


_PanelT = TypeVar("_PanelT", bound=_Overridable)


@dataclass(frozen=True, slots=True)
class Look:
    """How a series is shown.

    Attributes:
        name: as the query's alias makes it.
        text: what people call it.
        color: as Grafana takes it; "" for the palette's next.
    """

    name: str
    text: Text
    color: str = ""

    def properties(self, lang: Lang) -> list[DynamicConfigValue]:
        """Return how Grafana is to show the series."""
        found = [DynamicConfigValue("displayName", self.text.in_(lang))]
        if self.color:
            found.append(DynamicConfigValue("color", {"mode": "fixed", "fixedColor": self.color}))
        return found


def dressed(panel: _PanelT, looks: Iterable[Look], lang: Lang) -> _PanelT:
    """Return a panel whose series have their names and colours."""
    for look in looks:
        panel = panel.override_by_name(look.name, look.properties(lang))
    return panel

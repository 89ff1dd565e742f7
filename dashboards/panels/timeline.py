"""States over time: when something was not well, and for how long."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import statetimeline
from grafana_foundation_sdk.builders.common import VizLegendOptions, VizTooltipOptions
from grafana_foundation_sdk.models.common import (
    LegendDisplayMode,
    LegendPlacement,
    TooltipDisplayMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue, ValueMapping
from grafana_foundation_sdk.models.dashboard import Panel as Built
from grafana_foundation_sdk.models.statetimeline import Options

from collectors.text import Lang, Text
from dashboards.panels.parts import NO_DATA, state_mapping
from dashboards.target import SOURCE, Target, TargetBuilder

_HOUR_MS = 3_600_000

SILENT_H = 25
"""Hours without a report after which a band ends: some verdicts come once a day."""

_STEPS = 180
"""Buckets of a band: 30 days are told by three hours. Grafana's own, about one a pixel, make answers of 50 devices
three times as long for what hardly shows."""


class Panel(statetimeline.Panel):
    """A panel without pages, whose control Grafana would show even for one; the SDK's builder has no word for it."""

    def build(self) -> Built:
        """Return the panel."""
        built = super().build()
        if isinstance(built.options, Options):
            built.options.per_page = 0
        return built


def timeline(
    lang: Lang,
    title: Text,
    questions: Sequence[tuple[str, str]],
    *,
    interval: str = "1h",
    mappings: Sequence[ValueMapping] = (),
    silent_h: float = SILENT_H,
    steps: int = _STEPS,
    empty: Text = NO_DATA,
) -> Panel:
    """Return a band for each series of verdicts, or of other words.

    Args:
        lang: language.
        title: of the panel.
        questions: InfluxQL of `state_code` with the name of its bands.
        interval: shortest bucket.
        mappings: what shows other words than `state_code`.
        silent_h: hours without a value after which a band ends: what is silent must not look as it last did.
        steps: buckets of a band at most.
        empty: what it says when there is nothing.
    """
    targets = [TargetBuilder(Target(text, f"Q{n}", alias=alias)) for n, (text, alias) in enumerate(questions, 1)]
    panel = (
        Panel()
        .title(title.in_(lang))
        .datasource(SOURCE)
        .targets(list(targets))
        .interval(interval)
        .max_data_points(steps)
        .no_value(empty.in_(lang))
        .mappings(list(mappings) or state_mapping(lang))
        .show_value(VisibilityMode.AUTO)
        .merge_values(True)
        .row_height(0.8)
        .legend(
            VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM).show_legend(True)
        )
        .tooltip(VizTooltipOptions().mode(TooltipDisplayMode.SINGLE))
    )
    return panel.override_by_regexp(".*", [DynamicConfigValue("custom.insertNulls", silent_h * _HOUR_MS)])

"""States over time: when something was not well, and for how long."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders.common import VizLegendOptions, VizTooltipOptions
from grafana_foundation_sdk.builders.statetimeline import Panel
from grafana_foundation_sdk.models.common import (
    LegendDisplayMode,
    LegendPlacement,
    TooltipDisplayMode,
    VisibilityMode,
)

from collectors.text import Lang, Text
from dashboards.panels.parts import NO_DATA, state_mapping
from dashboards.target import SOURCE, Target, TargetBuilder


def timeline(lang: Lang, title: Text, questions: Sequence[tuple[str, str]], *, interval: str = "1h") -> Panel:
    """Return a band for each series of verdicts.

    Args:
        lang: language.
        title: of the panel.
        questions: InfluxQL of `state_code` with the name of its bands.
        interval: shortest bucket.
    """
    targets = [TargetBuilder(Target(text, f"Q{n}", alias=alias)) for n, (text, alias) in enumerate(questions, 1)]
    return (
        Panel()
        .title(title.in_(lang))
        .datasource(SOURCE)
        .targets(list(targets))
        .interval(interval)
        .no_value(NO_DATA.in_(lang))
        .mappings(state_mapping(lang))
        .show_value(VisibilityMode.NEVER)
        .merge_values(True)
        .row_height(0.8)
        .legend(
            VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM).show_legend(True)
        )
        .tooltip(VizTooltipOptions().mode(TooltipDisplayMode.SINGLE))
    )

"""Values over time."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders.common import GraphThresholdsStyleConfig, VizLegendOptions, VizTooltipOptions
from grafana_foundation_sdk.builders.timeseries import Panel
from grafana_foundation_sdk.models.common import (
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    TooltipDisplayMode,
    VisibilityMode,
)

from collectors.text import Lang, Text
from dashboards.panels.parts import NO_DATA, Limits
from dashboards.target import SOURCE, Target, TargetBuilder
from dashboards.units import grafana_unit

_HOUR_MS = 3_600_000

_STEPS_OF_MANY = 240
"""Buckets at most where there is a line for each device: 30 days are told by three hours."""


def trend(
    lang: Lang,
    title: Text,
    questions: Sequence[tuple[str, str]],
    unit: str,
    *,
    limits: Limits | None = None,
    low: float | None = 0,
    high: float | None = None,
    interval: str = "1m",
    many: bool = False,
    bridged_h: float = 0,
    empty: Text = NO_DATA,
) -> Panel:
    """Return lines over time.

    Args:
        lang: language.
        title: of the panel.
        questions: InfluxQL with the name of its lines, e.g. "$tag_host".
        unit: by the catalogue's symbol.
        limits: drawn as lines across.
        low: lower end of the scale; None for what fits.
        high: upper end.
        interval: shortest bucket.
        many: whether there is a line for each device; buckets are longer then, as Grafana's own are a pixel.
        bridged_h: hours up to which a gap is drawn as a line; longer ones stay open.
        empty: what it says when there is nothing.
    """
    targets = [TargetBuilder(Target(text, f"Q{n}", alias=alias)) for n, (text, alias) in enumerate(questions, 1)]
    panel = (
        Panel()
        .title(title.in_(lang))
        .datasource(SOURCE)
        .targets(list(targets))
        .unit(grafana_unit(unit, lang))
        .interval(interval)
        .no_value(empty.in_(lang))
        .line_width(1.5)
        .fill_opacity(8 if _is_one(questions) else 0)
        .show_points(VisibilityMode.AUTO)
        .span_nulls(bridged_h * _HOUR_MS if bridged_h else False)
        .legend(
            VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM).show_legend(True)
        )
        .tooltip(VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING))
    )
    if many:
        panel = panel.max_data_points(_STEPS_OF_MANY)
    if low is not None:
        panel = panel.min(low)
    if high is not None:
        panel = panel.max(high)
    if limits is not None:
        style = GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED)
        panel = panel.thresholds(limits.steps()).thresholds_style(style)
    return panel


def _is_one(questions: Sequence[tuple[str, str]]) -> bool:
    """Tell whether there is one line; fills of several would cover each other."""
    return len(questions) == 1 and "$" not in questions[0][1]

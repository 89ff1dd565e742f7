"""Counts: bars over days and weeks, and bars side by side of what there is."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import bargauge, timeseries
from grafana_foundation_sdk.builders.common import (
    ReduceDataOptions,
    StackingConfig,
    VizLegendOptions,
    VizTooltipOptions,
)
from grafana_foundation_sdk.models.common import (
    BarGaugeDisplayMode,
    BarGaugeNamePlacement,
    BarGaugeSizing,
    BarGaugeValueMode,
    GraphDrawStyle,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
    VizOrientation,
)

from collectors.text import Lang, Text
from dashboards.panels.parts import BAR_HEIGHT, BAR_TEXT, NO_DATA, no_limits
from dashboards.states import NEUTRAL
from dashboards.target import SOURCE, Target, TargetBuilder
from dashboards.units import grafana_unit


def bars(
    lang: Lang,
    title: Text,
    questions: Sequence[tuple[str, str]],
    unit: str = "1",
    *,
    interval: str = "1d",
    decimals: int | None = 0,
    empty: Text = NO_DATA,
) -> timeseries.Panel:
    """Return bars over time, one on top of the other.

    Args:
        lang: language.
        title: of the panel.
        questions: InfluxQL with the name of its bars.
        unit: by the catalogue's symbol.
        interval: width of a bar.
        decimals: places shown; None for as many as needed.
        empty: what it says when there is nothing.
    """
    targets = [TargetBuilder(Target(text, f"Q{n}", alias=alias)) for n, (text, alias) in enumerate(questions, 1)]
    panel = (
        timeseries.Panel()
        .title(title.in_(lang))
        .datasource(SOURCE)
        .targets(list(targets))
        .unit(grafana_unit(unit, lang))
        .interval(interval)
        .no_value(empty.in_(lang))
        .min(0)
        .draw_style(GraphDrawStyle.BARS)
        .stacking(StackingConfig().mode(StackingMode.NORMAL).group("A"))
        .line_width(0)
        .fill_opacity(85)
        .bar_width_factor(0.7)
        .show_points(VisibilityMode.NEVER)
        .legend(
            VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM).show_legend(True)
        )
        .tooltip(VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.NONE))
    )
    return panel if decimals is None else panel.decimals(decimals)


def counts(
    lang: Lang,
    title: Text,
    questions: Sequence[tuple[str, str]],
    *,
    calculation: str = "lastNotNull",
    empty: Text = NO_DATA,
) -> bargauge.Panel:
    """Return a bar with its number for each series.

    Args:
        lang: language.
        title: of the panel.
        questions: InfluxQL with the name of its bars.
        calculation: how a series becomes one number, by Grafana's name.
        empty: what it says when there is nothing.
    """
    targets = [TargetBuilder(Target(text, f"Q{n}", alias=alias)) for n, (text, alias) in enumerate(questions, 1)]
    return (
        bargauge.Panel()
        .title(title.in_(lang))
        .datasource(SOURCE)
        .targets(list(targets))
        .unit(grafana_unit("1", lang))
        .decimals(0)
        .min(0)
        .no_value(empty.in_(lang))
        .thresholds(no_limits(NEUTRAL))
        .orientation(VizOrientation.HORIZONTAL)
        .display_mode(BarGaugeDisplayMode.BASIC)
        .value_mode(BarGaugeValueMode.TEXT)
        .name_placement(BarGaugeNamePlacement.LEFT)
        .show_unfilled(False)
        .text(BAR_TEXT)
        .sizing(BarGaugeSizing.MANUAL)
        .min_viz_height(BAR_HEIGHT)
        .max_viz_height(BAR_HEIGHT)
        .reduce_options(ReduceDataOptions().calcs([calculation]).values(False))
    )

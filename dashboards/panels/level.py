"""How much there is of something: bars from 0 to 100 % with their number."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders.bargauge import Panel
from grafana_foundation_sdk.builders.common import ReduceDataOptions
from grafana_foundation_sdk.models.common import (
    BarGaugeDisplayMode,
    BarGaugeNamePlacement,
    BarGaugeSizing,
    BarGaugeValueMode,
    VizOrientation,
)

from collectors.text import Lang, Text
from dashboards.panels.parts import BAR_HEIGHT, BAR_TEXT, NO_DATA, Limits, no_limits
from dashboards.states import NEUTRAL
from dashboards.target import SOURCE, Target, TargetBuilder


def level(
    lang: Lang,
    title: Text,
    questions: Sequence[tuple[str, str]],
    *,
    limits: Limits | None = None,
    empty: Text = NO_DATA,
) -> Panel:
    """Return bars of percentages.

    Args:
        lang: language.
        title: of the panel.
        questions: InfluxQL with the name of its bars, e.g. "$tag_host $tag_path".
        limits: from where on bars are coloured.
        empty: what it says when there is nothing.
    """
    targets = [TargetBuilder(Target(text, f"Q{n}", alias=alias)) for n, (text, alias) in enumerate(questions, 1)]
    return (
        Panel()
        .title(title.in_(lang))
        .datasource(SOURCE)
        .targets(list(targets))
        .unit("percent")
        .decimals(0)
        .min(0)
        .max(100)
        .no_value(empty.in_(lang))
        .thresholds(limits.steps() if limits else no_limits(NEUTRAL))
        .orientation(VizOrientation.HORIZONTAL)
        .display_mode(BarGaugeDisplayMode.BASIC)
        .value_mode(BarGaugeValueMode.TEXT)
        .name_placement(BarGaugeNamePlacement.LEFT)
        .show_unfilled(True)
        .text(BAR_TEXT)
        .sizing(BarGaugeSizing.MANUAL)
        .min_viz_height(BAR_HEIGHT)
        .max_viz_height(BAR_HEIGHT)
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]).values(False))
    )

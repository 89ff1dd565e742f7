"""One number, large."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders.common import ReduceDataOptions
from grafana_foundation_sdk.builders.stat import Panel
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    BigValueJustifyMode,
    BigValueTextMode,
)
from grafana_foundation_sdk.models.dashboard import ValueMapping

from collectors.text import Lang, Text
from dashboards.panels.parts import NO_DATA, Limits, no_limits
from dashboards.states import NEUTRAL
from dashboards.target import SOURCE, Target, TargetBuilder
from dashboards.units import grafana_unit


def number(
    lang: Lang,
    title: Text,
    question: str,
    unit: str,
    *,
    limits: Limits | None = None,
    calculation: str = "lastNotNull",
    mappings: Sequence[ValueMapping] = (),
    alias: str = "",
    decimals: int | None = None,
    empty: Text = NO_DATA,
    field: str = "",
) -> Panel:
    """Return a number, or one for each series.

    Args:
        lang: language.
        title: of the panel.
        question: InfluxQL.
        unit: by the catalogue's symbol.
        limits: from where on it is coloured.
        calculation: how the series becomes one number, by Grafana's name.
        mappings: words for values.
        alias: name of the series, e.g. "$tag_host".
        decimals: places shown; None for as many as needed.
        empty: what it says when there is nothing, in the colour of what is not known.
        field: column of the answer that is shown: "Time", or one of words; "" for its numbers.
    """
    shown = ReduceDataOptions().calcs([calculation]).values(False).fields(f"/^{field}$/" if field else "")
    panel = (
        Panel()
        .title(title.in_(lang))
        .datasource(SOURCE)
        .with_target(TargetBuilder(Target(question, "Q1", alias=alias)))
        .unit(grafana_unit(unit, lang))
        .no_value(empty.in_(lang))
        .mappings(list(mappings))
        .thresholds(limits.steps(unknown=True) if limits else no_limits(NEUTRAL))
        .graph_mode(BigValueGraphMode.NONE)
        .color_mode(BigValueColorMode.VALUE)
        .justify_mode(BigValueJustifyMode.CENTER)
        .text_mode(BigValueTextMode.VALUE_AND_NAME if alias else BigValueTextMode.VALUE)
        .reduce_options(shown)
    )
    return panel.decimals(decimals) if decimals is not None else panel

"""One device's aspects, each with its verdict and the reason in words."""

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders.table import Panel
from grafana_foundation_sdk.models.dashboard import (
    DataTransformerConfig,
    DynamicConfigValue,
    MatcherConfig,
)

from collectors.text import Lang, Text
from dashboards.panels.matrix import Aspect
from dashboards.panels.parts import (
    NO_DATA,
    colored_cell,
    join_by,
    organize,
    plain_words,
    sort_by,
    state_mapping,
    width,
    wrapped_text,
)
from dashboards.target import SOURCE, Target, TargetBuilder
from dashboards.verdicts import worst_codes, worst_reasons

_CODES, _REASONS = "codes", "reasons"
_SERIES = "Field"
"""What Grafana calls the column of series' names that `reduce` makes."""
_CALCULATIONS: Mapping[str, tuple[str, str]] = {_CODES: ("lastNotNull", "Last *"), _REASONS: ("last", "Last")}
"""How each answer becomes one value a series, and what Grafana calls that column: two names, so that both can stand."""


def verdict(lang: Lang, title: Text, aspects: Sequence[Aspect], *, empty: Text = NO_DATA) -> Panel:
    """Return a table of aspects; those that the device has no verdict of are left out.

    Args:
        lang: language.
        title: of the panel.
        aspects: its rows.
        empty: what it says when there is nothing.
    """
    measurements = [aspect.measurement for aspect in aspects]
    reason = "reason" if lang == "ja" else "reason_en"
    targets = [
        TargetBuilder(Target(worst_codes(measurements), _CODES, alias="$m")),
        TargetBuilder(Target(worst_reasons(measurements, reason), _REASONS, alias="$m")),
    ]
    state, words = (_CALCULATIONS[ref][1] for ref in (_CODES, _REASONS))
    headings = {
        _SERIES: Text("項目", "Aspect").in_(lang),
        state: Text("状態", "State").in_(lang),
        words: Text("内容", "In words").in_(lang),
    }
    return (
        Panel()
        .title(title.in_(lang))
        .datasource(SOURCE)
        .targets(list(targets))
        .no_value(empty.in_(lang))
        .transformations(
            [
                _one_value_each(_CODES),
                _one_value_each(_REASONS),
                join_by(_SERIES),
                sort_by(state, descending=True),
                organize([_SERIES, state, words], headings),
            ]
        )
        .override_by_name(
            headings[_SERIES],
            [DynamicConfigValue("mappings", plain_words({a.measurement: a.text for a in aspects}, lang)), width(210)],
        )
        .override_by_name(
            headings[state], [DynamicConfigValue("mappings", state_mapping(lang)), colored_cell(), width(120)]
        )
        .override_by_name(headings[words], [wrapped_text()])
    )


def _one_value_each(ref: str) -> DataTransformerConfig:
    options = {"reducers": [_CALCULATIONS[ref][0]], "mode": "seriesToRows", "includeTimeField": False}
    return DataTransformerConfig(
        id_val="reduce", filter_val=MatcherConfig(id_val="byRefId", options=ref), options=options
    )

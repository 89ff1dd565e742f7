"""One device's aspects, each with its verdict and the reason in words."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders.table import Panel
from grafana_foundation_sdk.models.dashboard import (
    DataTransformerConfig,
    DynamicConfigValue,
    ValueMapping,
)

from collectors.text import Lang, Text
from dashboards.panels.matrix import Aspect
from dashboards.panels.parts import (
    NO_DATA,
    centered,
    colored_cell,
    join_by,
    only_of,
    organize,
    plain_words,
    sort_by,
    state_mapping,
    width,
    wrapped_text,
)
from dashboards.states import BY_CODE, State
from dashboards.target import SOURCE, Target, TargetBuilder
from dashboards.verdicts import GRADE, worst_codes, worst_reasons

_CODES, _GRADED, _REASONS = "codes", "graded", "reasons"
_SERIES = "Field"
"""What Grafana calls the column of series' names that `reduce` makes."""
_CODE, _REASON = "Last *", "Last"
"""What it calls the values of `lastNotNull` and `last`: two names, so that both can stand side by side."""


def verdict(lang: Lang, title: Text, aspects: Sequence[Aspect], *, empty: Text = NO_DATA) -> Panel:
    """Return a table of aspects; those that the device has no verdict of are left out.

    Args:
        lang: language.
        title: of the panel.
        aspects: its rows.
        empty: what it says when there is nothing.
    """
    usual, graded = ([a.measurement for a in aspects if (a.states is BY_CODE) is plain] for plain in (True, False))
    reason = "reason" if lang == "ja" else "reason_en"
    questions = {
        _CODES: worst_codes(usual),
        _GRADED: worst_codes(graded, times=GRADE) if graded else "",
        _REASONS: worst_reasons([*usual, *graded], reason),
    }
    targets = [TargetBuilder(Target(text, ref, alias="$m")) for ref, text in questions.items() if text]
    state, words = _CODE, _REASON
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
                _one_value_each("lastNotNull", _CODES, _GRADED),
                _one_value_each("last", _REASONS),
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
            headings[state],
            [
                DynamicConfigValue("mappings", _states(aspects, lang)),
                colored_cell(),
                centered(),
                width(120),
            ],
        )
        .override_by_name(headings[words], [wrapped_text()])
    )


def _one_value_each(calculation: str, *refs: str) -> DataTransformerConfig:
    options = {"reducers": [calculation], "mode": "seriesToRows", "includeTimeField": False}
    return only_of(DataTransformerConfig(id_val="reduce", options=options), refs)


def _states(aspects: Sequence[Aspect], lang: Lang) -> list[ValueMapping]:
    known: dict[float, State] = dict(BY_CODE.items())
    for aspect in aspects:
        if aspect.states is not BY_CODE:
            known |= {code * GRADE: state for code, state in aspect.states.items() if code}
    return state_mapping(lang, known)

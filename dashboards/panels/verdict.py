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
    aligned,
    colored_cell,
    join_by,
    least_width,
    of,
    organize,
    plain_words,
    sort_by,
    state_mapping,
    width,
    wrapped_text,
)
from dashboards.states import BY_CODE, State
from dashboards.target import SOURCE, Target, TargetBuilder
from dashboards.verdicts import GRADE, worst_code, worst_reason

_CODES, _REASONS = "code", "reason"
_LEAST_PIXELS = 200
"""Of the reasons: on a phone the table scrolls."""

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
    reason = "reason" if lang == "ja" else "reason_en"
    targets = []
    # One measurement a question: some engines read no more at a time.
    for number, aspect in enumerate(aspects, 1):
        code = worst_code(aspect.measurement, times=1 if aspect.states is BY_CODE else GRADE)
        why = worst_reason(aspect.measurement, reason)
        targets += [
            TargetBuilder(Target(code, f"{_CODES}{number}", alias="$m")),
            TargetBuilder(Target(why, f"{_REASONS}{number}", alias="$m")),
        ]
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
                _one_value_each("lastNotNull", _CODES),
                _one_value_each("last", _REASONS),
                join_by(_SERIES),
                sort_by(state, descending=True),
                organize([_SERIES, state, words], headings),
            ]
        )
        .override_by_name(
            headings[_SERIES],
            [DynamicConfigValue("mappings", plain_words({a.measurement: a.text for a in aspects}, lang)), width(190)],
        )
        .override_by_name(
            headings[state],
            [
                DynamicConfigValue("mappings", _states(aspects, lang)),
                colored_cell(),
                aligned("center"),
                width(100),
            ],
        )
        .override_by_name(headings[words], [wrapped_text(), least_width(_LEAST_PIXELS)])
    )


def _one_value_each(calculation: str, ref: str) -> DataTransformerConfig:
    options = {"reducers": [calculation], "mode": "seriesToRows", "includeTimeField": False}
    return of(rf"/^{ref}\d+$/", DataTransformerConfig(id_val="reduce", options=options))


def _states(aspects: Sequence[Aspect], lang: Lang) -> list[ValueMapping]:
    known: dict[float, State] = dict(BY_CODE.items())
    for aspect in aspects:
        if aspect.states is not BY_CODE:
            known |= {code * GRADE: state for code, state in aspect.states.items() if code}
    return state_mapping(lang, known)

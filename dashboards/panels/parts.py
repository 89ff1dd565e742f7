"""Parts that several kinds of panels share: mappings, thresholds, overrides, transformations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders.common import VizTextDisplayOptions
from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig
from grafana_foundation_sdk.models.dashboard import (
    DashboardRangeMapOptions,
    DashboardRegexMapOptions,
    DashboardSpecialValueMapOptions,
    DataTransformerConfig,
    DynamicConfigValue,
    MatcherConfig,
    RangeMap,
    RegexMap,
    SpecialValueMap,
    SpecialValueMatch,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)

from collectors.text import Lang, Text
from dashboards.states import ACT, ATTENTION, BY_CODE, OK, UNKNOWN, State

NO_DATA = Text("この機器・期間のデータはありません", "No such data for this device and range")
"""What a panel says instead of standing empty."""


BAR_HEIGHT = 30
"""Pixels of a bar, so that few bars look as many do. Grafana leaves room for names of 2/5 of it in height."""

BAR_TEXT = VizTextDisplayOptions().title_size(12).value_size(15)
"""Sizes of a bar's name and number."""


def state_mapping(lang: Lang, states: Mapping[int, State] | Mapping[float, State] = BY_CODE) -> list[ValueMapping]:
    """Return what shows a `state_code` as its sign and word."""
    known = {str(code): _result(state, lang, place) for place, (code, state) in enumerate(states.items())}
    return [ValueMap(known), absent(UNKNOWN.sign + " " + Text("未取得", "no data").in_(lang), UNKNOWN.color)]


def absent(text: str, color: str) -> SpecialValueMap:
    """Return what shows a missing value in words."""
    result = ValueMappingResult(text=text, color=color, index=99)
    return SpecialValueMap(DashboardSpecialValueMapOptions(SpecialValueMatch.NULL_AND_NAN, result))


def beyond(limit: float, text: str) -> RangeMap:
    """Return what shows every value from a limit on in words."""
    return RangeMap(DashboardRangeMapOptions(from_val=limit, to=None, result=ValueMappingResult(text=text, index=98)))


def worded_from(limit: float, text: str, color: str) -> RangeMap:
    """Return what shows every value from a limit on in words of a colour."""
    result = ValueMappingResult(text=text, color=color, index=96)
    return RangeMap(DashboardRangeMapOptions(from_val=limit, to=None, result=result))


def words(meanings: Mapping[str, tuple[Text, State]], lang: Lang) -> list[ValueMapping]:
    """Return what shows stored words as words for people, with their state's sign and colour."""
    shown = {
        value: ValueMappingResult(text=f"{state.sign} {text.in_(lang)}", color=state.color, index=number)
        for number, (value, (text, state)) in enumerate(meanings.items())
    }
    return [ValueMap(shown)] if shown else []


def up_to(limit: float, text: str, color: str) -> RangeMap:
    """Return what shows every value up to a limit in words."""
    result = ValueMappingResult(text=text, color=color, index=97)
    return RangeMap(DashboardRangeMapOptions(from_val=None, to=limit, result=result))


def plain_words(meanings: Mapping[str, Text], lang: Lang) -> list[ValueMapping]:
    """Return what shows stored words as words for people that are neither good nor bad."""
    shown = {
        value: ValueMappingResult(text=text.in_(lang), index=number)
        for number, (value, text) in enumerate(meanings.items())
    }
    return [ValueMap(shown)] if shown else []


def first_word(meanings: Sequence[tuple[str, Text, State]], none: tuple[Text, State], lang: Lang) -> list[ValueMapping]:
    """Return what shows a list of words, stored with commas between them, as its gravest one.

    Args:
        meanings: words with what they mean, the gravest first.
        none: what an empty list means.
        lang: language.
    """
    known = [(rf"/(^|,){word}(,|$)/", text, state) for word, text, state in meanings]
    found: list[ValueMapping] = []
    for number, (pattern, text, state) in enumerate([*known, ("/^$/", *none)]):
        shown = ValueMappingResult(text=f"{state.sign} {text.in_(lang)}", color=state.color, index=number)
        found.append(RegexMap(DashboardRegexMapOptions(pattern, shown)))
    return found


def shortened(pattern: str, text: str) -> RegexMap:
    """Return what shows values that match a pattern by a part of theirs, e.g. `$1`."""
    return RegexMap(DashboardRegexMapOptions(f"/{pattern}/", ValueMappingResult(text=text)))


DRIVE_LETTER = shortened(r"^\\([A-Za-z]:)$", "$1")
r"""Shows a Windows drive, which the `disk` input calls `\C:`, as people do."""


def _result(state: State, lang: Lang, index: int) -> ValueMappingResult:
    return ValueMappingResult(text=state.shown(lang), color=state.color, index=index)


_BELOW_ALL = -1e12


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a value deserves attention, and from where on something must be done.

    Attributes:
        attention: first limit.
        act: second limit; None where nothing that must be done is beyond one.
        falling: True where low values are the bad ones.
    """

    attention: float
    act: float | None = None
    falling: bool = False

    def steps(self, *, unknown: bool = False) -> ThresholdsConfig:
        """Return the limits as Grafana's thresholds, which colour a value from their own on upwards.

        Args:
            unknown: whether the lowest is only for what has no value, which Grafana colours by it.
        """
        steps: list[tuple[float | None, State]] = [(None, UNKNOWN)] if unknown else []
        lowest = _BELOW_ALL if unknown else None
        if self.falling and self.act is None:
            steps += [(lowest, ATTENTION), (self.attention, OK)]
        elif self.falling:
            steps += [(lowest, ACT), (self.act, ATTENTION), (self.attention, OK)]
        else:
            steps += [(lowest, OK), (self.attention, ATTENTION)]
            steps += [(self.act, ACT)] if self.act is not None else []
        listed = [Threshold(value=value, color=state.color) for value, state in steps]
        return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(listed)


def no_limits(color: str) -> ThresholdsConfig:
    """Return thresholds that say nothing: one colour for all."""
    return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps([Threshold(value=None, color=color)])


def no_words() -> DynamicConfigValue:
    """Return what shows a column's values as they are where the panel has words for all."""
    return DynamicConfigValue("mappings", [])


def colored_cell() -> DynamicConfigValue:
    """Return what colours a table's cell by its value."""
    return DynamicConfigValue("custom.cellOptions", {"type": "color-background", "mode": "basic"})


def aligned(side: str) -> DynamicConfigValue:
    """Return on which side of a table's column its values stand: "left", "center" or "right"."""
    return DynamicConfigValue("custom.align", side)


def colored_text() -> DynamicConfigValue:
    """Return what colours a table cell's text by its value."""
    return DynamicConfigValue("custom.cellOptions", {"type": "color-text"})


def bar_cell() -> DynamicConfigValue:
    """Return what draws a table's value as a bar with its number."""
    return DynamicConfigValue("custom.cellOptions", {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"})


def wrapped_text() -> DynamicConfigValue:
    """Return what breaks a table cell's long text into lines."""
    return DynamicConfigValue("custom.cellOptions", {"type": "auto", "wrapText": True})


def width(pixels: int) -> DynamicConfigValue:
    """Return a column's width."""
    return DynamicConfigValue("custom.width", pixels)


def least_width(pixels: int) -> DynamicConfigValue:
    """Return below which width a column is not drawn; a table that is too narrow for all of its columns scrolls."""
    return DynamicConfigValue("custom.minWidth", pixels)


def join_by(field: str) -> DataTransformerConfig:
    """Return what puts the answers of several queries side by side, a row for each value of a field."""
    return DataTransformerConfig(id_val="joinByField", options={"byField": field, "mode": "outerTabular"})


def stack() -> DataTransformerConfig:
    """Return what puts the answers of several queries one below the other."""
    return DataTransformerConfig(id_val="merge", options={})


def organize(order: Sequence[str], names: Mapping[str, str], hidden: Sequence[str] = ()) -> DataTransformerConfig:
    """Return what orders, renames and hides columns."""
    return DataTransformerConfig(
        id_val="organize",
        options={
            "indexByName": {name: place for place, name in enumerate(order)},
            "renameByName": dict(names),
            "excludeByName": dict.fromkeys(hidden, True),
            "includeByName": {},
        },
    )


def drop(*fields: str) -> DataTransformerConfig:
    """Return what leaves columns out before answers are put together."""
    return DataTransformerConfig(id_val="filterFieldsByName", options={"exclude": {"names": list(fields)}})


def only_of(transformation: DataTransformerConfig, refs: Sequence[str]) -> DataTransformerConfig:
    """Return a transformation that is applied to the answers of some queries only."""
    transformation.filter_val = MatcherConfig(id_val="byRefId", options=f"/^(?:{'|'.join(refs)})$/")
    return transformation


def having(field: str) -> DataTransformerConfig:
    """Return what keeps the rows in which a field is told."""
    told = {"fieldName": field, "config": {"id": "isNotNull", "options": {}}}
    return DataTransformerConfig(id_val="filterByValue", options={"type": "include", "match": "all", "filters": [told]})


def renamed(pattern: str, text: str) -> DataTransformerConfig:
    """Return what renames series by a pattern, e.g. to `$1`."""
    return DataTransformerConfig(id_val="renameByRegex", options={"regex": pattern, "renamePattern": text})


DRIVE_LETTERS = renamed(r"(.*)\\([A-Za-z]:)$", "$1$2")
r"""Shows Windows drives in the names of series without the backslash of `\C:`."""


def of(queries: str, transformation: DataTransformerConfig) -> DataTransformerConfig:
    """Return a transformation of the answers to some queries only, chosen by a regular expression of their names."""
    transformation.filter_val = MatcherConfig(id_val="byRefId", options=queries)
    return transformation


def first_rows(number: int) -> DataTransformerConfig:
    """Return what keeps so many rows."""
    return DataTransformerConfig(id_val="limit", options={"limitField": number})


def sort_by(field: str, *, descending: bool = False) -> DataTransformerConfig:
    """Return what sorts rows."""
    return DataTransformerConfig(
        id_val="sortBy", options={"fields": {}, "sort": [{"field": field, "desc": descending}]}
    )

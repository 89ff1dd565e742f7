"""Rows: what is to be read, with its state in sign and colour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grafana_foundation_sdk.builders.table import Panel
from grafana_foundation_sdk.models.common import TableCellHeight
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig, DynamicConfigValue, ValueMapping

from collectors.text import Lang, Text
from dashboards.panels.parts import (
    NO_DATA,
    Limits,
    absent,
    aligned,
    bar_cell,
    colored_cell,
    colored_text,
    first_rows,
    least_width,
    no_limits,
    organize,
    plain_words,
    sort_by,
    stack,
    state_mapping,
    width,
    words,
    wrapped_text,
)
from dashboards.states import BY_CODE, UNKNOWN, State
from dashboards.target import SOURCE, Target, TargetBuilder
from dashboards.units import grafana_unit

_LEAST_PIXELS, _LEAST_OF_SENTENCES = 120, 150
"""Of a column that takes what is left. Grafana's own least, 150 for all, would push the last ones out of the window."""

ABSENT = "－"
"""What a cell shows where the value is not told; what the panel says is only for a table without rows."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        key: its name in the answer.
        text: its heading.
        unit: of its numbers, by the catalogue's symbol.
        is_state: True for a `state_code`.
        states: what its codes mean.
        limits: from where on its numbers are coloured.
        bar: True to draw a percentage as a bar.
        meanings: words of its values for people, with their state.
        named: words of its values for people that are neither good nor bad.
        mappings: other ways to show its values.
        pixels: width; None for what is left.
        link: where a click leads; "" for nowhere.
        decimals: places shown; None for as many as needed.
        wraps: True to break long text into lines.
    """

    key: str
    text: Text
    unit: str = ""
    is_state: bool = False
    states: Mapping[int, State] = field(default_factory=lambda: BY_CODE)
    limits: Limits | None = None
    bar: bool = False
    meanings: Mapping[str, tuple[Text, State]] | None = None
    named: Mapping[str, Text] | None = None
    mappings: Sequence[ValueMapping] = ()
    pixels: int | None = None
    link: str = ""
    decimals: int | None = None
    wraps: bool = False

    @property
    def is_words(self) -> bool:
        """Whether its values are words: Grafana takes a column in which all is missing for one of numbers."""
        return not (self.unit or self.is_state or self.limits or self.decimals is not None)

    def properties(self, lang: Lang) -> list[DynamicConfigValue]:
        """Return how Grafana is to show the column."""
        found: list[DynamicConfigValue] = []
        if self.unit:
            found.append(DynamicConfigValue("unit", grafana_unit(self.unit, lang)))
        if self.decimals is not None:
            found.append(DynamicConfigValue("decimals", self.decimals))
        if self.is_state:
            found += [DynamicConfigValue("mappings", state_mapping(lang, self.states)), colored_cell()]
            found.append(aligned("center"))
        meant = [*words(self.meanings or {}, lang), *plain_words(self.named or {}, lang), *self.mappings]
        if (self.limits is not None and not meant) or self.meanings:
            meant.append(absent(ABSENT, UNKNOWN.color))
        if meant:
            found += [DynamicConfigValue("mappings", meant), colored_text()]
            # Without limits a value that has no words would be coloured by Grafana's own.
            found.append(DynamicConfigValue("thresholds", no_limits("text").build()))
        if self.limits is not None:
            found += [DynamicConfigValue("thresholds", self.limits.steps().build())]
            found.append(bar_cell() if self.bar else colored_text())
        if self.bar:
            found += [DynamicConfigValue("min", 0), DynamicConfigValue("max", 100)]
        if self.wraps:
            found.append(wrapped_text())
        if self.is_words:
            found.append(aligned("left"))
        if self.pixels is None:
            found.append(least_width(_LEAST_OF_SENTENCES if self.wraps else _LEAST_PIXELS))
        else:
            found.append(width(self.pixels))
        if self.link:
            found.append(DynamicConfigValue("links", [{"title": self.text.in_(lang), "url": self.link}]))
        return found


STATE = Column("state_code", Text("状態", "State"), is_state=True, pixels=100)
"""A verdict's state."""


def table(
    lang: Lang,
    title: Text,
    questions: Sequence[str],
    columns: Sequence[Column],
    *,
    hidden: Sequence[str] = ("Time",),
    sort: str = "",
    descending: bool = False,
    then: str = "",
    most: int = 0,
    prepare: Sequence[DataTransformerConfig] = (),
    empty: Text = NO_DATA,
) -> Panel:
    """Return a table of the answers to one or more questions.

    Args:
        lang: language.
        title: of the panel.
        questions: InfluxQL; the answers of several are put one below the other.
        columns: what is shown, in this order.
        hidden: columns of the answer that are not.
        sort: key of the column by which rows are sorted at first.
        descending: True for the largest first.
        then: key of the column by which rows that are alike in that are sorted.
        most: rows that are shown, the first of that order; 0 for all.
        prepare: transformations before columns are ordered; stacking where None is needed besides.
        empty: what it says when there is nothing.
    """
    targets = [TargetBuilder(Target(text, f"Q{n}", "table")) for n, text in enumerate(questions, 1)]
    transformations = list(prepare) or ([stack()] if len(questions) > 1 else [])
    if then:
        transformations.append(sort_by(then))
    if sort:
        transformations.append(sort_by(sort, descending=descending))
    if most:
        transformations.append(first_rows(most))
    headings = {column.key: column.text.in_(lang) for column in columns}
    transformations.append(organize([column.key for column in columns], headings, hidden))
    panel = (
        Panel()
        .title(title.in_(lang))
        .datasource(SOURCE)
        .targets(list(targets))
        .no_value(empty.in_(lang))
        .transformations(transformations)
        .override_by_regexp(".*", [DynamicConfigValue("noValue", ABSENT)])
    )
    if any(column.wraps for column in columns):
        # Room for two lines: Grafana breaks lines at spaces only when it reckons a row's height; Japanese has few.
        panel = panel.cell_height(TableCellHeight.LG)
    for column in columns:
        properties = column.properties(lang)
        if properties:
            panel = panel.override_by_name(column.text.in_(lang), properties)
    return panel

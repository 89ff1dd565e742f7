"""Devices by aspects: the page of the karte that is understood in five seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grafana_foundation_sdk.builders.table import Panel
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from collectors.text import Lang, Text
from dashboards import queries
from dashboards.panels.parts import (
    NO_DATA,
    aligned,
    colored_cell,
    drop,
    join_by,
    least_width,
    no_words,
    only_of,
    organize,
    state_mapping,
    width,
)
from dashboards.states import BY_CODE, State
from dashboards.target import SOURCE, Target, TargetBuilder
from dashboards.units import grafana_unit

_HEARD = "heard"
_LEAST_PIXELS = 80
"""Of a column: a sign and a word. Grafana's own least, 150, would push the last columns of many out of the window."""


@dataclass(frozen=True, slots=True)
class Aspect:
    """A column.

    Attributes:
        key: its name in the answer.
        text: what it is, for people.
        measurement: whose newest `state_code` it shows; the worst, where a device has several.
        states: what its codes mean.
        short: its heading where columns are narrow; None for the text itself.
    """

    key: str
    text: Text
    measurement: str
    states: Mapping[int, State] = field(default_factory=lambda: BY_CODE)
    short: Text | None = None

    @property
    def heading(self) -> Text:
        """Its heading: Grafana cuts one that does not fit."""
        return self.short or self.text


def matrix(
    lang: Lang,
    title: Text,
    aspects: Sequence[Aspect],
    link: str,
    *,
    where: str = queries.HERE,
    with_site: bool = False,
) -> Panel:
    """Return a table of the devices, each with its newest verdict in every aspect, and when it last told anything.

    Args:
        lang: language.
        title: of the panel.
        aspects: the columns.
        link: where a click on a device leads; `${__data.fields.host}` is its name.
        where: whose devices.
        with_site: whether the link needs `${__data.fields.site}` as well.
    """
    heard = _heard(("site", "host") if with_site else ("host",), where)
    targets = [TargetBuilder(Target(heard, _HEARD, "table"))]
    targets += [TargetBuilder(Target(_worst(aspect, ("host",), where), aspect.key, "table")) for aspect in aspects]
    names = {
        "host": Text("機器", "Device").in_(lang),
        **{a.key: a.heading.in_(lang) for a in aspects},
        # One or the other is what Grafana calls the time of what is joined, depending on its version.
        **dict.fromkeys(("Time", "Time system"), Text("最後のデータ", "Last data").in_(lang)),
    }
    open_device = {"title": Text("この機器を開く", "Open this device").in_(lang), "url": link}
    panel = (
        Panel()
        .title(title.in_(lang))
        .datasource(SOURCE)
        .targets(list(targets))
        .no_value(NO_DATA.in_(lang))
        .mappings(state_mapping(lang))
        .transformations(
            [
                only_of(drop("Time"), [aspect.key for aspect in aspects]),
                join_by("host"),
                organize(list(names), names, [_HEARD, "site"] if with_site else [_HEARD]),
            ]
        )
        .override_by_regexp(
            f"^({'|'.join(a.heading.in_(lang) for a in aspects)})$",
            [colored_cell(), aligned("center"), least_width(_LEAST_PIXELS)],
        )
        .override_by_name(names["host"], [width(132), DynamicConfigValue("links", [open_device])])
        .override_by_name(
            names["Time"], [width(135), DynamicConfigValue("unit", grafana_unit("time", lang)), no_words()]
        )
    )
    for aspect in aspects:
        if aspect.states is not BY_CODE:
            meant = DynamicConfigValue("mappings", state_mapping(lang, aspect.states))
            panel = panel.override_by_name(aspect.heading.in_(lang), [meant])
    return panel


def _heard(by: Sequence[str], where: str) -> str:
    """A device that fell silent is still one of the office, so it is looked for further back."""
    return (
        f'SELECT last("uptime") AS "{_HEARD}" FROM "system" WHERE {where}'
        f" AND {queries.since(queries.KNOWN)} GROUP BY {queries.columns(by)}"
    )


def _worst(aspect: Aspect, by: Sequence[str], where: str) -> str:
    newest = (
        f'SELECT last("state_code") AS "code" FROM "{aspect.measurement}" WHERE {where}'
        f" AND {queries.since()} GROUP BY *"
    )
    worst = f'SELECT max("code") AS "{aspect.key}" FROM ({newest})'
    return f"{worst} WHERE {queries.since()} GROUP BY {queries.columns(by)}"

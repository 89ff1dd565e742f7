"""The public page of what is collected: the catalogue in words, for anybody and without signing in."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from flask import Blueprint, Response, make_response, render_template, request
from markupsafe import Markup

from api.web.language import request_language
from collectors import __version__, catalogue_words
from collectors.agent.measurements import MEASUREMENTS as AGENT_MEASUREMENTS
from collectors.catalogue import inventories, measurements
from collectors.catalogue_page import as_json
from collectors.declaration import AGENT_TAGS, STAMPED_TAGS, Field, Measurement, PersonalData, Tag
from collectors.inventory import ItemField
from collectors.probe.registry import PROBE_MEASUREMENTS
from collectors.text import Lang, Text

blueprint = Blueprint("collected", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """One value on the page.

    Attributes:
        name: key of the tag or field.
        text: what it tells.
        type: its type, for people.
        unit: unit symbol; "" where it has none.
        personal: personal-data class.
    """

    name: str
    text: Text
    type: Text
    unit: str
    personal: PersonalData


@dataclass(frozen=True, slots=True)
class Section:
    """One measurement or inventory on the page.

    Attributes:
        anchor: id of its heading.
        name: its name.
        text: what it tells.
        rows: its tags and fields.
    """

    anchor: str
    name: str
    text: Text
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Sections that belong together.

    Attributes:
        anchor: id of its heading.
        text: its heading.
        about: one sentence on where it comes from.
        sections: in the catalogue's order.
    """

    anchor: str
    text: Text
    about: Text
    sections: tuple[Section, ...]


@blueprint.get("/collected")
def page() -> Response:
    """Show all that is collected."""
    used = {row.unit for group in groups() for section in group.sections for row in section.rows}
    html = render_template(
        "collected.html",
        tables=_tables(request_language()),
        words=catalogue_words,
        units=[(symbol, text) for symbol, text in catalogue_words.UNITS.items() if symbol in used],
        personal=PersonalData,
        stamped=sorted(STAMPED_TAGS),
        added=sorted(AGENT_TAGS),
        version=__version__,
    )
    return _cached(make_response(html))


@blueprint.get("/collected.json")
def as_data() -> Response:
    """Return the same for programs."""
    return _cached(Response(_json(request_language()), mimetype="application/json"))


@cache
def groups() -> tuple[Group, ...]:
    """Return the whole catalogue in the page's order; it is the same for as long as the program runs."""
    probe, agent = ({each.name for each in these} for these in (PROBE_MEASUREMENTS, AGENT_MEASUREMENTS))
    everything = measurements().values()
    return (
        Group(
            "group-machines",
            Text("パソコン・サーバー・NAS", "PCs, servers and NAS"),
            Text(
                "エージェントが、動いている機器から測る値です。", "What the agent measures on the machine it runs on."
            ),
            _sections([each for each in everything if each.name not in probe | agent]),
        ),
        Group(
            "group-network",
            Text("プリンターとネットワーク機器", "Printers and network equipment"),
            Text("プローブが、LANの機器から読み取る値です。", "What the probe reads from equipment on the LAN."),
            _sections([each for each in everything if each.name in probe]),
        ),
        Group(
            "group-agent",
            Text("エージェント自身", "The agent itself"),
            Text("収集が正しく動いているかを示す値です。", "Whether collecting works as it should."),
            _sections([each for each in everything if each.name in agent]),
        ),
        Group(
            "group-lists",
            Text("一覧（インベントリ）", "Lists (inventories)"),
            Text("変化があったときに、全体を送ります。", "Each is sent whole where it changed."),
            tuple(
                Section(f"list-{each.name}", each.name, each.text, tuple(map(_item_row, each.fields)))
                for each in inventories()
            ),
        ),
    )


def _sections(declared: Sequence[Measurement]) -> tuple[Section, ...]:
    return tuple(
        Section(f"m-{each.name}", each.name, each.text, (*map(_tag_row, each.tags), *map(_field_row, each.fields)))
        for each in declared
    )


def _tag_row(tag: Tag) -> Row:
    return Row(tag.name, tag.text, catalogue_words.TAG, "", tag.personal)


def _field_row(field: Field) -> Row:
    return Row(field.name, field.text, catalogue_words.TYPES[field.type], field.unit, field.personal)


def _item_row(field: ItemField) -> Row:
    kind = catalogue_words.TYPES[catalogue_words.ITEM_TYPE_NAMES[field.type]]
    return Row(field.name, field.text, kind, field.unit, field.personal)


@cache
def _tables(_lang: Lang) -> Markup:
    # By far the longest part. Kept by language, which the template asks the request for; nothing else of it shows here.
    return Markup(  # noqa: S704  # the template has escaped what it shows
        render_template("collected_tables.html", groups=groups(), words=catalogue_words, personal=PersonalData)
    )


@cache
def _json(lang: Lang) -> str:
    return as_json(measurements().values(), lang, inventories())


def _cached(response: Response) -> Response:
    """Let browsers keep an answer and ask only whether it still holds.

    It is the same for everybody, and changes with the program's version only. But the language also follows the cookie
    and Accept-Language, so no cache may give it out without asking.
    """
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(("Accept-Language", "Cookie"))
    response.add_etag()
    response.make_conditional(request)
    return response

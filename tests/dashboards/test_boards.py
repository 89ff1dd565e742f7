"""Every dashboard: committed as the code makes it, within the catalogue, and with data from a real influxd."""

import json
import time
from collections.abc import Mapping
from typing import Any, get_args

import pytest

from api.config import Config
from api.gateway.grant import ReadGrant
from api.grafana.check import Asked, interpolated, problems, queries_of, read
from api.influxql.parser import parse
from api.influxql.timerange import comparisons
from api.influxql.tokens import scan
from api.influxql.tree import Show
from collectors import catalogue
from collectors.text import Lang
from dashboards.build import differing, document
from dashboards.registry import BOARDS, Entry
from tests.api.gateway.query.reading import Reading, client_for
from tests.dashboards.staff_points import FOR_STAFF

LANGS: tuple[Lang, ...] = get_args(Lang)
DAY_MS = 86_400_000
SPANS_MS = {f"now-{days}d": days * DAY_MS for days in (2, 7, 30, 90)} | {"now-24h": DAY_MS}
INTERVALS = {DAY_MS: "2m", 2 * DAY_MS: "5m", 7 * DAY_MS: "10m"}

MAY_BE_EMPTY = frozenset({"カラーとモノクロのページ数（日ごと）", "止まっているサービス", "収集できていない項目"})
"""Titles of Japanese panels that say in words that there is nothing: the simulated printers count one kind of page, and
just now no service is down and nothing fails to be collected."""


@pytest.fixture(scope="session")
def asking(office_stored: Config) -> Reading:
    """Who reads: the token's name is the audience."""
    grants = {"customer": ReadGrant("r-1", "c-office"), "staff": ReadGrant("r-2", None)}
    return client_for(office_stored, lookup=lambda token: grants[token])


def _documents() -> list[tuple[Entry, dict[str, Any]]]:
    return [(entry, dict(read(document(entry, "ja")))) for entry in BOARDS]


def _marks_of_findings() -> list[Any]:
    return [
        pytest.param(entry, dashboard, marks, id=entry.name)
        for entry, dashboard in _documents()
        for marks in dashboard["annotations"].get("list", [])
        if '"finding"' in marks["query"]
    ]


def _panels() -> list[Any]:
    return [
        pytest.param(entry, dashboard, panel, id=f"{entry.name}-{panel['id']}")
        for entry, dashboard in _documents()
        for panel in dashboard["panels"]
        if panel.get("targets")
    ]


def test_what_is_committed_is_what_the_code_makes() -> None:
    assert differing() == [], "run: karte dashboards build"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("entry", BOARDS, ids=lambda entry: entry.name)
def test_it_asks_for_nothing_that_the_catalogue_lacks(entry: Entry, lang: Lang) -> None:
    dashboard = read(document(entry, lang))
    assert problems(dashboard, catalogue.measurements()) == []
    assert dashboard["uid"] == entry.uid


@pytest.mark.parametrize("entry", BOARDS, ids=lambda entry: entry.name)
def test_it_reads_no_more_than_a_span(entry: Entry) -> None:
    """An engine opens all that is stored where the outermost SELECT has no bound, whatever its subqueries say."""
    for asked in queries_of(read(document(entry, "ja"))):
        for statement in parse(scan(interpolated(asked.text, {}))):
            bounds = [each.operator for each in comparisons(getattr(statement, "condition", None))]
            assert isinstance(statement, Show) or {">", ">="} & set(bounds), asked


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("entry", BOARDS, ids=lambda entry: entry.name)
def test_its_panels_have_titles_and_say_something_where_there_is_nothing(entry: Entry, lang: Lang) -> None:
    for panel in read(document(entry, lang))["panels"]:
        if panel.get("targets"):
            assert panel["title"]
            assert panel["fieldConfig"]["defaults"]["noValue"]


@pytest.mark.parametrize("entry", BOARDS, ids=lambda entry: entry.name)
def test_its_panels_do_not_overlap(entry: Entry) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in read(document(entry, "ja"))["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not cells & taken
        taken |= cells


@pytest.mark.parametrize(("entry", "dashboard", "panel"), _panels())
def test_every_panel_has_data(asking: Reading, entry: Entry, dashboard: dict[str, Any], panel: dict[str, Any]) -> None:
    rows = 0
    for target in panel["targets"]:
        (result,) = asking.results(as_sent(dashboard, target["query"], int(time.time()) + 1), entry.audience)
        assert "error" not in result, f"{target['refId']}: {result['error']}\n{target['query']}"
        rows += sum(len(series["values"]) for series in result.get("series", []))
    assert rows or panel["title"] in MAY_BE_EMPTY


@pytest.mark.parametrize(("entry", "dashboard"), _documents(), ids=lambda each: getattr(each, "name", ""))
def test_every_variable_and_annotation_can_be_asked(asking: Reading, entry: Entry, dashboard: dict[str, Any]) -> None:
    panels = {target["query"] for panel in dashboard["panels"] for target in panel.get("targets", [])}
    for asked in queries_of(dashboard):
        if asked.text in panels:
            continue
        (result,) = asking.results(as_sent(dashboard, asked.text, int(time.time()) + 1), entry.audience)
        assert "error" not in result, f"{entry.name}: {asked.where}: {result['error']}"
        assert result.get("series") or "$" not in asked.where, asked


@pytest.mark.parametrize(("entry", "dashboard", "marks"), _marks_of_findings())
def test_marks_of_findings_have_something_to_mark(
    asking: Reading, entry: Entry, dashboard: dict[str, Any], marks: dict[str, Any]
) -> None:
    (result,) = asking.results(as_sent(dashboard, marks["query"], int(time.time()) + 1), entry.audience)
    (series,) = result["series"]
    assert series["columns"] == ["time", marks["textColumn"]]
    assert all(words for _at, words in series["values"])


def test_customers_pages_leave_out_what_is_for_the_provider(asking: Reading) -> None:
    shown = {"customer": "", "staff": ""}
    for entry, dashboard in _documents():
        for asked in queries_of(dashboard):
            if '"finding"' in asked.text:
                text = as_sent(dashboard, asked.text, int(time.time()) + 1)
                shown[entry.audience] += json.dumps(asking.results(text, entry.audience))
    assert "antivirus_off" in shown["customer"]
    assert FOR_STAFF not in shown["customer"]
    assert FOR_STAFF in shown["staff"]


def test_the_page_of_printers_tells_of_printers_only(asking: Reading) -> None:
    (printers,) = (dashboard for entry, dashboard in _documents() if entry.name == "consumables")
    told = ""
    for asked in queries_of(printers):
        if '"finding"' in asked.text:
            told += json.dumps(asking.results(as_sent(printers, asked.text, int(time.time()) + 1), "customer"))
    assert "toner_low" in told
    assert "antivirus_off" not in told


def as_sent(dashboard: Mapping[str, Any], text: str, now_s: int) -> str:
    """Return a query as Grafana sends it at a moment, for the range that the dashboard opens with."""
    now = now_s * 1000
    since = now - SPANS_MS[dashboard["time"]["from"]]
    macros = {
        "$timeFilter": f"time >= {since}ms and time <= {now}ms",
        "$__interval": INTERVALS.get(now - since, "1h"),
    }
    return interpolated(text, {}, macros)


def test_it_finds_what_the_catalogue_lacks() -> None:
    dashboard = {
        "title": "t",
        "panels": [
            {"id": 1, "title": "p", "targets": [{"refId": "A", "query": text}]}
            for text in (
                'SELECT mean("nothing") FROM "mem" WHERE $timeFilter GROUP BY "host"',
                'SELECT mean("used") FROM "nowhere"',
                'SELECT "b" FROM (SELECT last("used") AS "a" FROM "mem" GROUP BY "host") GROUP BY "device"',
                'SELECT mean("used" FROM "mem"',
                'SELECT mean("used") FROM "mem" WHERE "host" =~ /^$device$/ GROUP BY time($__interval)',
            )
        ],
    }
    found = problems(json.loads(json.dumps(dashboard)), catalogue.measurements())
    assert [line.partition(": p, A: ")[2] for line in found] == [
        "'nothing' is no tag or field of mem",
        "measurement 'nowhere' is not in the catalogue",
        "'b' is no tag or field of the subquery",
        "'device' is no tag or field of the subquery",
        next(line for line in found if "found FROM" in line).partition(": p, A: ")[2],
    ]


def test_asked_is_told_with_its_place() -> None:
    (asked,) = queries_of(
        {"title": "t", "panels": [{"id": 1, "title": "p", "targets": [{"refId": "A", "query": "q"}]}]}
    )
    assert asked == Asked("t: p, A", "q")

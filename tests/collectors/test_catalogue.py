import json
import re
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from collectors.catalogue import inventories, measurements, problems
from collectors.catalogue_page import as_json, as_markdown
from collectors.cli import catalogue
from collectors.declaration import Field, FieldType, Measurement
from collectors.inventory import Inventory, ItemField, ItemType
from collectors.point import Point
from collectors.registry import INPUTS
from collectors.text import Text

# fmt: off
UNITS = {
    "", "%", "B", "KiB", "B/s", "s", "ms", "ns", "min", "h", "d", "°C", "W", "VA", "V", "A", "Hz", "MHz", "rpm", "dBm",
    "bit/s", "Mbit/s", "pages", "packets", "kWh", "mWh", "mAh", "µm", "mm", "1/s", "s/s",
}
# fmt: on
UNIT_OF_SUFFIX = {
    "_percent": "%",
    "_bytes": "B",
    "_ms": "ms",
    "_s": "s",
    "_seconds": "s",
    "_ns": "ns",
    "_days": "d",
    "_hours": "h",
    "_celsius": "°C",
}
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


def texts() -> Iterator[tuple[str, Text]]:
    for measurement in measurements().values():
        yield measurement.name, measurement.text
        yield from ((f"{measurement.name}.{tag.name}", tag.text) for tag in measurement.tags)
        yield from ((f"{measurement.name}.{each.name}", each.text) for each in measurement.fields)
    for inventory in inventories():
        yield inventory.name, inventory.text
        yield from ((f"{inventory.name}.{field.name}", field.text) for field in inventory.fields)


def unit_problem(declared: Field) -> str:
    if declared.unit not in UNITS:
        return f"has the unknown unit {declared.unit!r}"
    if declared.type in (FieldType.STRING, FieldType.BOOLEAN):
        return f"is {declared.type} and has a unit" if declared.unit else ""
    if "_per_" in declared.name:
        return "" if "/" in declared.unit else f"is a rate with the unit {declared.unit!r}"
    wanted = [unit for suffix, unit in UNIT_OF_SUFFIX.items() if declared.name.endswith(suffix)]
    return f"has the unit {declared.unit!r}" if wanted and declared.unit not in wanted else ""


def test_it_holds_what_inputs_probe_and_agent_declare() -> None:
    assert {"mem", "collector_run", "agent"} <= set(measurements())


def test_it_explains_everything_in_both_languages() -> None:
    # A Japanese text may consist of a name alone: an abbreviation, or one whose brackets at least are Japanese.
    no_japanese = [where for where, text in texts() if text.ja.isascii() and not text.ja.isupper()]
    no_english = [where for where, text in texts() if JAPANESE.search(text.en) or not re.search("[A-Za-z]", text.en)]

    assert (no_japanese, no_english) == ([], [])


def test_it_gives_units_that_make_sense() -> None:
    found = [
        f"{measurement.name}.{each.name} {problem}"
        for measurement in measurements().values()
        for each in measurement.fields
        if (problem := unit_problem(each))
    ]

    assert found == []


def test_it_finds_points_that_it_does_not_know() -> None:
    assert problems([Point("nothing_such", {}, {"a": 1})]) == ["measurement 'nothing_such' is not declared"]


SMALL = Measurement(
    "room", Text("部屋", "room"), (), (Field("heat", FieldType.FLOAT, Text("暖|冷", "warm|cold"), "°C"),)
)


def test_it_renders_markdown_that_a_bar_in_a_text_does_not_break() -> None:
    page = as_markdown([SMALL], "en")

    assert "| `heat` | float | °C | no | warm\\|cold |" in page
    assert page.startswith("# What is collected\n")


def test_it_renders_json_in_the_language_asked_for() -> None:
    page = json.loads(as_json([SMALL], "ja"))

    assert page["measurements"] == [
        {
            "name": "room",
            "text": "部屋",
            "tags": [],
            "fields": [
                {
                    "name": "heat",
                    "type": "float",
                    "unit": "°C",
                    "text": "暖|冷",
                    "rollup": "gauge",
                    "personal": "none",
                }
            ],
        }
    ]


def test_it_is_shown_by_the_command_with_every_measurement_and_field() -> None:
    markdown = CliRunner().invoke(catalogue, ["--lang", "ja"])
    listed = json.loads(CliRunner().invoke(catalogue, ["--format", "json", "--lang", "en"]).output)

    assert markdown.exit_code == 0
    for name, measurement in measurements().items():
        assert f"\n## {name}\n" in markdown.output
        assert all(f"| `{each.name}` |" in markdown.output for each in measurement.fields)
    assert [each["name"] for each in listed["measurements"]] == list(measurements())


def test_it_lists_what_inventories_hold_too() -> None:
    markdown = CliRunner().invoke(catalogue, ["--lang", "en"]).output
    listed = json.loads(CliRunner().invoke(catalogue, ["--format", "json", "--lang", "ja"]).output)

    assert [each["name"] for each in listed["inventories"]] == ["software", "assets"]
    assert "| `names` | strings |  | may name a person | names on the network |" in markdown
    assert "| `publisher` | string |  | no | publisher |" in markdown


def test_it_refuses_inventories_that_the_terms_forbid() -> None:
    field = ItemField("browser_history", ItemType.TEXTS, Text("閲覧", "sites"))

    with pytest.raises(ValueError, match="browser_history"):
        Inventory("history", Text("履歴", "history"), (field,))


def test_inputs_send_declared_lists_only() -> None:
    assert {each for declared in INPUTS for each in declared.inventories} <= set(inventories())

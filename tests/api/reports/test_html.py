"""The document is well-formed, says what it must in both languages, and takes any name."""

import re
from collections import Counter
from dataclasses import replace

import pytest

from api.readings.condition import Health
from api.reports.html import render_html
from api.reports.inputs import ReportInputs, freeze, thaw
from api.reports.view import headline
from collectors.text import Lang
from tests.api.analysis import offices
from tests.api.display.page import parse_page
from tests.api.reports import office

CASES = [
    office.inputs(0),
    office.inputs(1, "en"),
    office.inputs(10),
    office.inputs(50, "en"),
    office.inputs(6, "ja", office.HOSTILE_NAMES),
    office.inputs(6, "en", office.HOSTILE_NAMES),
    office.empty(),
    office.empty("en"),
]


@pytest.mark.parametrize("inputs", CASES)
def test_it_is_well_formed(inputs: ReportInputs) -> None:
    tree = parse_page(render_html(inputs))

    elements = list(tree.iter())
    assert tree.attrib["lang"] == inputs.lang
    assert not {"script", "img", "link", "iframe"} & {each.tag.rpartition("}")[2] for each in elements}
    ids = Counter(each.attrib["id"] for each in elements if "id" in each.attrib)
    assert max(ids.values()) == 1
    targets = {each.attrib["href"] for each in elements if "href" in each.attrib}
    assert targets <= {f"#{each}" for each in ids}
    for drawing in (each for each in elements if each.tag == "{http://www.w3.org/2000/svg}svg"):
        title = drawing.find("{http://www.w3.org/2000/svg}title")
        assert title is not None
        assert title.text
    for heading in (each for each in elements if each.tag.endswith("}th")):
        assert heading.attrib.get("scope") in {"row", "col"}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_it_says_what_it_must(lang: Lang) -> None:
    text = re.sub(r"<[^>]+>", "", render_html(office.inputs(10, lang)))

    wanted = {
        "ja": ("正確性", "原因の除去", "データの品質", "読み方", "応答なし", "不明", "要確認", "評価なし"),
        "en": (
            "accuracy",
            "Removing the cause",
            "Quality of the data",
            "How to read",
            "silent",
            "unknown",
            "not graded",
        ),
    }[lang]
    for words in wanted:
        assert words in text


def test_names_are_text_and_nothing_else() -> None:
    document = render_html(office.inputs(6, "ja", office.HOSTILE_NAMES))

    assert "<script>" not in document
    assert "&lt;script&gt;alert(" in document
    assert "\u202e" not in document
    assert "\u0000" not in document
    assert "מחשב הנהלה" in document
    assert "経理部 〓 プリンター 〓" in document


def test_it_names_what_could_not_be_read_and_why() -> None:
    document = render_html(office.inputs(8))

    assert "smartctl: permission denied" in document


def test_it_says_openly_that_there_is_no_data() -> None:
    document = render_html(office.empty())

    assert "この期間に届いたデータはありません" in document
    assert re.search(r'class="letter big none">－', document)
    assert "データがないため、おすすめできる対応はありません" in document


def test_it_says_that_older_values_are_past_their_retention() -> None:
    kept = office.inputs(1)
    assert "保存期間を過ぎ" not in render_html(kept)
    assert "保存期間を過ぎ" in render_html(replace(kept, kept_since=office.NOW))


def test_fine_devices_of_a_large_office_share_a_table_that_says_so() -> None:
    tree = parse_page(render_html(office.inputs(24)))

    named = [(each.tag.partition("}")[2], each.attrib.get("id", ""), each) for each in tree.iter()]
    rows = {name: "".join(each.itertext()) for tag, name, each in named if tag == "tr" and name}
    cards = [name for tag, name, _ in named if tag == "article" and name.startswith("device-")]
    assert len(rows) + len(cards) == 24
    assert "device-2" in cards, "it needs attention"
    for words in ("PC-001", "12%", "8.0%〜43%", "C: 61%", "空き 33.7 GB", "sda", "温度 52 °C"):
        assert words in rows["device-1"]
    assert "ウイルス対策の状態" in rows["device-6"], "what could not be told is named"
    assert "1日ごとの図は省いています" in "".join(tree.itertext())
    assert "1日ごとの図は省いています" not in render_html(office.inputs(10))


def test_no_device_is_called_fine_beside_a_bad_grade() -> None:
    document = render_html(offices.office(offices.finding("antivirus_off"), pcs=2))

    section = document.partition('id="device-1"')[2].partition("</article>")[0]
    assert "要確認" in section
    assert "ウイルス対策が動いていない" in section
    assert "4台の機器のうち、3台は正常、1台は確認が必要です。" in re.sub(r"<[^>]+>", "", document)


def test_frozen_inputs_make_the_same_document() -> None:
    inputs = office.inputs(10)

    assert freeze(thaw(freeze(inputs))) == freeze(inputs)
    assert render_html(thaw(freeze(inputs))) == render_html(inputs)


@pytest.mark.parametrize(
    ("counts", "total", "ja", "en"),
    [
        ({}, 0, "このご契約には、まだ機器が登録されていません。", "No devices are registered under this contract yet."),
        (
            {Health.FINE: 3},
            3,
            "3台の機器すべてについて、問題は見つかりませんでした。",
            "No problem was found on any of 3 devices.",
        ),
        (
            {Health.FINE: 7, Health.ATTENTION: 2, Health.SILENT: 1},
            10,
            "10台の機器のうち、7台は正常、2台は確認が必要、1台は応答なしです。",
            "Of 10 devices, 7 are fine, 2 need attention and 1 is silent.",
        ),
        ({Health.UNKNOWN: 1}, 1, "1台の機器のうち、1台は状態不明です。", "Of 1 device, 1 is unknown."),
    ],
)
def test_the_headline_counts_in_words(counts: dict[Health, int], total: int, ja: str, en: str) -> None:
    assert (headline(counts, total).ja, headline(counts, total).en) == (ja, en)

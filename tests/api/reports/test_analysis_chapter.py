"""The chapter of the option: only where a contract has it, in both languages, and frozen with the rest."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api.analysis.devices.tree import DeviceAnalysis, DriveRisk, Metric, NotCompared, Risk, Unusual, Usage, Use
from api.analysis.tree import Subject
from api.reports.html import render_html
from api.reports.inputs import freeze, thaw
from collectors.text import Lang, Text
from tests.api.reports import office

SUBJECT = Subject("d-0000000000", "PC-<b>1</b>", "pc", "本社")
ANALYSIS = DeviceAnalysis(
    start=office.NOW - timedelta(days=22),
    end=office.NOW,
    drives=(
        DriveRisk(
            SUBJECT,
            "sda",
            "KARTE HDD",
            "S-1",
            Risk.HIGH,
            Text("不良セクターが増加", "bad sectors grow"),
            (),
            (),
            22,
            "",
        ),
    ),
    sources=(),
    unusual=(
        Unusual(
            SUBJECT,
            Metric.CPU,
            Text("普段は12〜25%", "usually 12 to 25 %"),
            office.NOW - timedelta(days=3),
            None,
            60,
            3,
            12.0,
            25.0,
            80.0,
            97.0,
            0,
            "cpu_busy",
        ),
    ),
    not_compared=(NotCompared(SUBJECT, (Metric.MEMORY,), Text("3週間に満たない", "less than three weeks")),),
    usage=(Usage(SUBJECT, Use.IDLE, Text("ほぼ未使用", "hardly used"), 160, 20, 0, 0, 2.0, 30.0, ""),),
    moves=(),
    capacity=(),
    notes=(Text("祝日は考慮していません", "public holidays are not known"),),
)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("ja", ("機器情報の分析", "不良セクターが増加", "普段は12〜25%", "3週間に満たない", "ほぼ未使用", "祝日は")),
        ("en", ("Analysis of the devices", "bad sectors grow", "usually 12 to 25 %", "hardly used", "public holidays")),
    ],
)
def test_it_says_what_was_found_where_the_contract_has_it(lang: Lang, words: tuple[str, ...]) -> None:
    without = office.inputs(4, lang)
    analysed = replace(without, analysis=ANALYSIS)
    document = render_html(analysed)
    assert [each for each in words if each not in document] == []
    assert "PC-<b>1</b>" not in document
    assert 'id="analysis"' not in render_html(without)
    assert thaw(freeze(analysed)) == analysed

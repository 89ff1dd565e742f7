"""What a report says as data, for programs and for spreadsheets."""

import csv
import io
import json

from api.analysis.diagnosis import diagnose
from api.reports.exports import to_csv, to_json
from collectors.text import Lang
from tests.api.reports import office


def _table(names: tuple[str, ...] = (), lang: Lang = "ja") -> list[dict[str, str]]:
    content = to_csv(diagnose(office.inputs(8, lang, names)), lang)
    assert content.startswith(b"\xef\xbb\xbf"), "Excel takes it for another encoding without"
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_each_device_and_area_has_a_row() -> None:
    rows = _table()
    assert {row["分野"] for row in rows if row["機器"] == "PC-001"} == {
        "セキュリティ",
        "機器の健康状態",
        "容量",
        "稼働",
    }
    assert _table(lang="en")[0]["Device"] == "PC-001"


def test_no_name_becomes_a_formula() -> None:
    names = {row["機器"] for row in _table(("=HYPERLINK(1)", "+1", "-1", "@SUM", "\t=1", "普通の名前"))}
    assert {"'=HYPERLINK(1)", "'+1", "'-1", "'@SUM", "普通の名前"} <= names
    assert not {name for name in names if name.startswith(("=", "+", "-", "@", "\t"))}


def test_all_that_it_says_is_told_as_json_and_the_same_each_time() -> None:
    diagnosis = diagnose(office.inputs(8))
    told = json.loads(to_json(diagnosis))
    assert told["summary"]["ja"] == diagnosis.summary.ja
    assert len(told["devices"]) == 8
    assert to_json(diagnosis) == to_json(diagnose(office.inputs(8)))

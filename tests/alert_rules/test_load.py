from pathlib import Path

import pytest

from alert_rules.load import RuleFileError, read_file, read_text
from alert_rules.registry import load_all
from alert_rules.rule import seconds

GOOD = """\
category: capacity
rules:
  - id: disk_used
    name: {ja: 空き, en: Room}
    message: {ja: "{value}", en: "{value}"}
    severity: warning
    subject: device
    measurement: disk
    field: used_percent
    reduce: mean
    window: 30m
    every: 5m
    compare: above
    threshold: 90
    for: 15m
    no_data: unknown
"""


def test_it_reads_a_rule() -> None:
    rule = read_text(GOOD, "x.yaml").rules[0]

    assert (rule.limit, rule.pending, rule.advice_id) == (90, "15m", "disk_used")
    assert rule.tags == ("contract", "site", "device", "host")
    assert rule.missing_evaluations == 24 * 12


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("severity: warning", "severity: urgent", "x.yaml:6:15: rules[0].severity: Invalid enum value 'urgent'"),
        ("    reduce: mean\n", "", "x.yaml:3:5: rules[0]: Object missing required field `reduce`"),
        ("threshold: 90", "treshold: 90", "x.yaml:3:5: rules[0]: Object contains unknown field `treshold`"),
        ("threshold: 90", "threshold: high", "x.yaml:14:16: rules[0].threshold: Expected `float | null`, got `str`"),
        ("window: 30m", "window: half an hour", "x.yaml:11:13: rules[0].window: Expected `str` matching regex"),
        ("for: 15m", "for: 15m\n    for: 1h", "x.yaml:16:5: 'for' is given twice"),
        ("name: {ja", "name: [ja", "x.yaml:4:"),
        ("category: capacity", "category: stuff", "x.yaml:1:11: category: Invalid enum value 'stuff'"),
        (GOOD, "", "Expected `object`, got `null`"),
        (GOOD, "category: capacity\nrules: []\n", "x.yaml:2:8: rules: Expected `array` of length >= 1"),
    ],
)
def test_it_tells_where_and_what_is_wrong(old: str, new: str, said: str) -> None:
    with pytest.raises(RuleFileError) as caught:
        read_text(GOOD.replace(old, new), "x.yaml")

    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match=r"none\.yaml: cannot be read"):
        read_file(tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_bytes(b"\x83\x83")
    with pytest.raises(RuleFileError, match=r"bad\.yaml: cannot be read"):
        read_file(tmp_path / "bad.yaml")


def test_a_file_under_another_category_s_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "security.yaml").write_text(GOOD, encoding="utf-8")

    with pytest.raises(RuleFileError, match="tells category capacity, its name says security"):
        load_all(tmp_path)


@pytest.mark.parametrize(("text", "value"), [("30s", 30), ("15m", 900), ("2h", 7200), ("7d", 604_800)])
def test_a_duration_is_in_seconds(text: str, value: int) -> None:
    assert seconds(text) == value


def test_what_is_no_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="no duration"):
        seconds("soon")

"""What findings say, for every rule and in both languages."""

import pytest

from alert_rules.registry import Entry, entries
from api.alerts.message import Found, message, part, subject, unit_of
from collectors.text import Text

ALL = list(entries().values())


@pytest.mark.parametrize("entry", ALL, ids=lambda entry: entry.rule.id)
def test_every_rule_has_a_sentence_in_both_languages(entry: Entry) -> None:
    rule = entry.rule
    tags = {tag: f"<{tag}>" for tag in rule.tags}
    found = Found(tags, rule.limit, rule.limit, Text("理由です。", "the reason.") if rule.explain else None)

    for lang in ("ja", "en"):
        told = message(rule, found, lang)
        assert "{" not in told
        assert told == told.strip() != ""
        # After a full stop a reason is a sentence of its own.
        assert (found.reason is None) or told.endswith({"ja": "理由です。", "en": ". The reason."}[lang])


def test_values_have_their_unit() -> None:
    rule = entries()["disk_nearly_full"].rule
    found = Found({"host": "PC-1", "path": "C:", "contract": "c", "site": "s", "device": "d"}, 92.4, 90.0)

    assert message(rule, found, "ja") == "C: の使用率が 92% です（基準 90%）"
    assert message(rule, found, "en") == "C: is 92% full (limit 90%)"


def test_it_names_what_it_is_about() -> None:
    drive = entries()["drive_failing"].rule
    tags = {"host": "PC-1", "site": "s-1", "block_device": "sda", "serial_no": ""}

    assert (subject(tags), part(drive, tags)) == ("PC-1", "sda")
    assert subject({"asset": "MFP1", "site": "s-1"}) == "MFP1"
    assert subject({}) == ""


def test_what_is_counted_has_no_unit() -> None:
    assert unit_of(entries()["antivirus_off"].rule) == ""
    assert unit_of(entries()["temperature_high"].rule) == "°C"

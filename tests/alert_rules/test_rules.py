"""The product's own rules: they hold together, and every engine question they ask is understood."""

import msgspec
import pytest

from alert_rules.check import problems
from alert_rules.load import read_file
from alert_rules.query import bucket_query, hour_query, moment_query, reason_query
from alert_rules.registry import RULES_DIR, SCHEMA, Entry, entries
from alert_rules.rule import Category, RuleFile
from api.influxql.parser import parse
from api.influxql.tokens import scan

ALL = list(entries().values())


def test_there_are_rules_of_every_category() -> None:
    assert {entry.category for entry in ALL} == set(Category)
    assert len(ALL) >= 40


def test_they_hold_together_with_the_catalogue_and_each_other() -> None:
    assert problems(entries()) == []


@pytest.mark.parametrize("entry", ALL, ids=lambda entry: entry.rule.id)
def test_the_gateway_understands_what_they_ask(entry: Entry) -> None:
    rule = entry.rule
    span = "time >= 0 AND time < 100d"
    asked = [
        moment_query(rule, f"time > now() - {rule.window}", explain=True),
        bucket_query(rule, span, scope="\"contract\" = 'x'"),
        hour_query(rule, span, database="karte_1h"),
    ]
    if rule.explain:
        asked.append(reason_query(rule, f"time > now() - {rule.window}", "\"contract\" = 'x'"))

    for query in asked:
        assert len(parse(scan(query))) == 1


def test_their_schema_for_editors_is_that_of_the_types() -> None:
    made = msgspec.json.decode(msgspec.json.encode(msgspec.json.schema(RuleFile)))

    assert msgspec.json.decode(SCHEMA.read_bytes()) == made


def test_every_file_names_the_schema_for_editors() -> None:
    for category in Category:
        path = RULES_DIR / f"{category}.yaml"
        assert path.read_text(encoding="utf-8").startswith(f"# yaml-language-server: $schema=../{SCHEMA.name}\n")
        assert read_file(path).category is category

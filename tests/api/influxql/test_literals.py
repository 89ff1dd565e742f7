"""Regular expressions between slashes: whoever reads them, nothing in them ends them early."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.influxql.errors import QueryRefused
from api.influxql.literals import compiled_regex, regex_literal
from api.influxql.tokens import REGEX, scan

AS_PAIRS = re.compile(r"/(?:[^/\\]|\\.)*/")
PATTERNS = st.text("\\/a'|[]", max_size=10)


@given(PATTERNS)
def test_it_ends_where_it_ends_however_escapes_are_read(pattern: str) -> None:
    try:
        literal = regex_literal(pattern)
    except QueryRefused:
        return
    followed = f"{literal} OR b =~ /c/"
    for reader in (AS_PAIRS, re.compile(REGEX)):
        found = reader.match(followed)
        assert found is not None
        assert found[0] == literal


@given(PATTERNS, st.text("\\/a'", max_size=6))
def test_it_matches_what_was_asked_for(pattern: str, value: str) -> None:
    try:
        literal = regex_literal(pattern)
        scanned = scan(f"SELECT a FROM {literal}").tokens[-1].text
    except QueryRefused:
        return
    assert bool(compiled_regex(scanned).search(value)) == bool(compiled_regex(pattern).search(value))


@pytest.mark.parametrize("text", ["/a\\/ OR 1=1/", "/a\\\\/ OR 1=1/", "/a\\\\\\/ OR 1=1/"])
def test_it_takes_a_slash_after_backslashes_into_the_expression(text: str) -> None:
    scanned = scan(f"SELECT a FROM b WHERE c =~ {text}")
    assert len(scanned.literals) == 1
    assert AS_PAIRS.fullmatch(scanned.literals[0])

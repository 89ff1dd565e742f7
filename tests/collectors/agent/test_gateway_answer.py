import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.agent.gateway import RefusedLine, answer
from collectors.agent.policy import POLICY, SLOW, SOON, Action, Backoff, rule_for

NOW = 1_780_000_000.0


def test_it_reads_the_lines_that_the_gateway_names() -> None:
    body = json.dumps(
        {
            "code": "invalid",
            "message": "partial write: line 3: field type conflict dropped=1",
            "errors": [{"line": 3, "reason": "field type conflict"}, {"line": "4"}, 5, {"reason": "x"}],
        }
    ).encode()

    got = answer(422, {}, body, NOW)

    assert got.is_api
    assert got.refused == (RefusedLine(3, "field type conflict"),)


def test_it_reads_the_older_api_too() -> None:
    got = answer(400, {}, b'{"error":"partial write: dropped=1"}', NOW)

    assert (got.is_api, got.message) == (True, "partial write: dropped=1")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("30", 30.0),
        (" 7 ", 7.0),
        ("Thu, 28 May 2026 20:27:40 GMT", 60.0),
        ("Thu, 28 May 2026 20:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_it_reads_retry_after_as_seconds_or_as_a_date(value: str, expected: float | None) -> None:
    assert answer(503, {"Retry-After": value}, b"", NOW).retry_after_s == expected


def test_it_tells_how_far_this_clock_is_ahead() -> None:
    assert answer(204, {"date": "Thu, 28 May 2026 20:26:40 GMT"}, b"", NOW + 30.5).clock_offset_s == 30.0


@given(st.binary(), st.dictionaries(st.sampled_from(["Date", "Retry-After", "Content-Type"]), st.text()))
def test_it_reads_any_answer_without_failing(body: bytes, headers: dict[str, str]) -> None:
    got = answer(400, headers, body, NOW)

    assert "\n" not in got.message
    assert got.retry_after_s is None or got.retry_after_s >= 0


KEYS = st.sampled_from(["errors", "message", "line", "error", "reason"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda values: st.lists(values) | st.dictionaries(KEYS, values),
)


@given(JSON)
def test_it_reads_any_json_without_failing(value: object) -> None:
    answer(422, {}, json.dumps(value).encode(), NOW)


@pytest.mark.parametrize(
    ("status", "is_api", "action", "is_slow"),
    [
        (204, False, Action.STORED, False),
        (200, False, Action.KEEP, True),
        (302, False, Action.KEEP, True),
        (400, True, Action.SPLIT, False),
        (400, False, Action.KEEP, True),
        (401, True, Action.KEEP, True),
        (403, False, Action.KEEP, True),
        (404, True, Action.KEEP, True),
        (413, False, Action.SPLIT, False),
        (422, True, Action.SPLIT, False),
        (429, True, Action.KEEP, False),
        (500, True, Action.KEEP, False),
        (503, False, Action.KEEP, False),
        (0, False, Action.KEEP, False),
    ],
)
def test_it_has_a_rule_for_every_outcome(status: int, is_api: bool, action: Action, is_slow: bool) -> None:
    body = b'{"message":"no"}' if is_api else b"<html>"

    rule = rule_for(answer(status, {}, body, NOW))

    assert (rule.action, rule.pace) == (action, SLOW if is_slow else SOON)


def test_only_204_means_stored() -> None:
    assert [status for status, rule in POLICY.items() if rule.action is Action.STORED] == [204]


@given(st.lists(st.sampled_from([SOON, SLOW]), min_size=1, max_size=40), st.none() | st.floats(0, 1e12))
def test_it_never_comes_back_at_once_nor_after_hours(paces: list[object], retry_after: float | None) -> None:
    backoff = Backoff()
    for pace in paces:
        delay = backoff.failed(pace, retry_after)  # type: ignore[arg-type]
        assert 0.5 <= delay <= 2 * 3600

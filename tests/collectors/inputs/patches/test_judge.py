from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from collectors.inputs.patches.facts import Facts, OperatingSystem, Update
from collectors.inputs.patches.judge import DEFAULT_POLICY, judge
from collectors.inputs.patches.lag import lag
from collectors.inputs.patches.os_support import windows_support
from collectors.text import Text
from collectors.verdict import State, Verdict

NOW_NS = 1_790_000_000_000_000_000
NOW = datetime.fromtimestamp(1_790_000_000, UTC)
FRESH = Facts("apt", pending=(), last_check=NOW, last_success=NOW - timedelta(days=3))
MISSING = (Update("openssl", security=True),)


def verdict(facts: Facts) -> Verdict:
    return judge(facts, lag(facts, NOW_NS), NOW_NS, DEFAULT_POLICY)


@pytest.mark.parametrize(
    ("facts", "state", "code"),
    [
        (FRESH, State.OK, "up_to_date"),
        (replace(FRESH, last_check=None), State.UNKNOWN, "check_unknown"),
        (replace(FRESH, last_check=NOW - timedelta(days=20)), State.UNKNOWN, "check_too_old"),
        (replace(FRESH, partial=True), State.UNKNOWN, "list_incomplete"),
        (replace(FRESH, pending=None), State.UNKNOWN, "pending_unknown"),
        (replace(FRESH, pending=MISSING), State.OK, "within_limit"),
        (replace(FRESH, pending=MISSING, last_success=None), State.UNKNOWN, "lag_unknown"),
        (replace(FRESH, pending=MISSING, last_success=NOW - timedelta(days=40)), State.BAD, "missing_too_long"),
        (replace(FRESH, pending=None, last_success=NOW - timedelta(days=400)), State.UNKNOWN, "pending_unknown"),
        (
            replace(FRESH, pending=None, monthly=True, last_success=NOW - timedelta(days=400)),
            State.BAD,
            "no_success_too_long",
        ),
        (replace(FRESH, pending=None, unread=(Text("失敗", "failed"),)), State.UNKNOWN, "unreadable"),
    ],
)
def test_it_judges(facts: Facts, state: State, code: str) -> None:
    found = verdict(facts)
    assert (found.state, found.code) == (state, code)


@pytest.mark.parametrize(("has_extension", "code"), [(None, "os_extension_unknown"), (True, "up_to_date")])
def test_it_says_whether_an_extension_of_the_support_was_seen(has_extension: bool | None, code: str) -> None:
    system = OperatingSystem("Windows 10 Pro", "19045", windows_support(19045, "pro"), has_extension)
    assert verdict(replace(FRESH, system=system)).code == code


def test_it_says_that_support_ended() -> None:
    system = OperatingSystem("Windows 10 Pro", "19042", windows_support(19042, "pro"))
    found = verdict(replace(FRESH, system=system))
    assert (found.state, found.code) == (State.BAD, "os_unsupported")
    assert "2022-05-10" in found.reason.ja

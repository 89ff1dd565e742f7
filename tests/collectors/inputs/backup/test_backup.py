import os
from pathlib import Path

import pytest

from collectors import catalogue
from collectors.command import Output
from collectors.input import InputError, Recording
from collectors.inputs.backup import Backup, windows_reader
from collectors.inputs.backup.job import Job, judge
from collectors.inputs.backup.recording import parse
from collectors.inputs.backup.unix import NamedBackups, split_stamp, stamp
from collectors.inputs.backup.windows import event_tools
from collectors.point import Point, to_lines

NOW_S = 1_790_000_000
DAY = 86_400


def _gather(named: NamedBackups, bad_after_days: float = 7.0) -> list[Point]:
    points = Backup((named.read,), bad_after_days, lambda: NOW_S * 10**9).gather()
    assert catalogue.problems(points) == []
    return points


def _touched(path: Path, days_ago: float) -> Path:
    path.write_text("")
    os.utime(path, (NOW_S - days_ago * DAY,) * 2)
    return path


def test_it_tells_the_age_of_a_file_that_a_backup_touches(tmp_path: Path) -> None:
    fresh, old = _touched(tmp_path / "fresh", 1.5), _touched(tmp_path / "old", 9)
    device, first, second = _gather(NamedBackups([f"nightly={fresh}", str(old)]))
    assert (first.tags["job"], first.fields["state"], first.fields["age_days"]) == ("nightly", "ok", 1.5)
    assert (second.tags["job"], second.fields["state"], second.fields["reason_code"]) == ("old", "bad", "stale")
    assert (device.fields["state"], device.fields["jobs_bad"], device.fields["age_days"]) == ("bad", 1, 9.0)


def test_it_takes_the_limit_from_the_settings(tmp_path: Path) -> None:
    named = NamedBackups([str(_touched(tmp_path / "weekly", 9))])
    assert _gather(named, bad_after_days=10.0)[0].fields["state"] == "ok"


def test_it_is_bad_where_a_named_backup_never_succeeded(tmp_path: Path) -> None:
    _, job = _gather(NamedBackups([f"nightly={tmp_path / 'none'}"]))
    assert (job.fields["state"], job.fields["reason_code"]) == ("bad", "never")


def test_it_is_unknown_where_a_file_may_not_be_seen(tmp_path: Path) -> None:
    def refuse(path: Path) -> float:
        raise PermissionError(13, "Permission denied")

    job = stamp("nightly", tmp_path, refuse)
    assert judge(job, NOW_S).state == "unknown"


def test_it_is_unknown_where_a_time_lies_in_the_future(tmp_path: Path) -> None:
    _, job = _gather(NamedBackups([str(_touched(tmp_path / "x", -30))]))
    assert (job.fields["state"], job.fields["reason_code"]) == ("unknown", "implausible")
    assert "age_days" not in job.fields


def test_it_is_unknown_without_a_backup_that_can_be_read() -> None:
    (device,) = _gather(NamedBackups())
    assert (device.fields["state"], device.fields["reason_code"]) == ("unknown", "none_found")


@pytest.mark.parametrize("unit", ["--help", "a b", "../x;y", ""])
def test_it_runs_nothing_for_what_is_no_unit(unit: str) -> None:
    def run(program: str, arguments: object, timeout_s: float) -> Output:
        pytest.fail("systemctl was run")

    _, job = _gather(NamedBackups(units=[unit], run=run))
    assert job.fields["state"] == "unknown"


def test_it_asks_systemd_for_a_unit() -> None:
    answer = f"LoadState=loaded\nActiveState=inactive\nResult=success\nExecMainExitTimestamp=@{NOW_S - DAY}\n"

    def run(program: str, arguments: object, timeout_s: float) -> Output:
        return Output(answer.encode(), b"", 0)

    _, job = _gather(NamedBackups(units=["restic.service"], run=run))
    assert (job.fields["state"], job.fields["age_days"]) == ("ok", 1.0)


def test_it_is_unknown_where_systemd_is_too_old() -> None:
    def run(program: str, arguments: object, timeout_s: float) -> Output:
        return Output(b"", b"unrecognized option '--timestamp=unix'\n", 1)

    _, job = _gather(NamedBackups(units=["restic.service"], run=run))
    assert "248" in str(job.fields["reason_en"])


def test_it_keeps_nothing_of_what_was_backed_up() -> None:
    restic = b'[{"time":"2026-09-20T03:00:09Z","paths":["/home/yamada"],"username":"yamada","tree":"a","short_id":"b"}]'
    assert "yamada" not in to_lines(parse(Recording(restic, "input.json", NOW_S * 10**9)))


def test_it_asks_windows_for_the_logs_of_all_known_tools() -> None:
    asked: list[str] = []

    def ask(script: str, timeout_s: float) -> str:
        asked.append(script)
        return '{"karte":"backup","parts":{"summary":{"items":[]},"events":{"items":[]}}}'

    Backup((windows_reader(ask),)).gather()
    assert all(f"'{each.log}'" in asked[0] for each in event_tools())
    assert "$event.Message" not in asked[0]


def test_it_is_unknown_where_powershell_fails() -> None:
    def ask(script: str, timeout_s: float) -> str:
        raise InputError("PowerShell gave no answer (exit code 1)")

    assert Backup((windows_reader(ask),)).gather()[0].fields["state"] == "unknown"


def test_it_judges_a_failure_only_after_the_last_success() -> None:
    assert judge(Job("x", succeeded_at=NOW_S - DAY, failed_at=NOW_S - 2 * DAY), NOW_S).state == "ok"
    assert judge(Job("x", succeeded_at=NOW_S - DAY, failed_at=NOW_S), NOW_S).code == "failed"


def test_it_takes_a_name_before_the_path() -> None:
    assert split_stamp("nightly=/var/lib/x") == ("nightly", Path("/var/lib/x"))
    assert split_stamp("/var/lib/x.stamp") == ("x.stamp", Path("/var/lib/x.stamp"))

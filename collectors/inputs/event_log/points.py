"""What the `event_log` input collects, and counts to points."""

import functools
from fnmatch import fnmatchcase
from importlib import resources

import msgspec
import yaml

from collectors.declaration import Field, FieldType, Measurement, Rollup, Tag
from collectors.inputs.event_log.counts import Findings, bounded
from collectors.point import Point
from collectors.reasons import Reasons, because, known
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS, State, Verdict

MANY_ERRORS = 1000
"""From so many errors a day on the number itself is bad."""

_OK, _BAD = State.OK, State.BAD
_MAX_NAMES = 5

_REASONS = Reasons(
    {
        "counted": (_OK, Text("エラーは 24 時間に {count} 件です", "{count} errors in 24 hours")),
        "hardware": (
            _BAD,
            Text(
                "ディスクやハードウェアのエラーが記録されています：{names}",
                "errors of disks or other hardware are recorded: {names}",
            ),
        ),
        "many": (_BAD, Text("エラーが多すぎます（24 時間に {count} 件）", "too many errors: {count} in 24 hours")),
    }
)


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of `hardware_sources.yaml`."""

    source: str
    tells: str


@functools.cache
def hardware_sources() -> tuple[Source, ...]:
    """Return the sources whose errors mean that hardware is in trouble."""
    text = resources.files(__package__).joinpath("hardware_sources.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), tuple[Source, ...])


def _count(name: str, ja: str, en: str) -> Field:
    return Field(name, FieldType.INTEGER, Text(ja, en))


_CRITICAL = _count("critical_24h", "重大なエラーの数（24 時間）", "critical errors in 24 hours")
_ERRORS = _count("errors_24h", "エラーの数（24 時間、重大なものを除く）", "errors in 24 hours, without critical ones")

DEVICE = Measurement(
    name="event_log",
    text=Text("ログに記録されたエラーの数（件数のみ）", "errors in the logs of the machine (numbers only)"),
    tags=(),
    fields=(
        *VERDICT_FIELDS,
        _CRITICAL,
        _ERRORS,
        _count("sources", "エラーを記録した発生元の数", "sources that recorded errors"),
        Field(
            "capped",
            FieldType.BOOLEAN,
            Text("件数が上限に達し、実際はそれ以上か", "counting stopped at a limit: there are at least so many"),
            rollup=Rollup.STATE,
        ),
    ),
)
"""One point a device."""

SOURCE = Measurement(
    name="event_log_source",
    text=Text("発生元ごとのエラーの数（本文は収集しない）", "errors by source; their texts are not collected"),
    tags=(
        Tag("log", Text("ログの名前（System、Application、journal）", "log: System, Application or journal")),
        Tag("source", Text("発生元のプログラム名", "the program that recorded them")),
    ),
    fields=(_CRITICAL, _ERRORS),
)
"""One point for each of the busiest sources of a log."""


def to_points(findings: Findings, many: int = MANY_ERRORS) -> list[Point]:
    """Return the device's point, then one a source."""
    total = findings.total
    nothing = bool(findings.unread) and not findings.counts
    fields = {
        **_verdict(findings, many).fields(),
        "critical_24h": None if nothing else total.critical,
        "errors_24h": None if nothing else total.errors,
        "sources": None if nothing else len(findings.counts),
        "capped": None if nothing else findings.capped,
    }
    sources = [
        Point(SOURCE.name, {"log": log, "source": source}, {"critical_24h": each.critical, "errors_24h": each.errors})
        for (log, source), each in bounded(findings.counts).items()
    ]
    return [Point(DEVICE.name, {}, known(fields)), *sources]


def _verdict(findings: Findings, many: int) -> Verdict:
    hardware = [source for (_, source), each in findings.counts.items() if each.total and _is_hardware(source)]
    if hardware:
        return _REASONS.verdict("hardware", names=", ".join(hardware[:_MAX_NAMES]))
    count = findings.total.total
    if count >= many:
        return _REASONS.verdict("many", count=count)
    if findings.unread:
        return _REASONS.verdict("unreadable", why=because(Text(why, why) for why in findings.unread))
    return _REASONS.verdict("counted", count=count)


def _is_hardware(source: str) -> bool:
    return any(fnmatchcase(source.lower(), each.source.lower()) for each in hardware_sources())

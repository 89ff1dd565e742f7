"""What the `services` input collects, and services to points."""

from collectors.declaration import Field, FieldType, Measurement, Rollup, Tag
from collectors.inputs.services.service import Down, Findings
from collectors.point import Point
from collectors.reasons import Reasons, known
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS, State, Verdict

_MAX_SERVICES = 50
_MAX_NAMES = 8
_OK, _BAD, _UNKNOWN = State.OK, State.BAD, State.UNKNOWN

_REASONS = Reasons(
    {
        "all_running": (_OK, Text("動いていないサービスはありません", "no service is down")),
        "down": (
            _BAD,
            Text("動いていないサービスがあります（{count} 個）：{names}", "{count} services are down: {names}"),
        ),
        "partial": (
            _UNKNOWN,
            Text("一覧が途中で切れているため判定できません", "the list is cut off before its end"),
        ),
        "failed": (_BAD, Text("異常終了しています", "ended with an error")),
        "stopped": (_BAD, Text("自動起動のサービスですが停止しています", "starts automatically, but is stopped")),
    }
)


def _count(name: str, ja: str, en: str) -> Field:
    return Field(name, FieldType.INTEGER, Text(ja, en), rollup=Rollup.STATE)


DEVICE = Measurement(
    name="services",
    text=Text("動いていないサービス（機器全体の判定）", "services that are down, for the device as a whole"),
    tags=(),
    fields=(
        *VERDICT_FIELDS,
        _count("down", "動いていないサービスの数", "services that are down"),
        _count("failed", "うち異常終了した数", "of these, ended with an error"),
        _count("excused", "停止していて差し支えないサービスの数", "services that are stopped and may be"),
        _count("checked", "自動起動のサービスの数", "services that start automatically"),
    ),
)
"""One point a device."""

SERVICE = Measurement(
    name="service_down",
    text=Text("動いていないサービス", "a service that is down"),
    tags=(Tag("service", Text("サービスの名前", "name of the service")),),
    fields=(
        *VERDICT_FIELDS,
        Field("exit_code", FieldType.INTEGER, Text("終了コード", "exit code"), rollup=Rollup.STATE),
    ),
)
"""One point for each service that is down; a service that runs gives none."""


def to_points(findings: Findings) -> list[Point]:
    """Return the device's point, then one a service that is down."""
    fields = {
        **_overall(findings).fields(),
        "down": len(findings.down) if findings.whole else None,
        "failed": sum(each.failed for each in findings.down) if findings.whole else None,
        "excused": findings.excused if findings.whole else None,
        "checked": findings.checked,
    }
    return [Point(DEVICE.name, {}, known(fields)), *(_service(each) for each in findings.down[:_MAX_SERVICES])]


def unreadable(why: Text) -> list[Point]:
    """Return the point of a machine whose services could not be read."""
    return [Point(DEVICE.name, {}, _REASONS.verdict("unreadable", why=why).fields())]


def _overall(findings: Findings) -> Verdict:
    if findings.down:
        names = ", ".join(each.name for each in findings.down[:_MAX_NAMES])
        more = " …" if len(findings.down) > _MAX_NAMES else ""
        return _REASONS.verdict("down", count=len(findings.down), names=names + more)
    return _REASONS.verdict("all_running" if findings.whole else "partial")


def _service(down: Down) -> Point:
    fields = {**_REASONS.verdict("failed" if down.failed else "stopped").fields(), "exit_code": down.exit_code}
    return Point(SERVICE.name, {"service": down.name}, known(fields))

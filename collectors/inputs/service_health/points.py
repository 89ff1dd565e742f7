"""What the `service_health` input collects, and findings to points."""

from collections.abc import Iterable, Sequence

from collectors.declaration import Field, FieldType, Measurement, Rollup, Tag
from collectors.inputs.service_health.finding import Evidence, Finding, find
from collectors.inputs.service_health.product import Product, System
from collectors.point import Point
from collectors.reasons import Reasons, because, known
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS, State, Verdict

_OK, _BAD, _UNKNOWN = State.OK, State.BAD, State.UNKNOWN
_MAX_NAMES = 8

_REASONS = Reasons(
    {
        # One product.
        "running": (_OK, Text("{name} は動作しています", "{name} runs")),
        "installed": (_OK, Text("{name} がインストールされています", "{name} is installed")),
        "stopped_allowed": (
            _OK,
            Text(
                "{name} は停止しています（必須に指定されていません）",
                "{name} is stopped, and is not named as expected",
            ),
        ),
        "stopped": (_BAD, Text("{name} が停止しています", "{name} is stopped")),
        "missing": (_BAD, Text("{name} がインストールされていません", "{name} is not installed")),
        "not_seen": (
            _UNKNOWN,
            Text(
                "{name} は見つかりませんが、入っていないとは言い切れません",
                "{name} was not seen, which does not prove that it is missing",
            ),
        ),
        "running_unknown": (
            _UNKNOWN,
            Text("{name} が動作しているかどうか分かりません", "whether {name} runs is not known"),
        ),
        "no_such_product": (
            _UNKNOWN,
            Text(
                "設定 expected の {name} という製品は登録されていません",
                "the setting expected names {name}, which is not known",
            ),
        ),
        # The device as a whole.
        "as_expected": (_OK, Text("必須のソフトウェアはすべて動作しています", "all software that is expected runs")),
        "none_expected": (
            _OK,
            Text("検出した管理・ログ収集ソフトウェアは {count} 個です", "{count} known products were found"),
        ),
        "some_bad": (
            _BAD,
            Text("動作していない必須のソフトウェアがあります：{names}", "expected but not running: {names}"),
        ),
        "some_unknown": (
            _UNKNOWN,
            Text("状態の分からない必須のソフトウェアがあります：{names}", "expected, but not known: {names}"),
        ),
    }
)


def _state(name: str, kind: FieldType, ja: str, en: str, unit: str = "") -> Field:
    return Field(name, kind, Text(ja, en), unit, Rollup.STATE)


PRODUCT = Measurement(
    name="service_health",
    text=Text(
        "MDM・ログ収集・遠隔管理・バックアップのソフトウェアの状態",
        "MDM clients, log collectors, remote management and backup software",
    ),
    tags=(
        Tag("product", Text("製品の識別名", "id of the product")),
        Tag(
            "category",
            Text(
                "種類（mdm、log、remote_management、backup）",
                "category: mdm, log, remote_management or backup",
            ),
        ),
    ),
    fields=(
        *VERDICT_FIELDS,
        _state("name", FieldType.STRING, "製品名", "name of the product"),
        _state("expected", FieldType.BOOLEAN, "必須に指定されているか", "it is named as expected"),
        _state("installed", FieldType.BOOLEAN, "インストールされているか", "it is installed"),
        _state("running", FieldType.BOOLEAN, "動作しているか", "it runs"),
        _state("version", FieldType.STRING, "バージョン", "version"),
        _state(
            "last_contact",
            FieldType.INTEGER,
            "最後にサーバーと通信した時刻（Unix 秒）",
            "Unix time at which it last reached its server",
            "s",
        ),
        _state("last_contact_age", FieldType.INTEGER, "最後の通信からの時間", "time since then", "s"),
    ),
)
"""One point for each product that is found or expected."""

STATUS = Measurement(
    name="service_health_status",
    text=Text("必須のソフトウェアの状態（機器全体の判定）", "expected software of the device as a whole"),
    tags=(),
    fields=(
        *VERDICT_FIELDS,
        _state("products", FieldType.INTEGER, "見つかった製品の数", "products that were found"),
        _state("expected", FieldType.INTEGER, "必須に指定された製品の数", "products that are expected"),
        _state("expected_bad", FieldType.INTEGER, "動作していない必須の製品の数", "expected products that do not run"),
    ),
)
"""One point a device."""


def to_points(products: Iterable[Product], seen: Evidence, now_s: int, expected: Sequence[str] = ()) -> list[Point]:
    """Return the device's point, then one for each product that is found or expected.

    Args:
        products: those that are known.
        seen: what was read of the machine.
        now_s: Unix time in seconds.
        expected: ids of the products that must run.
    """
    listed = {each.id: each for each in products}
    found = [find(each, seen, now_s) for each in listed.values() if each.can_be_on(seen.system) or each.id in expected]
    told = [each for each in found if each.installed or each.product.id in expected]
    judged = [(each, _verdict(each, each.product.id in expected, seen.system)) for each in told]
    points = [_point(each, verdict, each.product.id in expected, now_s) for each, verdict in judged]
    strangers = [each for each in dict.fromkeys(expected) if each not in listed]
    points += [_stranger(each) for each in strangers]
    wanted = [(each.product.text, verdict.state) for each, verdict in judged if each.product.id in expected]
    wanted += [(Text(each, each), State.UNKNOWN) for each in strangers]
    return [_status(wanted, sum(each.installed is True for each in told), seen), *points]


def _verdict(found: Finding, is_expected: bool, system: System) -> Verdict:
    name = found.product.text
    if found.installed is None:
        return _REASONS.verdict("not_seen", name=name)
    if not found.installed:
        return _REASONS.verdict("missing", name=name)
    if found.running:
        return _REASONS.verdict("running", name=name)
    if found.running is None:
        # An enrolment is no program: that it is there is all that can be asked of it.
        asked = is_expected and found.product.tells_running(system)
        return _REASONS.verdict("running_unknown" if asked else "installed", name=name)
    return _REASONS.verdict("stopped" if is_expected else "stopped_allowed", name=name)


def _point(found: Finding, verdict: Verdict, is_expected: bool, now_s: int) -> Point:
    contact = found.last_contact
    fields = {
        **verdict.fields(),
        "name": found.product.name.ja,
        "expected": is_expected,
        "installed": found.installed,
        "running": found.running,
        "version": found.version,
        "last_contact": contact,
        "last_contact_age": max(0, now_s - contact) if contact is not None else None,
    }
    return Point(PRODUCT.name, {"product": found.product.id, "category": found.product.category}, known(fields))


def _stranger(name: str) -> Point:
    fields = {**_REASONS.verdict("no_such_product", name=name[:60]).fields(), "expected": True}
    return Point(PRODUCT.name, {"product": name[:60]}, fields)


def _status(wanted: Sequence[tuple[Text, State]], count: int, seen: Evidence) -> Point:
    fields = {
        **_overall(wanted, count, seen).fields(),
        "products": count if seen.whole else None,
        "expected": len(wanted),
        "expected_bad": sum(state is State.BAD for _, state in wanted),
    }
    return Point(STATUS.name, {}, known(fields))


def _overall(wanted: Sequence[tuple[Text, State]], count: int, seen: Evidence) -> Verdict:
    for state, code in ((State.BAD, "some_bad"), (State.UNKNOWN, "some_unknown")):
        names = [name for name, each in wanted if each is state][:_MAX_NAMES]
        if names:
            both = Text("、".join(name.ja for name in names), ", ".join(name.en for name in names))
            return _REASONS.verdict(code, names=both)
    if wanted:
        return _REASONS.verdict("as_expected")
    if not seen.whole:
        return _REASONS.verdict("unreadable", why=because(seen.unread))
    return _REASONS.verdict("none_expected", count=count)

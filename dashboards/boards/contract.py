"""One contract: what its office looks like to the staff."""

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from collectors.text import Lang, Text
from dashboards import queries, uids
from dashboards.board import Board
from dashboards.boards import overview, staff
from dashboards.boards.limits import ANY, QUOTA, SILENCE, SOME
from dashboards.panels.bars import bars
from dashboards.panels.matrix import matrix
from dashboards.panels.number import number
from dashboards.panels.parts import drop, having, join_by, words
from dashboards.panels.table import Column, table

MOST_ROWS = 100
"""Rows of a list: the first of its order."""

_WHERE = staff.ONE_CONTRACT
_NONE = Text("ありません", "None")


def build(lang: Lang) -> Dashboard:
    """Return the dashboard."""
    board = Board(
        lang,
        uids.CONTRACT,
        Text("契約の詳細", "One contract"),
        Text("ひとつの契約の機器、検知、受信", "Devices, findings and ingest of one contract"),
        since="now-24h",
        home=uids.FLEET,
    )
    contracts = 'SHOW TAG VALUES FROM "contract_status" WITH KEY = "contract"'
    board.variable("contract", Text("契約", "Contract"), contracts, multi=False)
    board.place(_standing(lang, Text("顧客", "Customer"), "name"), 8, 4)
    board.place(_standing(lang, Text("契約の状態", "State"), "state"), 4, 4)
    board.place(_quota(lang), 4, 4)
    board.place(_open(lang, Text("要対応の検知", "Act now"), "critical"), 4, 4)
    board.place(_open(lang, Text("注意の検知", "Attention"), "warning"), 4, 4)
    board.place(_devices(lang), 24, 10)
    board.place(
        matrix(
            lang,
            Text("機器ごとの状態", "State of every device"),
            overview.ASPECTS,
            staff.device_link(),
            where=_WHERE,
            with_site=True,
        ),
        24,
        11,
    )
    board.place(_findings(lang), 24, 9)
    board.place(_ingest(lang), 12, 9)
    board.place(_failing(lang), 12, 9)
    return board.dashboard()


def _standing(lang: Lang, title: Text, field: str) -> Builder[Panel]:
    question = queries.newest("contract_status", (field,), by=("contract",), where=_WHERE, within="1d")
    mappings = words(staff.CONTRACT_STATES, lang) if field == "state" else []
    return number(lang, title, question, "", mappings=mappings, field="contract_status.*")


def _quota(lang: Lang) -> Builder[Panel]:
    question = queries.newest("contract_status", ("devices_used_percent",), by=("contract",), where=_WHERE)
    return number(lang, Text("台数の使用率", "Quota in use"), question, "%", limits=QUOTA, decimals=0)


def _open(lang: Lang, title: Text, severity: str) -> Builder[Panel]:
    question = staff.open_now("open", severity, _WHERE, "")
    return number(lang, title, question, "cases", limits=ANY if severity == "critical" else SOME, empty=_NONE)


def _devices(lang: Lang) -> Builder[Panel]:
    seen = queries.newest(
        "device_status",
        ("seconds_since_seen",),
        by=("site", "host", "kind", "device"),
        where=_WHERE,
        within="1d",
        names=("silent",),
    )
    agents = queries.newest(
        "agent",
        ("version", "spool_points", "clock_offset_s"),
        by=("device",),
        where=_WHERE,
        within=queries.KNOWN,
        names=("version", "spool", "clock"),
    )
    return table(
        lang,
        Text("機器とエージェント", "Devices and their agents"),
        [
            seen,
            agents,
            staff.dropped("dropped", "dropped_points", _WHERE, '"device"'),
            staff.dropped("rejected", "rejected_points", _WHERE, '"device"'),
        ],
        [
            Column("host", Text("機器", "Device"), link=staff.device_link()),
            Column("kind", Text("種類", "Kind"), named=staff.DEVICE_KINDS, pixels=110),
            Column("silent", Text("最後の受信から", "Last seen"), "duration", limits=SILENCE, pixels=120),
            Column("version", Text("エージェント", "Agent"), pixels=100),
            Column("spool", Text("未送信", "Waiting"), "1", pixels=80),
            Column("dropped", Text("捨てた測定値", "Dropped"), limits=SOME, decimals=0, pixels=110),
            Column("rejected", Text("断られた測定値", "Refused"), limits=SOME, decimals=0, pixels=120),
            Column("clock", Text("時計のずれ", "Clock is off by"), "s", pixels=135),
        ],
        hidden=("site", "device"),
        prepare=[drop("Time"), join_by("device"), having("host")],
        sort="silent",
        descending=True,
        most=MOST_ROWS,
    )


def _findings(lang: Lang) -> Builder[Panel]:
    question = (
        f'SELECT "value", "threshold", "opened" FROM "finding" WHERE {_WHERE} AND "opened" = 1 AND $timeFilter'
        ' GROUP BY "severity", "rule", "site", "host", "asset", "part"'
    )
    return table(
        lang,
        Text("この期間に始まった検知", "Findings that opened in this time"),
        [question],
        [
            Column("Time", Text("日時", "When"), "time", pixels=140),
            Column("severity", Text("重要度", "Severity"), meanings=staff.SEVERITIES, pixels=136),
            Column("rule", Text("ルール", "Rule"), named=staff.rule_names()),
            Column("host", Text("機器", "Device"), pixels=140, link=staff.device_link()),
            Column("asset", Text("LANの機器", "Equipment"), pixels=130),
            Column("part", Text("部位", "Part"), pixels=95),
            Column("value", Text("値", "Value"), "1", pixels=90),
            Column("threshold", Text("しきい値", "Threshold"), "1", pixels=90),
        ],
        hidden=("opened", "site"),
        sort="Time",
        descending=True,
        most=MOST_ROWS,
        empty=Text("この期間に始まった検知はありません", "No finding opened in this time"),
    )


def _ingest(lang: Lang) -> Builder[Panel]:
    question = (
        f'SELECT sum("points") FROM "collector_run" WHERE {_WHERE} AND $timeFilter GROUP BY time(1h), "host" fill(none)'
    )
    title = Text("測定値の数（機器ごと、1時間ごと）", "Points measured, by device, each hour")
    return bars(lang, title, [(question, "$tag_host")], interval="1h")


def _failing(lang: Lang) -> Builder[Panel]:
    newest = (
        'SELECT last("ok") AS "ok", "outcome" AS "outcome", "error" AS "error" FROM "collector_run"'
        f' WHERE {_WHERE} AND {queries.since()} GROUP BY "site", "host", "input"'
    )
    question = (
        f'SELECT "outcome", "error" FROM ({newest}) WHERE "ok" = false AND {queries.since()}'
        ' GROUP BY "site", "host", "input"'
    )
    return table(
        lang,
        Text("収集できていない項目", "What cannot be collected"),
        [question],
        [
            Column("host", Text("機器", "Device"), pixels=135, link=staff.device_link()),
            Column("input", Text("項目", "Input"), pixels=120),
            Column("error", Text("内容", "In words"), wraps=True),
        ],
        hidden=("Time", "site", "outcome"),
        sort="host",
        most=MOST_ROWS,
        empty=Text("収集できていない項目はありません", "Everything is collected"),
    )

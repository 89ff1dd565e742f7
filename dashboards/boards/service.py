"""The service itself: whether it takes what is sent, answers what is asked, and does what is due."""

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel, ValueMap, ValueMapping, ValueMappingResult

from collectors.text import Lang, Text
from dashboards import queries, uids
from dashboards.board import Board
from dashboards.boards import staff
from dashboards.boards.limits import ANY, SOME
from dashboards.panels.bars import bars
from dashboards.panels.number import number
from dashboards.panels.parts import Limits, drop, join_by, of
from dashboards.panels.table import Column, table
from dashboards.panels.timeline import timeline
from dashboards.panels.trend import trend
from dashboards.states import ACT, OK

BEHIND = Limits(attention=1, act=3)
"""Hours that are due and not rolled up."""

OVERDUE = Limits(attention=300, act=3600)
"""Seconds for which a message that is due waits: a channel is away, or no worker runs."""

MOST_ROWS = 100
"""Rows of a list: the first of its order."""

SILENT_H = 0.25
"""Hours without a look at the engine after which its band ends: the worker does not run."""

JOBS = {
    "standing": Text("状態の記録", "How all stands"),
    "rules": Text("ルールの評価", "Rules"),
    "findings": Text("検知の記録", "Findings"),
    "thresholds": Text("しきい値の記録", "Thresholds"),
    "rollup": Text("1時間ごとの集計", "Hourly rollup"),
    "grafana": Text("Grafana の同期", "Grafana in step"),
    "agents": Text("エージェントの版", "Agents' versions"),
    "forecast": Text("予測", "Forecasts"),
    "alerting": Text("Grafana のアラートルール", "Grafana's alert rules"),
    "ingest": Text("測定値の数", "Points measured"),
    "reports": Text("レポート", "Reports"),
}
"""Names of jobs for people; one that is not here is shown by its own."""

_LOST = {
    "dropped": Text("捨てた測定値", "Dropped"),
    "rejected": Text("断った測定値", "Refused"),
}
"""What agents lose points by: field -> for people."""

_NONE = Text("ありません", "None")
_NOT_COUNTED = Text("この3時間に集計されていません", "Not counted within three hours")
_SILENT = Text("この期間の記録はありません", "Nothing was stored in this time")


def build(lang: Lang) -> Dashboard:
    """Return the dashboard."""
    board = Board(
        lang,
        uids.SERVICE,
        Text("サービスの稼働", "The service itself"),
        Text("受信、問い合わせ、定期処理、時系列データベース", "Gateway, jobs and time-series engine"),
        since="now-24h",
        home=uids.FLEET,
    )
    for panel in _numbers(lang):
        board.place(panel, 4, 4)
    board.place(_engine(lang), 24, 4)
    board.heading(Text("受信（ゲートウェイ）", "Writes (gateway)"))
    board.place(
        _rates(lang, Text("書き込み（毎秒）", "Writes per second"), {"writes": Text("書き込み", "writes")}), 8, 8
    )
    board.place(
        _rates(lang, Text("保存した行（毎秒）", "Lines stored per second"), {"lines_forwarded": Text("行", "lines")}),
        8,
        8,
    )
    board.place(_refused(lang), 8, 8)
    board.heading(Text("問い合わせ", "Queries"))
    board.place(
        _rates(lang, Text("問い合わせ（毎秒）", "Queries per second"), {"queries": Text("問い合わせ", "queries")}), 8, 8
    )
    board.place(_rolled(lang), 8, 8)
    board.place(_latency(lang), 8, 8)
    board.heading(Text("定期処理と時系列データベース", "Jobs and engine"))
    board.place(_jobs(lang), 24, 8)
    board.place(_behind(lang), 12, 8)
    board.place(_answer(lang), 12, 8)
    board.heading(Text("検知の通知", "Messages about findings"))
    for panel in _messages(lang):
        board.place(panel, 4, 6)
    board.place(_waiting(lang), 12, 6)
    board.heading(Text("エージェント", "Agents"))
    for panel in _lost(lang):
        board.place(panel, 4, 9)
    board.place(_losers(lang), 16, 9)
    return board.dashboard()


def _sum(field: str, measurement: str = "service_gateway", by: str = "") -> str:
    return f'SELECT sum("{field}") AS "{field}" FROM "{measurement}" WHERE $timeFilter{by}'


def _numbers(lang: Lang) -> list[Builder[Panel]]:
    behind = f'SELECT last("hours_behind") FROM "service_rollup" WHERE {queries.since("1d")}'
    again = f'SELECT last("contracts_again") FROM "service_rollup" WHERE {queries.since("1d")}'
    return [
        number(lang, Text("保存した行", "Lines stored"), _sum("lines_forwarded"), "1", empty=_SILENT),
        number(lang, Text("断った行", "Lines refused"), _sum("lines_refused"), "1", limits=SOME, empty=_SILENT),
        number(
            lang,
            Text("保存できず", "Engine away"),
            _sum("engine_unavailable"),
            "1",
            limits=ANY,
            empty=_SILENT,
        ),
        number(
            lang,
            Text("処理の失敗", "Jobs failed"),
            _sum("failed", "service_job"),
            "cases",
            limits=SOME,
            empty=_SILENT,
        ),
        number(lang, Text("集計の遅れ", "Rollup behind"), behind, "h", limits=BEHIND, empty=_SILENT),
        number(lang, Text("集計し直し", "To roll up"), again, "cases", empty=_NONE),
    ]


def _reachable(lang: Lang) -> list[ValueMapping]:
    shown = {
        "1": (OK, Text("応答あり", "answers")),
        "0": (ACT, Text("応答なし", "does not answer")),
    }
    return [
        ValueMap(
            {
                value: ValueMappingResult(text=f"{state.sign} {text.in_(lang)}", color=state.color, index=number)
                for number, (value, (state, text)) in enumerate(shown.items())
            }
        )
    ]


def _engine(lang: Lang) -> Builder[Panel]:
    question = 'SELECT min("reachable") FROM "service_engine" WHERE $timeFilter GROUP BY time($__interval) fill(none)'
    name = Text("データベース", "Engine").in_(lang)
    return timeline(
        lang,
        Text("時系列データベースの応答", "Whether the time-series engine answers"),
        [(question, name)],
        interval="5m",
        mappings=_reachable(lang),
        silent_h=SILENT_H,
        empty=_SILENT,
    )


def _per_second(field: str) -> str:
    """Ask for a rate: that of each process first, as their spans are their own."""
    rates = (
        f'SELECT sum("{field}") / sum("span_s") AS "rate" FROM "service_gateway" WHERE $timeFilter'
        ' GROUP BY time($__interval), "process" fill(none)'
    )
    return f'SELECT sum("rate") FROM ({rates}) WHERE $timeFilter GROUP BY time($__interval) fill(none)'


def _rates(lang: Lang, title: Text, fields: dict[str, Text]) -> Builder[Panel]:
    questions = [(_per_second(field), text.in_(lang)) for field, text in fields.items()]
    return trend(lang, title, questions, "", interval="5m", empty=_SILENT)


def _hourly(field: str) -> str:
    return f'SELECT sum("{field}") FROM "service_gateway" WHERE $timeFilter GROUP BY time(1h) fill(none)'


def _refused(lang: Lang) -> Builder[Panel]:
    return bars(
        lang,
        Text("断った行・書き込み失敗（毎時）", "Refused and failed, each hour"),
        [
            (_hourly("lines_refused"), Text("断った行", "lines refused").in_(lang)),
            (_hourly("writes_failed"), Text("失敗した書き込み", "writes failed").in_(lang)),
        ],
        interval="1h",
        empty=_SILENT,
    )


def _rolled(lang: Lang) -> Builder[Panel]:
    return bars(
        lang,
        Text("集計から・断った（毎時）", "From the rollup, refused, each hour"),
        [
            (_hourly("queries_rolled_up"), Text("集計から", "from the rollup").in_(lang)),
            (_hourly("queries_refused"), Text("断った", "refused").in_(lang)),
        ],
        interval="1h",
        empty=_SILENT,
    )


def _latency(lang: Lang) -> Builder[Panel]:
    def mean(time: str, number_of: str) -> str:
        return (
            f'SELECT sum("{time}") / sum("{number_of}") FROM "service_gateway" WHERE $timeFilter'
            " GROUP BY time($__interval) fill(none)"
        )

    longest = (
        'SELECT max("query_max_ms") FROM "service_gateway" WHERE $timeFilter GROUP BY time($__interval) fill(none)'
    )
    return trend(
        lang,
        Text("応答までの時間", "Time to answer"),
        [
            (mean("write_ms", "writes"), Text("書き込み（平均）", "writes, mean").in_(lang)),
            (mean("query_ms", "queries"), Text("問い合わせ（平均）", "queries, mean").in_(lang)),
            (longest, Text("問い合わせ（最長）", "queries, longest").in_(lang)),
        ],
        "ms",
        interval="5m",
        empty=_SILENT,
    )


def _jobs(lang: Lang) -> Builder[Panel]:
    newest = f'SELECT last("duration_s") AS "took" FROM "service_job" WHERE {queries.since()} GROUP BY "job"'
    failures = 'SELECT last("error") AS "error" FROM "service_job" WHERE $timeFilter GROUP BY "job"'
    summed = (
        'SELECT count("failed") AS "runs", sum("failed") AS "failed", max("duration_s") AS "longest"'
        ' FROM "service_job" WHERE $timeFilter GROUP BY "job"'
    )
    return table(
        lang,
        Text("定期処理", "Jobs"),
        [newest, summed, failures],
        [
            Column("job", Text("処理", "Job"), named=JOBS, pixels=200),
            # One or the other is what Grafana calls the time of what is joined, depending on its version.
            *(Column(key, Text("最後の実行", "Last run"), "time", pixels=160) for key in ("Time", "Time service_job")),
            Column("took", Text("所要時間", "Took"), "s", decimals=1, pixels=110),
            Column("longest", Text("最長", "Longest"), "s", decimals=1, pixels=110),
            Column("runs", Text("回数", "Runs"), "1", pixels=90),
            Column("failed", Text("失敗", "Failed"), limits=SOME, pixels=90),
            Column("error", Text("最後の失敗の理由", "Why the last one failed"), wraps=True),
        ],
        hidden=(),
        prepare=[of("/^Q[23]$/", drop("Time")), join_by("job")],
        sort="failed",
        descending=True,
        empty=_SILENT,
    )


def _behind(lang: Lang) -> Builder[Panel]:
    question = (
        'SELECT max("hours_behind") FROM "service_rollup" WHERE $timeFilter GROUP BY time($__interval) fill(none)'
    )
    name = Text("遅れ", "behind").in_(lang)
    return trend(
        lang,
        Text("1時間ごとの集計の遅れ", "How far the hourly rollup is behind"),
        [(question, name)],
        "h",
        limits=BEHIND,
        interval="5m",
        empty=_SILENT,
    )


def _answer(lang: Lang) -> Builder[Panel]:
    question = 'SELECT max("answer_ms") FROM "service_engine" WHERE $timeFilter GROUP BY time($__interval) fill(none)'
    name = Text("応答時間（最長）", "longest").in_(lang)
    title = Text("時系列データベースの応答時間", "Time until the engine answers")
    return trend(lang, title, [(question, name)], "ms", interval="5m", empty=_SILENT)


def _messages(lang: Lang) -> list[Builder[Panel]]:
    def newest(field: str) -> str:
        return f'SELECT last("{field}") FROM "service_delivery" WHERE {queries.since("1h")}'

    return [
        number(
            lang,
            Text("送信の遅れ", "Oldest waits"),
            newest("oldest_s"),
            "s",
            limits=OVERDUE,
            empty=Text("送信待ちはありません", "None waits"),
        ),
        number(lang, Text("送信できず", "Given up"), newest("dead"), "cases", limits=ANY, empty=_SILENT),
        number(lang, Text("保留中", "Held back"), newest("held"), "cases", empty=_SILENT),
    ]


def _waiting(lang: Lang) -> Builder[Panel]:
    def most(field: str) -> str:
        return f'SELECT max("{field}") FROM "service_delivery" WHERE $timeFilter GROUP BY time($__interval) fill(none)'

    return trend(
        lang,
        Text("通知の送信", "Messages"),
        [
            (most("waiting"), Text("送信待ち", "waiting").in_(lang)),
            (most("sent"), Text("直近1時間に送信", "sent within an hour").in_(lang)),
        ],
        "",
        interval="5m",
        empty=_SILENT,
    )


def _lost(lang: Lang) -> list[Builder[Panel]]:
    """Return how much all agents lost; a day that was not counted looks unlike one on which nothing was lost."""

    def of_all(field: str) -> str:
        newest = (
            f'SELECT last("{field}") AS "lost" FROM "contract_ingest" WHERE {staff.EVERY_CONTRACT}'
            f' AND {queries.since(staff.HOURLY)} GROUP BY "contract"'
        )
        return f'SELECT sum("lost") FROM ({newest}) WHERE {queries.since(staff.HOURLY)}'

    return [number(lang, text, of_all(field), "1", limits=SOME, empty=_NOT_COUNTED) for field, text in _LOST.items()]


def _losers(lang: Lang) -> Builder[Panel]:
    # Of each field by itself: an agent need not tell both.
    newest = ", ".join(f'last("{field}") AS "{field}"' for field in _LOST)
    question = (
        f'SELECT {newest} FROM "agent_loss" WHERE {staff.EVERY_CONTRACT} AND {queries.since(staff.HOURLY)}'
        ' GROUP BY "contract", "site", "host"'
    )
    return table(
        lang,
        Text("測定値を失ったエージェント（24時間）", "Agents that lost points, 24 hours"),
        [question],
        [
            Column("contract", Text("契約", "Contract"), pixels=170, link=staff.contract_link()),
            Column("host", Text("機器", "Device"), link=staff.device_link()),
            *(Column(field, text, "1", limits=SOME, pixels=130) for field, text in _LOST.items()),
        ],
        hidden=("Time", "site"),
        sort="dropped",
        descending=True,
        most=MOST_ROWS,
        empty=Text("測定値を失ったエージェントはありません", "No agent lost a point"),
    )

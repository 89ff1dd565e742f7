"""What rules have found and is not over yet, each with a link to what to do about it."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders.table import Panel

from collectors.text import Text
from dashboards import queries, uids
from dashboards.board import Board
from dashboards.boards import customers, staff
from dashboards.links import advice_link, board_link, device_link
from dashboards.panels.parts import DRIVE_LETTER, shortened
from dashboards.panels.table import Column, table

HOST = Column("host", Text("機器", "Device"), pixels=112, link=device_link())
ASSET = Column("asset", Text("設備", "Equipment"), pixels=108, link=board_link(uids.NETWORK))
SERIAL = Column("asset", Text("製造番号など", "Serial number"), pixels=120)
PART = Column("part", Text("部位", "Part"), mappings=[DRIVE_LETTER], pixels=130)

_TAGS = ("severity", "rule", "host", "asset", "part")


def open_findings(board: Board, where: str, subject: Sequence[Column]) -> Panel:
    """Return a table of open findings, the gravest on top.

    Args:
        board: the page, which gets the address of this service for its links.
        where: the condition for whose findings.
        subject: columns that tell what each is about; empty where the page shows one device.
    """
    lang = board.service().lang
    by = queries.columns(_TAGS)

    def question(severity: str) -> str:
        newest = (
            f'SELECT last("open") AS "open", "advice" FROM "finding" WHERE {where} AND {customers.TOLD}'
            f" AND \"severity\" = '{severity}' AND {queries.since()} GROUP BY {by}"
        )
        return f'SELECT "open", "advice" FROM ({newest}) WHERE "open" = 1 AND {queries.since()} GROUP BY {by}'

    shown = shortened(".+", Text("開く", "Open").in_(lang))
    told = {column.key for column in subject}
    return table(
        lang,
        Text("続いている検知と対処のしかた", "Open findings and what to do"),
        # The answers are put one below the other.
        [question(severity) for severity in staff.SEVERITIES],
        [
            Column("severity", Text("重要度", "Severity"), meanings=staff.SEVERITIES, pixels=136),
            Column("rule", Text("検知", "Finding"), named=staff.rule_names(), wraps=True),
            *subject,
            Column("advice", Text("対処", "Advice"), mappings=[shown], pixels=62, link=advice_link(lang)),
        ],
        hidden=("Time", "open", *(tag for tag in ("host", "asset", "part") if tag not in told)),
        empty=Text("続いている検知はありません", "No finding is open"),
    )

"""What happened, as marks on the lines of a page: findings, changes on the LAN, changes of software."""

from collectors.text import Lang, Text
from dashboards import queries
from dashboards.board import Board
from dashboards.boards import customers
from dashboards.states import ATTENTION, NEUTRAL, UNKNOWN


def findings(board: Board, where: str) -> None:
    """Mark where findings began.

    Args:
        board: the page.
        where: the condition for whose findings.
    """
    detail = _detail(board.lang)
    question = f'SELECT "{detail}" FROM "finding" WHERE {where} AND {customers.TOLD} AND "opened" = 1 AND $timeFilter'
    board.marks(Text("検知", "Findings"), question, detail, ATTENTION.color)


def of_assets(board: Board) -> None:
    """Mark what came to the site's LAN, vanished, or got another address."""
    detail = _detail(board.lang)
    question = f'SELECT "{detail}" FROM "asset_event" WHERE {queries.AT_SITE} AND $timeFilter'
    board.marks(Text("LANの機器の変化", "Changes on the LAN"), question, detail, UNKNOWN.color)


def of_software(board: Board) -> None:
    """Mark when software of the devices that are chosen was added, removed or updated."""
    question = f'SELECT "changed_names" FROM "software_summary" WHERE {queries.HERE} AND $timeFilter'
    board.marks(Text("ソフトウェアの変更", "Software changes"), question, "changed_names", NEUTRAL)


def _detail(lang: Lang) -> str:
    return "detail" if lang == "ja" else "detail_en"

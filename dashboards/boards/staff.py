"""What the staff's pages share: how contracts are named, counted and opened."""

from collections.abc import Mapping

from alert_rules.registry import entries
from alert_rules.rule import Category, Severity
from collectors.text import Text
from dashboards import uids
from dashboards.queries import since
from dashboards.states import ACT, ATTENTION, OK, UNKNOWN, State

EVERY_CONTRACT = "\"contract\" != ''"
"""The condition for points of any contract."""

ONE_CONTRACT = '"contract" =~ /^$contract$/'
"""The condition that the choice of a contract makes."""

NOW = "15m"
"""How far back the newest of what is stored every minute is looked for."""

HOURLY = "3h"
"""How far back the newest of what is stored every hour is looked for."""

CONTRACT_STATES: Mapping[str, tuple[Text, State]] = {
    "active": (Text("有効", "Active"), OK),
    "suspended": (Text("停止中", "Suspended"), ATTENTION),
    "draft": (Text("準備中", "Draft"), UNKNOWN),
}

DEVICE_KINDS: Mapping[str, Text] = {
    "pc": Text("パソコン", "PC"),
    "server": Text("サーバー", "Server"),
    "nas": Text("NAS", "NAS"),
    "probe": Text("プローブ", "Probe"),
}

_INFO = State("#2f8fc9", "○", Severity.INFO.text)

SEVERITIES: Mapping[str, tuple[Text, State]] = {
    Severity.CRITICAL: (Severity.CRITICAL.text, ACT),
    Severity.WARNING: (Severity.WARNING.text, ATTENTION),
    Severity.INFO: (Severity.INFO.text, _INFO),
}

CATEGORIES: Mapping[str, Text] = {category: category.text for category in Category}


def rule_names() -> Mapping[str, Text]:
    """Return the rules' headlines by id."""
    return {name: entry.rule.name.text for name, entry in entries().items()}


def contract_link() -> str:
    """Return the address of a row's contract."""
    return f"/d/{uids.CONTRACT}?var-contract=${{__data.fields.contract}}&${{__url_time_range}}"


def device_link() -> str:
    """Return the address of a row's device; its site tells it from another contract's of the same name."""
    return f"/d/{uids.DEVICE}?var-site=${{__data.fields.site}}&var-device=${{__data.fields.host}}&${{__url_time_range}}"


def open_now(name: str, severity: str = "", where: str = EVERY_CONTRACT, by: str = 'GROUP BY "contract"') -> str:
    """Ask how many findings are open; each tells so every hour at least."""
    only = f" AND \"severity\" = '{severity}'" if severity else ""
    newest = f'SELECT last("open") AS "open" FROM "finding" WHERE {where}{only} AND {since()} GROUP BY *'
    return f'SELECT sum("open") AS "{name}" FROM ({newest}) WHERE {since()} {by}'.rstrip()


def dropped(name: str, field: str, where: str, by: str) -> str:
    """Ask how much one of the agents' counters rose within the range; of one contract, as it reads each agent's."""
    rises = (
        f'SELECT non_negative_difference(last("{field}")) AS "rise" FROM "agent" WHERE {where} AND $timeFilter'
        f' GROUP BY time(1h), "contract", "site", "device", "host" fill(none)'
    )
    return f'SELECT sum("rise") AS "{name}" FROM ({rises}) WHERE $timeFilter GROUP BY {by}'

"""Network, telephone and power: does the equipment work, can the internet be reached, will the UPS hold?"""

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from collectors.text import Lang, Text
from dashboards import queries, uids
from dashboards.board import Board
from dashboards.boards import happenings
from dashboards.boards.lan_words import ANSWERS, BATTERY, CHECKS, KINDS, LINKS, POWER
from dashboards.boards.limits import (
    CERTIFICATE_LEFT,
    EQUIPMENT_BUSY,
    LINE_USED,
    NO_ANSWER,
    UPS_CHARGE,
    UPS_LOAD,
    UPS_RUNTIME,
)
from dashboards.boards.open_findings import PART, SERIAL, open_findings
from dashboards.boards.variables import with_sites
from dashboards.boards.words import reason
from dashboards.links import asset_link
from dashboards.panels.bars import bars
from dashboards.panels.by_name import VALUE, by_name
from dashboards.panels.parts import Limits, drop, having, join_by
from dashboards.panels.table import STATE, Column, table
from dashboards.panels.timeline import timeline
from dashboards.panels.trend import trend

CHOSEN = f'{queries.AT_SITE} AND "asset" =~ /^$asset$/'
"""The condition for the equipment that is chosen, where all of it would be too many lines."""

_OF_EQUIPMENT = f"{queries.AT_SITE} AND \"asset\" != ''"

BRIDGED_H = 3
"""Hours: equipment is asked every few minutes, so a longer gap means that it did not answer."""

_NO_UPS = Text("この拠点に見張っているUPSはありません", "No UPS is watched at this site")
_NO_PBX = Text("この拠点に見張っている電話交換機はありません", "No IP-PBX is watched at this site")
_NO_EQUIPMENT = Text("この拠点に見張っている機器はありません", "No equipment is watched at this site")
_NO_CHECKS = Text("この拠点では接続を確認していません", "No connections are checked at this site")
_NO_PORTS = Text("ポートの情報を出す機器はありません", "No equipment tells of its ports")


def build(lang: Lang) -> Dashboard:
    """Return the dashboard."""
    board = Board(
        lang,
        uids.NETWORK,
        Text("ネットワーク・電話・電源", "Network, telephone, power"),
        Text(
            "ルーター・電話交換機・UPSの状態と、インターネットなどへの接続",
            "The state of routers, IP-PBX and UPS, and the connections to the internet and others",
        ),
        since="now-7d",
    )
    with_sites(board)
    assets = 'SHOW TAG VALUES FROM "network_device" WITH KEY = "asset" WHERE "site" =~ /^$site$/'
    board.variable("asset", Text("通信量を見る機器（製造番号）", "Traffic of (serial number)"), assets)
    happenings.findings(board, _OF_EQUIPMENT)
    happenings.of_assets(board)
    board.place(_equipment(lang), 24, 8)
    board.place(open_findings(board, _OF_EQUIPMENT, (SERIAL, PART)), 24, 6)
    board.place(_equipment_over_time(lang), 12, 8)
    board.place(_checks_over_time(lang), 12, 8)
    board.heading(Text("接続", "Connections"))
    board.place(_checks(lang), 24, 6)
    board.place(_latency(lang), 12, 8)
    board.place(_loss(lang), 12, 8)
    board.heading(Text("通信量", "Traffic"))
    for inward in (True, False):
        board.place(_traffic(lang, inward=inward), 12, 8)
    board.place(_ports(lang), 16, 8)
    board.place(_port_errors(lang), 8, 8)
    board.heading(Text("電源（UPS）", "Power (UPS)"))
    board.place(_ups(lang), 24, 5)
    board.place(_ups_trend(lang, "battery_charge_percent", Text("バッテリーの充電", "Charge of the battery")), 8, 8)
    board.place(_ups_trend(lang, "load_percent", Text("負荷", "Load"), UPS_LOAD), 8, 8)
    board.place(_on_battery(lang), 8, 8)
    board.heading(Text("電話（IP-PBX）", "Telephone (IP-PBX)"))
    board.place(_pbx(lang), 24, 5)
    board.place(
        _pbx_trend(lang, "registrations", Text("登録されている電話機・回線", "Registered phones and lines")), 8, 8
    )
    board.place(_pbx_trend(lang, "active_calls", Text("同時通話数", "Calls at a time"), "max"), 8, 8)
    board.place(_pbx_over_time(lang), 8, 8)
    return board.dashboard()


def _names(kind: str = "") -> str:
    where = f"{queries.AT_SITE} AND \"kind\" = '{kind}'" if kind else queries.AT_SITE
    return queries.newest("network_device", ("name",), by=("asset",), where=where)


def _over_time(measurement: str, field: str, function: str, *, where: str = queries.AT_SITE, part: str = "") -> str:
    by = ("asset", part) if part else ("asset",)
    fill = "none" if field == "state_code" else "null"
    return queries.trend(measurement, field, by=by, where=where, function=function, fill=fill, name=VALUE)


def _equipment(lang: Lang) -> Builder[Panel]:
    fields = ("state_code", reason(lang), "name", "model", "cpu_percent", "memory_percent", "firmware")
    return table(
        lang,
        Text("LANの機器", "Equipment on the LAN"),
        [queries.newest("network_device", fields, by=("asset", "kind"), where=queries.AT_SITE)],
        [
            Column("name", Text("名前", "Name"), pixels=115, link=asset_link(uids.NETWORK)),
            Column("kind", Text("種類", "Kind"), named=KINDS, pixels=140),
            STATE,
            Column(reason(lang), Text("内容", "In words"), wraps=True),
            Column("cpu_percent", Text("CPU", "CPU"), "%", limits=EQUIPMENT_BUSY, decimals=0, pixels=60),
            Column("memory_percent", Text("メモリー", "Memory"), "%", limits=EQUIPMENT_BUSY, decimals=0, pixels=75),
            Column("model", Text("機種", "Model"), pixels=90),
            Column("firmware", Text("ファームウェア", "Firmware"), pixels=112),
            Column("asset", Text("製造番号", "Serial number"), pixels=120),
        ],
        sort="state_code",
        descending=True,
        empty=_NO_EQUIPMENT,
    )


def _equipment_over_time(lang: Lang) -> Builder[Panel]:
    title = Text("機器の状態の移り変わり", "State of equipment over time")
    question = _over_time("network_device", "state_code", "max")
    return by_name(timeline(lang, title, [], empty=_NO_EQUIPMENT), question, _names())


def _checks_over_time(lang: Lang) -> Builder[Panel]:
    question = queries.states_over_time("reachability", by=("check",), where=queries.AT_SITE)
    title = Text("接続の状態の移り変わり", "State of connections over time")
    return timeline(lang, title, [(question, "$tag_check")], empty=_NO_CHECKS)


def _checks(lang: Lang) -> Builder[Panel]:
    fields = ("state_code", reason(lang), "average_ms", "loss_percent", "certificate_days_left")
    return table(
        lang,
        Text("確認している接続", "Connections that are checked"),
        [queries.newest("reachability", fields, by=("check", "type", "target"), where=queries.AT_SITE)],
        [
            Column("check", Text("接続先", "To"), pixels=110),
            STATE,
            Column(reason(lang), Text("内容", "In words"), wraps=True),
            Column("type", Text("確認の方法", "How"), named=CHECKS, pixels=145),
            Column("target", Text("相手", "Target"), pixels=130),
            Column("average_ms", Text("応答時間", "Answers in"), "ms", decimals=1, pixels=95),
            Column("loss_percent", Text("応答なし", "No answer"), "%", limits=NO_ANSWER, decimals=0, pixels=90),
            Column(
                "certificate_days_left",
                Text("証明書の残り", "Certificate"),
                "d",
                limits=CERTIFICATE_LEFT,
                decimals=0,
                pixels=105,
            ),
        ],
        sort="state_code",
        descending=True,
        empty=_NO_CHECKS,
    )


def _latency(lang: Lang) -> Builder[Panel]:
    question = queries.trend("reachability", "average_ms", by=("check",), where=queries.AT_SITE)
    title = Text("応答時間", "Time to answer")
    return trend(lang, title, [(question, "$tag_check")], "ms", interval="1h", bridged_h=BRIDGED_H, empty=_NO_CHECKS)


def _loss(lang: Lang) -> Builder[Panel]:
    question = queries.trend("reachability", "loss_percent", by=("check",), where=queries.AT_SITE, function="max")
    title = Text("応答がなかった割合（最大）", "Share without an answer (highest)")
    return trend(
        lang, title, [(question, "$tag_check")], "%", high=100, interval="1h", bridged_h=BRIDGED_H, empty=_NO_CHECKS
    )


def _traffic(lang: Lang, *, inward: bool) -> Builder[Panel]:
    title = Text("受信", "Receiving") if inward else Text("送信", "Sending")
    question = _over_time(
        "network_interface", "in_bps" if inward else "out_bps", "mean", where=CHOSEN, part="interface"
    )
    panel = trend(lang, title, [], "bit/s", interval="1h", bridged_h=BRIDGED_H, empty=_NO_PORTS)
    return by_name(panel, question, _names(), part="interface")


def _ports(lang: Lang) -> Builder[Panel]:
    fields = ("oper_state", "alias", "speed_bps", "in_percent", "out_percent")
    names = queries.newest("network_device", ("name",), by=("asset",), where=CHOSEN)
    return table(
        lang,
        Text("ポート", "Ports"),
        [queries.newest("network_interface", fields, by=("asset", "interface"), where=CHOSEN), names],
        [
            Column("name", Text("機器", "Equipment"), pixels=95),
            Column("interface", Text("ポート", "Port")),
            Column("alias", Text("用途", "Used for"), pixels=90),
            Column("oper_state", Text("接続", "Link"), meanings=LINKS, pixels=90),
            Column("speed_bps", Text("速度", "Speed"), "bit/s", pixels=72),
            Column("in_percent", Text("受信の使用率", "Receiving"), "%", limits=LINE_USED, decimals=1, pixels=96),
            Column("out_percent", Text("送信の使用率", "Sending"), "%", limits=LINE_USED, decimals=1, pixels=96),
        ],
        hidden=("asset",),
        sort="name",
        prepare=[drop("Time"), join_by("asset"), having("interface")],
        empty=_NO_PORTS,
    )


def _port_errors(lang: Lang) -> Builder[Panel]:
    received, sent = (
        queries.rise("network_interface", field, by=("asset", "interface"), where=CHOSEN)
        for field in ("in_errors", "out_errors")
    )
    return bars(
        lang,
        Text("エラーになったパケット", "Packets with errors"),
        [
            (received, Text("$tag_interface 受信", "$tag_interface received").in_(lang)),
            (sent, Text("$tag_interface 送信", "$tag_interface sent").in_(lang)),
        ],
        interval="1h",
        empty=_NO_PORTS,
    )


def _ups(lang: Lang) -> Builder[Panel]:
    fields = ("state_code", reason(lang), "status", "battery_status", "battery_charge_percent", "runtime_s")
    more = ("load_percent", "input_voltage", "temperature", "battery_replaced")
    return table(
        lang,
        Text("UPSの状態", "State of each UPS"),
        [queries.newest("ups", (*fields, *more), by=("asset",), where=queries.AT_SITE), _names("ups")],
        [
            Column("name", Text("名前", "Name"), pixels=95),
            Column("state_code", Text("状態", "State"), is_state=True, pixels=92),
            Column(reason(lang), Text("内容", "In words"), wraps=True),
            Column("status", Text("電源", "Power from"), meanings=POWER, pixels=112),
            Column("battery_status", Text("バッテリー", "Battery"), meanings=BATTERY, pixels=85),
            Column("battery_charge_percent", Text("充電", "Charge"), "%", limits=UPS_CHARGE, decimals=0, pixels=68),
            Column("runtime_s", Text("停電時に", "Lasts"), "duration", limits=UPS_RUNTIME, pixels=80),
            Column("load_percent", Text("負荷", "Load"), "%", limits=UPS_LOAD, decimals=0, pixels=58),
            Column("input_voltage", Text("入力電圧", "Input"), "V", decimals=0, pixels=72),
            Column("temperature", Text("温度", "Heat"), "°C", decimals=0, pixels=60),
            Column("battery_replaced", Text("電池の交換日", "Battery from"), pixels=110),
        ],
        hidden=("asset",),
        sort="name",
        prepare=[drop("Time"), join_by("asset")],
        empty=_NO_UPS,
    )


def _ups_trend(lang: Lang, field: str, title: Text, limits: Limits | None = None) -> Builder[Panel]:
    function = "max" if limits else "min"
    panel = trend(lang, title, [], "%", limits=limits, high=100, interval="1h", bridged_h=BRIDGED_H, empty=_NO_UPS)
    return by_name(panel, _over_time("ups", field, function), _names("ups"))


def _on_battery(lang: Lang) -> Builder[Panel]:
    title = Text("UPSの移り変わり（停電・異常）", "UPS over time (power cuts, faults)")
    return by_name(timeline(lang, title, [], empty=_NO_UPS), _over_time("ups", "state_code", "max"), _names("ups"))


def _pbx(lang: Lang) -> Builder[Panel]:
    fields = ("state_code", reason(lang), "sip_reachable", "registrations", "registrations_failed")
    more = ("trunks_up", "trunks", "active_calls", "calls_max", "sip_response_ms")
    return table(
        lang,
        Text("電話交換機の状態", "State of each IP-PBX"),
        [queries.newest("pbx", (*fields, *more), by=("asset",), where=queries.AT_SITE), _names("pbx")],
        [
            Column("name", Text("名前", "Name"), pixels=95),
            Column("state_code", Text("状態", "State"), is_state=True, pixels=92),
            Column(reason(lang), Text("内容", "In words"), wraps=True),
            Column("sip_reachable", Text("SIPの応答", "Over SIP"), meanings=ANSWERS, pixels=115),
            Column("sip_response_ms", Text("応答時間", "Answers in"), "ms", decimals=1, pixels=95),
            Column("registrations", Text("登録数", "Phones"), "1", pixels=68),
            Column("registrations_failed", Text("未登録", "Missing"), "1", pixels=70),
            Column("trunks_up", Text("使える外線", "Trunks up"), "1", pixels=85),
            Column("trunks", Text("外線", "Trunks"), "1", pixels=62),
            Column("active_calls", Text("通話中", "Calls"), "1", pixels=62),
            Column("calls_max", Text("通話の上限", "At most"), "1", pixels=88),
        ],
        hidden=("asset",),
        sort="name",
        prepare=[drop("Time"), join_by("asset")],
        empty=_NO_PBX,
    )


def _pbx_trend(lang: Lang, field: str, title: Text, function: str = "min") -> Builder[Panel]:
    panel = trend(lang, title, [], "1", interval="1h", bridged_h=BRIDGED_H, empty=_NO_PBX)
    return by_name(panel, _over_time("pbx", field, function), _names("pbx"))


def _pbx_over_time(lang: Lang) -> Builder[Panel]:
    title = Text("電話交換機の移り変わり", "IP-PBX over time")
    return by_name(timeline(lang, title, [], empty=_NO_PBX), _over_time("pbx", "state_code", "max"), _names("pbx"))

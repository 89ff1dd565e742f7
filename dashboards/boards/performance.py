"""Panels over what keeps machines busy: processor, memory, network and heat, of one device or of many."""

from grafana_foundation_sdk.builders.timeseries import Panel

from collectors.text import Lang, Text
from dashboards import queries
from dashboards.boards.limits import MEMORY_USED, PROCESSOR_USED, SENSOR_HEAT
from dashboards.panels.trend import trend

BRIDGED_H = 3
"""Hours: agents send every minute, so a longer gap means that the machine was off or nothing arrived."""

_TOTAL = f"{queries.HERE} AND \"cpu\" = 'cpu-total'"


def processor(lang: Lang, *, many: bool, interval: str) -> Panel:
    """Return how busy processors were: of one device its mean and its peaks, of many their means."""
    if many:
        asked = 'SELECT 100 - mean("usage_idle") FROM "cpu"'
        alias = "$tag_host"
    else:
        mean, peak = Text("平均", "Mean").in_(lang), Text("最大", "Peak").in_(lang)
        asked = f'SELECT 100 - mean("usage_idle") AS "{mean}", 100 - min("usage_idle") AS "{peak}" FROM "cpu"'
        alias = "$col"
    question = f'{asked} WHERE {_TOTAL} AND $timeFilter GROUP BY time($__interval), "host" fill(null)'
    title = Text("CPU（プロセッサー）の使用率", "Processor in use")
    return trend(
        lang,
        title,
        [(question, alias)],
        "%",
        limits=PROCESSOR_USED,
        high=100,
        interval=interval,
        many=many,
        bridged_h=BRIDGED_H,
    )


def memory(lang: Lang, *, many: bool, interval: str) -> Panel:
    """Return how much of the memory was in use; of one device its swap as well."""
    used = queries.trend("mem", "used_percent")
    if many:
        questions = [(used, "$tag_host")]
    else:
        swap = queries.trend("swap", "used_percent")
        names = Text("メモリー", "Memory").in_(lang), Text("スワップ（仮想メモリー）", "Swap").in_(lang)
        questions = [(used, names[0]), (swap, names[1])]
    title = Text("メモリーの使用率", "Memory in use")
    return trend(
        lang,
        title,
        questions,
        "%",
        limits=MEMORY_USED,
        high=100,
        interval=interval,
        many=many,
        bridged_h=BRIDGED_H,
    )


def network(lang: Lang, *, interval: str) -> Panel:
    """Return what one device received and sent."""
    received, sent = Text("受信", "Received").in_(lang), Text("送信", "Sent").in_(lang)
    question = (
        f'SELECT non_negative_derivative(max("bytes_recv"), 1s) AS "{received}",'
        f' non_negative_derivative(max("bytes_sent"), 1s) AS "{sent}" FROM "net" WHERE {queries.HERE} AND $timeFilter'
        ' GROUP BY time($__interval), "interface" fill(none)'
    )
    title = Text("ネットワークの通信量", "Network traffic")
    return trend(lang, title, [(question, "$col ($tag_interface)")], "B/s", interval=interval, bridged_h=BRIDGED_H)


def heat(lang: Lang, *, many: bool, interval: str) -> Panel:
    """Return the temperatures of processors and boards."""
    alias = "$tag_host $tag_sensor" if many else "$tag_sensor"
    question = queries.trend("temp", "temp", by=("host", "sensor"), function="max")
    empty = Text(
        "CPUなどの温度はこの機器では読み取れません（Windows では多くの場合そうです）",
        "This device does not tell the heat of its processor; on Windows most do not",
    )
    title = Text("CPUなどの温度", "Heat of processor and board")
    return trend(
        lang,
        title,
        [(question, alias)],
        "°C",
        limits=SENSOR_HEAT,
        low=None,
        interval=interval,
        many=many,
        bridged_h=BRIDGED_H,
        empty=empty,
    )

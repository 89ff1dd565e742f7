"""Equipment on a terminal, for people, from its document."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from collectors.agent.text_table import table
from collectors.text import Lang, Text

_KIND: Final[dict[str, Text]] = {
    "printer": Text("複合機・プリンター", "printer"),
    "router": Text("ルーター・ファイアウォール", "router or firewall"),
    "switch": Text("スイッチ", "switch"),
    "nas": Text("NAS", "NAS"),
    "pbx": Text("IP-PBX・電話設備", "IP-PBX or telephone equipment"),
    "ups": Text("無停電電源装置（UPS）", "UPS"),
    "server": Text("サーバー", "server"),
    "unknown": Text("不明", "unknown"),
}
_LABELS: Final[dict[str, Text]] = {
    "kind": Text("種類", "kind"),
    "model": Text("機種", "model"),
    "serial": Text("製造番号", "serial"),
    "firmware": Text("ファームウェア", "firmware"),
    "name": Text("名前", "name"),
    "state": Text("状態", "state"),
    "cpu": Text("CPU使用率", "CPU in use"),
    "memory": Text("メモリー使用率", "memory in use"),
    "see": Text("詳しくは", "more by"),
}
_PARTS: Final = {
    "interfaces": Text("ポート", "Interfaces"),
    "storage": Text("ストレージ", "Storage"),
    "disks": Text("ディスク", "Drives"),
    "raids": Text("RAID", "RAID"),
    "sensors": Text("センサー", "Sensors"),
    "ups": Text("UPS", "UPS"),
    "pbx": Text("電話", "Telephony"),
    "partial": Text("最後まで読めなかったもの", "Not read to the end"),
    "notes": Text("採用しなかった値", "Values that were dropped"),
}
_VERDICT: Final = ("state", "reason", "reason_code")


def to_screen(document: Mapping[str, Any], lang: Lang) -> list[str]:
    """Return lines for a person from what `to_document` gave."""
    return list(_lines(document, lang))


def _lines(document: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    system = document["system"]
    values = {
        "kind": _KIND[system["kind"]].in_(lang),
        "model": " ".join(each for each in (system["maker"], system["model"]) if each) or system["description"],
        "serial": system["serial"],
        "firmware": system["firmware"],
        "name": system["name"],
        "state": f"{document['state']}: {document['reason'][lang]}",
        "cpu": _percent(document["cpu_percent"]),
        "memory": _percent(document["memory_percent"]),
        "see": document.get("see"),
    }
    yield from _columns([(_LABELS[name].in_(lang), str(value)) for name, value in values.items() if value])
    for part, rows in _parts(document):
        if rows:
            yield f"\n{_PARTS[part].in_(lang)}"
            yield from (f"  {line}" for line in _columns(rows))


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    return table(rows).splitlines()


def _parts(document: Mapping[str, Any]) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    yield (
        "interfaces",
        [
            (each["name"], each["oper_state"] or "", _speed(each["speed_bps"]), each["alias"] or "")
            for each in document["interfaces"]
        ],
    )
    yield (
        "storage",
        [
            (each["name"], _percent(each["used_percent"]), _size(each["total"]), each["status"] or "")
            for each in document["storage"]
        ],
    )
    yield (
        "disks",
        [
            (each["name"], each["model"] or "", _value(each["temperature"], "°C"), each["status"] or "")
            for each in document["disks"]
        ],
    )
    yield "raids", [(each["name"], each["level"] or "", each["status"] or "") for each in document["raids"]]
    yield (
        "sensors",
        [(each["name"], _value(each["value"], each["unit"]), each["status"] or "") for each in document["sensors"]],
    )
    for part in ("ups", "pbx"):
        yield part, [(name, str(value)) for name, value in document[part].items() if name not in _VERDICT]
    for part in ("partial", "notes"):
        yield part, [(each,) for each in document[part]]


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.0f} %"


def _value(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:g} {unit}"


def _speed(bps: int | None) -> str:
    return "" if not bps else f"{bps / 1e6:g} Mbit/s"


def _size(size: int | None) -> str:
    return "" if size is None else f"{size / 1e9:.1f} GB"

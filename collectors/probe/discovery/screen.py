"""What a scan found, for people."""

from typing import Final

from collectors.agent.text_table import table
from collectors.probe.discovery.asset import Asset
from collectors.probe.discovery.fence import Fence
from collectors.probe.discovery.plan import Scan
from collectors.text import Lang, Text

_HEADS: Final = (
    Text("アドレス", "ADDRESS"),
    Text("種類", "KIND"),
    Text("名前", "NAME"),
    Text("メーカー・機種", "MAKER, MODEL"),
    Text("MACアドレス", "MAC"),
    Text("見つけた方法", "FOUND BY"),
    Text("種類の根拠", "WHY THIS KIND"),
)

_KINDS: Final[dict[str, Text]] = {
    "printer": Text("複合機・プリンター", "printer"),
    "router": Text("ルーター", "router"),
    "switch": Text("スイッチ", "switch"),
    "access_point": Text("無線AP", "access point"),
    "nas": Text("NAS", "NAS"),
    "pbx": Text("IP-PBX", "IP-PBX"),
    "phone": Text("電話機", "phone"),
    "ups": Text("UPS", "UPS"),
    "server": Text("サーバー", "server"),
    "pc": Text("パソコン", "PC"),
    "camera": Text("カメラ", "camera"),
    "media": Text("映像・音響機器", "media"),
}
_UNKNOWN: Final = Text("不明", "unknown")

_DONE: Final = Text(
    "{subnets} の{addresses}アドレスを{duration:.0f}秒で調べ、{count}台を見つけました（問い合わせ{packets}回）",
    "looked at {addresses} addresses of {subnets} in {duration:.0f} s; devices found: {count} ({packets} questions)",
)
_PARTIAL: Final = Text("調べられなかったもの: {what}", "not looked at: {what}")
_NEXT: Final = Text(
    "詳しく見る: karte probe device アドレス、karte probe printer アドレス。"
    "続けて見張る: agent.tomlの[probe]に subnets = [{subnets}] と書く",
    "to see more: karte probe device ADDRESS, karte probe printer ADDRESS."
    " To keep watching: subnets = [{subnets}] under [probe] in agent.toml",
)


def to_screen(found: Scan, fence: Fence, lang: Lang) -> str:
    """Return a table of the assets, what was done, and what can be done next."""
    rows = [[each.in_(lang) for each in _HEADS], *(_row(each, lang) for each in found.assets)]
    lines = [table(rows)] if found.assets else []
    values = {
        "subnets": ", ".join(map(str, fence.networks)),
        "addresses": found.addresses,
        "duration": found.duration_s,
        "count": len(found.assets),
        "packets": found.packets,
    }
    lines.append(_DONE.in_(lang).format(**values))
    lines += [_PARTIAL.in_(lang).format(what=each.in_(lang)) for each in found.partial]
    quoted = ", ".join(f'"{each}"' for each in fence.networks)
    lines.append(_NEXT.in_(lang).format(subnets=quoted))
    return "\n".join(lines)


def _row(asset: Asset, lang: Lang) -> list[str]:
    more = f" (+{len(asset.addresses) - 1})" if len(asset.addresses) > 1 else ""
    product = " ".join(dict.fromkeys(each for each in (asset.maker or asset.vendor, asset.model) if each))
    return [
        f"{asset.addresses[0]}{more}",
        _KINDS.get(asset.guess.kind, _UNKNOWN).in_(lang),
        (asset.names[0] if asset.names else "-")[:30],
        product[:40] or "-",
        asset.mac or "-",
        ", ".join(asset.sources),
        asset.guess.reason.in_(lang),
    ]

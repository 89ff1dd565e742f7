"""Words for states, kinds and colours that pages and reports share. A word that no table knows is shown as it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from collectors.text import Text
from dashboards.boards.lan_words import KINDS


@dataclass(frozen=True, slots=True)
class Sign:
    """How a state is shown: a shape that a black-and-white print keeps, and a word.

    Attributes:
        shape: one character.
        word: the state's name.
    """

    shape: str
    word: Text


HEALTH: Mapping[str, Sign] = {
    "attention": Sign("▲", Text("要確認", "needs attention")),
    "silent": Sign("■", Text("応答なし", "silent")),
    "unknown": Sign("◇", Text("不明", "unknown")),
    "fine": Sign("●", Text("正常", "fine")),
}
"""Of a device or printer, in the order of a reader's interest."""

VERDICT: Mapping[str, Sign] = {
    "ok": Sign("●", Text("正常", "fine")),
    "warning": Sign("▲", Text("注意", "warning")),
    "failing": Sign("▲", Text("故障の予兆", "failing")),
    "bad": Sign("▲", Text("異常", "bad")),
    "unknown": Sign("◇", Text("不明", "unknown")),
}
"""Of a check or drive."""

DEVICE_KIND: Mapping[str, Text] = {
    "pc": Text("パソコン", "PC"),
    "server": Text("サーバー", "server"),
    "nas": Text("NAS", "NAS"),
    "probe": Text("プローブ", "probe"),
}

EQUIPMENT_KIND: Mapping[str, Text] = {
    **KINDS,
    **DEVICE_KIND,
    "site": Text("拠点", "site"),
    "contract": Text("契約", "contract"),
}
"""Of all that a report tells of: what is on the LAN, and what the contract has."""

PRINTER_ERROR: Mapping[str, Text] = {
    "low_paper": Text("用紙が残りわずか", "paper is low"),
    "no_paper": Text("用紙切れ", "out of paper"),
    "low_toner": Text("トナーが残りわずか", "toner is low"),
    "no_toner": Text("トナー切れ", "out of toner"),
    "door_open": Text("カバーが開いている", "a cover is open"),
    "jammed": Text("紙づまり", "paper is jammed"),
    "offline": Text("オフライン", "offline"),
    "service_requested": Text("サービス点検が必要", "service is requested"),
    "input_tray_missing": Text("給紙トレイが外れている", "an input tray is missing"),
    "output_tray_missing": Text("排紙トレイが外れている", "an output tray is missing"),
    "marker_supply_missing": Text("トナーなどが外れている", "a supply is missing"),
    "output_near_full": Text("排紙トレイがまもなく満杯", "an output tray is nearly full"),
    "output_full": Text("排紙トレイが満杯", "an output tray is full"),
    "input_tray_empty": Text("給紙トレイが空", "an input tray is empty"),
    "overdue_prevent_maint": Text("定期保守の時期を過ぎている", "preventive maintenance is overdue"),
}
"""hrPrinterDetectedErrorState, RFC 2790 section 5."""

PRINTER_STATUS: Mapping[str, Text] = {
    "other": Text("その他", "other"),
    "unknown": Text("不明", "unknown"),
    "idle": Text("待機中", "idle"),
    "printing": Text("印刷中", "printing"),
    "warmup": Text("準備中", "warming up"),
    "standby": Text("スリープ中", "standby"),
    "running": Text("動作中", "running"),
    "warning": Text("警告あり", "warning"),
    "testing": Text("テスト中", "testing"),
    "offline": Text("オフライン", "offline"),
    "down": Text("停止中", "down"),
}
"""hrPrinterStatus and hrDeviceStatus, RFC 2790 section 5."""

SUPPLY_TYPE: Mapping[str, Text] = {
    "other": Text("消耗品", "supply"),
    "unknown": Text("消耗品", "supply"),
    "toner": Text("トナー", "toner"),
    "waste_toner": Text("廃トナーボックス", "waste toner box"),
    "ink": Text("インク", "ink"),
    "ink_cartridge": Text("インクカートリッジ", "ink cartridge"),
    "ink_ribbon": Text("インクリボン", "ink ribbon"),
    "waste_ink": Text("廃インクボックス", "waste ink box"),
    "opc": Text("感光体ドラム", "drum"),
    "developer": Text("現像剤", "developer"),
    "fuser": Text("定着ユニット", "fuser"),
    "cleaner_unit": Text("クリーニングユニット", "cleaning unit"),
    "transfer_unit": Text("転写ユニット", "transfer unit"),
    "toner_cartridge": Text("トナーカートリッジ", "toner cartridge"),
    "waste_paper": Text("紙くずボックス", "waste paper box"),
    "staples": Text("ステープル", "staples"),
}
"""PrtMarkerSuppliesTypeTC, RFC 3805; the kinds that office printers have."""

AMOUNT: Mapping[str, Text] = {
    "ok": Text("十分", "enough"),
    "low": Text("残りわずか", "low"),
    "empty": Text("なし", "empty"),
    "almost_full": Text("まもなく満杯", "nearly full"),
    "full": Text("満杯", "full"),
    "some_left": Text("残りあり（量は不明）", "some left, amount unknown"),
    "unknown": Text("不明", "unknown"),
    "no_limit": Text("制限なし", "no limit"),
}
"""How much there is of a supply, of paper, or of a waste box's room: RFC 3805 prtMarkerSuppliesLevel."""

CHECK_TITLE: Mapping[str, Text] = {
    "antivirus": Text("ウイルス対策", "Antivirus"),
    "firewall": Text("ファイアウォール", "Firewall"),
    "patches": Text("更新プログラム", "Updates"),
    "temp_status": Text("温度センサー", "Temperature sensors"),
}
"""Short names of checks; one that is not here goes by its declaration's text."""


@dataclass(frozen=True, slots=True)
class Ink:
    """A colour of toner or ink: its name, and how its bar is filled."""

    word: Text
    fill: str


_INKS: Mapping[str, Ink] = {
    "black": Ink(Text("ブラック", "black"), "#1f2328"),
    "cyan": Ink(Text("シアン", "cyan"), "#0093c4"),
    "magenta": Ink(Text("マゼンタ", "magenta"), "#c2187a"),
    "yellow": Ink(Text("イエロー", "yellow"), "#e8c000"),
    "light cyan": Ink(Text("ライトシアン", "light cyan"), "#7fc8e0"),
    "light magenta": Ink(Text("ライトマゼンタ", "light magenta"), "#e39ac4"),
    "photo black": Ink(Text("フォトブラック", "photo black"), "#1f2328"),
    "matte black": Ink(Text("マットブラック", "matte black"), "#1f2328"),
    "gray": Ink(Text("グレー", "grey"), "#808891"),
    "grey": Ink(Text("グレー", "grey"), "#808891"),
    "red": Ink(Text("レッド", "red"), "#c0392b"),
    "green": Ink(Text("グリーン", "green"), "#2e8b57"),
    "blue": Ink(Text("ブルー", "blue"), "#2c5fb3"),
    "white": Ink(Text("ホワイト", "white"), "#ffffff"),
}
_PLAIN = "#6b7785"


def ink(color: str) -> Ink:
    """Return how a supply's colour is shown; a colour that is not known keeps its own name."""
    known = _INKS.get(color.lower().replace("_", " ").replace("-", " ").strip())
    return known or Ink(Text(color, color), _PLAIN)


def word(table: Mapping[str, Text], key: str) -> Text:
    """Return a word from a table, or the key itself where the table has none."""
    return table.get(key) or Text(key, key)

"""What printers tell in single words, as customers read it."""

from collections.abc import Mapping

from collectors.text import Text
from dashboards.panels.looks import Look
from dashboards.states import ACT, ATTENTION, NEUTRAL, OK, UNKNOWN, State

TONER_COLORS: Mapping[str, tuple[Text, str]] = {
    "black": (Text("ブラック", "Black"), "#5B6470"),
    "cyan": (Text("シアン", "Cyan"), "#00A7D8"),
    "magenta": (Text("マゼンタ", "Magenta"), "#D9298A"),
    "yellow": (Text("イエロー", "Yellow"), "#E3B505"),
    "photo black": (Text("フォトブラック", "Photo black"), "#3F4650"),
    "matte black": (Text("マットブラック", "Matte black"), "#7A828C"),
    "light cyan": (Text("ライトシアン", "Light cyan"), "#7FD0EA"),
    "light magenta": (Text("ライトマゼンタ", "Light magenta"), "#EC96C4"),
}
"""Colorant -> its name, and the colour it is shown in: black as a grey that is seen on dark grounds too."""

_COLORED = {
    "toner": Text("トナー", "toner"),
    "toner_cartridge": Text("トナー", "toner"),
    "ink": Text("インク", "ink"),
    "ink_cartridge": Text("インク", "ink"),
    "opc": Text("ドラム", "drum"),
    "developer": Text("現像剤", "developer"),
}

_OTHERS = {
    "opc": (Text("ドラム", "Drum"), "#0072B2"),
    "developer": (Text("現像剤", "Developer"), "#56B4E9"),
    "fuser": (Text("定着ユニット", "Fuser"), "#009E73"),
    "transfer_unit": (Text("転写ユニット", "Transfer unit"), "#44AA99"),
    "waste_toner": (Text("廃トナーの空き", "Waste toner room"), "#9467BD"),
    "waste_ink": (Text("廃インクの空き", "Waste ink room"), "#9467BD"),
    "staples": (Text("ステープル針", "Staples"), "#8C6D5A"),
}

SUPPLY_ALIAS = "$tag_type/$tag_color"

SUPPLY_LOOKS: tuple[Look, ...] = (
    *(
        Look(f"{kind}/{color}", Text(f"{name.ja}{what.ja}", f"{name.en} {what.en}"), shade)
        for kind, what in _COLORED.items()
        for color, (name, shade) in TONER_COLORS.items()
    ),
    *(Look(f"{kind}/", text, shade) for kind, (text, shade) in _OTHERS.items()),
)
"""Supplies by the names that `SUPPLY_ALIAS` gives them."""

COLOR_WORDS: Mapping[str, tuple[Text, State]] = {
    color: (name, State(shade, "■", name)) for color, (name, shade) in TONER_COLORS.items()
}
"""Tag `color` -> its name, with a patch of the colour."""

AMOUNTS: Mapping[str, tuple[Text, State]] = {
    "ok": (Text("十分", "Enough"), OK),
    "low": (Text("残りわずか", "Nearly used up"), ATTENTION),
    "empty": (Text("なし", "Empty"), ACT),
    "almost_full": (Text("まもなく満杯", "Nearly full"), ATTENTION),
    "full": (Text("満杯", "Full"), ACT),
    "some_left": (Text("残りあり", "Some left"), OK),
    "unknown": (Text("不明", "Unknown"), UNKNOWN),
    "no_limit": (Text("制限なし", "No limit"), OK),
}
"""`state` of a supply or tray (`collectors.probe.printer.model.AmountState`)."""

STATUSES: Mapping[str, tuple[Text, State]] = {
    "idle": (Text("待機中", "Idle"), OK),
    "printing": (Text("印刷中", "Printing"), OK),
    "warmup": (Text("準備中", "Warming up"), OK),
    "standby": (Text("節電中", "Standby"), OK),
    "running": (Text("動作中", "Running"), OK),
    "warning": (Text("警告あり", "Warning"), ATTENTION),
    "testing": (Text("テスト中", "Testing"), ATTENTION),
    "offline": (Text("オフライン", "Offline"), ACT),
    "down": (Text("停止", "Stopped"), ACT),
    "other": (Text("その他", "Other"), UNKNOWN),
    "unknown": (Text("不明", "Unknown"), UNKNOWN),
}
"""`status` of a printer."""

SEVERITIES: Mapping[str, tuple[Text, State]] = {
    "critical": (Text("停止", "Stopped"), ACT),
    "warning": (Text("注意", "Attention"), ATTENTION),
    "warningBinaryChangeEvent": (Text("注意", "Attention"), ATTENTION),
    "other": (Text("お知らせ", "Notice"), State(NEUTRAL, "・", Text("お知らせ", "Notice"))),
}
"""`severity` of a printer's alert (RFC 3805)."""

ERRORS: tuple[tuple[str, Text, State], ...] = (
    ("jammed", Text("紙詰まり", "Paper jam"), ACT),
    ("door_open", Text("カバーが開いている", "A cover is open"), ACT),
    ("no_paper", Text("用紙切れ", "Out of paper"), ACT),
    ("no_toner", Text("トナー切れ", "Out of toner"), ACT),
    ("marker_supply_missing", Text("消耗品が入っていない", "A supply is missing"), ACT),
    ("output_full", Text("排紙トレイが満杯", "The output tray is full"), ACT),
    ("service_requested", Text("修理の依頼が必要", "Service is needed"), ACT),
    ("offline", Text("オフライン", "Offline"), ACT),
    ("input_tray_empty", Text("トレイの用紙切れ", "A tray is empty"), ATTENTION),
    ("input_tray_missing", Text("給紙トレイがない", "An input tray is missing"), ATTENTION),
    ("output_tray_missing", Text("排紙トレイがない", "The output tray is missing"), ATTENTION),
    ("low_toner", Text("トナー残りわずか", "Toner is low"), ATTENTION),
    ("low_paper", Text("用紙残りわずか", "Paper is low"), ATTENTION),
    ("output_near_full", Text("排紙トレイがまもなく満杯", "The output tray is nearly full"), ATTENTION),
    ("overdue_prevent_maint", Text("定期点検の時期", "Maintenance is due"), ATTENTION),
)
"""Words in `errors` of a printer (RFC 2790), the gravest first."""

"""What equipment and checks tell in single words, as customers read it."""

from collections.abc import Mapping

from collectors.text import Text
from dashboards.states import ACT, ATTENTION, OK, UNKNOWN, State

KINDS: Mapping[str, Text] = {
    "router": Text("ルーター", "Router"),
    "switch": Text("スイッチ", "Switch"),
    "access_point": Text("無線AP", "Wireless AP"),
    "nas": Text("NAS", "NAS"),
    "server": Text("サーバー", "Server"),
    "pc": Text("パソコン", "PC"),
    "printer": Text("複合機", "Printer"),
    "phone": Text("電話・携帯端末", "Phone or mobile"),
    "pbx": Text("電話交換機", "IP-PBX"),
    "ups": Text("UPS", "UPS"),
    "camera": Text("カメラ", "Camera"),
    "media": Text("映像・音響機器", "Media device"),
    "unknown": Text("種類不明", "Unknown kind"),
}
"""Kinds of equipment and assets (`collectors.probe.discovery.kind.KINDS`)."""

CHECKS: Mapping[str, Text] = {
    "icmp": Text("応答（ping）", "Ping"),
    "tcp": Text("TCP接続", "TCP connection"),
    "http": Text("ウェブ", "Web"),
    "dns": Text("名前解決（DNS）", "Name lookup (DNS)"),
    "sip": Text("電話（SIP）", "Telephony (SIP)"),
}
"""How something is checked (`collectors.probe.reachability.check.CheckType`)."""

LINKS: Mapping[str, tuple[Text, State]] = {
    "up": (Text("接続", "Up"), OK),
    "down": (Text("切断", "Down"), State("text", "－", Text("切断", "Down"))),
    "testing": (Text("試験中", "Testing"), ATTENTION),
    "dormant": (Text("待機", "Dormant"), OK),
    "unknown": (Text("不明", "Unknown"), UNKNOWN),
    "notPresent": (Text("部品なし", "Not present"), UNKNOWN),
    "lowerLayerDown": (Text("下位が切断", "Lower layer down"), ATTENTION),
}
"""`oper_state` of an interface (RFC 2863). A port without a cable is down and that is no fault."""

POWER: Mapping[str, tuple[Text, State]] = {
    "online": (Text("商用電源", "Mains"), OK),
    "on_battery": (Text("バッテリー運転", "On battery"), ACT),
    "bypass": (Text("バイパス", "Bypass"), ACT),
    "boost": (Text("昇圧", "Boost"), OK),
    "buck": (Text("降圧", "Buck"), OK),
    "standby": (Text("待機", "Standby"), ATTENTION),
    "off": (Text("出力停止", "Off"), ACT),
    "none": (Text("出力なし", "No output"), ACT),
    "other": (Text("その他", "Other"), UNKNOWN),
    "unknown": (Text("不明", "Unknown"), UNKNOWN),
}
"""`status` of a UPS."""

BATTERY: Mapping[str, tuple[Text, State]] = {
    "normal": (Text("正常", "Normal"), OK),
    "low": (Text("残量低下", "Low"), ACT),
    "depleted": (Text("空", "Depleted"), ACT),
    "fault": (Text("故障", "Fault"), ACT),
    "unknown": (Text("不明", "Unknown"), UNKNOWN),
}
"""`battery_status` of a UPS."""

ANSWERS: Mapping[str, tuple[Text, State]] = {
    "true": (Text("応答あり", "Answers"), OK),
    "false": (Text("応答なし", "No answer"), ACT),
}

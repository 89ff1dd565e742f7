"""Equipment as a whole, and its network interfaces."""

from typing import Final

from collectors.declaration import Measurement, PersonalData, Tag
from collectors.probe.device.declaration.fields import (
    ASSET,
    boolean,
    count,
    counter,
    gauge,
    kind_tag,
    size,
    told,
    word,
)
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS

NETWORK_DEVICE: Final = Measurement(
    name="network_device",
    text=Text(
        "複合機以外の機器（ルーター、スイッチ、NAS、IP-PBX、UPS、サーバー）の状態",
        "state of equipment other than printers: routers, switches, NAS, IP-PBX, UPS, servers",
    ),
    tags=(
        ASSET,
        kind_tag(
            "機器の種類: router、switch、nas、pbx、ups、server、unknown",
            "kind of equipment: router, switch, nas, pbx, ups, server, unknown",
        ),
    ),
    fields=(
        boolean("reachable", "SNMPに応答したか", "whether it answered over SNMP"),
        *VERDICT_FIELDS,
        told("name", "機器の名前", "name of the device"),
        word("description", "機器の説明", "description of the device"),
        word("location", "設置場所", "where it stands", PersonalData.PERSON),
        word("maker", "メーカー", "maker"),
        word("model", "機種", "model"),
        told("serial", "製造番号", "serial number"),
        told("mac", "MACアドレス", "hardware address"),
        word("firmware", "ファームウェアの版", "firmware version"),
        gauge("uptime_s", "起動からの時間", "time since it started", "s"),
        gauge("cpu_percent", "CPU使用率", "CPU in use", "%"),
        count("cpu_count", "CPUの数", "number of processors told"),
        gauge("memory_percent", "メモリー使用率", "memory in use", "%"),
        size("memory_total", "メモリー容量", "size of the memory"),
        size("memory_used", "使用中のメモリー", "memory in use"),
        gauge("load1", "負荷平均（1分）", "load average of 1 minute", ""),
        gauge("load5", "負荷平均（5分）", "load average of 5 minutes", ""),
        gauge("load15", "負荷平均（15分）", "load average of 15 minutes", ""),
        count("sessions", "通過中の通信（セッション）数", "sessions passing through"),
        count("vpn_tunnels", "接続中のVPN数", "VPN tunnels that are up"),
        count("interfaces_up", "リンクしているポート数", "interfaces that are up"),
        gauge("poe_power", "PoE給電の合計", "power given over Ethernet, in all", "W"),
        gauge("poe_budget", "PoE給電の上限", "power that can be given over Ethernet", "W"),
        gauge("poe_percent", "PoE給電の使用率", "share of the PoE budget in use", "%"),
    ),
)

NETWORK_INTERFACE: Final = Measurement(
    name="network_interface",
    text=Text("機器のポート・インターフェイス", "ports and interfaces of equipment"),
    tags=(
        ASSET,
        Tag("interface", Text("ポートの名前", "name of the interface")),
        Tag("type", Text("種類（IANAifType の語）", "kind (the words of IANAifType)")),
    ),
    fields=(
        count("index", "ifIndex（再起動で変わることがある）", "ifIndex, which may change at a restart"),
        word("description", "機器による説明", "the device's description"),
        word("alias", "設定者が付けた名前", "the name given by whoever set it up", PersonalData.PERSON),
        told("mac", "MACアドレス", "hardware address"),
        word("admin_state", "設定: up、down、testing", "as it is set: up, down, testing"),
        word(
            "oper_state",
            "実際: up、down、testing、unknown、dormant、notPresent、lowerLayerDown",
            "as it is: up, down, testing, unknown, dormant, notPresent, lowerLayerDown",
        ),
        boolean("up", "リンクしているか", "whether it is up"),
        count("speed_bps", "速度", "speed", "bit/s"),
        word("duplex", "full 全二重、half 半二重", "full or half duplex"),
        count("mtu", "MTU", "MTU", "B"),
        counter("in_octets", "受信の累計", "received, in all", "B"),
        counter("out_octets", "送信の累計", "sent, in all", "B"),
        counter("in_packets", "受信パケットの累計", "packets received, in all"),
        counter("out_packets", "送信パケットの累計", "packets sent, in all"),
        counter("in_errors", "受信エラーの累計", "packets received with errors, in all"),
        counter("out_errors", "送信エラーの累計", "packets not sent for errors, in all"),
        counter("in_discards", "受信時に捨てたパケットの累計", "packets dropped on receipt, in all"),
        counter("out_discards", "送信時に捨てたパケットの累計", "packets dropped on sending, in all"),
        counter("fcs_errors", "FCSエラーの累計（ケーブル不良など）", "frames with a bad checksum, in all"),
        counter("alignment_errors", "アラインメントエラーの累計", "frames with alignment errors, in all"),
        counter("late_collisions", "遅延コリジョンの累計（二重モードの不一致など）", "late collisions, in all"),
        gauge("in_bps", "受信の速さ（前回からの平均）", "receiving, mean since the last reading", "bit/s"),
        gauge("out_bps", "送信の速さ（前回からの平均）", "sending, mean since the last reading", "bit/s"),
        gauge("in_percent", "受信の回線使用率", "share of the speed used in receiving", "%"),
        gauge("out_percent", "送信の回線使用率", "share of the speed used in sending", "%"),
        gauge("in_errors_per_s", "1秒あたりの受信エラー", "receive errors per second", "1/s"),
        gauge("out_errors_per_s", "1秒あたりの送信エラー", "send errors per second", "1/s"),
        gauge("in_discards_per_s", "1秒あたりの受信破棄", "receive discards per second", "1/s"),
        gauge("out_discards_per_s", "1秒あたりの送信破棄", "send discards per second", "1/s"),
        word(
            "poe_state",
            "PoE給電: disabled、searching、deliveringPower、fault、test、otherFault",
            "power over Ethernet: disabled, searching, deliveringPower, fault, test, otherFault",
        ),
        gauge("poe_power", "PoE給電の電力", "power given over Ethernet", "W"),
    ),
)

"""What is stored of reachability checks; `ping` is Telegraf's measurement of that name."""

from typing import Final

from collectors.declaration import Field, FieldType, Measurement, PersonalData, Rollup, Tag
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS


def _ms(name: str, ja: str, en: str) -> Field:
    return Field(name, FieldType.FLOAT, Text(ja, en), "ms")


def _count(name: str, ja: str, en: str) -> Field:
    return Field(name, FieldType.INTEGER, Text(ja, en))


REACHABILITY: Final = Measurement(
    name="reachability",
    text=Text("指定した相手に届くか（応答時間と損失）", "whether what the site names can be reached: loss, latency"),
    tags=(
        Tag("check", Text("設定にある確認の名前", "name of the check in the settings")),
        Tag("type", Text("方法: icmp、tcp、http、dns、sip", "how: icmp, tcp, http, dns, sip")),
        Tag("target", Text("相手", "what is checked"), PersonalData.DEVICE),
    ),
    fields=(
        *VERDICT_FIELDS,
        _count("sent", "問い合わせた回数", "times asked"),
        _count("received", "応答の回数", "times answered"),
        Field("loss_percent", FieldType.FLOAT, Text("応答がなかった割合", "share without an answer"), "%"),
        _ms("minimum_ms", "最短の応答時間", "shortest time to the answer"),
        _ms("average_ms", "平均の応答時間", "mean time to the answer"),
        _ms("maximum_ms", "最長の応答時間", "longest time to the answer"),
        _ms("jitter_ms", "続く応答時間の差の平均", "mean difference between one answer's time and the next's"),
        Field(
            "address",
            FieldType.STRING,
            Text("実際に問い合わせたアドレス", "address that was asked"),
            rollup=Rollup.STATE,
            personal=PersonalData.DEVICE,
        ),
        Field("http_status", FieldType.INTEGER, Text("HTTPの状態番号", "HTTP status code"), rollup=Rollup.STATE),
        Field("sip_status", FieldType.INTEGER, Text("SIPの状態番号", "SIP status code"), rollup=Rollup.STATE),
        Field(
            "dns_answers",
            FieldType.INTEGER,
            Text("得られたアドレスの数", "addresses in the answer"),
            rollup=Rollup.STATE,
        ),
        Field(
            "certificate_days_left",
            FieldType.FLOAT,
            Text("TLS証明書の残り日数（期限切れは負）", "days until the TLS certificate ends; negative if it has"),
            "d",
        ),
    ),
)

PING: Final = Measurement(
    name="ping",
    text=Text("ICMPの応答（Telegrafと同じ名前）", "answers to ICMP echo, as Telegraf names them"),
    tags=(Tag("url", Text("相手", "what is pinged"), PersonalData.DEVICE),),
    fields=(
        _count("packets_transmitted", "送った数", "packets sent"),
        _count("packets_received", "戻った数", "answers received"),
        Field("percent_packet_loss", FieldType.FLOAT, Text("損失", "packets lost"), "%"),
        _ms("average_response_ms", "平均の応答時間", "mean response time"),
        _ms("minimum_response_ms", "最短の応答時間", "shortest response time"),
        _ms("maximum_response_ms", "最長の応答時間", "longest response time"),
        _ms("standard_deviation_ms", "応答時間の標準偏差", "standard deviation of the response times"),
        Field("ttl", FieldType.INTEGER, Text("応答のTTL", "time to live of the answer"), rollup=Rollup.STATE),
        Field(
            "result_code",
            FieldType.INTEGER,
            Text(
                "結果: 0 成功、1 名前が引けないか応答なし、2 失敗",
                "result: 0 success, 1 no such host or no answer, 2 error",
            ),
            rollup=Rollup.STATE,
        ),
        Field("percentile50_ms", FieldType.FLOAT, Text("応答時間の中央値", "median response time"), "ms"),
        Field("percentile95_ms", FieldType.FLOAT, Text("応答時間の95パーセンタイル", "95th percentile"), "ms"),
        Field("percentile99_ms", FieldType.FLOAT, Text("応答時間の99パーセンタイル", "99th percentile"), "ms"),
        Field("reply_received", FieldType.INTEGER, Text("戻った応答の数（Windows）", "replies received (Windows)")),
        Field("percent_reply_loss", FieldType.FLOAT, Text("応答の損失（Windows）", "replies lost (Windows)"), "%"),
        Field("errors", FieldType.FLOAT, Text("誤りの数（Windows）", "errors (Windows)")),
    ),
)

MEASUREMENTS: Final = (REACHABILITY, PING)

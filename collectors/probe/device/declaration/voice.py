"""IP-PBX and voice gateways."""

from typing import Final

from collectors.declaration import Measurement
from collectors.probe.device.declaration.fields import ASSET, STATUS, boolean, count, counter, gauge
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS

PBX: Final = Measurement(
    name="pbx",
    text=Text("IP-PBX・電話設備", "IP-PBX and other telephone equipment"),
    tags=(ASSET,),
    fields=(
        *VERDICT_FIELDS,
        STATUS,
        boolean("sip_reachable", "SIPに応答したか", "whether it answered over SIP"),
        gauge("sip_response_ms", "SIP応答時間", "time to answer over SIP", "ms"),
        count("registrations", "登録中の電話機・回線数", "phones or lines registered now"),
        count("registrations_failed", "登録できていない電話機・回線数", "phones or lines not registered"),
        count("trunks", "外線の数", "trunks"),
        count("trunks_up", "使える外線の数", "trunks that are up"),
        count("active_calls", "通話中の数", "calls in progress"),
        count("calls_max", "同時通話の上限", "calls that can be held at a time"),
        counter("calls", "通話の累計", "calls, in all"),
        counter("calls_failed", "失敗した発着信の累計", "calls that failed, in all"),
    ),
)

"""What the `smart` input collects and how it is made."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from collectors.command import MAX_OUTPUT_BYTES
from collectors.declaration import Field, FieldType, Measurement, PersonalData, Rollup, Tag
from collectors.decode import decode_text
from collectors.input import AVAILABLE, Availability, BadOutput, Input, NothingToReport, Recording, find_program
from collectors.inputs.smart import smartctl_text
from collectors.inputs.smart.drive import Drive
from collectors.inputs.smart.history import History
from collectors.inputs.smart.judgement import judge
from collectors.inputs.smart.points import to_points
from collectors.inputs.smart.reader import Smart, Smartctl, locate
from collectors.inputs.smart.smartctl_json import is_document, is_scan, read_drive, read_scan
from collectors.json_text import load_json
from collectors.point import Point
from collectors.text import Text

_TAGS = (
    Tag("block_device", Text("ドライブの名前", "name of the drive"), sent_as="device"),
    Tag("device_type", Text("接続の種類", "how the drive is attached")),
    Tag("model", Text("型番", "model")),
    Tag("serial_no", Text("シリアル番号", "serial number"), PersonalData.DEVICE),
    Tag("wwn", Text("WWN（世界で一つの識別番号）", "world wide name"), PersonalData.DEVICE),
    Tag("capacity", Text("容量（バイト）", "capacity in bytes")),
    Tag("enabled", Text("SMARTが有効か", "whether SMART is on")),
)
_COUNTS = {
    "reallocated_sectors_count": Text("代替処理済みセクター", "replaced sectors"),
    "realloc_event_count": Text("代替処理の回数", "sector replacements"),
    "pending_sector_count": Text("代替処理待ちセクター", "sectors waiting to be replaced"),
    "uncorrectable_sector_count": Text("検査で訂正できないセクター", "uncorrectable sectors"),
    "uncorrectable_errors": Text("訂正できないエラー", "uncorrectable errors"),
    "udma_crc_errors": Text("通信エラー", "transfer errors"),
    "end_to_end_error": Text("内部データ経路のエラー", "errors inside the drive"),
    "spin_retry_count": Text("回転開始のやり直し", "retries to spin up"),
    "command_timeout": Text("コマンドの時間切れ（生の値）", "command timeouts, raw"),
    "read_error_rate": Text("読み取りエラー率（生の値）", "read error rate, raw"),
    "seek_error_rate": Text("シークエラー率（生の値）", "seek error rate, raw"),
    "soft_read_error_rate": Text("訂正できた読み取りエラー率（生の値）", "soft read error rate, raw"),
    "power_cycle_count": Text("電源を入れた回数", "times switched on"),
    "media_errors": Text("データの読み書きエラー", "media and data integrity errors"),
    "error_log_entries": Text("エラー記録の件数", "entries in the error log"),
    "error_log_count": Text("エラー記録の件数", "errors in the drive's log"),
    "unsafe_shutdowns": Text("電源断の回数", "unsafe shutdowns"),
    "grown_defects": Text("使用中に生じた欠陥", "grown defects"),
    "pending_defects": Text("読み取れないブロック", "pending defects"),
    "uncorrected_read_errors": Text("訂正できない読み取りエラー", "uncorrected read errors"),
    "uncorrected_write_errors": Text("訂正できない書き込みエラー", "uncorrected write errors"),
    "uncorrected_verify_errors": Text("訂正できない検証エラー", "uncorrected verify errors"),
}
_MINUTES = {
    "warning_temperature_time": Text("警告温度で動いた時間", "time at a warning temperature"),
    "critical_temperature_time": Text("危険温度で動いた時間", "time at a critical temperature"),
}
_LEVELS = {
    "wear_leveling_count": (Text("ウェアレベリング（正規化値）", "wear levelling, normalised"), ""),
    "media_wearout_indicator": (Text("書き込み寿命の残り（正規化値）", "media wear-out, normalised"), ""),
    "percent_lifetime_remain": (Text("書き込み寿命の残り", "endurance left"), "%"),
    "percentage_used": (Text("書き込み寿命の使用率", "endurance used"), "%"),
    "endurance_used_percent": (
        Text("書き込み寿命の使用率（メーカー差を吸収）", "endurance used, for every vendor alike"),
        "%",
    ),
    "available_spare": (Text("予備領域の残り", "spare blocks left"), "%"),
    "available_spare_threshold": (Text("予備領域の下限", "limit for spare blocks"), "%"),
}
_STATES = {
    "state": Text("判定（ok、unknown、warning、failing のいずれか）", "verdict: ok, unknown, warning or failing"),
    "state_reason": Text("判定理由の識別名（カンマ区切り）", "names of the reasons, joined by commas"),
    "reason": Text("判定理由（日本語）", "reasons in Japanese"),
    "reason_en": Text("判定理由（英語）", "reasons in English"),
    "access": Text("読み取りの状態", "how far the drive could be read"),
    "kind": Text("ドライブの種類（hdd、ssd、nvme など）", "kind of drive: hdd, ssd, nvme …"),
    "exit_bits": Text("smartctl の終了コードの意味", "bits of smartctl's exit status in words"),
    "firmware": Text("ファームウェアの版", "firmware version"),
    "protocol": Text("通信方式（ATA、NVMe、SCSI）", "protocol: ATA, NVMe, SCSI"),
}


def _state(name: str, kind: FieldType, text: Text, unit: str = "") -> Field:
    return Field(name, kind, text, unit, Rollup.STATE)


DEVICE = Measurement(
    name="smart_device",
    text=Text("ドライブの健康状態", "health of drives"),
    tags=_TAGS,
    fields=(
        _state("health_ok", FieldType.BOOLEAN, Text("ドライブ自身の判定", "the drive's own verdict")),
        *(_state(name, FieldType.STRING, text) for name, text in _STATES.items()),
        _state(
            "state_code",
            FieldType.INTEGER,
            Text("判定の番号（0 正常、1 不明、2 注意、3 故障予告）", "verdict: 0 ok, 1 unknown, 2 warning, 3 failing"),
        ),
        _state("exit_status", FieldType.INTEGER, Text("smartctl の終了コード", "exit status of smartctl (bit mask)")),
        _state("self_test_failed", FieldType.BOOLEAN, Text("最新の自己診断が失敗したか", "newest self-test failed")),
        _state("critical_warning", FieldType.INTEGER, Text("NVMeの警告ビット", "NVMe critical warning (bit mask)")),
        Field("temp_c", FieldType.INTEGER, Text("ドライブの温度", "temperature of the drive"), "°C"),
        Field("power_on_hours", FieldType.INTEGER, Text("使用時間", "hours of running"), "h", Rollup.COUNTER),
        *(Field(name, FieldType.INTEGER, text, "", Rollup.COUNTER) for name, text in _COUNTS.items()),
        *(Field(name, FieldType.INTEGER, text, "min", Rollup.COUNTER) for name, text in _MINUTES.items()),
        *(_state(name, FieldType.INTEGER, text, unit) for name, (text, unit) in _LEVELS.items()),
    ),
)

ATTRIBUTE = Measurement(
    name="smart_attribute",
    text=Text("ドライブのSMART属性", "SMART attributes of drives"),
    tags=(
        *_TAGS,
        Tag("id", Text("属性の番号", "number of the attribute")),
        Tag("name", Text("属性の名前", "name of the attribute")),
        Tag("flags", Text("属性の性質", "flags of the attribute")),
        Tag("fail", Text("しきい値に達したか", "whether the threshold is or was reached")),
    ),
    fields=(
        _state("raw_value", FieldType.INTEGER, Text("生の値（先頭の数）", "raw value (its leading number)")),
        _state("value", FieldType.INTEGER, Text("正規化値", "normalised value")),
        _state("worst", FieldType.INTEGER, Text("正規化値の最低", "lowest normalised value")),
        _state("threshold", FieldType.INTEGER, Text("しきい値", "threshold")),
        _state("exit_status", FieldType.INTEGER, Text("smartctl の終了コード", "exit status of smartctl (bit mask)")),
    ),
)


def parse(recording: Recording) -> list[Point]:
    """Return the points of one recorded output of smartctl: of one drive or of a scan, as JSON or as text.

    Raises:
        BadOutput: it is not smartctl's, is cut off, or larger than any reading.
        NothingToReport: a scan that found no drive.
    """
    if len(recording.data) > MAX_OUTPUT_BYTES:
        raise BadOutput(f"more than {MAX_OUTPUT_BYTES // 1024**2} MiB is not an output of smartctl")
    drives = _drives(decode_text(recording.data))
    if not drives:
        raise NothingToReport("the scan found no drive")
    return [point for drive in drives for point in to_points(drive, judge(drive))]


def _drives(text: str) -> list[Drive]:
    if smartctl_text.is_text(text):
        document: object = smartctl_text.to_document(text)
    elif text.lstrip("\ufeff \r\n\t").startswith("{"):
        document = load_json(text.lstrip("\ufeff"))
    else:
        raise BadOutput("neither JSON nor text of smartctl")
    if is_document(document) and is_scan(document):
        return [found.drive for found in read_scan(document)]
    return [read_drive(document)]


def _create(settings: Mapping[str, Any]) -> Smart:
    history = settings["history_file"]
    return Smart(
        Smartctl(locate(settings["smartctl"]), sudo=settings["sudo"]),
        History(Path(history) if history else None),
    )


def _available() -> Availability:
    if find_program(locate("smartctl")) is None:
        return Availability(
            ok=False,
            reason=Text(
                "smartctl がありません。smartmontools 7.0 以降を入れてください",
                "smartctl is missing: install smartmontools 7.0 or later",
            ),
        )
    if hasattr(os, "geteuid") and os.geteuid() != 0:
        return Availability(
            ok=True,
            reason=Text(
                "管理者権限がないため、ドライブは permission_denied と報告されます",
                "without administrator rights drives are reported as permission_denied",
            ),
        )
    return AVAILABLE


INPUT = Input(
    name="smart",
    text=DEVICE.text,
    measurements=(DEVICE, ATTRIBUTE),
    create=_create,
    settings={"smartctl": "smartctl", "sudo": False, "history_file": "smart-history.json"},
    parse=parse,
    available=_available,
    interval_s=3600.0,
    timeout_s=180.0,
)

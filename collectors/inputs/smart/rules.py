"""The judgement table: what counts as a warning or as failing, and in which words. Data, not code.

Sources: Pinheiro, Weber, Barroso, "Failure Trends in a Large Disk Drive Population" (FAST '07); Backblaze, "What SMART
Stats Tell Us About Hard Drives" (2016, the five attributes 5, 187, 188, 197, 198); NVMe 2.0 base specification,
SMART / Health Information log. Raw values of attributes 1, 7, 188, 190, 194 and 195 are judged nowhere: vendors pack
several numbers into them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from collectors.inputs.smart.drive import Kind
from collectors.text import Text


class Level(StrEnum):
    """The states of a drive."""

    OK = "ok"
    UNKNOWN = "unknown"
    WARNING = "warning"
    FAILING = "failing"

    @property
    def code(self) -> int:
        """The state as a number that rules can compare: 0 ok, 1 unknown, 2 warning, 3 failing."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Limit:
    """How one counter is judged.

    Attributes:
        counter: its name; also the code of the reason.
        kinds: drives that it applies to; empty for all.
        warn: from this count on it is a warning; None for never.
        fail: from this count on the drive is failing; None for never.
        warn_growth: from this increase within a day on it is a warning; None for never.
        fail_growth: from this increase within a day on the drive is failing; None for never.
        settles: whether a count that has not grown for `SETTLED_S` is an old story and no longer a warning.
    """

    counter: str
    kinds: frozenset[Kind] = frozenset()
    warn: int | None = None
    fail: int | None = None
    warn_growth: int | None = None
    fail_growth: int | None = None
    settles: bool = True


DAY_S = 86_400.0
SETTLED_S = 7 * DAY_S
"""A drive recovers when a small count has stood still for this long: it was a single event."""

_FLASH = frozenset({Kind.SSD, Kind.NVME})
_DISK = frozenset({Kind.HDD, Kind.UNKNOWN})

LIMITS = (
    # Several hundred bad sectors go with an annual failure rate above one half; a single one is an event to watch.
    Limit("reallocated", _DISK, warn=1, fail=256, warn_growth=1, fail_growth=32),
    # Flash retires blocks all its life; it is the pace that tells, and the threshold of the vendor.
    Limit("reallocated", _FLASH, warn=10, warn_growth=5, fail_growth=100),
    Limit("reallocation_events", _DISK, warn=10, warn_growth=5),
    # Unreadable now. Falls back to 0 when the sectors are written: then the drive has recovered by itself.
    Limit("pending", _DISK, warn=1, fail=16, fail_growth=8, settles=False),
    Limit("pending", _FLASH, warn=2, fail_growth=50, settles=True),  # some firmware shows 1 for a moment
    Limit("offline_uncorrectable", _DISK, warn=1, fail=64, fail_growth=16),
    Limit("offline_uncorrectable", _FLASH, warn=2, fail_growth=50),
    Limit("reported_uncorrectable", warn=1, fail_growth=16),
    Limit("end_to_end_errors", warn=1, fail_growth=10),
    Limit("spin_retries", _DISK, warn=5, warn_growth=2),
    # Errors between drive and computer: mostly the cable. The count never goes back, so only growth is news.
    Limit("crc_errors", warn=1000, warn_growth=10),
    Limit("media_errors", warn=1, fail=1000, warn_growth=1, fail_growth=16),
    Limit("critical_comp_time", warn_growth=1),
    Limit("grown_defects", warn=1, fail=256, warn_growth=1, fail_growth=32),
    Limit("pending_defects", warn=1, fail=16, fail_growth=8, settles=False),
    Limit("uncorrected_read_errors", warn=1, fail_growth=16),
    Limit("uncorrected_write_errors", warn=1, fail_growth=16),
    Limit("uncorrected_verify_errors", warn=1, fail_growth=16),
    Limit("past_failures", warn=1),
)

HOT_C: Mapping[Kind, int] = {Kind.HDD: 60, Kind.UNKNOWN: 60, Kind.SSD: 70, Kind.NVME: 80}
"""Too hot: the usual limits of operation in data sheets. A drive's own limit counts where it is lower; some firmware
claims 100 °C and more."""

WEAR_PERCENT = 80
WEAR_PACE_PERCENT = 50
WEAR_PACE_HOURS = 8766
"""From half of the endurance on, less than a year of running time left at the pace so far is worth a warning."""

SPARE_MARGIN = 0.2
"""Share of the reserve (above the drive's own threshold) below which it is called low."""


@dataclass(frozen=True, slots=True)
class WarningBit:
    """One bit of NVMe's critical warning (NVMe 2.0, figure "SMART / Health Information log page")."""

    mask: int
    code: str
    level: Level


WARNING_BITS = (
    WarningBit(0x01, "spare_exhausted", Level.FAILING),
    WarningBit(0x02, "too_hot", Level.WARNING),
    WarningBit(0x04, "reliability_degraded", Level.FAILING),
    WarningBit(0x08, "read_only", Level.FAILING),
    WarningBit(0x10, "backup_failed", Level.WARNING),
    WarningBit(0x20, "memory_region_unreliable", Level.WARNING),
)

SCSI_WARNING_ASC = 0x0B
"""SPC-5: ASC 0Bh is a warning (temperature, enclosure); 5Dh predicts a failure."""

TEMPERATURE_ATTRIBUTES = frozenset({190, 194})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a drive is in its state.

    Attributes:
        code: key in `REASONS`.
        level: how much it weighs.
        values: numbers and names that the words speak of.
    """

    code: str
    level: Level
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> Text:
        """The reason in words."""
        words = REASONS[self.code]
        grown = GREW if self.values.get("growth") else Text("", "")
        return Text(
            ja=f"{words.ja}{grown.ja}".format_map(self.values), en=f"{words.en}{grown.en}".format_map(self.values)
        )


GREW = Text("（新たに {growth} 増加）", " ({growth} new)")

REASONS: Mapping[str, Text] = {
    # Findings
    "drive_says_failing": Text(
        "ドライブ自身が故障を予告しています。すぐにバックアップを取り、交換してください",
        "the drive itself predicts its failure: back up at once and replace it",
    ),
    "attribute_failing": Text(
        "属性 {names} がメーカーのしきい値に達しています", "{names} at the vendor's threshold: failure is predicted"
    ),
    "attribute_at_limit": Text(
        "属性 {names} がメーカーの目安に達しています（経年）", "{names} at the vendor's limit of age or use"
    ),
    "past_failures": Text(
        "属性 {names} が過去にメーカーのしきい値に達しました", "{names} was at the vendor's threshold in the past"
    ),
    "reallocated": Text("代替処理された不良セクターが {count} 個あります", "bad sectors replaced: {count}"),
    "reallocation_events": Text("セクターの代替処理が {count} 回ありました", "sector replacements: {count}"),
    "pending": Text("読み取れないセクターが {count} 個あります", "sectors that cannot be read: {count}"),
    "offline_uncorrectable": Text(
        "検査で訂正できなかったセクターが {count} 個あります", "sectors that failed the drive's own check: {count}"
    ),
    "reported_uncorrectable": Text("訂正できないエラーが {count} 回ありました", "uncorrectable errors: {count}"),
    "end_to_end_errors": Text(
        "ドライブ内部のデータ経路エラーが {count} 回ありました", "data errors inside the drive: {count}"
    ),
    "spin_retries": Text("回転開始のやり直しが {count} 回ありました", "retries to spin up: {count}"),
    "crc_errors": Text(
        "通信エラーが {count} 回ありました。ケーブルを確認してください", "check the cable; transfer errors: {count}"
    ),
    "media_errors": Text("データの読み書きエラーが {count} 回ありました", "media errors: {count}"),
    "critical_comp_time": Text(
        "危険な温度で動いた時間が合計 {count} 分あります", "minutes in total at a critical temperature: {count}"
    ),
    "grown_defects": Text("使用中に生じた欠陥が {count} 個あります", "defects grown in use: {count}"),
    "pending_defects": Text("読み取れないブロックが {count} 個あります", "blocks that cannot be read: {count}"),
    "uncorrected_read_errors": Text(
        "訂正できない読み取りエラーが {count} 回ありました", "uncorrected read errors: {count}"
    ),
    "uncorrected_write_errors": Text(
        "訂正できない書き込みエラーが {count} 回ありました", "uncorrected write errors: {count}"
    ),
    "uncorrected_verify_errors": Text(
        "訂正できない検証エラーが {count} 回ありました", "uncorrected verify errors: {count}"
    ),
    "self_test_failed": Text("最新の自己診断が失敗しました", "the newest self-test failed"),
    "wear_high": Text("書き込み寿命の {count} % を使いました", "{count} % of the write endurance is used"),
    "wear_fast": Text(
        "書き込み寿命の {count} % を使い、このペースでは稼働 {hours} 時間で尽きます",
        "{count} % of the write endurance is used, and at this pace it ends after {hours} more hours of running",
    ),
    "spare_low": Text("予備領域が残り {count} % です", "{count} % of the spare blocks are left"),
    "spare_exhausted": Text("予備領域が限界を下回りました", "the spare blocks are below the drive's limit"),
    "reliability_degraded": Text("ドライブが信頼性の低下を知らせています", "the drive reports degraded reliability"),
    "read_only": Text("ドライブが読み取り専用になりました", "the drive has become read only"),
    "backup_failed": Text("停電時の保護が働きません", "the drive's power-loss protection has failed"),
    "memory_region_unreliable": Text("永続メモリー領域が信頼できません", "the persistent memory region is unreliable"),
    "too_hot": Text("温度が高すぎます", "too hot"),
    "hot": Text("温度が高すぎます（{count}℃、上限{limit}℃）", "too hot: {count} °C, limit {limit} °C"),
    "scsi_warning": Text("ドライブが警告を出しています（ASC 0Bh）", "the drive reports a warning (ASC 0Bh)"),
    "no_findings": Text("異常は見つかりません", "nothing wrong found"),
    # Why nothing can be said
    "no_verdict": Text("ドライブが判定を返しません", "the drive gives no verdict"),
    "permission_denied": Text(
        "読み取る権限がありません。エージェントを管理者権限で動かしてください",
        "no permission: run the agent with administrator rights",
    ),
    "no_smart": Text(
        "SMARTに対応していません（RAIDボリュームや仮想ディスクなど）", "no SMART (a RAID volume or virtual disk, say)"
    ),
    "smart_disabled": Text("SMARTが無効です", "SMART is switched off"),
    "standby": Text("休止中のため起こさずに待っています", "asleep, and not woken for this"),
    "no_device": Text("ドライブが見つかりません", "the drive is not there"),
    "unsupported": Text(
        "USB変換などのためSMARTを読み取れません", "SMART cannot be read through this USB bridge or driver"
    ),
    "not_a_disk": Text("ディスクではありません", "this is not a disk"),
    "open_failed": Text("ドライブを開けません", "the drive could not be opened"),
    "command_failed": Text("SMARTのコマンドが失敗しました", "the SMART command failed"),
    "untrusted": Text("応答が不完全なため判定できません", "the answer is incomplete and not to be trusted"),
    "timeout": Text("ドライブが時間内に応答しません", "the drive did not answer in time"),
    "not_read": Text("一覧にあるだけで、まだ読み取っていません", "only listed, not read yet"),
}
"""Code of a reason to its words; `{count}` and other names in braces are filled in."""

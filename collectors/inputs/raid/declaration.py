"""What the `raid` input collects: one verdict for the device, and one point for each array."""

from collectors.declaration import Field, FieldType, Measurement, Rollup, Tag
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS


def _count(name: str, ja: str, en: str) -> Field:
    return Field(name, FieldType.INTEGER, Text(ja, en), rollup=Rollup.STATE)


DEVICE = Measurement(
    name="raid",
    text=Text("RAIDの状態（機器全体の判定）", "RAID of the device as a whole"),
    tags=(),
    fields=(
        *VERDICT_FIELDS,
        _count("arrays", "アレイの数", "arrays"),
        _count("arrays_bad", "異常のあるアレイの数", "arrays that are not in order"),
        _count("arrays_unknown", "状態の分からないアレイの数", "arrays whose state is not known"),
    ),
)
"""One point a device."""

ARRAY = Measurement(
    name="raid_array",
    text=Text("アレイごとの状態", "state of each array"),
    tags=(
        Tag("name", Text("アレイの名前", "name of the array")),
        Tag(
            "source",
            Text(
                "管理の仕組み（mdadm、zfs、btrfs、lvm、storage_spaces）",
                "who manages it: mdadm, zfs, btrfs, lvm or storage_spaces",
            ),
        ),
    ),
    fields=(
        *VERDICT_FIELDS,
        Field("level", FieldType.STRING, Text("RAIDレベル", "RAID level"), rollup=Rollup.STATE),
        _count("members", "本来のディスクの台数", "disks that it should have"),
        _count("members_active", "動作しているディスクの台数", "disks that work"),
        _count("failed", "故障とされたディスクの台数（予備を含む）", "disks marked failed, spares among them"),
        _count("spares", "待機中の予備ディスクの台数", "spare disks that stand by"),
        Field(
            "operation",
            FieldType.STRING,
            Text("進行中の処理（recovery、resync、check、scrub など）", "what it is doing: recovery, resync, check …"),
            rollup=Rollup.STATE,
        ),
        Field("operation_percent", FieldType.FLOAT, Text("処理の進み具合", "how far that is"), "%"),
        _count("errors", "読み書き・チェックサムのエラー数", "read, write and checksum errors"),
        Field(
            "scrub_age_days",
            FieldType.INTEGER,
            Text("最後に全体を検査してからの日数", "days since the last check from end to end"),
            "d",
            Rollup.STATE,
        ),
    ),
)
"""One point an array."""

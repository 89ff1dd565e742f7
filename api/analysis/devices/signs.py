"""The table of what speaks of a drive's failure, with the studies that say so. Data, not code.

Only what a study or specification says is used; none of them gives a probability for the drives of small offices, so
there are bands and no percentages.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from api.analysis.devices.tree import Source
from collectors.inputs.smart.attributes import LARGEST_COUNT
from collectors.inputs.smart.drive import Kind
from collectors.text import Text

SOURCES: tuple[Source, ...] = (
    Source(
        "google2007",
        "E. Pinheiro, W.-D. Weber, L. A. Barroso: Failure Trends in a Large Disk Drive Population, FAST '07",
        "https://www.usenix.org/legacy/event/fast07/tech/pinheiro.html",
        Text(
            "10万台を超えるHDDの調査。最初のスキャンエラーから60日以内の故障は、エラーのないドライブの39倍。代替処理や保留の"
            "最初のエラーも故障と強く関係する。一方、故障したドライブの56%にはこれらの兆候がなかった。温度との関係は弱い",
            "over 100,000 hard disks: within 60 days of its first scan error a drive is 39 times more likely to fail"
            " than one without; first reallocations and probational sectors are strongly related to failure, too. Yet"
            " 56 % of the drives that failed had shown none of these signs. Heat hardly mattered",
        ),
    ),
    Source(
        "backblaze2016",
        "A. Klein: What SMART Stats Tell Us About Hard Drives, Backblaze, 2016",
        "https://www.backblaze.com/blog/what-smart-stats-indicate-hard-drive-failures/",
        Text(
            "67,814台のHDD。属性5、187、188、197、198のどれかが0を超えたら調べる、としている",
            "67,814 hard disks: one of the attributes 5, 187, 188, 197 and 198 above 0 is a reason to investigate",
        ),
    ),
    Source(
        "flash2016",
        "B. Schroeder, R. Lagisetty, A. Merchant: Flash Reliability in Production: The Expected and the Unexpected,"
        " FAST '16",
        "https://www.usenix.org/conference/fast16/technical-sessions/presentation/schroeder",
        Text(
            "SSDの30〜80%は4年以内に不良ブロックが1つ以上生じるため、少数の代替処理は異常ではない。不良ブロックの多いSSDは"
            "さらに多くを失いやすい",
            "30 to 80 % of SSDs have a bad block within four years, so a few replaced blocks mean nothing; those with"
            " many are likely to lose many more",
        ),
    ),
    Source(
        "nvme2",
        "NVM Express Base Specification 2.0: SMART / Health Information log page",
        "https://nvmexpress.org/specifications/",
        Text(
            "ドライブ自身の警告、訂正できなかったデータのエラー数、予備領域、書き込み寿命の使用率（100を超えても故障とは"
            "限らない）",
            "the drive's own warnings, errors of data that could not be corrected, its reserve, and how much of its"
            " endurance is used; above 100 % does not mean that it has failed",
        ),
    ),
    Source(
        "cmu2007",
        "B. Schroeder, G. A. Gibson: Disk Failures in the Real World: What Does an MTTF of 1,000,000 Hours Mean to"
        " You?, FAST '07",
        "https://www.usenix.org/legacy/events/fast07/tech/schroeder.html",
        Text(
            "約10万台。交換率は使用年数とともに上がり続ける",
            "about 100,000 drives: the rate of replacement keeps growing with their age",
        ),
    ),
)

_DISK = frozenset({Kind.HDD, Kind.UNKNOWN})
_FLASH = frozenset({Kind.SSD, Kind.NVME})


@dataclass(frozen=True, slots=True)
class CounterSign:
    """How a counter is taken.

    Attributes:
        field: of `smart_device`.
        words: what it counts, for people.
        kinds: drives that it is looked at for; empty for all.
        sources: ids of the sources.
        falls: the count is of what is so now and falls back to 0 when it is over: a count above 0 speaks by itself.
        growth: from this growth within 60 days on it speaks; the least that means anything.
        alone: whether it may speak alone; what may come from a loose cable only speaks beside others.
        lasting: whether each rise is new damage, so that rises on several days say that it goes on. Most counters rise
            again whenever the same bad place is read.
        largest: above this it is no count, but several packed numbers.
    """

    field: str
    words: Text
    kinds: frozenset[Kind] = frozenset()
    sources: tuple[str, ...] = ()
    falls: bool = False
    growth: int = 1
    alone: bool = True
    lasting: bool = False
    largest: int = LARGEST_COUNT


_FIVE = ("backblaze2016", "google2007")

SIGNS: tuple[CounterSign, ...] = (
    CounterSign("pending_sector_count", Text("読み取れないセクター", "unreadable sectors"), _DISK, _FIVE, falls=True),
    CounterSign(
        "uncorrectable_sector_count",
        Text("検査で訂正できないセクター", "sectors that fail the drive's own check"),
        *(_DISK, _FIVE),
        falls=True,
    ),
    CounterSign("reallocated_sectors_count", Text("代替処理済みセクター", "replaced sectors"), _DISK, _FIVE),
    CounterSign(
        "uncorrectable_errors",
        Text("訂正できないエラー", "uncorrectable errors"),
        sources=("backblaze2016",),
    ),
    # Commands also time out by a loose cable or a sleepy USB bridge, and Seagate packs three numbers into the value.
    CounterSign(
        "command_timeout",
        Text("コマンドの時間切れ", "command timeouts"),
        *(_DISK, ("backblaze2016",)),
        growth=3,
        alone=False,
        largest=2**16 - 1,
    ),
    # Bad blocks that came with the drive or one by one are ordinary in flash.
    CounterSign(
        "reallocated_sectors_count",
        Text("代替処理済みブロック", "replaced blocks"),
        *(_FLASH, ("flash2016",)),
        growth=10,
        lasting=True,
    ),
    CounterSign(
        "media_errors",
        Text("データの読み書きエラー", "media and data integrity errors"),
        sources=("nvme2", "flash2016"),
    ),
    # SAS drives, and Windows, tell the same under other names.
    CounterSign(
        "pending_defects",
        Text("読み取れないブロック", "unreadable blocks"),
        *(_DISK, ("google2007",)),
        falls=True,
    ),
    CounterSign("grown_defects", Text("使用中に生じた欠陥", "defects grown in use"), _DISK, ("google2007",)),
    CounterSign(
        "uncorrected_read_errors",
        Text("訂正できない読み取りエラー", "uncorrected read errors"),
        sources=("google2007",),
    ),
    CounterSign(
        "uncorrected_write_errors",
        Text("訂正できない書き込みエラー", "uncorrected write errors"),
        sources=("google2007",),
    ),
)

BAD_PLACES: tuple[tuple[str, str], ...] = (
    ("reallocated_sectors_count", "pending_sector_count"),
    ("grown_defects", "pending_defects"),
)
"""Of hard disks: what is replaced and what waits for it. A bad place goes from the second to the first when it is
written anew, so only the rise of their sum is new damage."""

FRESH_DAYS = 60
"""Google's study looks at the 60 days after an error. What has not grown for longer stands still."""

LASTING_DAYS = 30
LASTING_RISES = 3
"""New damage on so many days within so many goes on; a single event is over in one or two."""

LEAST_DAYS = 14
LEAST_READINGS = 5
"""Of a drive known for less nothing good is said."""

SILENT_DAYS = 7
"""A drive that told nothing for so long is not judged by what it told before."""

GONE_DAYS = 30
"""A drive that told nothing for so long is not in the device any more."""

OLD_HOURS = 5 * 8766
"""Five years of running, from which on the age is worth a word: usual warranties end by then."""

WORN_PERCENT = 80.0
WORN_OUT_PERCENT = 100.0

HOT_DAYS = 3
"""On so many days above the limit of data sheets a drive is hot, not its room for an hour."""

CRITICAL_BITS = 0x01 | 0x04 | 0x08
"""Reserve used up, reliability degraded, read only: bits of NVMe's critical warning that speak of failure."""

UNREADABLE: Mapping[str, Text] = {
    "permission_denied": Text("エージェントに読み取る権限がありません", "the agent may not read it"),
    "no_smart": Text("SMARTに対応していません", "it has no SMART"),
    "smart_disabled": Text("SMARTが無効です", "SMART is switched off"),
    "standby": Text("休止中で読み取れていません", "it was asleep whenever it was to be read"),
    "unsupported": Text("USB変換などのためSMARTを読み取れません", "SMART cannot be read through its adapter"),
}
"""How far a drive could be read -> why not; all else is told as "could not be read"."""

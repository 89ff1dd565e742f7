"""What is known of the machine's clock, and how it is judged."""

from dataclasses import dataclass

from collectors.reasons import Reasons
from collectors.text import Text
from collectors.verdict import State, Verdict

BAD_FROM_MS = 5000.0
"""From this offset on logs of several machines no longer fit together; Kerberos refuses from five minutes on."""
_PLAUSIBLE_MS = 100 * 365 * 86_400_000.0

_OK, _BAD, _UNKNOWN = State.OK, State.BAD, State.UNKNOWN

REASONS = Reasons(
    {
        "right": (_OK, Text("時計は合っています（差 {offset}）", "the clock is right ({offset} off)")),
        "synchronized": (
            _OK,
            Text(
                "時刻は同期されています（差は示されていません）", "the clock is synchronised; how far off is not told"
            ),
        ),
        "off": (_BAD, Text("時計がずれています（差 {offset}）", "the clock is {offset} off")),
        "not_synchronized": (
            _UNKNOWN,
            Text(
                "時刻が同期されていないため、差が分かりません",
                "the clock is not synchronised, so how far off it is is not known",
            ),
        ),
        "not_running": (
            _UNKNOWN,
            Text("時刻同期のサービスが動いていません", "the time service does not run"),
        ),
        "no_source": (
            _UNKNOWN,
            Text(
                "時刻同期の状態を知らせるものがありません（設定 server で NTP サーバーを指定できます）",
                "nothing here tells of the clock; the setting server can name an NTP server to ask",
            ),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Clock:
    """What a source tells of the clock.

    Attributes:
        method: where from: chrony, timesyncd, ntpd, w32time, sntp or timedated.
        offset_ms: how far the clock must be put forward, in NTP's sense (RFC 5905 section 8): the right time less the
            machine's. None if not known.
        synchronized: whether it is kept right; None if not told.
        running: whether the time service runs; None if not told.
        stratum: distance from a reference clock, 1 to 15; None if not known.
        source: address or name of the server it follows; None if not known.
        sync_age_s: seconds since the last good answer; None if not known.
    """

    method: str
    offset_ms: float | None = None
    synchronized: bool | None = None
    running: bool | None = None
    stratum: int | None = None
    source: str | None = None
    sync_age_s: float | None = None


def judge(clock: Clock, bad_from_ms: float = BAD_FROM_MS) -> Verdict:
    """Return whether a clock is right; one that is not kept right is not known to be wrong."""
    offset = plausible_ms(clock.offset_ms)
    if clock.running is False:
        return REASONS.verdict("not_running")
    if offset is not None and clock.synchronized is not False:
        return REASONS.verdict("off" if abs(offset) >= bad_from_ms else "right", offset=shown(offset))
    if clock.synchronized is False:
        return REASONS.verdict("not_synchronized")
    return REASONS.verdict("synchronized" if clock.synchronized else "no_source")


def plausible_ms(offset_ms: float | None) -> float | None:
    """Return an offset, or None where no clock can be that far off."""
    return offset_ms if offset_ms is not None and abs(offset_ms) <= _PLAUSIBLE_MS else None


def shown(offset_ms: float) -> str:
    """Return an offset for people: 12.3 ms, 4.5 s, 130 s."""
    size = abs(offset_ms)
    return f"{size:.1f} ms" if size < 1000 else f"{size / 1000:.1f} s" if size < 100_000 else f"{size / 1000:.0f} s"


def stratum_of(value: int | None) -> int | None:
    """Return a stratum of a clock that is synchronised; 0 and 16 mean that it is not."""
    return value if value is not None and 1 <= value <= 15 else None

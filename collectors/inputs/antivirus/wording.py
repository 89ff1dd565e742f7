"""Every reason that the `antivirus` input can give: its name, the state it means, and its words."""

from collectors.reasons import because
from collectors.text import Text
from collectors.verdict import State, Verdict

_REASONS: dict[str, tuple[State, Text]] = {
    "protected": (State.OK, Text("{name} が保護しています", "{name} protects the device")),
    "protected_on_demand": (
        State.OK,
        Text(
            "{name} が動作しています（要求時の検査のみで、常時監視はしていません）",
            "{name} runs; it scans on demand and does not watch file access",
        ),
    ),
    "stood_down": (
        State.OK,
        Text(
            "別の製品（{other}）が保護しているため {name} は待機しています",
            "{name} stands down because {other} protects the device",
        ),
    ),
    "definitions_stale": (
        State.BAD,
        Text("{name} の定義ファイルが古くなっています", "the definitions of {name} are out of date"),
    ),
    "definitions_old": (
        State.BAD,
        Text(
            "{name} の定義ファイルが {age} 日間更新されていません（許容 {limit} 日）",
            "the definitions of {name} are {age} days old; {limit} are allowed",
        ),
    ),
    "realtime_off": (
        State.BAD,
        Text("{name} のリアルタイム保護が無効です", "real-time protection of {name} is off"),
    ),
    "off": (State.BAD, Text("{name} が無効です", "{name} is switched off")),
    "snoozed": (State.BAD, Text("{name} が一時停止中です", "{name} is snoozed")),
    "expired": (State.BAD, Text("{name} のライセンスが切れています", "the licence of {name} has expired")),
    "passive_only": (
        State.BAD,
        Text(
            "{name} はパッシブモードで、保護している製品が他にありません",
            "{name} is in passive mode and no other product protects the device",
        ),
    ),
    "none_found": (
        State.UNKNOWN,
        Text("ウイルス対策製品が見つかりません", "no antivirus product was found"),
    ),
    "definitions_unknown": (
        State.UNKNOWN,
        Text(
            "{name} は動作していますが、定義ファイルの新しさを読み取れません",
            "{name} runs, but how old its definitions are cannot be read",
        ),
    ),
    "state_unknown": (
        State.UNKNOWN,
        Text("{name} の状態を読み取れません", "the state of {name} cannot be read"),
    ),
    "unreadable": (State.UNKNOWN, Text("状態を読み取れません：{why}", "cannot be read: {why}")),
}


def verdict(code: str, state: State | None = None, **values: str) -> Verdict:
    """Return the verdict of that name with values in its words; `state` where a setting decides it."""
    usual, text = _REASONS[code]
    return Verdict(state or usual, code, Text(text.ja.format(**values), text.en.format(**values)))


def unreadable(reasons: tuple[Text, ...]) -> Verdict:
    """Return the verdict for sources that could not be read."""
    state, text = _REASONS["unreadable"]
    why = because(reasons)
    return Verdict(state, "unreadable", Text(text.ja.format(why=why.ja), text.en.format(why=why.en)))

"""Every reason that the `patches` input can give: its name, the state it means, and its words."""

from collectors.reasons import because
from collectors.text import Text
from collectors.verdict import State, Verdict

_REASONS: dict[str, tuple[State, Text]] = {
    "up_to_date": (State.OK, Text("セキュリティ更新はすべて適用済みです", "all security updates are installed")),
    "within_limit": (
        State.OK,
        Text(
            "未適用のセキュリティ更新が {count} 件ありますが、許容期間内です（{days} 日）",
            "{count} security updates are missing, within the time allowed ({days} days)",
        ),
    ),
    "os_unsupported": (
        State.BAD,
        Text("{name} のサポートは {end} に終了しました", "support of {name} ended on {end}"),
    ),
    "os_extension_unknown": (
        State.BAD,
        Text(
            "{name} の通常サポートは {end} に終了しました（延長契約の有無は確認できません：{note}）",
            "regular support of {name} ended on {end}; whether it is extended cannot be seen: {note}",
        ),
    ),
    "missing_too_long": (
        State.BAD,
        Text(
            "セキュリティ更新が {days} 日間適用されていません（許容 {limit} 日）",
            "security updates have been missing for {days} days; {limit} are allowed",
        ),
    ),
    "no_success_too_long": (
        State.BAD,
        Text(
            "更新が {days} 日間成功していません（許容 {limit} 日）",
            "no update has succeeded for {days} days; {limit} are allowed",
        ),
    ),
    "pending_unknown": (
        State.UNKNOWN,
        Text("未適用の更新の有無を読み取れません", "whether updates are missing cannot be read"),
    ),
    "list_incomplete": (
        State.UNKNOWN,
        Text("未適用の更新の一覧が完全ではありません", "the list of missing updates is not complete"),
    ),
    "lag_unknown": (
        State.UNKNOWN,
        Text(
            "未適用のセキュリティ更新が {count} 件ありますが、いつからかは分かりません",
            "{count} security updates are missing, but since when is not known",
        ),
    ),
    "check_unknown": (
        State.UNKNOWN,
        Text(
            "最後に更新を確認した日時が分からないため、最新かどうか判断できません",
            "when updates were last looked for is not known, so whether all are installed is not either",
        ),
    ),
    "check_too_old": (
        State.UNKNOWN,
        Text(
            "更新の確認が {days} 日間行われていないため、最新かどうか判断できません",
            "updates have not been looked for in {days} days, so whether all are installed is not known",
        ),
    ),
    "unreadable": (State.UNKNOWN, Text("状態を読み取れません：{why}", "cannot be read: {why}")),
}


def verdict(code: str, **values: str | Text) -> Verdict:
    """Return the verdict of that name with values in its words."""
    state, text = _REASONS[code]
    ja = text.ja.format(**{name: value.ja if isinstance(value, Text) else value for name, value in values.items()})
    en = text.en.format(**{name: value.en if isinstance(value, Text) else value for name, value in values.items()})
    return Verdict(state, code, Text(ja, en))


def unreadable(reasons: tuple[Text, ...]) -> Verdict:
    """Return the verdict for sources that could not be read."""
    return verdict("unreadable", why=because(reasons))

"""Every reason that the `firewall` input can give: its name, the state it means, and its words."""

from collectors.reasons import because
from collectors.text import Text
from collectors.verdict import State, Verdict

PROFILE_NAMES = {
    "domain": Text("ドメイン", "domain"),
    "private": Text("プライベート", "private"),
    "public": Text("パブリック", "public"),
    "system": Text("システム", "system"),
}

_REASONS: dict[str, tuple[State, Text]] = {
    "on": (State.OK, Text("{manager} が有効です", "{manager} is on")),
    "other_product": (
        State.OK,
        Text(
            "{manager} が通信を制御しているため、この設定は使われていません",
            "{manager} filters the traffic, so this setting is not used",
        ),
    ),
    "off": (State.BAD, Text("{manager} が無効です", "{manager} is off")),
    "profiles_off": (
        State.BAD,
        Text("無効なプロファイルがあります：{profiles}", "profiles that are off: {profiles}"),
    ),
    "service_stopped": (
        State.BAD,
        Text(
            "Windows ファイアウォールのサービス（mpssvc）が停止しています",
            "the service of Windows Defender Firewall (mpssvc) is stopped",
        ),
    ),
    "inbound_allowed": (
        State.BAD,
        Text(
            "{manager} は有効ですが、受信をすべて許可する設定です",
            "{manager} is on but lets all inbound traffic in",
        ),
    ),
    "no_filter": (
        State.BAD,
        Text(
            "受信を制限する規則がありません（{manager}）",
            "no rule keeps inbound traffic out ({manager})",
        ),
    ),
    "partial": (
        State.UNKNOWN,
        Text(
            "一部のプロファイルしか読み取れていません（不明：{profiles}）",
            "only some profiles were read; not known: {profiles}",
        ),
    ),
    "state_unknown": (
        State.UNKNOWN,
        Text("{manager} の状態を読み取れません", "the state of {manager} cannot be read"),
    ),
    "unreadable": (State.UNKNOWN, Text("状態を読み取れません：{why}", "cannot be read: {why}")),
}
_MANAGERS = {"windows_defender_firewall": Text("Windows ファイアウォール", "Windows Defender Firewall")}


def verdict(code: str, state: State | None = None, **values: Text) -> Verdict:
    """Return the verdict of that name with values in its words; `state` where a setting decides it."""
    usual, text = _REASONS[code]
    ja = text.ja.format(**{name: value.ja for name, value in values.items()})
    en = text.en.format(**{name: value.en for name, value in values.items()})
    return Verdict(state or usual, code, Text(ja, en))


def manager(name: str) -> Text:
    """Return a manager's name for people."""
    return _MANAGERS.get(name, Text(name, name))


def profiles(names: list[str]) -> Text:
    """Return profile names for people."""
    texts = [PROFILE_NAMES.get(name, Text(name, name)) for name in names]
    return Text("、".join(text.ja for text in texts), ", ".join(text.en for text in texts))


def unreadable(reasons: tuple[Text, ...]) -> Verdict:
    """Return the verdict for sources that could not be read."""
    return verdict("unreadable", why=because(reasons))

"""Messages as the relay makes them."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from alert_rules.rule import Severity
from api.channels.message import Item, Message
from api.models.delivery import Happening

NOON = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)

_HOSTILE = (
    "<!here> <!channel> <@U024BE7LH> <users/all> <https://evil.example|click>",
    "@channel @everyone [toall] [To:123] [/info][title]x[/title] [code]",
    '<m userId="all"> <at>all</at> <b>bold</b><script>alert(1)</script>',
    "**bold** [click](https://evil.example) `code` *bold* _it_ ~no~",
    "\u202egnp.exe\u202c \u2066x\u2069 \x00\x07\x1b[31m \ud800 a\u2028b",
    "&lt;!here&gt; &amp; &#60;users/all&#62;",
    "𠮷野家 👩‍👩‍👧‍👦 مرحبا بالعالم ﷽",
    "\r\nBcc: everybody@example.com\r\n\r\nbody",
)


def item(number: int = 1, happening: Happening = Happening.OPENED, **changes: object) -> Item:
    """Return a finding about PC-`number`."""
    made = {
        "finding": f"f-{number:010d}",
        "happening": happening,
        "severity": Severity.CRITICAL,
        "headline": "ディスクの空きがほとんどありません",
        "text": "C: の使用率が 98% です（基準 95%）。",
        "subject": f"PC-{number}",
        "where": "山田商事株式会社 本社",
        "since": NOON - timedelta(minutes=30),
        "until": NOON if happening is Happening.CLOSED else None,
        "steps": ("ごみ箱を空にします。", "大きいファイルをNASへ移します。"),
        "advice_url": "https://karte.example.jp/advice/disk?lang=ja",
        "act_url": "https://karte.example.jp/act/WyJmLTEiXQ.aSf-x_1?lang=ja",
    }
    return Item(**{**made, **changes})  # type: ignore[arg-type]


def message(*items: Item, id_: str = "m-0123456789", **changes: object) -> Message:
    """Return a message about findings; about PC-1 if none is given."""
    told = items or (item(),)
    made = {
        "id": id_,
        "thread": told[0].finding if len(told) == 1 else None,
        "lang": "ja",
        "subject": "[要対応] PC-1: ディスクの空きがほとんどありません",
        "items": told,
        "more": 0,
        "notes": (),
        "dashboard_url": "https://grafana.example.jp/d/karte",
        "at": NOON,
    }
    return Message(**{**made, **changes})  # type: ignore[arg-type]


def texts(limit: int = 10_000) -> st.SearchStrategy[str]:
    """Return texts that a finding might hold at worst."""
    any_text = st.text(alphabet=st.characters(), max_size=40)
    piece = st.sampled_from(_HOSTILE) | any_text
    long = st.builds(lambda text, times: (text * times)[:limit], piece.filter(bool), st.integers(1, limit))
    return piece | st.lists(piece, max_size=4).map("".join) | long


def items() -> st.SearchStrategy[Item]:
    """Return findings with any text."""
    return st.builds(
        item,
        st.integers(1, 99),
        st.sampled_from(list(Happening)),
        severity=st.sampled_from(list(Severity)),
        headline=texts(),
        text=texts(),
        subject=texts(),
        where=texts(),
        steps=st.lists(texts(2000), max_size=4).map(tuple),
    )


def messages() -> st.SearchStrategy[Message]:
    """Return messages with any text."""
    return st.builds(
        lambda told, **changes: message(*told, **changes),
        st.lists(items(), min_size=1, max_size=3).flatmap(lambda few: st.sampled_from([few, few * 10])),
        lang=st.sampled_from(["ja", "en"]),
        subject=texts(),
        more=st.integers(0, 5000),
        notes=st.lists(texts(2000), max_size=3).map(tuple),
        dashboard_url=st.sampled_from(["https://grafana.example.jp/d/karte", None]),
    )

"""What a message says, in the pieces that every kind of channel puts together in its own format."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from alert_rules.rule import Severity
from api.channels.message import Item, Message
from api.channels.plaintext import clean, cut, is_url, utf16
from api.display.tokyo import time_text
from api.models.delivery import Happening
from collectors.text import Lang, Text

HAPPENING_TEXT = {
    Happening.CLOSED: Text("回復", "Recovered"),
    Happening.REMINDER: Text("未対応", "Still open"),
}

MAX_URL = 1000
"""Longer links are left out: cut they would lead elsewhere."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a reader goes on."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled line, e.g. "発生: 2026年11月3日 18:04"."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Part:
    """One finding, for people.

    Attributes:
        label: severity, or that it is over or still open.
        happening: what is told of it.
        severity: how soon somebody should look.
        title: what and where.
        text: one sentence; may be "".
        facts: where and since when.
        steps_label: what stands above the steps.
        steps: what to do.
        links: where to read more and to take it up.
    """

    label: str
    happening: Happening
    severity: Severity
    title: str
    text: str
    facts: tuple[Fact, ...]
    steps_label: str
    steps: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Caps:
    """How much of a message is kept.

    Attributes:
        words: units of UTF-16 of a text.
        steps: how many steps.
        links: whether links are kept.
    """

    words: int
    steps: int
    links: bool = True


CAPS = (Caps(1000, 20), Caps(400, 8), Caps(200, 5), Caps(120, 0), Caps(60, 0, links=False), Caps(20, 0, links=False))
"""From all that a message says to what any service takes."""

_READABLE = 3
"""So many of them leave a reader enough to act on."""


def part(item: Item, lang: Lang, caps: Caps = CAPS[0]) -> Part:
    """Return a finding's words.

    Args:
        item: the finding.
        lang: the message's language.
        caps: how much of it is kept.
    """
    label = HAPPENING_TEXT.get(item.happening, item.severity.text).in_(lang)
    what, subject = _short(item.headline, caps), _short(item.subject, caps)
    return Part(
        label=label,
        happening=item.happening,
        severity=item.severity,
        title=f"{subject}: {what}" if subject else what,
        text=_short(item.text, caps),
        facts=_facts(item, lang, caps),
        steps_label=Text("対処のしかた", "What to do").in_(lang),
        steps=tuple(_short(step, caps) for step in item.steps[: caps.steps]),
        links=_links(item, lang) if caps.links else (),
    )


def _facts(item: Item, lang: Lang, caps: Caps) -> tuple[Fact, ...]:
    since = Fact(Text("発生", "Since").in_(lang), time_text(item.since).in_(lang))
    facts = [since]
    if item.where:
        facts.insert(0, Fact(Text("場所", "Where").in_(lang), _short(item.where, caps)))
    if item.until:
        facts.append(Fact(Text("回復", "Over since").in_(lang), time_text(item.until).in_(lang)))
    return tuple(facts)


def _links(item: Item, lang: Lang) -> tuple[Link, ...]:
    found = [
        (Text("くわしい対処のしかた", "Read more"), item.advice_url),
        (Text("対応する・お知らせを止める", "Look after it, or pause messages"), item.act_url),
    ]
    return tuple(Link(label.in_(lang), url) for label, url in found if url and is_url(url) and len(url) <= MAX_URL)


def _short(text: str, caps: Caps) -> str:
    return cut(clean(text), caps.words)


def headline(message: Message, limit: int) -> str:
    """Return the message's subject within a limit."""
    return cut(clean(message.subject), limit) or "Office Karte"


def notes(message: Message) -> tuple[str, ...]:
    """Return what else is to be said."""
    return tuple(filter(None, (cut(clean(note), 300) for note in message.notes[:5])))


def more_text(count: int, lang: Lang) -> str:
    """Return the line about findings that the message has no room for; "" where there are none."""
    if count <= 0:
        return ""
    return Text(f"… ほか {count} 件", f"… and {count} more").in_(lang)


def dashboard(message: Message) -> Link | None:
    """Return the link to the dashboards; None where there is none."""
    url = message.dashboard_url
    if not url or not is_url(url) or len(url) > MAX_URL:
        return None
    return Link(Text("ダッシュボード", "Dashboards").in_(message.lang), url)


Fits = Callable[[Sequence[Part], int], bool]
"""Tells whether a message with these parts, and so many left out, is within the service's limits."""


def fitted(message: Message, fits: Fits, most: int = 1000) -> tuple[tuple[Part, ...], int]:
    """Return as many parts as the service takes, the most urgent ones, and how many are left out.

    What does not fit as a whole is shortened; the first one as far as it takes.

    Args:
        message: what is to be told.
        fits: tells whether parts are within the limits.
        most: parts at most.
    """
    shown: list[Part] = []
    total = len(message.items) + message.more
    for item in message.items[:most]:
        left_out = total - len(shown) - 1
        for caps in CAPS[:_READABLE] if shown else CAPS:
            shorter = part(item, message.lang, caps)
            if fits([*shown, shorter], left_out):
                shown.append(shorter)
                break
        else:
            break
    return tuple(shown), total - len(shown)


Escape = Callable[[str], str]


def as_is(text: str) -> str:
    """Return a text unchanged, for formats without markup."""
    return text


def plain(message: Message, limit: int, escape: Escape = as_is, size: Callable[[str], int] = utf16) -> str:
    """Return the message as plain text.

    Args:
        message: what is to be told.
        limit: how long the text may be.
        escape: takes the meaning out of what the service would read as markup.
        size: how the service measures.
    """
    head = headline(message, 200)

    def whole(parts: Sequence[Part], left_out: int) -> str:
        shown = [plain_part(each, escape, is_titled=each.title not in head) for each in parts]
        return _joined(message, head, shown, left_out, escape)

    parts, left_out = fitted(message, lambda some, left: size(whole(some, left)) <= limit)
    text = whole(parts, left_out)
    if size(text) <= limit:
        return text
    # No room for the notes: what is left is the subject, and how many findings there are.
    return _joined(replace(message, notes=(), dashboard_url=None), cut(head, limit // 4), [], left_out, escape)


def _joined(message: Message, head: str, parts: Sequence[str], left_out: int, escape: Escape) -> str:
    blocks = [escape(head), *(escape(note) for note in notes(message)), *parts, more_text(left_out, message.lang)]
    if link := dashboard(message):
        blocks.append(f"{link.label}: {link.url}")
    return "\n\n".join(block for block in blocks if block)


def plain_part(each: Part, escape: Escape = as_is, is_titled: bool = True) -> str:
    """Return a finding as lines of plain text.

    Args:
        each: the finding.
        escape: takes the meaning out of what the service would read as markup.
        is_titled: False where the message's subject says it already.
    """
    lines = [f"■ {escape(each.label)} {escape(each.title)}"] if is_titled else []
    if each.text:
        lines.append(escape(each.text))
    lines += [f"{fact.label}: {escape(fact.value)}" for fact in each.facts]
    if each.steps:
        lines.append(f"{each.steps_label}:")
        lines += [f"  {number}. {escape(step)}" for number, step in enumerate(each.steps, 1)]
    lines += [f"{link.label}: {link.url}" for link in each.links]
    return "\n".join(lines)

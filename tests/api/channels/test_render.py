"""Whatever a finding holds, a message stays within a service's limits, and none of it is read as markup."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings

from api.channels.kinds import apprise, chatwork, google_chat, line, line_works, mail, slack, teams, webhook
from api.channels.message import Message
from api.channels.plaintext import clean, cut, utf16, without
from api.channels.render import fitted, more_text, part, plain
from tests.api.channels.places import SPOKEN
from tests.api.channels.samples import item, message, messages, texts
from tests.api.channels.services import chatwork as chatwork_service
from tests.api.channels.services import google_chat as google_chat_service
from tests.api.channels.services import slack as slack_service
from tests.api.channels.services.server import Request

any_message = given(messages())
some = settings(max_examples=30, deadline=None)

MAIL = mail.MailSettings(host="smtp.example.jp", sender="karte@example.jp", to=("a@example.jp",))
LINE = line.LineSettings(to="U" + "0" * 32)


def shown(told: Message) -> int:
    return len(told.items) + told.more


@some
@any_message
def test_slack_takes_it_and_reads_no_markup(told: Message) -> None:
    body = json.dumps(slack.payload(told)).encode()
    assert _taken("slack", slack_service.TARGET, body) == 200
    assert slack_service.calls_or_markup(json.loads(body)) == []


@some
@any_message
def test_teams_takes_it_and_reads_no_markup(told: Message) -> None:
    from tests.api.channels.services import teams as teams_service

    body = teams.encoded(teams.payload(told))
    assert len(body) <= teams.MAX_BYTES
    # The contract knows no element in which Teams reads Markdown; a mention would need an entity.
    assert _taken("teams", teams_service.TARGET, body) == 202
    assert json.loads(body)["attachments"][0]["content"]["msteams"] == {"width": "Full"}


@some
@any_message
def test_google_chat_takes_it_and_reads_no_markup(told: Message) -> None:
    body = google_chat.encoded(google_chat.payload(told))
    assert len(body) <= google_chat.MAX_BYTES
    target = google_chat_service.URL.removeprefix("https://chat.googleapis.com")
    assert _taken("google_chat", target, body) == 200
    assert google_chat_service.calls_or_markup(json.loads(body)) == []


@some
@any_message
def test_chatwork_has_no_tags_but_ours(told: Message) -> None:
    body = chatwork.body(told)
    assert 1 <= utf16(body) <= chatwork.MAX_BODY
    assert chatwork_service.tags(body) == ["[info]", "[title]", "[/title]", "[/info]"]


@some
@any_message
def test_line_has_room_for_it(told: Message) -> None:
    sent = json.loads(json.dumps(line.payload(LINE, told)))["messages"]
    assert [set(each) for each in sent] == [{"type", "text"}]
    assert 1 <= utf16(sent[0]["text"]) <= line.MAX_TEXT
    sent[0]["text"].encode()


@some
@any_message
def test_line_works_has_room_for_it_and_calls_nobody(told: Message) -> None:
    text = line_works.payload(told)["content"]["text"]  # type: ignore[index]
    assert 1 <= utf16(text) <= line_works.MAX_TEXT
    assert "<" not in text
    assert ">" not in text


@some
@any_message
def test_the_webhooks_body_is_bounded_json(told: Message) -> None:
    body = webhook.encoded(told)
    assert len(body) <= webhook.MAX_BYTES
    document = json.loads(body)
    assert len(document["findings"]) + document["more"] == shown(told)


@some
@any_message
def test_apprise_calls_nobody(told: Message) -> None:
    text = plain(told, 4000, apprise.escaped)
    assert utf16(text) <= 4000
    assert not re.search(r"[@<>\[\]*`]", text)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        assert {name for name, _ in attrs} <= {"style", "href", "lang", "charset", "name", "content"}
        self.links |= {value or "" for name, value in attrs if name == "href"}


@some
@any_message
def test_mail_has_no_header_and_no_element_but_ours(told: Message) -> None:
    made = mail.mail(MAIL, told)
    raw = made.as_bytes()
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    names = [line.partition(":")[0] for line in head.split("\r\n") if not line.startswith((" ", "\t"))]
    assert set(names) <= {
        *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
        *("Auto-Submitted", "MIME-Version", "Content-Type"),
    }
    assert len(names) == len(set(names))
    assert all(len(each) <= 998 for each in raw.split(b"\r\n"))
    tags = _Tags()
    tags.feed(mail.html(told))
    assert tags.found <= {
        *("html", "head", "meta", "title", "body", "div", "h1", "p", "strong", "bdi", "br", "ol", "li", "a"),
    }
    assert all(each.startswith("https://") for each in tags.links)


def _taken(kind: str, target: str, body: bytes) -> int:
    contract = list(SPOKEN[kind]().services.values())[-1]
    return contract(Request(target, {"content-type": "application/json"}, body)).status


@given(texts())
@settings(max_examples=200, deadline=None)
def test_cleaned_text_is_one_line_that_can_be_sent(text: str) -> None:
    line_ = clean(text)
    line_.encode("utf-8")
    assert "\n" not in line_
    assert "\r" not in line_
    assert not set(line_) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200b\x00\x1b")
    for limit in (0, 1, 2, 7, 100):
        shorter = cut(line_, limit)
        assert utf16(shorter) <= limit
        shorter.encode("utf-8")
        if utf16(line_) > limit > 0:
            assert shorter.endswith("…")


def test_emoji_stay_together_and_are_not_torn() -> None:
    family = "👩‍👩‍👧‍👦"
    assert clean(f" {family}\n x ") == f"{family} x"
    assert cut("😀😀😀", 4) == "😀…"
    assert cut("😀😀", 4) == "😀😀"
    assert without("[]", "[a]b") == "［a］b"


@pytest.mark.parametrize(
    ("written", "limit"),
    [
        (lambda told: plain(told, line_works.MAX_TEXT), 2000),
        (chatwork.body, 10_000),
        (lambda told: json.dumps(slack.payload(told), ensure_ascii=False), None),
        (lambda told: json.dumps(teams.payload(told), ensure_ascii=False), None),
        (lambda told: json.dumps(google_chat.payload(told), ensure_ascii=False), None),
        (mail.html, None),
    ],
    ids=["plain", "chatwork", "slack", "teams", "google_chat", "mail"],
)
def test_what_has_no_room_is_counted(written: Callable[[Message], str], limit: int | None) -> None:
    told = message(*(item(number) for number in range(1, 201)), more=300, subject="[要対応] 500 件の検知")
    text = written(told)
    numbers = {int(found) for found in re.findall(r"PC-(\d+)", text)}
    assert numbers == set(range(1, len(numbers) + 1))  # the first ones, whole
    assert f"… ほか {500 - len(numbers)} 件" in text
    assert len(numbers) >= 5
    if limit:
        assert utf16(text) <= limit


def test_all_is_told_where_there_is_room() -> None:
    text = plain(message(item(1), item(2), subject="[要対応] 2 件の検知"), 5000)
    assert "ほか" not in text
    for word in ("PC-1", "PC-2", "本社", "2026年11月25日 11:30", "1. ごみ箱", "2. 大きい", "/advice/disk", "/act/"):
        assert word in text


def test_a_long_finding_is_shortened_before_it_is_left_out() -> None:
    long = item(1, text="あ" * 5000, steps=tuple(f"{number} 番目の手順" * 40 for number in range(30)))
    text = plain(message(long), 2000)
    assert utf16(text) <= 2000
    assert "PC-1" in text
    assert "本社" in text
    assert "ほか" not in text


def test_it_is_told_in_english_too() -> None:
    text = plain(message(item(1), item(2), lang="en", more=3, subject="[Act now] 5 findings"), 5000)
    for words in ("Act now", "Since: 25 Nov 2026 11:30", "What to do:", "… and 3 more", "Dashboards: https://"):
        assert words in text


def test_a_link_that_could_be_markup_is_left_out() -> None:
    bad = item(1, advice_url="https://x.example/|<!here>", act_url="javascript:alert(1)")
    assert part(bad, "ja").links == ()
    assert part(item(1, act_url="https://x.example/" + "a" * 2000), "ja").links[0].url.endswith("lang=ja")


def test_parts_are_fitted_in_order() -> None:
    told = message(*(item(number) for number in range(1, 6)), more=2)
    parts, left_out = fitted(told, lambda parts, _left: len(parts) <= 3)
    assert [each.title.split(":")[0] for each in parts] == ["PC-1", "PC-2", "PC-3"]
    assert left_out == 4
    assert fitted(told, lambda _parts, _left: False) == ((), 7)
    assert more_text(0, "ja") == ""


def test_over_and_still_open_are_told_as_such() -> None:
    def labels(**changes: Any) -> str:
        return part(item(1, **changes), "ja").label

    from api.models.delivery import Happening

    assert labels(happening=Happening.CLOSED) == "回復"
    assert labels(happening=Happening.REMINDER) == "未対応"
    assert labels() == "要対応"

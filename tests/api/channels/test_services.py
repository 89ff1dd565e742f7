"""What is particular to one service."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from api.channels.fields import InvalidSettings, fields_of
from api.channels.guard import Allowance, Guard, read_allowance
from api.channels.kinds import line, slack
from api.channels.outcome import Later, Refused, Sent
from api.channels.registry import KINDS, check
from api.models.delivery import Happening
from tests.api.channels.places import SPOKEN, Place
from tests.api.channels.samples import item, message
from tests.api.channels.services import chatwork as chatwork_service
from tests.api.channels.services import google_chat as google_chat_service
from tests.api.channels.services import line_works as line_works_service
from tests.api.channels.services import slack as slack_service
from tests.api.channels.services import webhook as webhook_service
from tests.api.channels.services.server import Reply

NOBODY = Guard(Allowance())


def only(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("spoken", [kind], indirect=True)


@only("slack")
def test_slack_says_by_a_word_what_is_wrong(spoken: Place) -> None:
    outcome = spoken.send(message(), url="https://hooks.slack.com/services/T00000000/B00000000/elsewhere")
    assert isinstance(outcome, Refused)
    assert outcome.why.ja == "Slack が 404 を返しました（宛先かURLがありません）: no_service"


def test_slack_gets_our_links_and_the_whole_text() -> None:
    payload = slack.payload(message())
    text = json.dumps(payload, ensure_ascii=False)
    assert "<https://karte.example.jp/advice/disk?lang=ja|くわしい対処のしかた>" in text
    assert "1. ごみ箱を空にします。" in text
    assert payload["text"] == "[要対応] PC-1: ディスクの空きがほとんどありません"


@only("teams")
def test_an_old_teams_webhook_that_was_busy_is_tried_later(spoken: Place) -> None:
    said = b"Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429"
    spoken.service.next.append(Reply(200, said))
    assert isinstance(spoken.send(message()), Later)
    spoken.service.next.append(Reply(200, b"1"))
    assert isinstance(spoken.send(message()), Sent)


@only("google_chat")
def test_google_chat_keeps_messages_of_a_finding_in_one_thread(spoken: Place) -> None:
    opened, closed = message(item(7)), message(item(7, Happening.CLOSED), id_="m-2")
    assert spoken.send(opened) == Sent("spaces/AAAAAAAAAAA/messages/mmm.mmm")
    spoken.send(closed)
    spoken.send(message(item(1), item(2), id_="m-3"))
    first, second, digest = [json.loads(request.body) for request in spoken.service.requests]
    assert first["thread"] == second["thread"] == {"threadKey": "f-0000000007"}
    assert "thread" not in digest
    targets = [request.target for request in spoken.service.requests]
    assert ["REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD" in each for each in targets] == [True, True, False]
    assert targets[2] == google_chat_service.URL.removeprefix("https://chat.googleapis.com")


@only("chatwork")
def test_chatwork_tells_when_its_limit_ends(spoken: Place) -> None:
    api = spoken.spoken.services["api.chatwork.com"]
    assert isinstance(api, chatwork_service.Chatwork)
    api.limit = 1
    assert spoken.send(message()) == Sent("1234567890")
    outcome = spoken.send(message(id_="m-2"))
    assert isinstance(outcome, Later)
    assert outcome.after_s is not None
    assert 0 < outcome.after_s <= 300
    assert api.bodies[0].startswith("[info][title]［要対応］ PC-1: ディスクの空きがほとんどありません[/title]")


@only("chatwork")
def test_chatwork_hears_a_wrong_token_and_room(spoken: Place) -> None:
    outcome = spoken.send(message(), token="cwXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX")
    assert isinstance(outcome, Refused)
    assert "Invalid API Token" in outcome.why.ja
    spoken.spoken = replace(spoken.spoken, settings={"room_id": "1", "self_unread": False})
    assert isinstance(spoken.send(message()), Refused)
    assert b"self_unread=0" in spoken.service.requests[-1].body


@only("line")
def test_line_drops_a_message_that_it_has_and_that_counts_as_sent(spoken: Place) -> None:
    told = message()
    assert spoken.send(told) == Sent("461230966842064897")
    again = spoken.send(told)
    assert isinstance(again, Sent)
    api = spoken.spoken.services["api.line.me"]
    assert again.reference in api.accepted.values()  # type: ignore[attr-defined]
    assert len(api.texts) == 1  # type: ignore[attr-defined]
    assert isinstance(spoken.send(replace(told, id="m-2")), Sent)
    assert len(api.texts) == 2  # type: ignore[attr-defined]


def test_every_recipient_on_line_has_retry_keys_of_their_own() -> None:
    one, other = (line.LineSettings(to=f"U{digit * 32}") for digit in "01")
    assert line.retry_key(one, message()) == line.retry_key(one, message())
    assert line.retry_key(one, message()) != line.retry_key(other, message())


@only("line")
def test_a_months_messages_used_up_are_not_asked_for_again_soon(spoken: Place) -> None:
    spoken.service.next.append(Reply(429, b'{"message":"You have reached your monthly limit."}'))
    outcome = spoken.send(message())
    assert isinstance(outcome, Later)
    assert outcome.after_s == 6 * 3600
    assert "monthly limit" in outcome.why.ja


@only("line_works")
def test_line_works_signs_in_once(spoken: Place) -> None:
    for number in range(3):
        assert isinstance(spoken.send(message(id_=f"m-{number}")), Sent)
    assert [len(each.requests) for each in spoken.services.values()] == [1, 3]


@only("line_works")
def test_line_works_signs_in_again_before_the_token_ends(spoken: Place) -> None:
    spoken.send(message())
    start = time.time()
    moments = iter([start + 86_400 - 200, start + 86_400 - 100])
    for signed_in in (1, 2):
        moment = datetime.fromtimestamp(next(moments), UTC)
        # The server's own clock stays, so it does not like the second one; what counts is that it was asked.
        spoken.tools = replace(spoken.tools, now=lambda moment=moment: moment)  # type: ignore[misc]
        spoken.send(message(id_="m-2"))
        assert len(spoken.services["auth.worksmobile.com"].requests) == signed_in


@only("line_works")
def test_a_token_that_was_revoked_is_replaced_at_once(spoken: Place) -> None:
    spoken.send(message())
    api = spoken.spoken.services["www.worksapis.com"].__self__  # type: ignore[attr-defined]
    api.tokens.clear()
    assert isinstance(spoken.send(message(id_="m-2")), Sent)
    assert api.signed_in == 2
    assert len(api.texts) == 2


@only("line_works")
def test_line_works_refuses_wrong_credentials_with_a_reason(spoken: Place) -> None:
    outcome = spoken.send(message(), client_secret="wrong-secret-0123")
    assert isinstance(outcome, Refused)
    assert "Client Secret" in outcome.why.ja
    assert "invalid_client" in outcome.why.en
    assert spoken.service.requests == []


@only("line_works")
def test_line_works_tells_when_its_limit_ends(spoken: Place) -> None:
    spoken.send(message())
    spoken.service.next.append(Reply(429, b'{"code":"TOO_MANY_REQUESTS"}', {"RateLimit-Reset": "42"}))
    outcome = spoken.send(message(id_="m-2"))
    assert isinstance(outcome, Later)
    assert outcome.after_s == 42


@only("line_works")
@pytest.mark.parametrize(
    "reply", [Reply(200, b"{}"), Reply(200, b"<html>"), Reply(503, b"busy"), Reply(429, b"", {"Retry-After": "9"})]
)
def test_a_sign_in_that_is_out_of_order_is_tried_later(spoken: Place, reply: Reply) -> None:
    spoken.services["auth.worksmobile.com"].next.append(reply)
    outcome = spoken.send(message())
    assert isinstance(outcome, Later)
    assert outcome.after_s == (9 if reply.status == 429 else None)
    assert isinstance(spoken.send(message()), Sent)


@only("line_works")
def test_line_works_writes_to_a_person_too(spoken: Place) -> None:
    settings = {name: value for name, value in spoken.spoken.settings.items() if name != "channel_id"}
    spoken.spoken = replace(spoken.spoken, settings={**settings, "user_id": "taro@example"})
    assert isinstance(spoken.send(message()), Sent)
    assert spoken.service.requests[0].target == f"/v1.0/bots/{line_works_service.BOT}/users/taro%40example/messages"


@only("webhook")
def test_a_receiver_can_tell_what_is_forged_and_what_came_twice(spoken: Place) -> None:
    told = message(item(1), item(2, Happening.CLOSED), more=3)
    assert isinstance(spoken.send(told), Sent)
    assert isinstance(spoken.send(told), Sent)
    receiver = spoken.spoken.services["hooks.example.jp"]
    assert isinstance(receiver, webhook_service.Receiver)
    (document,) = receiver.taken.values()
    assert (document["id"], document["more"], document["lang"]) == (told.id, 3, "ja")
    findings = document["findings"]
    assert isinstance(findings, list)
    first, second = findings
    assert first["happening"] == "opened"
    assert second["until"] == "2026-11-25T03:00:00Z"
    assert first["since"] == "2026-11-25T02:30:00Z"
    outcome = spoken.send(told, key="another-key-of-enough-length")
    assert isinstance(outcome, Refused)
    assert "wrong signature" in outcome.why.en


@pytest.mark.parametrize(
    ("kind", "field", "settings", "secret"),
    [
        ("slack", "url", {}, {"url": "https://evil.example/services/x"}),
        ("slack", "url", {}, {"url": "http://hooks.slack.com/services/x"}),
        ("slack", "url", {}, {"url": "https://hooks.slack.com.evil.example/services/x"}),
        ("slack", "url", {}, {}),
        ("slack", "channel", {"channel": "#general"}, {"url": slack_service.URL}),
        ("teams", "url", {}, {"url": "https://127.0.0.1/x"}),
        ("teams", "url", {}, {"url": "https://[::1]/x"}),
        ("teams", "url", {}, {"url": "https://[::ffff:10.0.0.1]/x"}),
        ("teams", "url", {}, {"url": "ftp://example.com/x"}),
        ("google_chat", "url", {}, {"url": "https://example.com/v1/spaces/x"}),
        ("webhook", "url", {}, {"url": "https://169.254.169.254/latest", "key": "0123456789abcdef"}),
        ("webhook", "key", {}, {"url": "https://example.com/", "key": "short"}),
        ("webhook", "url", {}, {"url": "https://example.com/a b", "key": "0123456789abcdef"}),
        ("chatwork", "room_id", {"room_id": "12/../34"}, {"token": "t"}),
        ("chatwork", "self_unread", {"room_id": "1", "self_unread": "perhaps"}, {"token": "t"}),
        ("chatwork", "token", {"room_id": "1"}, {"token": "t\r\nX-Evil: 1"}),
        ("line", "to", {"to": "@friend"}, {"token": "t"}),
        ("line", "token", {"to": "U" + "0" * 32}, {"token": ""}),
        ("mail", "to", {"host": "h", "sender": "a@example.jp", "to": []}, {}),
        ("mail", "to", {"host": "h", "sender": "a@example.jp", "to": ["a@example.jp\r\nBcc: x@y"]}, {}),
        ("mail", "sender", {"host": "h", "sender": "nobody", "to": ["a@example.jp"]}, {}),
        ("mail", "port", {"host": "h", "sender": "a@b.jp", "to": ["a@b.jp"], "port": 70000}, {}),
        ("mail", "tls", {"host": "h", "sender": "a@b.jp", "to": ["a@b.jp"], "tls": "ssl3"}, {}),
        ("mail", "host", {"host": "10.0.0.5", "sender": "a@b.jp", "to": ["a@b.jp"]}, {}),
        ("mail", "password", {"host": "h", "sender": "a@b.jp", "to": ["a@b.jp"], "user": "u"}, {}),
        ("mail", "user", {"host": "h", "sender": "a@b.jp", "to": ["a@b.jp"]}, {"password": "p"}),
        (
            "mail",
            "tls",
            {"host": "h", "sender": "a@b.jp", "to": ["a@b.jp"], "user": "u", "tls": "none"},
            {"password": "p"},
        ),
        ("apprise", "url", {}, {"url": "syslog://local"}),
        ("apprise", "url", {}, {"url": "json://10.0.0.1/x"}),
        ("apprise", "url", {}, {"url": "jsons://127.0.0.1/x"}),
        ("apprise", "url", {}, {"url": "mmosts://chat.example.lan/token"}),
        ("apprise", "url", {}, {"url": "discord://not-enough"}),
        ("apprise", "url", {}, {"url": "discord://123456789012345678/abcdefghij0123456789?verify=no"}),
        ("pigeon", "kind", {}, {}),
    ],
)
def test_wrong_settings_are_told_by_their_field(
    kind: str, field: str, settings: dict[str, object], secret: dict[str, object]
) -> None:
    with pytest.raises(InvalidSettings) as told:
        check(kind, settings, secret, NOBODY)
    assert told.value.field == field
    for text in (told.value.text.ja, told.value.text.en):
        assert "\n" not in text
        assert len(text) < 400
    if kind != "pigeon":
        assert field in told.value.text.en
        assert field in told.value.text.ja
    for value in secret.values():
        if len(str(value)) > 12:
            assert str(value) not in told.value.text.en


def test_line_works_needs_one_addressee_and_a_key() -> None:
    good = SPOKEN["line_works"]()
    both = {**good.settings, "user_id": "taro"}
    neither = {name: value for name, value in good.settings.items() if name != "channel_id"}
    for settings in (both, neither):
        with pytest.raises(InvalidSettings, match="either channel_id"):
            check("line_works", settings, good.secret, NOBODY)
    for key in ("", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"):
        with pytest.raises(InvalidSettings, match="private_key"):
            check("line_works", good.settings, {**good.secret, "private_key": key}, NOBODY)


@pytest.mark.parametrize(
    ("kind", "secret", "allow"),
    [
        ("slack", {"url": "http://chat.example.lan/hooks/x"}, "chat.example.lan"),
        ("teams", {"url": "https://10.1.2.3/x"}, "10.0.0.0/8"),
        ("webhook", {"url": "http://127.0.0.1:8000/x", "key": "0123456789abcdef"}, "127.0.0.1"),
        ("apprise", {"url": "mmosts://chat.example.lan/abcdefghijklmnopqrstuvwxyz"}, "chat.example.lan"),
        ("apprise", {"url": "discord://123456789012345678/abcdefghij0123456789abcdefghij0123456789"}, ""),
    ],
)
def test_servers_of_ones_own_pass_where_the_settings_allow_them(
    kind: str, secret: dict[str, object], allow: str
) -> None:
    check(kind, {}, secret, Guard(read_allowance(allow)))


def test_every_field_says_what_to_enter_in_both_languages() -> None:
    for kind in KINDS.values():
        fields = [*fields_of(kind.settings), *fields_of(kind.secret)]
        for field in fields:
            assert field.text.ja, (kind.name, field.name)
            assert field.what.ja.endswith(("ください", "）")), (kind.name, field.name)
            assert field.what.en, (kind.name, field.name)
        assert len({field.name for field in fields}) == len(fields)
        assert kind.text.ja
        assert kind.about.en

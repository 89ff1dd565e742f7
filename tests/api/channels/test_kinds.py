"""What all kinds that speak HTTP have in common: each against a server that speaks its service's contract."""

import pytest

from api.channels.connect import Patience
from api.channels.outcome import Later, Refused, Sent
from api.channels.registry import KINDS, check
from api.models.delivery import Happening
from tests.api.channels.places import SPOKEN, Place
from tests.api.channels.samples import NOON, item, message
from tests.api.channels.services.server import Fault, Reply

every_kind = pytest.mark.parametrize("spoken", list(SPOKEN), indirect=True)

IMPATIENT = Patience(connect_s=5, silence_s=0.3, whole_s=1)


def test_every_kind_is_tried() -> None:
    assert set(KINDS) - {"mail", "apprise"} == set(SPOKEN)


@every_kind
def test_the_service_takes_what_is_sent(spoken: Place) -> None:
    for told in (
        message(),
        message(item(1, Happening.CLOSED), id_="m-2"),
        message(item(1, Happening.REMINDER), id_="m-3", lang="en", notes=("Something else.",)),
        message(*(item(number) for number in range(1, 21)), id_="m-4", more=480),
        message(item(advice_url=None, act_url=None, steps=(), text=""), id_="m-5", dashboard_url=None),
    ):
        outcome = spoken.send(told)
        assert isinstance(outcome, Sent), outcome
    assert len(spoken.service.requests) == 5


@every_kind
def test_its_own_settings_pass_its_checks(spoken: Place) -> None:
    check(spoken.spoken.kind, spoken.spoken.settings, spoken.spoken.secret, spoken.tools.guard)


@every_kind
@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422])
def test_what_is_wrong_for_good_is_refused(spoken: Place, status: int) -> None:
    # Twice, as a bot's token may have expired before its time and is asked for anew.
    spoken.service.next.extend([Reply(status, b"no_such_thing")] * 2)
    outcome = spoken.send(message())
    assert isinstance(outcome, Refused)
    assert str(status) in outcome.why.en
    assert "no_such_thing" in outcome.why.ja


@every_kind
@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_is_wrong_for_now_is_tried_later(spoken: Place, status: int) -> None:
    spoken.service.next.append(Reply(status, b"busy"))
    outcome = spoken.send(message())
    assert isinstance(outcome, Later)
    assert outcome.after_s is None
    assert str(status) in outcome.why.en


@every_kind
@pytest.mark.parametrize(
    ("header", "after_s"),
    [
        ("30", 30.0),
        ("0", 0.0),
        ("99999999999999999999", 6 * 3600.0),
        ("soon", None),
        ("-5", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 6 * 3600.0),
    ],
    ids=["seconds", "none", "forever", "word", "negative", "past", "far"],
)
def test_it_waits_as_long_as_the_service_asks(spoken: Place, header: str, after_s: float | None) -> None:
    spoken.service.next.append(Reply(429, b"", {"Retry-After": header}))
    outcome = spoken.send(message())
    assert isinstance(outcome, Later)
    assert outcome.after_s == after_s


@every_kind
@pytest.mark.parametrize("fault", list(Fault))
def test_a_service_without_an_answer_is_tried_later(spoken: Place, fault: Fault) -> None:
    spoken.send(message(id_="m-0"))  # what signs in first has done so
    spoken.service.next.append(fault)
    outcome = spoken.send(message(), IMPATIENT)
    assert isinstance(outcome, Later)
    assert outcome.after_s is None
    assert list(spoken.services)[-1] in outcome.why.en


@every_kind
def test_an_answer_that_is_cut_after_its_head_counts(spoken: Place) -> None:
    spoken.send(message(id_="m-0"))
    spoken.service.next.append(Reply(200, b"ok", {"Content-Length": "100"}))
    assert isinstance(spoken.send(message()), Sent)


@every_kind
def test_a_huge_answer_is_not_read_to_its_end(spoken: Place) -> None:
    spoken.send(message(id_="m-0"))
    spoken.service.next.append(Reply(400, b"x" * 5_000_000))
    outcome = spoken.send(message())
    assert isinstance(outcome, Refused)
    assert len(outcome.why.en) < 500


@every_kind
def test_no_redirect_is_followed(spoken: Place) -> None:
    spoken.send(message(id_="m-0"))
    before = len(spoken.service.requests)
    elsewhere = f"https://{list(spoken.services)[-1]}/elsewhere"
    spoken.service.next.extend([Reply(status, b"", {"Location": elsewhere}) for status in (301, 307)])
    for _ in range(2):
        outcome = spoken.send(message())
        assert isinstance(outcome, Refused)
        assert "not followed" in outcome.why.en
    assert len(spoken.service.requests) == before + 2


@every_kind
def test_what_a_service_repeats_of_the_secret_is_not_told(spoken: Place) -> None:
    secrets = [str(value) for value in spoken.spoken.secret.values()]
    spoken.send(message(id_="m-0"))
    for value in secrets:
        spoken.service.next.append(Reply(400, f"wrong: {value}".encode()))
        outcome = spoken.send(message())
        assert isinstance(outcome, Refused)
        assert value not in outcome.why.en + outcome.why.ja
        assert "wrong" in outcome.why.en


@every_kind
def test_no_secret_is_in_the_repr_of_what_is_passed_around(spoken: Place) -> None:
    kind = KINDS[spoken.spoken.kind]
    secret = kind.secret(**spoken.spoken.secret)
    for value in spoken.spoken.secret.values():
        assert str(value) not in repr(secret)


@every_kind
def test_a_certificate_of_nobody_known_is_not_trusted(spoken: Place) -> None:
    from api.channels.kind import tools_of
    from api.channels.registry import send

    outcome = send(
        spoken.spoken.kind, spoken.spoken.settings, spoken.spoken.secret, message(), tools_of(spoken.tools.guard)
    )
    assert isinstance(outcome, Later)
    assert "self-signed" in outcome.why.en or "issuer" in outcome.why.en
    assert spoken.service.requests == []


@every_kind
def test_a_service_that_is_not_there_is_tried_later(spoken: Place) -> None:
    spoken.send(message(id_="m-0"))
    spoken.service.stop()
    outcome = spoken.send(message())
    assert isinstance(outcome, Later)
    assert "refuses connections" in outcome.why.en


def test_unknown_kinds_and_settings_are_refused() -> None:
    from api.channels.guard import Allowance, Guard
    from api.channels.kind import tools_of
    from api.channels.registry import send

    tools = tools_of(Guard(Allowance()))
    for kind, settings, secret in (
        ("pigeon", {}, {}),
        ("slack", {"colour": "red"}, {"url": "https://hooks.slack.com/services/x"}),
        ("chatwork", {}, {"token": "x"}),
        ("line", {"to": "nobody"}, {"token": "x"}),
    ):
        assert isinstance(send(kind, settings, secret, message(at=NOON), tools), Refused)

"""Brings the rules in Grafana's staff organisation in step with ours: looks, says what differs, and puts it right.

Silences are never looked at. What staff added themselves stays, also inside our groups; what they changed in a rule of
ours is put right and told.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from alert_rules.export.notify import (
    CONTACT_POINT,
    CONTACT_UID,
    TEMPLATE,
    TEMPLATES,
    contact_point,
    has_policy,
    with_policy,
)
from alert_rules.export.rules import UID_PREFIX, Group, Target, groups
from alert_rules.registry import Entry
from api.config import Config
from api.grafana.answers import Json
from api.grafana.api import MAIN_ORG, Grafana
from api.grafana.errors import GrafanaAway, GrafanaDenied, GrafanaError, GrafanaRefused
from api.relay.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, webhook_secret
from collectors.text import Text
from dashboards.target import SOURCE_UID

_ROOT = "/v1/provisioning"
_NOT_FOUND = 404
_SPAN = re.compile(r"(\d+)(ms|[wdhms])")
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}
_SPANS = ("for", "keep_firing_for")
_SHOWN = 5


OLDEST = 12
"""The first version that knows all that our rules need (to fire on for a while, series that are missing)."""


class TooOld(GrafanaError):
    """Grafana does not know all that our rules need."""

    def __init__(self, version: str) -> None:
        super().__init__(
            Text(
                f"Grafana {version} ではルールを判定できません。{OLDEST} 以降に更新するか、"
                "KARTE_ALERTING=python にしてください",
                f"Grafana {version} is too old to evaluate the rules; it must be {OLDEST} or later,"
                " or set KARTE_ALERTING=python",
            )
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What there must be in Grafana.

    Attributes:
        groups: the rules.
        contact: the contact point.
    """

    groups: Sequence[Group]
    contact: Json

    @property
    def digest(self) -> str:
        """Tells whether two of these are the same."""
        whole = [[group.folder, group.folder_title, group.name, dict(group.rules)] for group in self.groups]
        return hashlib.sha256(json.dumps([whole, self.contact], sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be done.

    Attributes:
        told: the line for people.
        do: does it.
    """

    told: Text
    do: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Done:
    """What a run did.

    Attributes:
        told: what was done, or would be.
        failed: what could not be done, and why.
    """

    told: tuple[Text, ...] = ()
    failed: tuple[Text, ...] = ()


def wanted_of(config: Config, entries: Mapping[str, Entry]) -> Wanted:
    """Return what there must be, by the service's settings."""
    target = Target(MAIN_ORG, SOURCE_UID, f"{config.public_url.rstrip('/')}/advice")
    return Wanted(groups(entries.values(), target), contact_of(config, webhook_secret(config.secret_key)))


def contact_of(config: Config, secret: str) -> Json:
    """Return the contact point that tells this service of alerts."""
    url = f"{(config.grafana_source_url or config.public_url).rstrip('/')}/api/v1/alerts/grafana"
    return contact_point(url, secret, SIGNATURE_HEADER, TIMESTAMP_HEADER)


def converge(grafana: Grafana, wanted: Wanted, *, is_dry: bool = False) -> Done:
    """Put right what differs, or only say what would be.

    Raises:
        GrafanaAway: it does not answer; what is done is kept.
        GrafanaDenied: it does not take the user or the password.
        TooOld: it cannot evaluate our rules.
        GrafanaError: what there is cannot be read.
    """
    server = grafana.hello()
    if server.major < OLDEST:
        raise TooOld(server.version)
    return _carried_out(plan(grafana, wanted), is_dry=is_dry)


def remove(grafana: Grafana, *, is_dry: bool = False) -> Done:
    """Take our rules out of Grafana, so that it evaluates none of them any more; what else is there stays.

    Raises:
        GrafanaError: as `converge`.
    """
    return _carried_out(_strays((), _by_group(_read(grafana, "/alert-rules") or []), grafana), is_dry=is_dry)


def _carried_out(steps: Iterator[Step], *, is_dry: bool) -> Done:
    told: list[Text] = []
    failed: list[Text] = []
    for step in steps:
        try:
            if not is_dry:
                step.do()
        except (GrafanaAway, GrafanaDenied):
            raise
        except GrafanaError as error:
            failed.append(Text(f"{step.told.ja}: {error.text.ja}", f"{step.told.en}: {error.text.en}"))
        else:
            told.append(step.told)
    return Done(tuple(told), tuple(failed))


def plan(grafana: Grafana, wanted: Wanted) -> Iterator[Step]:
    """Yield what is to be done, in an order in which it can be; what has been done is seen by what comes after."""
    yield from _folders(grafana, wanted.groups)
    found = _by_group(_read(grafana, "/alert-rules") or [])
    yield from _contact(grafana, wanted.contact)
    yield from _template(grafana)
    yield from _policy(grafana)
    for group in wanted.groups:
        yield from _group(grafana, group, found)
    yield from _strays(wanted.groups, found, grafana)


Found = Mapping[tuple[str, str], Sequence[Json]]
"""Folder and group -> rules that are there."""


def _by_group(rules: Sequence[Json]) -> Found:
    found: dict[tuple[str, str], list[Json]] = {}
    for rule in rules:
        found.setdefault((rule["folderUID"], rule["ruleGroup"]), []).append(rule)
    return found


def _folders(grafana: Grafana, wanted: Sequence[Group]) -> Iterator[Step]:
    for uid, title in {group.folder: group.folder_title for group in wanted}.items():
        there = grafana.folder(MAIN_ORG, uid)
        if there is None:
            make = Text(f"フォルダー「{title}」を作成", f'make the folder "{title}"')
            yield Step(make, lambda uid=uid, title=title: grafana.create_folder(MAIN_ORG, uid, title))  # type: ignore[misc]
        elif there != title:
            rename = Text(f"フォルダー名を「{title}」に戻す", f'give the folder its name "{title}" again')
            yield Step(rename, lambda uid=uid, title=title: grafana.rename_folder(MAIN_ORG, uid, title))  # type: ignore[misc]


def _contact(grafana: Grafana, wanted: Json) -> Iterator[Step]:
    listed = _read(grafana, f"/contact-points?name={CONTACT_POINT}") or []
    there = next((each for each in listed if each["uid"] == CONTACT_UID), None)
    if there is None:
        make = Text("連絡先 karte を作成", "make the contact point karte")
        yield Step(make, lambda: grafana.write(MAIN_ORG, "POST", f"{_ROOT}/contact-points", wanted))
    elif not _is_like(_without_secret(wanted), there):
        mend = Text("連絡先 karte を設定し直す", "set the contact point karte right")
        path = f"{_ROOT}/contact-points/{CONTACT_UID}"
        yield Step(mend, lambda: grafana.write(MAIN_ORG, "PUT", path, wanted))


def _without_secret(contact: Json) -> Json:
    settings = contact["settings"]
    signing = {name: value for name, value in settings["hmacConfig"].items() if name != "secret"}
    return {**contact, "settings": {**settings, "hmacConfig": signing}}


def _template(grafana: Grafana) -> Iterator[Step]:
    there = _read(grafana, f"/templates/{TEMPLATE}")
    if there is None or there["template"].strip() != TEMPLATES.strip():
        told = Text("通知のひな形を設定", "set the templates of messages")
        body = {"template": TEMPLATES}
        yield Step(told, lambda: grafana.write(MAIN_ORG, "PUT", f"{_ROOT}/templates/{TEMPLATE}", body))


def _policy(grafana: Grafana) -> Iterator[Step]:
    tree = _read(grafana, "/policies") or {}
    if not has_policy(tree):
        told = Text("通知ポリシーに karte への経路を設定", "set the route to karte in the notification policies")
        yield Step(told, lambda: grafana.write(MAIN_ORG, "PUT", f"{_ROOT}/policies", with_policy(tree)))


def _group(grafana: Grafana, group: Group, found: Found) -> Iterator[Step]:
    there = {rule["uid"]: rule for rule in found.get((group.folder, group.name), ())}
    differing = [uid for uid, rule in group.rules.items() if uid not in there or not _is_same(rule, there[uid])]
    surplus = [uid for uid in there if uid.startswith(UID_PREFIX) and uid not in group.rules]
    if not differing and not surplus and _interval(grafana, group) == group.interval_s:
        return
    # Whatever else staff have put into the group goes back as it was: a group is stored as a whole.
    others = [rule for uid, rule in there.items() if not uid.startswith(UID_PREFIX)]
    body = {
        "title": group.name,
        "folderUid": group.folder,
        "interval": group.interval_s,
        "rules": [*group.rules.values(), *others],
    }
    known = {rule["uid"] for rules in found.values() for rule in rules}
    yield Step(
        _told(group, differing, surplus, known),
        lambda: grafana.write(MAIN_ORG, "PUT", _group_path(group.folder, group.name), body),
    )


def _told(group: Group, differing: Sequence[str], surplus: Sequence[str], known: set[str]) -> Text:
    new = [uid for uid in differing if uid not in known]
    changed = [uid for uid in differing if uid in known]
    parts = [
        (Text("新規", "new"), new),
        (Text("元に戻す", "put right"), changed),
        (Text("削除", "removed"), surplus),
    ]
    what = [(words, named(uids)) for words, uids in parts if uids]
    if not what:
        return Text(
            f"{group.folder_title}: 判定の間隔を {group.interval_s} 秒に戻す",
            f"{group.folder_title}: evaluated every {group.interval_s} s again",
        )
    return Text(
        f"{group.folder_title} {group.name}: {'、'.join(f'{words.ja} {uids}' for words, uids in what)}",
        f"{group.folder_title} {group.name}: {'; '.join(f'{words.en} {uids}' for words, uids in what)}",
    )


def named(uids: Sequence[str]) -> str:
    """Return rules by their ids, some of many."""
    shown = ", ".join(uid.removeprefix(UID_PREFIX) for uid in uids[:_SHOWN])
    return shown if len(uids) <= _SHOWN else f"{shown} … ({len(uids)})"


def _strays(wanted: Sequence[Group], found: Found, grafana: Grafana) -> Iterator[Step]:
    """Rules of ours where none of ours should be: those that there are no more, and those that were moved or copied."""
    expected = {(group.folder, group.name) for group in wanted}
    moved = {uid for group in wanted for uid in group.rules}
    for (folder, name), rules in found.items():
        if (folder, name) in expected:
            continue
        for rule in rules:
            uid = rule["uid"]
            # One that was moved has been taken back by the group that it belongs to.
            if uid.startswith(UID_PREFIX) and uid not in moved:
                told = Text(f"ルール {named([uid])} を削除（{name}）", f"remove the rule {named([uid])} ({name})")
                yield Step(told, lambda uid=uid: grafana.write(MAIN_ORG, "DELETE", f"{_ROOT}/alert-rules/{uid}"))  # type: ignore[misc]


def _interval(grafana: Grafana, group: Group) -> int:
    found = _read(grafana, _group_path(group.folder, group.name).removeprefix(_ROOT))
    return int(found["interval"]) if found else 0


def _group_path(folder: str, name: str) -> str:
    return f"{_ROOT}/folder/{quote(folder)}/rule-groups/{quote(name)}"


def _is_same(wanted: Json, found: Json) -> bool:
    """Tell whether a rule is as it should be; spans are written in many ways, and an absent label is a difference."""
    exact = ("labels", "annotations")
    return (
        all(_span(found.get(name)) == _span(wanted[name]) for name in _SPANS)
        and all((found.get(name) or {}) == wanted[name] for name in exact)
        and _is_like({name: value for name, value in wanted.items() if name not in (*_SPANS, *exact)}, found)
    )


def _is_like(wanted: Any, found: Any) -> bool:
    """Tell whether all that is wanted is there; Grafana adds fields of its own."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(_is_like(value, found.get(name)) for name, value in wanted.items())
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) == len(wanted)
            and all(_is_like(one, other) for one, other in zip(wanted, found, strict=True))
        )
    return bool(wanted == found)


def _span(text: str | None) -> float:
    return sum(int(number) * _SECONDS[unit] for number, unit in _SPAN.findall(text or "0s"))


def _read(grafana: Grafana, path: str) -> Any:
    try:
        return grafana.read(MAIN_ORG, f"{_ROOT}{path}")
    except GrafanaRefused as refused:
        if refused.status == _NOT_FOUND:
            return None
        raise

"""Values that tests of the planner share."""

from dataclasses import replace
from typing import Any

from api.grafana.answers import Listed, Member, Role, Stored
from api.grafana.plan import Actual, Glance, Keep
from api.grafana.wanted import FOLDER_UID, Boards, Noted, Person, Subject, Wanted, boards_of, wanted
from api.models import ContractState
from collectors.text import Lang

CONTRACT = "c-7k2m9x4tqa"
URL = "http://gateway:8100"
TARO = Person("u-taro", "taro@example.jp", may_enter=True)
NOTED = Noted(org_id=5, has_token=True, source_version=3)
US = "admin"
KEEP = Keep(US)


def boards(_is_staff: bool = False, lang: Lang = "ja") -> Boards:
    titles = {"karte-overview": "オフィスカルテ" if lang == "ja" else "Office karte", "karte-device": "機器"}
    return boards_of(
        {uid: {"uid": uid, "title": title, "panels": [{"id": 1}]} for uid, title in titles.items()}, "karte-overview"
    )


def subject(**changes: Any) -> Subject:
    return replace(Subject(CONTRACT, 1, "山田商事", ContractState.ACTIVE, "ja", (TARO,), NOTED), **changes)


def organisation(**changes: Any) -> Wanted:
    return wanted(subject(**changes), boards(), URL)


def as_wanted(target: Wanted, **changes: Any) -> Actual:
    """An organisation that is just as wanted, but for `changes`."""
    documents = target.boards.documents
    listed = [Listed(uid, document["title"], FOLDER_UID) for uid, document in documents.items()]
    listed.append(Listed(FOLDER_UID, target.folder, is_folder=True))
    roles: dict[str, Role] = {US: "Admin", **target.members}
    members = {login: Member(number, role) for number, (login, role) in enumerate(roles.items(), 1)}
    glance = Glance(target.name or "Main Org.", tuple(listed), members)
    stored = {uid: Stored(document, FOLDER_UID) for uid, document in documents.items()}
    whole = Actual(glance, {**target.source, "version": 3}, {}, target.folder, stored, dict(target.preferences))
    return replace(whole, **changes)


def at_a_glance(actual: Actual, **changes: Any) -> Actual:
    return replace(actual, glance=replace(actual.glance, **changes))

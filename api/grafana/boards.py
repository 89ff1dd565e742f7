"""The dashboards of each audience and language, as they are committed."""

from collections.abc import Callable
from functools import cache
from typing import Any

from api.grafana.answers import Json
from api.grafana.check import read
from api.grafana.errors import GrafanaError
from api.grafana.wanted import Boards, boards_of
from collectors.text import Lang, Text
from dashboards.build import GENERATED
from dashboards.links import SERVICE
from dashboards.registry import BOARDS, HOME, Entry

BoardsFor = Callable[[bool, Lang], Boards]
"""Whether they are the staff's, and the language -> the dashboards."""


class NotBuilt(GrafanaError):
    """A dashboard's JSON is not there."""


@cache
def boards_for(is_staff: bool, lang: Lang) -> Boards:
    """Return what an organisation shows: customers' dashboards, and for the staff their own as well.

    Raises:
        NotBuilt: the JSON of one was not made.
    """
    entries = [entry for entry in BOARDS if is_staff or entry.audience == "customer"]
    own = [entry.uid for entry in BOARDS if entry.audience == "staff"]
    home = own[0] if is_staff and own else HOME
    return boards_of({entry.uid: _committed(entry, lang) for entry in entries}, home)


def boards_at(service_url: str) -> BoardsFor:
    """Return the dashboards with links to this service at an address."""
    return lambda is_staff, lang: _at(service_url.rstrip("/"), is_staff, lang)


@cache
def _at(service_url: str, is_staff: bool, lang: Lang) -> Boards:
    found = boards_for(is_staff, lang)
    return boards_of({uid: _with_address(each, service_url) for uid, each in found.documents.items()}, found.home)


def _with_address(document: Json, service_url: str) -> Json:
    """Return a dashboard with the address; those that do not link there have no place for it."""
    variables = document.get("templating", {}).get("list", [])
    if not any(each["name"] == SERVICE for each in variables):
        return document
    told: list[Any] = [each | {"query": service_url} if each["name"] == SERVICE else each for each in variables]
    return {**document, "templating": {**document["templating"], "list": told}}


def _committed(entry: Entry, lang: Lang) -> Json:
    path = GENERATED / lang / f"{entry.name}.json"
    try:
        return read(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotBuilt(
            Text(
                f"ダッシュボード {path} を読めません（{error}）。karte dashboards build を実行してください",
                f"the dashboard {path} cannot be read ({error}); run karte dashboards build",
            )
        ) from None

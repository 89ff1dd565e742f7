"""The dashboards of each audience and language, as they are committed."""

from collections.abc import Callable
from functools import cache

from api.grafana.answers import Json
from api.grafana.check import read
from api.grafana.errors import GrafanaError
from api.grafana.wanted import Boards, boards_of
from collectors.text import Lang, Text
from dashboards.build import GENERATED
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

"""A dashboard being put together: panels flow from left to right, 24 columns wide.

Their order is the one in which a phone shows them, one below the other.
"""

from grafana_foundation_sdk.builders.dashboard import ConstantVariable, Dashboard, DashboardLink, QueryVariable, Row
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    GridPos,
    Panel,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from collectors.text import Lang, Text
from dashboards.annotation import Marks, MarksBuilder
from dashboards.links import SERVICE, SERVICE_DEFAULT
from dashboards.target import SOURCE
from dashboards.uids import FLEET, OVERVIEW

COLUMNS = 24
_HOMES = {
    OVERVIEW: Text("オフィスの状態へ", "Back to the overview"),
    FLEET: Text("全契約の状態へ", "Back to the fleet"),
}
TAG = "karte"
ALL = ".*"
"""Value of a variable that stands for all."""


class Board:
    """A dashboard being put together.

    Attributes:
        lang: its language.
    """

    def __init__(
        self, lang: Lang, uid: str, title: Text, about: Text, *, since: str, refresh: str = "5m", home: str = OVERVIEW
    ) -> None:
        """Begin a dashboard.

        Args:
            lang: its language.
            uid: stable id, the same in every language and organisation.
            title: its name.
            about: what it is for, one sentence.
            since: the range that it opens with, e.g. "now-24h".
            refresh: how often it asks anew.
            home: uid of the page that it leads back to.
        """
        self.lang = lang
        self._x = self._y = self._row = 0
        self._dashboard = (
            Dashboard(title.in_(lang))
            .uid(uid)
            .description(about.in_(lang))
            .tags([TAG])
            .timezone("Asia/Tokyo")
            .week_start("monday")
            .time(since, "now")
            .refresh(refresh)
            .readonly()
            .tooltip(DashboardCursorSync.CROSSHAIR)
            .link(self._others())
        )
        if uid != home:
            self._dashboard.link(self._home(home))

    def _others(self) -> DashboardLink:
        text = Text("ほかの画面", "Other pages").in_(self.lang)
        link = DashboardLink(text).type(DashboardLinkType.DASHBOARDS).tags([TAG])
        return link.as_dropdown(True).include_vars(True).keep_time(True).icon("external link").url("").tooltip("")

    def _home(self, uid: str) -> DashboardLink:
        text = _HOMES[uid].in_(self.lang)
        return DashboardLink(text).type(DashboardLinkType.LINK).url(f"/d/{uid}").keep_time(True).icon("dashboard")

    def variable(self, name: str, text: Text, question: str, *, multi: bool = True, everything: bool = True) -> "Board":
        """Add a choice at the top of the page.

        Args:
            name: of the variable.
            text: for people.
            question: InfluxQL of the values.
            multi: False where one is chosen at a time.
            everything: whether "all" means all that there is; else it means all that the question gives.
        """
        every = Text("すべて", "All").in_(self.lang)
        variable = (
            QueryVariable(name)
            .label(text.in_(self.lang))
            .datasource(SOURCE)
            .query({"query": question, "refId": f"variable-{name}", "rawQuery": True})
            .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
            .sort(VariableSort.ALPHABETICAL_CASE_INSENSITIVE_ASC)
            .multi(multi)
        )
        if multi:
            variable = variable.include_all(True).current(VariableOption(True, every, "$__all"))
            variable = variable.all_value(ALL) if everything else variable
        self._dashboard.with_variable(variable)
        return self

    def service(self) -> "Board":
        """Let the page know the address of this service, so that it can link there; nobody sees or chooses it."""
        self._dashboard.with_variable(ConstantVariable(SERVICE).value(SERVICE_DEFAULT))
        return self

    def marks(self, name: Text, question: str, text: str, color: str) -> "Board":
        """Mark on all lines when something happened.

        Args:
            name: of the marks.
            question: InfluxQL of what happened, with `$timeFilter`.
            text: the column of the answer that tells it.
            color: of the marks.
        """
        self._dashboard.annotation(MarksBuilder(Marks(name.in_(self.lang), question, text, color)))
        return self

    def place(self, panel: Builder[Panel], width: int, height: int) -> "Board":
        """Add a panel, right of the last one or below, where it does not fit."""
        if self._x + width > COLUMNS:
            self._x, self._y, self._row = 0, self._y + self._row, 0
        at = GridPos(h=height, w=width, x=self._x, y=self._y)
        self._x, self._row = self._x + width, max(self._row, height)
        self._dashboard.with_panel(panel.grid_pos(at))  # type: ignore[attr-defined]  # every panel builder has it
        return self

    def heading(self, title: Text, *, each: str = "") -> "Board":
        """Begin a new part of the page.

        Args:
            title: of the part.
            each: name of a variable for each of whose values the part is repeated; "" for none.
        """
        self._x, self._y, self._row = 0, self._y + self._row, 0
        row = Row(title.in_(self.lang)).grid_pos(GridPos(h=1, w=COLUMNS, x=0, y=self._y))
        self._dashboard.with_row(row.repeat(each) if each else row)
        self._y += 1
        return self

    def dashboard(self) -> Dashboard:
        """Return the finished dashboard."""
        return self._dashboard

"""Marks on a page's lines: what happened then. The SDK has no fields for those of the InfluxDB data source.

Source: Grafana, `public/app/plugins/datasource/influxdb/migrations.ts`.
"""

from dataclasses import dataclass

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import AnnotationQuery

from dashboards.target import SOURCE


class Marks(AnnotationQuery):
    """A query for marks, as it is saved with a dashboard."""

    def __init__(self, name: str, query: str, text: str, color: str) -> None:
        """Take what is asked.

        Args:
            name: for people; they can switch the marks off by it.
            query: InfluxQL with `$timeFilter`.
            text: the query's column whose value is shown.
            color: of the marks.
        """
        super().__init__(name=name, datasource=SOURCE, enable=True, hide=False, icon_color=color)
        self._query, self._text = query, text

    def to_json(self) -> dict[str, object]:
        """Return the JSON form, as the SDK's encoder asks for it."""
        own = {"query": self._query, "textColumn": self._text, "rawQuery": True, "fromAnnotations": True}
        own |= {"refId": "Anno", "name": self.name}
        return {**super().to_json(), "query": self._query, "textColumn": self._text, "target": own}


@dataclass(frozen=True, slots=True)
class MarksBuilder(Builder[AnnotationQuery]):
    """Gives the SDK's dashboard builder marks that are complete already."""

    marks: Marks

    def build(self) -> AnnotationQuery:
        """Return the marks."""
        return self.marks

"""InfluxQL as a panel's target. The SDK has no type for Grafana's InfluxDB data source, so this is it.

Source: Grafana, `pkg/tsdb/influxdb/models`, and the JSON that its query editor saves.
"""

from dataclasses import dataclass
from typing import Literal

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.dashboard import DataSourceRef

SOURCE_UID = "karte"
"""The data source's uid, the same in every organisation, so that the same JSON fits all."""

SOURCE = DataSourceRef(type_val="influxdb", uid=SOURCE_UID)

ResultFormat = Literal["time_series", "table"]


@dataclass(frozen=True, slots=True)
class Target(Dataquery):
    """A query as it is saved with a panel.

    Attributes:
        query: InfluxQL, with Grafana's `$timeFilter`, `$__interval` and variables.
        ref_id: name within the panel.
        result_format: "table" for rows, "time_series" for lines.
        alias: name of the lines, e.g. "$tag_host"; "" for the engine's.
    """

    query: str
    ref_id: str = "A"
    result_format: ResultFormat = "time_series"
    alias: str = ""

    def to_json(self) -> dict[str, object]:
        """Return the JSON form, as the SDK's encoder asks for it."""
        return {
            "datasource": SOURCE,
            "query": self.query,
            "rawQuery": True,
            "refId": self.ref_id,
            "resultFormat": self.result_format,
            **({"alias": self.alias} if self.alias else {}),
        }


@dataclass(frozen=True, slots=True)
class TargetBuilder(Builder[Dataquery]):
    """Gives the SDK's panel builders a target that is complete already."""

    target: Target

    def build(self) -> Dataquery:
        """Return the target."""
        return self.target

"""What can go wrong with Grafana, each told in one line."""

from api.told import ToldError
from collectors.text import Text


class GrafanaError(ToldError):
    """Grafana could not be brought in step; what is done is kept, and the next run goes on from there."""


class GrafanaAway(GrafanaError):
    """Grafana does not answer, or not in time, or what answers is none: nothing can be done now."""


class GrafanaDenied(GrafanaError):
    """Grafana does not take the user or the password, or the user is no server administrator: nothing can be done."""


class GrafanaForbidden(GrafanaError):
    """Grafana does not let the user do one thing."""


class GrafanaRefused(GrafanaError):
    """Grafana answered one request with an error.

    Attributes:
        status: of HTTP.
        said: Grafana's own word.
    """

    def __init__(self, status: int, said: str) -> None:
        super().__init__(Text(f"Grafana が断りました（{status}）: {said}", f"Grafana refused it ({status}): {said}"))
        self.status = status
        self.said = said


class NameTaken(GrafanaError):
    """Another organisation has the name that a contract's needs."""

    def __init__(self, name: str) -> None:
        super().__init__(
            Text(
                f"組織名「{name}」は別の組織が使っています。"
                "Grafana でその組織の名前を変えてから、もう一度実行してください",
                f'another organisation has the name "{name}"; rename that one in Grafana and run this again',
            )
        )

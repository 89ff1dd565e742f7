"""From the service's settings to a sync."""

from collections.abc import Callable
from urllib.parse import urlsplit

from api.config import Config
from api.db import Database
from api.grafana.api import Grafana
from api.grafana.boards import boards_at
from api.grafana.errors import GrafanaError
from api.grafana.sync import Sync
from collectors.text import Text


class NotSet(GrafanaError):
    """The settings name no Grafana that could be brought in step."""


def is_set(config: Config) -> bool:
    """Tell whether there is a Grafana to be brought in step."""
    return bool((config.grafana_admin_url or config.grafana_url) and config.grafana_password)


def create_sync(
    config: Config,
    database: Database,
    url: str | None = None,
    going: Callable[[], bool] = lambda: True,
    progress: Callable[[int, int], None] = lambda _done, _due: None,
) -> Sync:
    """Return the sync of the Grafana that the settings name.

    Args:
        config: the service's settings.
        database: the relational database.
        url: Grafana's base URL in place of the one in the settings.
        going: False once a run is to end early.
        progress: told how many organisations are done, of how many.

    Raises:
        NotSet: a setting is missing, or the URL cannot be one.
    """
    grafana = create_grafana(config, url)
    source_url = config.grafana_source_url or config.public_url
    boards = boards_at(config.public_url)
    return Sync(database, grafana, source_url, config.grafana_export_dir, boards, going=going, progress=progress)


def create_grafana(config: Config, url: str | None = None) -> Grafana:
    """Return the Grafana that the settings name.

    Args:
        config: the service's settings.
        url: its base URL in place of the one in the settings.

    Raises:
        NotSet: a setting is missing, or the URL cannot be one.
    """
    where = url or config.grafana_admin_url or config.grafana_url
    if not where or not config.grafana_password:
        missing = "KARTE_GRAFANA_PASSWORD" if where else "KARTE_GRAFANA_ADMIN_URL"
        raise NotSet(
            Text(
                f"Grafana の設定がありません。{missing} を設定してください",
                f"there is no Grafana in the settings; set {missing}",
            )
        )
    if urlsplit(where).scheme not in ("http", "https") or not urlsplit(where).hostname:
        raise NotSet(
            Text(
                f"Grafana の URL {where} が使えません。http://host:3000 のように指定してください",
                f"Grafana's URL {where} cannot be used; it looks like http://host:3000",
            )
        )
    return Grafana(where, config.grafana_user, config.grafana_password)

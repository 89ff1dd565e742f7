"""The local Grafana brought in step at the start, so that whoever opens it finds it complete."""

from dataclasses import replace

from api.config import Config
from api.db import Database
from api.grafana.errors import GrafanaError
from api.grafana.setting import create_sync
from api.local.datadir import DataDir
from api.local.grafana import comes_up, password_path
from collectors.text import Text


def settings(config: Config, grafana_url: str, data: DataDir, public_url: str) -> Config:
    """Return settings that name the local Grafana."""
    return replace(
        config,
        public_url=public_url,
        grafana_url=grafana_url,
        grafana_password=password_path(data).read_text(encoding="ascii").strip(),
        grafana_export_dir=data.root / "grafana-export",
    )


def set_up(config: Config, database: Database) -> Text | None:
    """Wait for Grafana and bring it in step; return what a person must know if that failed, as the worker tries again.

    Args:
        config: from `settings`.
        database: the relational database.
    """
    if not comes_up(str(config.grafana_url)):
        return Text(
            "Grafana がまだ応答しません。応答すれば、定期ジョブが5分以内にダッシュボードを用意します",
            "Grafana does not answer yet; once it does, dashboards come within five minutes",
        )
    try:
        outcome = create_sync(config, database).run()
    except GrafanaError as error:
        return error.text
    failed = [result.error for result in outcome.results if result.error is not None]
    return failed[0].text if failed else None

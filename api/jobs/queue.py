"""Where the queue of jobs is: a file, or a Redis."""

import importlib.util
from pathlib import Path

import huey
from sqlalchemy import make_url

from api.config import Config
from api.told import ToldError
from collectors.text import Text

_NAME = "karte"


class QueueError(ToldError):
    """The queue of jobs cannot be used; the message says why and what to do."""


def open_queue(config: Config) -> huey.Huey:
    """Open the queue that the settings name.

    Raises:
        QueueError: there is no place for it, or it cannot be used.
    """
    if config.redis_url:
        if importlib.util.find_spec("redis") is None:
            raise QueueError(
                Text(
                    "KARTE_REDIS_URL を使うには Python パッケージ redis が必要です。pip install redis で入れてください",
                    "KARTE_REDIS_URL needs the Python package redis; run pip install redis",
                )
            )
        return huey.RedisHuey(_NAME, url=config.redis_url, results=False)
    path = config.queue_path or _beside(config.database_url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return huey.SqliteHuey(_NAME, filename=str(path), results=False)
    except Exception as error:  # the driver's own, and an OSError of the directory
        raise QueueError(
            Text(f"ジョブのキュー {path} を開けません: {error}", f"the queue of jobs {path} cannot be opened: {error}")
        ) from None


def _beside(database_url: str) -> Path:
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise QueueError(
            Text(
                "ジョブのキューの置き場所がありません。KARTE_HUEY（ファイル）か KARTE_REDIS_URL を設定してください",
                "there is no place for the queue of jobs; set KARTE_HUEY, a file, or KARTE_REDIS_URL",
            )
        )
    return Path(url.database).with_name("jobs.db")

"""What a job is."""

from collections.abc import Callable
from dataclasses import dataclass

from api.config import Config
from api.db import Database
from api.influx.engine import Engine
from collectors.text import Text

EVERY_MINUTE = ",".join(map(str, range(60)))
"""`minutes` of a job that runs once a minute."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What jobs work with.

    Attributes:
        config: the service's settings.
        database: the relational database.
        engine: the time-series engine.
        going: False once the worker is asked to end; a long job looks often and ends early.
    """

    config: Config
    database: Database
    engine: Engine
    going: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done again and again.

    A job may be begun twice at once, on two machines, and may be killed at any moment: it must bear both.

    Attributes:
        name: for the queue and the log.
        text: what it does and how often, for people.
        minutes: minutes of every hour at which it begins, as in a crontab ("4,34").
        run: does it, and raises `ToldError` where it cannot.
        expires_s: seconds after which it need not begin any more, as the next one comes.
    """

    name: str
    text: Text
    minutes: str
    run: Callable[[Tools], None]
    expires_s: int

"""The service's settings and engine for commands that need more than the relational database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from api.cli.speech import Failed
from api.config import Config, ConfigError, database_url, load, load_local
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.local import dashboards
from api.local.datadir import DataDir, DataDirError, data_dir
from api.local.influxd import InfluxdError, start_influxd
from api.local.lock import AlreadyRunning, DirectoryLock
from api.local.stack import RETENTION_DAYS
from api.local.state import StateError, load_state
from collectors.text import Text


def service_config(directory: Path | None) -> Config:
    """Return the settings that the environment gives, or those of the local stack on a data directory.

    Raises:
        Failed: a setting cannot be used, or no stack was ever started on the data directory.
    """
    try:
        if _is_configured(directory):
            return load()
        place = data_dir(directory)
        state = load_state(place.state)
        if state is None:
            raise Failed(
                Text(
                    f"{place.root} ではまだ何も起動されていません。karte up で起動してください",
                    f"nothing was ever started on {place.root}; start it: karte up",
                )
            )
        named = load_local(place.database_url, place.secret_key())
        own = Config(
            database_url=named.database_url,
            secret_key=named.secret_key,
            encryption_key=named.encryption_key,
            channel_allow=named.channel_allow,
            influx_url=state.influx_url,
            raw_retention_days=RETENTION_DAYS[state.mode],
            report_dir=place.reports,
        )
        return dashboards.settings(own, state.grafana_url, place, state.url) if state.grafana_url else own
    except (ConfigError, DataDirError, StateError) as error:
        raise Failed(error.text) from None


@contextmanager
def service_engine(config: Config, directory: Path | None) -> Iterator[Engine]:
    """Give the time-series engine; where the local stack does not run, its influxd runs for as long as it is needed.

    Raises:
        Failed: the local influxd cannot be started.
    """
    if _is_configured(directory):
        yield create_engine(config)
        return
    place = data_dir(directory)
    try:
        with _stopped_stack(place) as is_stopped:
            if not is_stopped:
                yield create_engine(config)
                return
            with _influxd(place) as url:
                yield create_engine(replace(config, influx_url=url))
    except InfluxdError as error:
        raise Failed(error.text) from None


def _is_configured(directory: Path | None) -> bool:
    return directory is None and database_url() is not None


@contextmanager
def _stopped_stack(place: DataDir) -> Iterator[bool]:
    """Tell whether the local stack is stopped, and keep it from starting meanwhile if it is.

    The lock tells, and not whether something answers at the address of the last run: that may be another program now.
    """
    with ExitStack() as held:
        try:
            held.enter_context(DirectoryLock(place.root / "lock"))
            is_stopped = True
        except AlreadyRunning as error:
            if error.holder.url is None:
                raise Failed(
                    Text(
                        f"{place.root} で karte が起動中です。少し待ってからやり直してください",
                        f"karte is starting on {place.root}; try again in a moment",
                    )
                ) from None
            is_stopped = False
        yield is_stopped


@contextmanager
def _influxd(place: DataDir) -> Iterator[str]:
    running = start_influxd(place.influxdb, log_path=place.log / "influxd.log")
    try:
        yield running.url
    finally:
        running.stop()

"""The service's settings for commands that need the engine or the report store, and not the database alone."""

from pathlib import Path

import click

from api.config import Config, ConfigError, database_url, load
from api.local.datadir import DataDirError, data_dir
from api.local.stack import RETENTION_DAYS
from api.local.state import StateError, load_state


def service_config(directory: Path | None) -> Config:
    """Return the settings that the environment gives, or those of the local stack on a data directory.

    Raises:
        ClickException: a setting cannot be used, or no stack was ever started on the data directory.
    """
    try:
        if directory is None and database_url():
            return load()
        place = data_dir(directory)
        state = load_state(place.state)
        if state is None:
            raise click.ClickException(f"nothing was ever started on {place.root}; start it: karte up")
        return Config(
            database_url=place.database_url,
            secret_key=place.secret_key(),
            influx_url=state.influx_url,
            raw_retention_days=RETENTION_DAYS[state.mode],
            report_dir=place.reports,
        )
    except (ConfigError, DataDirError, StateError) as error:
        raise click.ClickException(str(error)) from None

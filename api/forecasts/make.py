"""Forecasts of all contracts, made from the rollup and stored."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.forecasts.kinds import KINDS
from api.forecasts.points import forecast_points
from api.forecasts.tracks import read_tracks
from api.influx.engine import Engine, EngineError
from api.influx.influxql import quote_identifier, quote_string
from api.models import Contract, ContractState
from api.readings.scope import to_ns
from api.told import ToldError
from collectors.point import Point
from collectors.service.forecast import FORECAST
from collectors.text import Text


class NotForecast(ToldError):
    """The engine did not tell what was used; the next run looks again."""


def active_contracts(session: Session) -> list[str]:
    """Return the public ids of the contracts whose things are forecast."""
    asked = select(Contract.public_id).where(Contract.state == ContractState.ACTIVE).order_by(Contract.id)
    return list(session.scalars(asked))


def points_of(engine: Engine, rollup: str, contract: str, moments: Iterable[datetime]) -> Iterator[Point]:
    """Yield the forecasts of one contract as of moments, which are in order; nothing later is looked at for each.

    Raises:
        NotForecast: the engine refused or did not answer.
    """
    at = list(moments)
    span = at[-1] - at[0]
    with _told():
        tracks = [each for kind in KINDS for each in read_tracks(engine, rollup, contract, kind, at[-1], span)]
    return chain.from_iterable(forecast_points(contract, tracks, to_ns(each)) for each in at)


def has_forecasts(engine: Engine, raw: str, contract: str) -> bool:
    """Tell whether a contract has forecasts.

    Raises:
        NotForecast: the engine refused or did not answer.
    """
    where = f"{quote_identifier('contract')} = {quote_string(contract)}"
    asked = f'SELECT "readings" FROM {quote_identifier(FORECAST.name)} WHERE {where} LIMIT 1'  # noqa: S608  # quoted
    with _told():
        return bool(engine.query(raw, asked))


def days_before(at: datetime, days: int) -> list[datetime]:
    """Return the same time of so many days before a moment, in order, without the moment itself."""
    return [at - timedelta(days=ago) for ago in range(days, 0, -1)]


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except EngineError as error:
        raise NotForecast(
            Text(
                f"予測のもとになる集計を読めません。次回やり直します: {error}",
                f"the rollup that forecasts are made from cannot be read; the next run tries again: {error}",
            )
        ) from None

"""What all entities share: the declarative base, times in UTC, names of constraints."""

from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, Dialect, Enum, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

SERVICE_ZONE = ZoneInfo("Asia/Tokyo")
"""Where a day of the service begins and ends: effective dates, quotas and reports count in it."""

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every entity; constraints get predictable names, which migrations on SQLite need."""

    metadata = MetaData(naming_convention=_NAMES)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC. SQLite keeps no zone, so it is taken off there and put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC.

        Raises:
            ValueError: the time has no zone, so that nobody can tell which moment it means.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the stored time as an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def word(kind: type[StrEnum]) -> Enum:
    """Return the column type of an enumeration: its value as text, so that a new value needs no migration."""
    return Enum(kind, values_callable=lambda k: [m.value for m in k], native_enum=False, length=32)


def utc_now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)


def service_day(moment: datetime) -> date:
    """Return the day in Japan to which a moment belongs."""
    return moment.astimezone(SERVICE_ZONE).date()

"""The anonymised export: measured values of all contracts, as files.

The data is read twice. First it is seen how many contracts share what, then rows are written by that; what only came in
between is left out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import Database
from api.influx.chunks import read_chunks
from api.influx.engine import Engine, Series
from api.influx.influxql import quote_identifier
from api.models import Contract, ContractState, Device, Site
from api.privacy.anonymous.classes import Column, Layout, Use, layout
from api.privacy.anonymous.places import region, system
from api.privacy.anonymous.pseudonyms import Pseudonyms
from api.privacy.anonymous.report import Report, Tally
from api.privacy.anonymous.suppress import ANY, Step, Traits, anything, generalised
from api.privacy.stored import moment
from api.readings.scope import Window, to_ns
from api.spreadsheet import csv_parts
from api.told import ToldError
from collectors.catalogue import measurements
from collectors.declaration import Measurement
from collectors.text import Text

DEFAULT_K = 5
LEAST_K = 2

_HOUR_NS = 3600 * 10**9
_SPAN = timedelta(days=7)
_PLACE_COLUMNS = ("device_kind", "prefecture", "device_os")
_KIND, _PREFECTURE, _OS = range(len(_PLACE_COLUMNS))


class TooFew(ToldError, ValueError):
    """There are fewer contracts than a group must have, so that nothing could leave."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What is known of a device that sends.

    Attributes:
        kind: what it is.
        prefecture: of its site, JIS X 0401.
        os: as it told.
    """

    kind: str
    prefecture: str
    os: str


_UNKNOWN = Machine("", "", "")


@dataclass(frozen=True, slots=True)
class People:
    """Whose data may leave.

    Attributes:
        contracts: public ids of the contracts that have not ended.
        machines: public id of a device -> what is known of it.
    """

    contracts: frozenset[str]
    machines: Mapping[str, Machine]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be exported.

    Attributes:
        database: of the engine, that is read.
        is_raw: whether that holds points as they came, or else the hourly rollup.
        window: what is read.
        names: of the measurements; empty for all.
        k: least size of a group, in contracts.
        key: of the pseudonyms.
        is_key_kept: whether it is kept.
        is_linked: whether a device has the same pseudonym in all files.
    """

    database: str
    is_raw: bool
    window: Window
    names: Sequence[str]
    k: int
    key: bytes
    is_key_kept: bool
    is_linked: bool


@dataclass(frozen=True, slots=True)
class File:
    """A file of the export.

    Attributes:
        name: of it.
        parts: its content, in pieces; must be taken in full before the next file is asked for.
    """

    name: str
    parts: Iterable[bytes]


@dataclass
class _Seen:
    """What the first reading found.

    Attributes:
        traits: traits -> contracts whose rows have them.
        words: column -> word -> contracts whose rows have it.
        contracts: all of them.
    """

    traits: defaultdict[Traits, set[str]] = field(default_factory=lambda: defaultdict(set))
    words: defaultdict[str, defaultdict[str, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    contracts: set[str] = field(default_factory=set)


def export(database: Database, engine: Engine, order: Order) -> Iterator[File]:
    """Yield the files.

    Raises:
        TooFew: there are fewer contracts than k.
        EngineError: the engine refused or could not be reached.
    """
    with database.reading() as session:
        people = read_people(session)
    if len(people.contracts) < order.k:
        raise TooFew(
            Text(
                f"契約が {len(people.contracts)} 件しかないため、k = {order.k} では何も出せません",
                f"there are {len(people.contracts)} contracts only, so that with k = {order.k} nothing may leave",
            )
        )
    report = Report(
        order.k,
        order.window.start,
        order.window.end,
        "raw" if order.is_raw else "hourly",
        order.is_key_kept,
        order.is_linked,
    )
    names = Pseudonyms(order.key)
    for declared in _wanted(order.names):
        columns = layout(declared, is_raw=order.is_raw)
        tally = report.tallies[declared.name] = Tally(columns)
        if not columns.fields:
            continue
        source = _Source(engine, order, declared, columns, people)
        seen = source.seen()
        tally.contracts = len(seen.contracts)
        if tally.contracts:
            head = ["time", "contract", "site", "device", "series", *_PLACE_COLUMNS, *(c.name for c in columns.columns)]
            yield File(f"{declared.name}.csv", csv_parts(head, source.rows(seen, names, tally)))
    yield File("report.json", [report.as_json()])
    yield File("report.ja.txt", [report.as_text("ja")])
    yield File("report.en.txt", [report.as_text("en")])


def read_people(session: Session) -> People:
    """Return whose data may leave: of contracts that have ended, nothing does any more."""
    running = Contract.state != ContractState.TERMINATED
    contracts = session.scalars(select(Contract.public_id).where(running))
    machines = session.execute(
        select(Device.public_id, Device.kind, Site.prefecture, Device.os)
        .join(Site, Site.id == Device.site_id)
        .join(Contract, Contract.id == Device.contract_id)
        .where(running)
    )
    return People(
        frozenset(contracts), {device: Machine(kind.value, place, os) for device, kind, place, os in machines}
    )


def unknown(names: Sequence[str]) -> list[str]:
    """Return the names that are no measurement of the catalogue."""
    return [name for name in names if name not in measurements()]


def _wanted(names: Sequence[str]) -> list[Measurement]:
    return [declared for name, declared in measurements().items() if not names or name in names]


@dataclass(frozen=True, slots=True)
class _Source:
    """One measurement, read."""

    engine: Engine
    order: Order
    declared: Measurement
    layout: Layout
    people: People

    def seen(self) -> _Seen:
        """Return how many contracts share what."""
        found = _Seen()
        for piece, contract in self._pieces():
            found.contracts.add(contract)
            tell = self._teller(piece)
            words = self.layout.of(Use.WORD)
            for row in piece.values:
                traits, values = tell(row)
                found.traits[traits].add(contract)
                for column in words:
                    found.words[column.name][str(values.get(column.name) or "")].add(contract)
        return found

    def rows(self, seen: _Seen, names: Pseudonyms, tally: Tally) -> Iterator[list[object]]:
        """Yield the rows that may leave."""
        told = generalised(seen.traits, self._steps(), self.order.k)
        common = {
            column: {word for word, contracts in words.items() if len(contracts) >= self.order.k}
            for column, words in seen.words.items()
        }
        traits_of, numbers = self.layout.of(Use.TRAIT), self.layout.of(Use.NUMBER)
        words_of = self.layout.of(Use.WORD)
        for piece, contract in self._pieces():
            head = self._names(names, piece, contract)
            tell = self._teller(piece)
            for row in piece.values:
                traits, values = tell(row)
                shown = told.get(traits)
                if shown is None:
                    tally.rows_suppressed += 1
                    continue
                tally.rows += 1
                tally.rows_generalised += shown != traits
                words: list[object] = []
                for column in words_of:
                    word = str(values.get(column.name) or "")
                    is_common = word in common.get(column.name, ())
                    tally.words_suppressed += not is_common
                    words.append(word if is_common else ANY)
                assert len(shown) == len(_PLACE_COLUMNS) + len(traits_of)  # noqa: S101
                hour = moment(int(row[0]) // _HOUR_NS * _HOUR_NS)
                yield [hour, *head, *shown, *words, *(values.get(column.name) for column in numbers)]

    def _pieces(self) -> Iterator[tuple[Series, str]]:
        wanted = ", ".join(quote_identifier(name) for name in self.layout.fields)
        start = f"SELECT {wanted} FROM {quote_identifier(self.declared.name)}"  # noqa: S608  # all is quoted
        at, end = self.order.window.start, self.order.window.end
        while at < end:
            until = min(end, at + _SPAN)
            span = f"time >= {to_ns(at)} AND time < {to_ns(until)}"
            for piece in read_chunks(self.engine, self.order.database, f"{start} WHERE {span} GROUP BY *"):
                contract = piece.tags.get("contract", "")
                if contract in self.people.contracts:
                    yield piece, contract
            at = until

    def _teller(self, piece: Series) -> Callable[[Sequence[object]], tuple[Traits, Mapping[str, object]]]:
        """Return what gives a row's traits and all of its values, tags included."""
        machine = self.people.machines.get(piece.tags.get("device", ""), _UNKNOWN)
        place = (machine.kind, machine.prefecture, machine.os)
        columns = self.layout.of(Use.TRAIT)

        def tell(row: Sequence[object]) -> tuple[Traits, Mapping[str, object]]:
            values = {**piece.tags, **dict(zip(piece.columns, row, strict=True))}
            return (*place, *(_text(values, column) for column in columns)), values

        return tell

    def _names(self, names: Pseudonyms, piece: Series, contract: str) -> list[str]:
        tags = piece.tags
        domain = "" if self.order.is_linked else self.declared.name
        # What tells its series apart is in the series' name, so no two of a device become one.
        identity = [part for key in sorted(tags) if tags[key] for part in (key, tags[key])]
        return [
            names.of("contract", contract, domain),
            names.of("site", contract, tags["site"], domain) if tags.get("site") else "",
            names.of("device", contract, tags["device"], domain) if tags.get("device") else "",
            names.of("series", self.declared.name, *identity),
        ]

    def _steps(self) -> list[Step]:
        """Return what is given up, the first first: where it is, then what exactly it is, then what it is at all."""
        first = len(_PLACE_COLUMNS)
        exact = [Step(first + number, anything) for number, _ in enumerate(self.layout.of(Use.TRAIT))]
        return [
            Step(_PREFECTURE, region),
            *exact[:0:-1],
            Step(_OS, system),
            Step(_PREFECTURE, anything),
            Step(_OS, anything),
            *exact[:1],
            Step(_KIND, anything),
        ]


def _text(values: Mapping[str, object], column: Column) -> str:
    value = values.get(column.name)
    return "" if value is None else str(value)

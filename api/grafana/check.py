"""Every query of a dashboard is read by the gateway's own grammar and compared with the catalogue."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.influxql.errors import QueryRefused
from api.influxql.parser import parse
from api.influxql.timerange import is_time
from api.influxql.tokens import scan
from api.influxql.tree import (
    Call,
    Column,
    Distinct,
    Expression,
    Measurement,
    Reference,
    Select,
    Show,
    Subquery,
    Wildcard,
    operands,
)
from collectors.declaration import AGENT_TAGS, STAMPED_TAGS
from collectors.declaration import Measurement as Declared

_VARIABLE = re.compile(r"\$\{?([a-z_]+)(?::[a-z]+)?\}?")
_GRAFANA = {
    "$timeFilter": "time >= 1700000000000ms and time <= 1700086400000ms",
    "$__interval": "1h",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of a dashboard.

    Attributes:
        where: dashboard and panel or variable, for people.
        text: InfluxQL as saved.
    """

    where: str
    text: str


def queries_of(dashboard: Mapping[str, Any]) -> Iterator[Asked]:
    """Yield all queries of a dashboard's JSON: of panels, variables and annotations."""
    title = dashboard["title"]
    for panel in dashboard.get("panels", []):
        for target in panel.get("targets", []):
            yield Asked(f"{title}: {panel.get('title') or panel['id']}, {target['refId']}", target["query"])
    for variable in dashboard.get("templating", {}).get("list", []):
        query = variable.get("query")
        if variable.get("type") == "query" and query:
            yield Asked(f"{title}: ${variable['name']}", query["query"] if isinstance(query, dict) else query)
    for annotation in dashboard.get("annotations", {}).get("list", []):
        query = annotation.get("query") or annotation.get("target", {}).get("query")
        if query:
            yield Asked(f"{title}: {annotation['name']}", query)


def interpolated(text: str, variables: Mapping[str, str], macros: Mapping[str, str] = _GRAFANA) -> str:
    """Return a query as Grafana sends it.

    Args:
        text: as saved.
        variables: values of the dashboard's variables; one that is not named stands for all.
        macros: values of Grafana's own.
    """
    for name, value in macros.items():
        text = text.replace(name, value)
    return _VARIABLE.sub(lambda found: variables.get(found[1], ".*"), text)


def problems(dashboard: Mapping[str, Any], declared: Mapping[str, Declared]) -> list[str]:
    """List what the queries of a dashboard ask for that the catalogue does not have; empty if all is there."""
    found: list[str] = []
    for asked in queries_of(dashboard):
        text = interpolated(asked.text, {})
        try:
            statements = parse(scan(text))
        except QueryRefused as refused:
            found.append(f"{asked.where}: {refused.told(text)}")
            continue
        for statement in statements:
            told = _show(statement, declared) if isinstance(statement, Show) else _select(statement, declared)
            found += [f"{asked.where}: {problem}" for problem in told]
    return found


def _show(show: Show, declared: Mapping[str, Declared]) -> list[str]:
    named = [source.name for source in show.sources if isinstance(source.name, str)]
    return [f"measurement {name!r} is not in the catalogue" for name in named if name not in declared]


def _select(select: Select, declared: Mapping[str, Declared]) -> list[str]:
    found: list[str] = []
    known: set[str] = set()
    for source in select.sources:
        if isinstance(source, Subquery):
            found += _select(source.select, declared)
            known |= _made(source.select, declared)
        elif isinstance(source.name, str):
            if source.name not in declared:
                return [*found, f"measurement {source.name!r} is not in the catalogue"]
            known |= _names(declared[source.name])
    used = {name for expression in _expressions(select) for name in _references(expression)}
    sources = ", ".join(str(source.name) for source in select.sources if isinstance(source, Measurement))
    return found + [f"{name!r} is no tag or field of {sources or 'the subquery'}" for name in sorted(used - known)]


def _names(measurement: Declared) -> set[str]:
    return _tags(measurement) | {field.name for field in measurement.fields}


def _tags(measurement: Declared) -> set[str]:
    return {tag.name for tag in measurement.tags} | STAMPED_TAGS | AGENT_TAGS


def _made(select: Select, declared: Mapping[str, Declared]) -> set[str]:
    """Return the names that a subquery has to offer: its columns and its dimensions."""
    made = {name for dimension in select.dimensions for name in _references(dimension)}
    if any(isinstance(dimension, Wildcard) for dimension in select.dimensions):
        named = [source.name for source in select.sources if isinstance(source, Measurement)]
        made |= {name for each in named if isinstance(each, str) and each in declared for name in _tags(declared[each])}
    return made | {_column_name(column) for column in select.columns}


def _column_name(column: Column) -> str:
    if column.alias is not None:
        return column.alias
    match column.expression:
        case Reference(name=name) | Call(name=name):
            return name
        case _:
            return ""


def _expressions(select: Select) -> Iterator[Expression]:
    for column in select.columns:
        yield column.expression
    if select.condition is not None:
        yield select.condition
    yield from select.dimensions


def _references(expression: Expression) -> Iterator[str]:
    match expression:
        case Reference(name=name) | Distinct(name=name):
            if not is_time(expression):
                yield name
        case _:
            for part in operands(expression):
                yield from _references(part)


def read(text: str) -> Mapping[str, Any]:
    """Return a dashboard's JSON."""
    found: Mapping[str, Any] = json.loads(text)
    return found

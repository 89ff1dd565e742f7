"""The heart of the isolation: a tree that reads anything becomes a tree that reads one contract's points.

Every SELECT that reads a measurement, at whatever depth, gets `"contract" = '…'` ANDed to its condition, which is put
in brackets first, so that no OR of the customer's reaches past it. A SELECT over a subquery reads nothing itself: it
gets its isolation from the inner one. The contract's id is a slot that the service fills, so a scoped tree serves every
contract.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from api.gateway.query.vocabulary import (
    ALL_BUT_CONTRACT,
    CONTRACT_TAG,
    Vocabulary,
    check_name,
    matching,
    one_of,
    without_contract,
)
from api.influxql.errors import QueryRefused
from api.influxql.tree import (
    Binary,
    Call,
    Column,
    Distinct,
    Expression,
    Group,
    Literal,
    Measurement,
    Reference,
    Regex,
    Select,
    Show,
    Shown,
    Sign,
    Source,
    Spared,
    Statement,
    Subquery,
    Wildcard,
)

CONTRACT_SLOT = -2
"""Slot of the contract's id, a string literal."""

POLICIES = frozenset({"", "default", "autogen"})
"""Names under which clients ask for a database's one retention policy."""

_IS_CONTRACT = Binary("=", Reference(CONTRACT_TAG), Literal("STRING", CONTRACT_SLOT))


@dataclass(frozen=True, slots=True)
class Scope:
    """What a tree is scoped with.

    Attributes:
        scoped: False for staff, who read across contracts; names and databases are checked all the same.
        databases: name as clients know it -> name in the engine.
        vocabulary: the names that there are.
    """

    scoped: bool
    databases: Mapping[str, str]
    vocabulary: Vocabulary

    def database(self, name: str) -> str:
        """Return a database's name in the engine.

        Raises:
            QueryRefused: there is no such database for this token.
        """
        found = self.databases.get(name)
        if found is None:
            raise QueryRefused(f"database not found: {name}")
        return found


def scope_statement(statement: Statement, scope: Scope) -> Statement:
    """Return the statement as it may be run.

    Raises:
        QueryRefused: it speaks of something that this token has no access to.
    """
    if isinstance(statement, Show):
        return _show(statement, scope)
    return _select(statement, scope)


def _select(select: Select, scope: Scope) -> Select:
    sources = tuple(_source(source, scope) for source in _unmixed(select.sources))
    condition = None if select.condition is None else _condition(select.condition, scope)
    read = [source.name for source in sources if isinstance(source, Measurement)]
    if scope.scoped and read:
        condition = with_contract(condition, scope.vocabulary.of(read))
    names = _read_names(read, scope) if scope.scoped else None
    return replace(
        select,
        columns=tuple(_column(column, scope, names) for column in select.columns),
        sources=sources,
        condition=condition,
        dimensions=tuple(_dimension(dimension, scope, names) for dimension in select.dimensions),
    )


def _read_names(read: Sequence[str | Regex], scope: Scope) -> Vocabulary:
    """Return the names of the measurements that are read; none only where none is read."""
    names = scope.vocabulary.of(read)
    return scope.vocabulary if read and not names.tags else names


def with_contract(condition: Expression | None, names: Vocabulary) -> Expression:
    """Return a condition that holds for the contract's points only.

    Args:
        condition: as it was; None where there was none.
        names: of what is read.
    """
    return _IS_CONTRACT if condition is None else Binary("AND", Group(_spared(condition, names)), _IS_CONTRACT)


def _spared(condition: Expression, names: Vocabulary) -> Expression:
    """Return a condition that does not ask of a tag whether it matches /.*/, which a dashboard's "all" does.

    An engine looks for that through the tag's values of all contracts: 10 ms with 10,000 devices in InfluxDB 1. What
    stands for it asks for the contract, which is asked of every point beside it anyway.
    """
    match condition:
        case Binary(operator="AND" | "OR", left=left, right=right):
            return replace(condition, left=_spared(left, names), right=_spared(right, names))
        case Group(inner=inner):
            return Group(_spared(inner, names))
        case Binary(operator="=~", left=Reference(name=name, cast=cast), right=Literal(kind="REGEX")):
            return Spared(condition, _IS_CONTRACT) if _is_tag(name, cast, names) else condition
        case _:
            return condition


def _is_tag(name: str, cast: str, names: Vocabulary) -> bool:
    """Tell whether a name is surely a tag's: an absent field matches nothing, an absent tag is the empty text."""
    if cast == "field" or not names.tags or not all(name in tags for tags in names.tags.values()):
        return False
    return cast == "tag" or not any(name in fields for fields in names.fields.values())


def _unmixed(sources: tuple[Source, ...]) -> tuple[Source, ...]:
    """Return sources that are all measurements or all subqueries.

    Beside a subquery a measurement becomes one too: the contract's condition on the outer SELECT would also be asked
    of the subquery's rows, which have no such tag.
    """
    if len({type(source) for source in sources}) < 2:
        return sources
    whole = Select((Column(Wildcard()),), (), dimensions=(Wildcard(),))
    return tuple(
        Subquery(replace(whole, sources=(source,))) if isinstance(source, Measurement) else source for source in sources
    )


def _source(source: Source, scope: Scope) -> Source:
    if isinstance(source, Subquery):
        return Subquery(_select(source.select, scope))
    return _measurement(source, scope)


def _measurement(measurement: Measurement, scope: Scope) -> Measurement:
    if isinstance(measurement.name, str):
        check_name(measurement.name, hides_contract=False)
    if measurement.policy is not None and measurement.policy not in POLICIES:
        raise QueryRefused(f"retention policy not found: {measurement.policy}")
    if measurement.database is None:
        # With a policy of its own the engine's default policy is meant, whatever that is called there.
        return replace(measurement, policy=None)
    return replace(measurement, database=scope.database(measurement.database), policy=None)


def _column(column: Column, scope: Scope, names: Vocabulary | None) -> Column:
    if column.alias is not None and scope.scoped and column.alias.lower() == CONTRACT_TAG:
        check_name(column.alias, hides_contract=True)
    return replace(column, expression=_names(column.expression, scope, _column_choice(names)))


def _dimension(dimension: Expression, scope: Scope, names: Vocabulary | None) -> Expression:
    return _names(dimension, scope, _tag_choice(names))


Choose = Callable[[Wildcard | Regex], Expression]
"""A wildcard or regular expression over names -> one that leaves the contract out."""


def _column_choice(names: Vocabulary | None) -> Choose:
    """Return the choice among the columns of measurements with these names; None where nothing is left out."""

    def choose(chosen: Wildcard | Regex) -> Expression:
        if names is None:
            return chosen
        if isinstance(chosen, Regex):
            return _chosen(chosen, names, names.all_names())
        if chosen.cast == "field" or (chosen.cast == "tag" and not names.tags):
            return chosen
        return one_of(names.all_tags()) if chosen.cast == "tag" else ALL_BUT_CONTRACT

    return choose


def _tag_choice(names: Vocabulary | None) -> Choose:
    def choose(chosen: Wildcard | Regex) -> Expression:
        if names is None:
            return chosen
        return _chosen(chosen, names, names.all_tags()) if isinstance(chosen, Regex) else ALL_BUT_CONTRACT

    return choose


def _chosen(chosen: Regex, names: Vocabulary, among: frozenset[str]) -> Regex:
    # What a subquery gives has other names than the catalogue's, and never the contract, which is left out within.
    return without_contract(chosen, among) if names.tags else chosen


def _names(expression: Expression, scope: Scope, choose: Choose) -> Expression:
    """Return an expression whose names have been checked, and whose wildcards leave the contract out."""
    match expression:
        case Wildcard() | Regex():
            return choose(expression)
        case Call(arguments=arguments):
            # Within a call, wildcards and regular expressions choose fields only, never a tag.
            checked = (a if isinstance(a, Wildcard | Regex) else _names(a, scope, _refuse) for a in arguments)
            return replace(expression, arguments=tuple(checked))
        case _:
            _check(expression, scope)
            return expression


def _refuse(chosen: Wildcard | Regex) -> Expression:
    raise QueryRefused("a wildcard or regular expression cannot stand within a calculation")


def _condition(condition: Expression, scope: Scope) -> Expression:
    _check(condition, scope)
    return condition


def _check(expression: Expression, scope: Scope) -> None:
    """Refuse an expression of plain names and values that speaks of something else.

    Raises:
        QueryRefused: it has a wildcard, a regular expression over names, or a name that is not available.
    """
    match expression:
        case Reference(name=name) | Distinct(name=name):
            check_name(name, hides_contract=scope.scoped)
        case Wildcard() | Regex():
            _refuse(expression)
        case Binary(left=left, right=right):
            _check(left, scope)
            _check(right, scope)
        case Group(inner=inner) | Sign(operand=inner):
            _check(inner, scope)
        case Call(arguments=arguments):
            for argument in arguments:
                if not isinstance(argument, Wildcard | Regex):
                    _check(argument, scope)


def _show(show: Show, scope: Scope) -> Show:
    condition = None if show.condition is None else _condition(show.condition, scope)
    keys = show.keys
    if show.shown is Shown.TAG_VALUES:
        # The names are resolved here, so that the contract cannot be among a customer's.
        names = scope.vocabulary.all_tags() | (frozenset() if scope.scoped else {CONTRACT_TAG})
        keys = tuple(matching(show.key_operator, show.keys, names))
    return replace(
        show,
        database=None if show.database is None else scope.database(show.database),
        sources=tuple(_measurement(source, scope) for source in show.sources),
        keys=keys,
        condition=with_contract(condition, _shown_names(show, scope)) if scope.scoped else condition,
    )


def _shown_names(show: Show, scope: Scope) -> Vocabulary:
    return scope.vocabulary.of([source.name for source in show.sources])

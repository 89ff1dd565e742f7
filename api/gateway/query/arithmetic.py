"""Sums, differences and products of aggregates, reckoned here as the engines reckon them.

Division stays with the engines: what they make of a division by zero is theirs.
"""

import operator
from collections.abc import Callable, Mapping, Sequence

from api.influxql.tree import Binary, Call, Expression, Group, Literal, Sign

Reckoning = Callable[[Sequence[float], Sequence[str]], float]
"""Of the aggregates' values and the query's literals. Whole numbers stay whole, as in the engines."""

_OPERATORS: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def reckoning(expression: Expression, places: Mapping[Call, int]) -> Reckoning | None:
    """Return how an expression is reckoned; None where an engine must do it.

    Args:
        expression: of a column.
        places: aggregate -> its place among the values.
    """
    match expression:
        case Call() if expression in places:
            place = places[expression]
            return lambda values, _literals: values[place]
        case Literal(kind="INTEGER", slot=slot) if slot >= 0:
            return lambda _values, literals: int(literals[slot])
        case Literal(kind="NUMBER", slot=slot) if slot >= 0:
            return lambda _values, literals: float(literals[slot])
        case Sign(sign=sign, operand=Literal() as operand):
            return _signed(sign, reckoning(operand, places))
        case Group(inner=inner):
            return reckoning(inner, places)
        case Binary(operator=name, left=left, right=right) if name in _OPERATORS:
            return _both(_OPERATORS[name], reckoning(left, places), reckoning(right, places))
        case _:
            return None


def _signed(sign: str, of: Reckoning | None) -> Reckoning | None:
    if of is None or sign == "+":
        return of
    return lambda values, literals: -of(values, literals)


def _both(made: Callable[[float, float], float], left: Reckoning | None, right: Reckoning | None) -> Reckoning | None:
    if left is None or right is None:
        return None
    return lambda values, literals: made(left(values, literals), right(values, literals))

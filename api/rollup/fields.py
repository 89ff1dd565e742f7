"""What the hourly rollup keeps of a field: its partials.

Partials and not finished figures, so that whoever reads hours can make days and months of them: the mean of a day is
its sums over its counts.
"""

from collectors.declaration import Field, FieldType, Rollup

_OF_GAUGE = ("mean", "sum", "min", "max", "last", "count")
_OF_NUMBER = ("min", "max", "last", "count")
_OF_WORD = ("last", "count")

FUNCTIONS = _OF_GAUGE
"""All functions that a partial may come from, by InfluxQL's names."""


def functions_of(field: Field) -> tuple[str, ...]:
    """Return the functions of which a partial of this field is stored.

    Text and booleans have no order and no sum, whatever their declaration says; no engine gives these of them.
    """
    if field.type in {FieldType.STRING, FieldType.BOOLEAN}:
        return _OF_WORD
    return _OF_GAUGE if field.rollup is Rollup.GAUGE else _OF_NUMBER


def stored_name(field: str, function: str) -> str:
    """Return the name under which a partial is stored."""
    return f"{field}_{function}"


def stored_type(field: Field, function: str) -> FieldType:
    """Return the type of a partial: a mean is a float, a count an integer, all else is of the field's own type."""
    if function == "mean":
        return FieldType.FLOAT
    return FieldType.INTEGER if function == "count" else field.type

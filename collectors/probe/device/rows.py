"""Rows of the tables that a file names: joined with other tables, and those that count."""

from collections.abc import Iterator, Mapping, Sequence

from collectors.probe.device.convert import Cells, Notes, is_one_of, plain
from collectors.probe.device.raw import RawDevice
from collectors.probe.device.schema import Join, Raw, Table
from collectors.probe.snmp import Oid, Row, Value


def rows_of(table: Table, raw: RawDevice, notes: Notes) -> list[tuple[str, Cells]]:
    """Return the rows that count, each with its index in dotted form."""
    found: list[tuple[str, Cells]] = []
    for index, own in raw.table(table.columns).rows.items():
        row = {**own}
        for join in table.join:
            row.update(_joined(join, index, row, raw))
        cells = Cells(raw.objects, row, notes)
        if counts(table.where, cells):
            found.append((".".join(map(str, index)), cells))
    return found


def counts(where: Mapping[str, Sequence[Raw]], cells: Cells) -> bool:
    """Tell whether a row is one of those asked for."""
    return all(is_one_of(cells.row.get(column), raws) for column, raws in where.items())


def _joined(join: Join, index: Oid, row: Mapping[str, Value], raw: RawDevice) -> Row:
    other = raw.table(join.columns).rows
    if isinstance(join.by, int):
        return other.get(index[: join.by], {})
    told = plain(row.get(join.by))
    return other.get((told,), {}) if isinstance(told, int) else {}


def named(template: str, index: str, cells: Cells, otherwise: str) -> str:
    """Return a name with its columns filled in; where all of them are empty, the index behind another word."""
    texts = {name: " ".join(str(plain(value) or "").split()) for name, value in cells.row.items()}
    filled = " ".join(_fill(template, texts, index).split()).strip(" -:/")
    plainly = " ".join(_fill(template, {}, "").split()).strip(" -:/")
    return (
        filled if filled and (filled != plainly or "{" not in template) else f"{plainly or otherwise} {index}".strip()
    )


def _fill(template: str, texts: Mapping[str, str], index: str) -> str:
    return "".join(texts.get(part, index if part == "index" else "") if odd else part for odd, part in _parts(template))


def _parts(template: str) -> Iterator[tuple[bool, str]]:
    for number, part in enumerate(template.replace("}", "{").split("{")):
        yield number % 2 == 1, part

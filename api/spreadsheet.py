"""Tables that people open in a spreadsheet: what comes from elsewhere must be text there and never a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

BOM = "\ufeff"
"""By which Excel knows UTF-8."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so is a formula to a spreadsheet; the full-width signs are to Excel in Japanese.

Source: OWASP, https://owasp.org/www-community/attacks/CSV_Injection
"""

_ROWS = 500


def defused(value: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value


def csv_parts(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Yield a table in pieces: UTF-8 with a byte order mark, lines as RFC 4180 has them.

    Args:
        head: names of the columns.
        rows: their values. Text is defused; numbers are not, as a number is no formula; None is an empty cell.
    """
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\r\n")
    file.write(BOM)
    table.writerow(map(defused, head))
    for number, row in enumerate(rows, 1):
        table.writerow([defused(each) if isinstance(each, str) else each for each in row])
        if number % _ROWS == 0:
            yield file.getvalue().encode()
            file.seek(0)
            file.truncate()
    yield file.getvalue().encode()

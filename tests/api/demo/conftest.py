from datetime import date

import pytest

from api.demo.calendar import at
from api.demo.office import Office

ANCHOR = at(date(2026, 11, 18), 14, 30)


@pytest.fixture(scope="session")
def office() -> Office:
    """An office whose history ends on a Wednesday afternoon."""
    return Office(ANCHOR)

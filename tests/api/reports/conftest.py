"""One real report that tests of the store and of downloads may copy."""

import pytest

from api.reports.store import StoredReport, write_report
from tests.api.reports import office
from tests.api.reports.fonts import FONT_REASON, has_font


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> StoredReport:
    """A report of the sample office, built once a session."""
    if not has_font():
        pytest.skip(FONT_REASON)
    return write_report(office.inputs(4), tmp_path_factory.mktemp("report"))

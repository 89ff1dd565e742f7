"""Whether this machine can render Japanese."""

import shutil
import subprocess

import pytest

from api.reports.pdf import FONT_FAMILY

FONT_REASON = "needs the Debian packages fontconfig and fonts-noto-cjk"


def has_font() -> bool:
    """Tell whether the report's font is installed."""
    if shutil.which("fc-match") is None:
        return False
    found = subprocess.run(["fc-match", "--format=%{family}", FONT_FAMILY], capture_output=True, text=True, check=False)
    return FONT_FAMILY in found.stdout


needs_font = pytest.mark.skipif(not has_font(), reason=FONT_REASON)

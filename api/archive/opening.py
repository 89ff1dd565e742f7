"""Which store keeps the archive."""

import importlib
import importlib.util
from pathlib import Path

from api.archive.blobs import Blobs
from api.archive.errors import ArchiveError
from api.archive.local import LocalBlobs
from api.config import Config
from collectors.text import Text

LOCAL = "archive"
"""The directory within the reports' own, where no other place is named."""


def open_blobs(config: Config) -> Blobs:
    """Return the store that the settings name; nothing is made or asked yet.

    Raises:
        ArchiveError: it cannot be used.
    """
    named = config.report_archive
    if not named or not named.startswith("s3:"):
        return LocalBlobs(Path(named) if named else config.report_dir / LOCAL)
    if importlib.util.find_spec("obstore") is None:
        raise ArchiveError(
            Text(
                'S3 に保管するには obstore が必要です。pip install "office-karte[s3]" で入れてください',
                'an archive in S3 needs the Python package obstore; run pip install "office-karte[s3]"',
            )
        )
    opened: Blobs = importlib.import_module("api.archive.s3").S3Blobs(named, config.report_archive_keys)
    return opened

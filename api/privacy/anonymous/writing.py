"""Files of an export, put into a ZIP file or a directory, whole or not at all."""

import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from api.privacy.anonymous.export import File
from api.privacy.zipstream import ZipStream
from collectors.atomic import replace_file_by_parts


def write_files(output: Path, files: Iterable[File], now: datetime) -> None:
    """Write files to `output`: a ZIP file if it ends so, or else a directory that is not there yet.

    Raises:
        OSError: it could not be written; nothing is there then.
    """
    if output.suffix.casefold() == ".zip":
        replace_file_by_parts(output, _zipped(files, now))
        return
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise FileExistsError(17, "it is there already and not empty", str(output))
    draft = output.with_name(f"{output.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    try:
        for file in files:
            replace_file_by_parts(draft / file.name, file.parts)
        if output.exists():
            output.rmdir()
        draft.rename(output)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _zipped(files: Iterable[File], now: datetime) -> Iterator[bytes]:
    zipped = ZipStream(now)
    for file in files:
        yield from zipped.file(file.name, file.parts)
    yield from zipped.end()

"""Where the local stack keeps its things; the one place that knows the layout."""

import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from api.told import ToldError
from collectors.text import Text

_SECRET_BYTES = 32

LEAST_FREE_BYTES = 64 * 1024**2
"""The simulated office's 90 days take about 30 MiB, logs up to 10 MiB a child."""


class DataDirError(ToldError):
    """The data directory cannot be used; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class DataDir:
    """The layout of one data directory.

    Attributes:
        root: the directory itself, absolute.
    """

    root: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "karte.db"

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the SQLite file."""
        return f"sqlite:///{self.database}"

    @property
    def secret_key_path(self) -> Path:
        """The file with the key that signs session cookies."""
        return self.root / "secret_key"

    @property
    def influxdb(self) -> Path:
        """Influxd's own directory."""
        return self.root / "influxdb"

    @property
    def reports(self) -> Path:
        """Finished reports."""
        return self.root / "reports"

    @property
    def messages(self) -> Path:
        """Messages of one cycle, as files of mail."""
        return self.root / "messages"

    @property
    def agent(self) -> Path:
        """The local agent's token and spool."""
        return self.root / "agent"

    @property
    def log(self) -> Path:
        """Logs of the children."""
        return self.root / "log"

    @property
    def state(self) -> Path:
        """What the running stack tells of itself (ports, process ids)."""
        return self.root / "state.json"

    def create(self) -> None:
        """Make the directory, closed to other users, and its parts.

        Raises:
            DataDirError: it cannot be made or written.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for part in (self.influxdb, self.reports, self.agent, self.log):
                part.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise DataDirError(
                Text(
                    f"データの置き場所 {self.root} が使えません: {error.strerror}",
                    f"the data directory {self.root} cannot be used: {error.strerror}",
                )
            ) from None

    def require_room(self) -> None:
        """Refuse to start on a disk that is nearly full: a database that cannot store would be no use.

        Raises:
            DataDirError: less than `LEAST_FREE_BYTES` are free.
        """
        free = shutil.disk_usage(self.root).free
        if free < LEAST_FREE_BYTES:
            free_mib, least_mib = free // 1024**2, LEAST_FREE_BYTES // 1024**2
            raise DataDirError(
                Text(
                    f"{self.root} のディスクの空きが {free_mib} MiB しかありません。{least_mib} MiB 以上空けるか、"
                    "--data-dir で別の場所を指定してください",
                    f"the disk of {self.root} has only {free_mib} MiB free; free {least_mib} MiB or more, "
                    "or name another place with --data-dir",
                )
            )

    def secret_key(self) -> str:
        """Return the key that signs session cookies; it is made at the first call and kept with mode 0600.

        Raises:
            DataDirError: it cannot be read or written.
        """
        try:
            self._make_secret_key()
            key = self.secret_key_path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise DataDirError(
                Text(
                    f"鍵 {self.secret_key_path} が使えません: {error}",
                    f"the key {self.secret_key_path} cannot be used: {error}",
                )
            ) from None
        if len(key) < _SECRET_BYTES:
            raise DataDirError(
                Text(
                    f"鍵 {self.secret_key_path} が短すぎます。ファイルを削除すると新しく作られます",
                    f"the key {self.secret_key_path} is too short; remove the file to get a new one",
                )
            )
        return key

    def _make_secret_key(self) -> None:
        if self.secret_key_path.exists():
            return
        # Written whole under another name first (mkstemp gives mode 0600), so that nobody ever reads half a key.
        descriptor, draft = tempfile.mkstemp(prefix="secret_key.", dir=self.root)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(_SECRET_BYTES))
        try:
            os.link(draft, self.secret_key_path)
        except FileExistsError:
            pass  # another process was first; its key holds
        finally:
            Path(draft).unlink()


def data_dir(path: Path | None = None) -> DataDir:
    """Return the data directory at `path`, or the user's own (`office-karte/local` under the platform's data place)."""
    root = path or Path(platformdirs.user_data_dir("office-karte")) / "local"
    return DataDir(root.expanduser().absolute())

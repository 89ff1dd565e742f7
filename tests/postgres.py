"""A PostgreSQL of the tests' own: Debian's server as an unprivileged child, reached by a socket in its own directory.

It forgets everything when it ends, so it is told not to wait for the disk.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from api.local.child import start_child

USER = "karte"

_BINARIES = Path("/usr/lib/postgresql")
_UNPRIVILEGED = ("postgres", "nobody")
_WAIT_S = 60.0
_PREFIX = "karte-pg-"
_OLD_S = 3600.0
_MEMORY = Path("/dev/shm")
_ENOUGH_MIB = 1024
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    # Enough for every test, so that no query of a small database pays for workers of its own.
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    # In its own directory too, so that nothing is left of a run that was killed but that.
    "dynamic_shared_memory_type": "mmap",
    # A test that waits for a lock that nobody gives back fails with the statement's name, and not by its time alone.
    "lock_timeout": "60s",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server.

    Attributes:
        folder: what it keeps, and its socket.
        process: the server.
        engine: connected to no test's database.
    """

    folder: Path
    process: "subprocess.Popen[bytes]"
    engine: Engine

    def url(self, name: str) -> str:
        """Return the SQLAlchemy URL of a database in it."""
        return _url(self.folder, name)

    def create(self, name: str, template: str = "template0") -> None:
        """Make a database, as a copy of another one that nobody is connected to."""
        # By copying files: the other way, through the log, takes five times the CPU for a schema of this size.
        self._say(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._say(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """End it at once and forget everything."""
        self.engine.dispose()
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(_WAIT_S)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _say(self, statement: str) -> None:
        with self.engine.connect() as connection:
            connection.execute(text(statement))


def start_postgres(**settings: str) -> Postgres:
    """Start a server on a new directory and wait until it answers.

    Args:
        settings: of its configuration, in place of those for tests.

    Raises:
        RuntimeError: it is not installed, or did not come up.
    """
    as_whom = _unprivileged()
    _sweep(_place() or Path(tempfile.gettempdir()))
    # Not below pytest's own directory: that is closed to all but who runs the tests.
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_place()))
    if as_whom:
        os.chown(folder, pwd.getpwnam(as_whom).pw_uid, pwd.getpwnam(as_whom).pw_gid)
    prefix = ["setpriv", f"--reuid={as_whom}", f"--regid={_group(as_whom)}", "--clear-groups"] if as_whom else []
    data = folder / "data"
    made = subprocess.run(
        [*prefix, _program("initdb"), "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed: {made.stderr.strip()}")
    if as_whom:
        # A change of user takes away the signal that is sent when the parent dies.
        prefix += ["--pdeathsig", "QUIT"]
    options = [f"-c{name}={value}" for name, value in {**_SETTINGS, **settings}.items()]
    with (folder / "log").open("ab") as log:
        command = [*prefix, _program("postgres"), "-D", str(data), "-k", str(folder), *options]
        process = start_child(command, stdout=log, stderr=log)
    running = Postgres(folder, process, create_engine(_url(folder, "postgres"), isolation_level="AUTOCOMMIT"))
    try:
        _wait_until_it_answers(running)
    except BaseException:  # also a Ctrl-C: nobody else knows of the process yet
        running.stop()
        raise
    return running


def _wait_until_it_answers(running: Postgres) -> None:
    deadline = time.monotonic() + _WAIT_S
    while True:
        try:
            running.engine.connect().close()
            return
        except OperationalError as error:
            if running.process.poll() is not None or time.monotonic() > deadline:
                said = (running.folder / "log").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"PostgreSQL did not come up: {said[-1000:]}") from error
        time.sleep(0.05)


def _url(folder: Path, name: str) -> str:
    return f"postgresql+psycopg://{USER}@/{name}?host={folder}"


def _sweep(place: Path) -> None:
    """Remove what runs that were killed have left."""
    for folder in place.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            if time.time() - folder.stat().st_mtime < _OLD_S:
                continue
            number = folder / "data" / "postmaster.pid"
            if not number.exists() or not Path("/proc", number.read_text().splitlines()[0]).exists():
                shutil.rmtree(folder, ignore_errors=True)


def _place() -> Path | None:
    """Return where files are kept in memory, if there is room: a new database is hundreds of files."""
    try:
        room = os.statvfs(_MEMORY)
    except OSError:
        return None
    free = room.f_bavail * room.f_frsize
    return _MEMORY if free > _ENOUGH_MIB * 1024**2 and os.access(_MEMORY, os.W_OK) else None


def _unprivileged() -> str | None:
    """Return as whom the server has to run; None where it is no matter."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return next(name for name in _UNPRIVILEGED if name in known)


def _group(user: str) -> int:
    return pwd.getpwnam(user).pw_gid


def _program(name: str) -> str:
    """Return a program of the newest version that is installed; Debian keeps them off the PATH."""
    versions = sorted(_BINARIES.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is not installed; on Debian and Ubuntu: apt-get install postgresql")
    return found

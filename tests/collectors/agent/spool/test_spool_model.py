"""A spool against a model of it, through any order of appends, sends, crashes, damage, full disks and time."""

import errno
import itertools
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from collectors.agent.spool import Batch, Limits, Reject, Spool
from collectors.agent.spool.record import scan

DAY_NS = 86_400_000_000_000
LIMITS = Limits(max_age_s=7 * 86400.0, max_bytes=6000, record_lines=4, segment_bytes=700)


class SpoolMachine(RuleBasedStateMachine):
    """`pending` is what the spool must give, in this order; all else is accounted for."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="karte-spool-"))
        self.generations = itertools.count()
        self.numbers = itertools.count()
        self.directory = self.root / "0"
        self.now_ns = 100 * DAY_NS
        self.is_full = False
        self.pending: list[bytes] = []
        self.produced = self.stored = self.rejected = self.lost = 0
        self.taken: Batch | None = None
        self.spool = self.opened()

    def opened(self) -> Spool:
        return Spool(self.directory, LIMITS, wall_ns=lambda: self.now_ns, write=self.write)

    def write(self, descriptor: int, data: bytes) -> int:
        if self.is_full:
            os.write(descriptor, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        return os.write(descriptor, data[:100])  # the system may write less than it was given

    def teardown(self) -> None:
        self.spool.close()
        shutil.rmtree(self.root)

    def account_for_drops(self, before: int) -> None:
        dropped = self.spool.status().dropped - before
        del self.pending[:dropped]

    @rule(count=st.integers(1, 11), width=st.integers(0, 60))
    def append(self, count: int, width: int) -> None:
        lines = [f"m,n={next(self.numbers)} v=1i{'日' * width}" for _ in range(count)]
        before = self.spool.status().dropped
        self.produced += count
        written = self.spool.append(lines)
        assert written == (0 if self.is_full else count)
        self.pending += [line.encode() for line in lines[:written]]
        self.account_for_drops(before + count - written)
        assert self.taken is not None or self.spool.status().bytes <= LIMITS.max_bytes

    @precondition(lambda self: self.taken is None)
    @rule(most=st.integers(1, 20))
    def take(self, most: int) -> None:
        batch = self.taken = self.spool.take(most)
        given = batch.lines if batch else []
        assert given == self.pending[: len(given)]
        assert bool(given) == bool(self.pending)
        assert len(given) <= max(most, LIMITS.record_lines)

    @precondition(lambda self: self.taken is not None)
    @rule(refused=st.integers(0, 3))
    def done(self, refused: int) -> None:
        assert self.taken is not None
        rejects = [Reject(line, "because") for line in self.taken.lines[:refused]]
        self.spool.done(self.taken, rejects)
        del self.pending[: len(self.taken.lines)]
        self.rejected += len(rejects)
        self.stored += len(self.taken.lines) - len(rejects)
        self.taken = None

    @precondition(lambda self: self.taken is not None)
    @rule()
    def put_back(self) -> None:
        self.spool.put_back()
        self.taken = None

    @rule(days=st.sampled_from([0.01, 0.5, 2.0, 8.0]))
    def wait(self, days: float) -> None:
        self.now_ns += int(days * DAY_NS)
        before = self.spool.status().dropped
        self.spool.maintain()
        self.account_for_drops(before)
        if days > 7 and self.taken is None:
            assert not self.pending

    @rule(is_full=st.booleans())
    def fill_or_free_disk(self, is_full: bool) -> None:
        self.is_full = is_full

    @rule(torn=st.binary(max_size=40), cut=st.integers(1, 60))
    def kill(self, torn: bytes, cut: int) -> None:
        """What a killed process leaves is what is on the disk at that moment, perhaps with a record half written."""
        before = self.spool.status().dropped
        self.spool.maintain()
        self.account_for_drops(before)
        counted = self.spool.status()
        copy = self.root / f"{next(self.generations) + 1}"
        shutil.copytree(self.directory, copy)
        self.spool.close()
        self.directory = copy
        newest = max(copy.glob("*.seg"), default=None)
        if newest and torn:
            data = newest.read_bytes()
            with newest.open("ab") as file:
                file.write(data[: min(cut, len(data) - 1)])
        self.taken = None
        self.spool = self.opened()
        now = self.spool.status()
        assert (now.dropped, now.rejected, now.points) == (counted.dropped, counted.rejected, counted.points)

    @precondition(lambda self: self.taken is None)
    @rule(data=st.data())
    def damage(self, data: st.DataObject) -> None:
        segments = sorted(self.directory.glob("*.seg"))
        if not segments:
            return
        path = data.draw(st.sampled_from(segments))
        content = bytearray(path.read_bytes())
        if not content:
            return
        at = data.draw(st.integers(0, len(content) - 1))
        intact = scan(bytes(content)).records
        hit = next((record for offset, record in intact if offset <= at < offset + record.size), None)
        if hit is None:  # damaged before, in a part that nobody needs any more
            return
        content[at] ^= data.draw(st.integers(1, 255))
        path.write_bytes(content)
        if data.draw(st.booleans()):
            self.spool.close()
            self.spool = self.opened()
        gone = set(hit.payload.split(b"\n"))
        before = len(self.pending)
        self.pending = [line for line in self.pending if line not in gone]
        self.lost += before - len(self.pending)
        self.drain()

    def drain(self) -> None:
        """Everything that is not lost arrives, once and in order."""
        while batch := self.spool.take(7):
            assert batch.lines == self.pending[: len(batch.lines)]
            del self.pending[: len(batch.lines)]
            self.stored += len(batch.lines)
            self.spool.done(batch)
        assert not self.pending

    @invariant()
    def every_line_is_accounted_for(self) -> None:
        status = self.spool.status()
        assert status.points == len(self.pending)
        assert status.rejected == self.rejected
        assert self.produced == self.stored + self.rejected + self.lost + status.dropped + status.points


TestSpoolAgainstModel = SpoolMachine.TestCase
TestSpoolAgainstModel.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

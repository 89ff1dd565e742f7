import gzip
import io
import random
import tracemalloc
import zlib

import pytest

from api.gateway.body import BodyError, BodyTooLarge, read_body, unpack


class Endless(io.BytesIO):
    """A body without end, as a hostile sender would stream it."""

    given = 0

    def read(self, size: int | None = -1) -> bytes:
        assert size is not None
        self.given += size
        return b"x" * size


def test_it_reads_a_body_of_known_and_of_unknown_length() -> None:
    assert read_body(io.BytesIO(b"abc"), 3, 3) == b"abc"
    assert read_body(io.BytesIO(b"abc"), None, 3) == b"abc"


def test_it_does_not_read_a_body_that_says_it_is_too_large() -> None:
    stream = io.BytesIO(b"abcd")
    with pytest.raises(BodyTooLarge, match="limit of 3 bytes"):
        read_body(stream, 4, 3)
    assert stream.tell() == 0


def test_it_stops_reading_a_body_without_end() -> None:
    stream = Endless()
    with pytest.raises(BodyTooLarge, match="limit of 2000000 bytes"):
        read_body(stream, None, 2_000_000)
    assert stream.given < 4_000_000


def test_it_tells_that_a_body_was_cut_short() -> None:
    with pytest.raises(BodyError, match="ended after 3 of 5 bytes"):
        read_body(io.BytesIO(b"abc"), 5, 10)


def test_it_unpacks_gzip_in_one_or_more_members() -> None:
    assert unpack(b"plain", "", 5) == unpack(b"plain", "identity", 5) == b"plain"
    assert unpack(gzip.compress(b"m f=1\n") + gzip.compress(b"m f=2\n"), "gzip", 12) == b"m f=1\nm f=2\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gzip.compress(random.Random(1).randbytes(5000), mtime=0)[:-9], "cut short"),
        (gzip.compress(b"m f=1", mtime=0)[:5], "cut short"),
        (b"", "cut short"),
        (b"m f=1", "damaged"),
        (gzip.compress(b"m f=1", mtime=0) + b"trailing", "damaged"),
        (gzip.compress(b"m f=1", mtime=0)[:-8] + b"\0" * 8, "damaged"),
        (gzip.compress(b"", mtime=0) * 1000, "more than 16 members"),
        (zlib.compress(b"m f=1"), "damaged"),
    ],
)
def test_it_tells_what_is_wrong_with_gzip(data: bytes, reason: str) -> None:
    with pytest.raises(BodyError, match=reason):
        unpack(data, "gzip", 10_000)


def test_it_refuses_encodings_it_does_not_know() -> None:
    with pytest.raises(BodyError, match="'br' is not known"):
        unpack(b"x", "br", 10)


def test_it_unpacks_no_more_of_a_bomb_than_the_limit() -> None:
    bomb = gzip.compress(bytes(200_000_000), 9)
    limit = 1_000_000
    tracemalloc.start()
    with pytest.raises(BodyTooLarge, match="after gzip"):
        unpack(bomb, "gzip", limit)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * limit

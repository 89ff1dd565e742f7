"""The archive in a real S3 service.

`KARTE_LIVE_S3` is the URL of a bucket, `s3://BUCKET/PREFIX?endpoint=http://…`, and `KARTE_LIVE_S3_KEYS` its
ACCESS_KEY:SECRET. What these tests put there stays below `karte-test-…`.
"""

import os
import threading
from dataclasses import replace
from uuid import uuid4

import pytest

from api.archive.removal import purge
from api.archive.s3 import S3Blobs
from api.models.base import utc_now
from tests.api.archive.conftest import Shop, shop
from tests.api.conftest import database, office, schema_file

URL, KEYS = os.environ.get("KARTE_LIVE_S3", ""), os.environ.get("KARTE_LIVE_S3_KEYS")

pytestmark = [pytest.mark.live, pytest.mark.skipif(not URL, reason="KARTE_LIVE_S3 names no bucket")]

__all__ = ["database", "office", "schema_file", "shop"]


@pytest.fixture
def blobs() -> S3Blobs:
    """A place of this test's own in the bucket."""
    place, _, query = URL.partition("?")
    return S3Blobs(f"{place.rstrip('/')}/karte-test-{uuid4().hex}?{query}", KEYS)


def test_nothing_is_replaced_and_what_is_there_is_listed(blobs: S3Blobs) -> None:
    assert blobs.put("c-1/objects/a", b"first" * 100_000)
    assert not blobs.put("c-1/objects/a", b"second")
    assert blobs.put("c-1/chain/00000001.json", b"{}")
    assert blobs.put("c-2/objects/a", b"")

    assert blobs.get("c-1/objects/a") == b"first" * 100_000
    assert blobs.get("c-1/objects/b") is None
    assert sorted(blobs.list("c-1/")) == ["c-1/chain/00000001.json", "c-1/objects/a"]
    assert sorted(blobs.list("")) == ["c-1/chain/00000001.json", "c-1/objects/a", "c-2/objects/a"]
    for key in list(blobs.list("")):
        blobs.delete(key)
    blobs.delete("c-1/objects/a")
    assert list(blobs.list("")) == []


def test_of_many_that_put_at_once_one_is_first(blobs: S3Blobs) -> None:
    blobs.put("c-1/before", b"")
    first: list[int] = []
    start = threading.Barrier(8)

    def put(number: int) -> None:
        start.wait()
        if blobs.put("c-1/chain/00000001.json", str(number).encode()):
            first.append(number)

    threads = [threading.Thread(target=put, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(first) == 1
    assert blobs.get("c-1/chain/00000001.json") == str(first[0]).encode()


def test_a_chain_is_kept_verified_and_erased_from(shop: Shop, blobs: S3Blobs) -> None:
    there = replace(shop, blobs=blobs)
    for number in range(5):
        there.add(str(number).encode())
    there.remove(2)
    purge(there.database, blobs, there.chain, utc_now())
    assert there.faults() == []

    blobs.delete(f"{there.chain.contract}/chain/00000006.json")
    assert there.faults() == ["the chain was cut off: the entry is missing"]

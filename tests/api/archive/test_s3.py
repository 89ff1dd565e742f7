"""The archive in a bucket: the same chain, held by conditional writes."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from api.archive.entry import sha256
from api.archive.errors import ArchiveError, ArchiveUnavailable
from api.archive.local import LocalBlobs
from api.archive.opening import open_blobs
from api.archive.s3 import S3Blobs
from api.config import Config
from tests.api.archive.bucket import Bucket, serving
from tests.api.archive.conftest import Shop


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with serving(Bucket()) as running:
        yield running


def blobs(bucket: Bucket, place: str = "karte/reports") -> S3Blobs:
    return S3Blobs(f"s3://{place}?endpoint={bucket.url}", "key:secret")


@pytest.fixture
def s3(shop: Shop, bucket: Bucket) -> Shop:
    return replace(shop, blobs=blobs(bucket))


def test_a_chain_is_kept_and_verified(s3: Shop, bucket: Bucket) -> None:
    for number in range(4):
        s3.add(str(number).encode())

    assert s3.faults() == []
    assert bucket.objects[f"reports/{s3.chain.contract}/objects/{sha256(b'1')}"] == b"1"

    bucket.objects[f"reports/{s3.chain.contract}/objects/{sha256(b'1')}"] = b"x"
    del bucket.objects[f"reports/{s3.chain.contract}/chain/00000004.json"]
    assert s3.faults() == ["the chain was cut off: the entry is missing", "the file was changed (2026-11 ja pdf)"]


def test_nothing_is_replaced(bucket: Bucket) -> None:
    store = blobs(bucket)

    assert store.put("c-1/chain/00000001.json", b"first")
    assert not store.put("c-1/chain/00000001.json", b"second")
    assert store.get("c-1/chain/00000001.json") == b"first"
    assert store.get("c-1/absent") is None
    store.delete("c-1/chain/00000001.json")
    store.delete("c-1/chain/00000001.json")
    assert list(store.list("")) == []


def test_several_writers_make_one_chain(s3: Shop, bucket: Bucket) -> None:
    threads = [threading.Thread(target=s3.add, args=(bytes([65 + number]),)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(each.number for each in s3.reports()) == [1, 2, 3, 4]
    assert s3.faults() == []


def test_a_service_without_conditional_writes_is_refused(bucket: Bucket) -> None:
    bucket.holds_conditions = False

    with pytest.raises(ArchiveError, match="does not know conditional writes"):
        blobs(bucket).put("c-1/x", b"1")
    assert bucket.objects == {}


def test_a_bucket_that_is_not_there_or_not_ours_is_told_in_one_line(bucket: Bucket, s3: Shop) -> None:
    with pytest.raises(ArchiveUnavailable, match="NoSuchBucket"):
        blobs(bucket, "other").put("c-1/x", b"1")
    bucket.status = 403
    with pytest.raises(ArchiveUnavailable, match="403") as caught:
        s3.add(b"1")
    assert "\n" not in str(caught.value)
    assert s3.reports() == []


@pytest.mark.parametrize(
    ("url", "keys"), [("s3://", None), ("s3://karte?bucket=x", None), ("s3://karte", "only-one-word")]
)
def test_a_setting_that_cannot_be_is_told(config: Config, url: str, keys: str | None) -> None:
    with pytest.raises(ArchiveError, match="KARTE_REPORT_ARCHIVE"):
        open_blobs(replace(config, report_archive=url, report_archive_keys=keys))


def test_a_directory_is_the_default(config: Config) -> None:
    opened = open_blobs(config)
    assert isinstance(opened, LocalBlobs)
    assert opened.root == config.report_dir / "archive"
    assert isinstance(open_blobs(replace(config, report_archive="s3://karte")), S3Blobs)

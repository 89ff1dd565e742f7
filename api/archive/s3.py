"""The archive in a bucket of a service that speaks S3.

That nothing is replaced is the service's to hold: `If-None-Match: *` makes a PUT fail where there is something (AWS S3,
MinIO, Ceph and versitygw know it). Before the first PUT it is tried whether this one does, as a service that ignores
the header would let two writers both believe to be first.
"""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from api.archive.errors import ArchiveError, ArchiveUnavailable
from collectors.text import Text

_TIMEOUT = "60s"
_SAID = 300
_FAILED = (BaseError, OSError)  # also a bucket that is not there is a FileNotFoundError


class S3Blobs:
    """Keeps bytes as objects.

    Args:
        url: `s3://BUCKET/PREFIX?endpoint=https://…&region=…`; endpoint and region are AWS's own where not given.
        keys: "ACCESS_KEY:SECRET"; None where the machine's own role says who it is.

    Raises:
        ArchiveError: the URL or the keys cannot be understood.
    """

    def __init__(self, url: str, keys: str | None) -> None:
        self.url = url.partition("?")[0]
        self._store = _store(url, keys)
        self._holds_conditions = False

    def put(self, key: str, data: bytes) -> bool:
        """As `Blobs.put`."""
        if not self._holds_conditions:
            self._try_conditions()
            self._holds_conditions = True
        return self._put(key, data)

    def get(self, key: str) -> bytes | None:
        """As `Blobs.get`."""
        try:
            return bytes(self._store.get(key).bytes())
        except FileNotFoundError:
            return None
        except _FAILED as error:
            raise self._unavailable(error) from None

    def list(self, prefix: str) -> Iterator[str]:
        """As `Blobs.list`."""
        try:
            for page in self._store.list(prefix or None):
                for each in page:
                    yield each["path"]
        except _FAILED as error:
            raise self._unavailable(error) from None

    def delete(self, key: str) -> None:
        """As `Blobs.delete`."""
        try:
            self._store.delete(key)
        except FileNotFoundError:
            return
        except _FAILED as error:
            raise self._unavailable(error) from None

    def _put(self, key: str, data: bytes) -> bool:
        try:
            self._store.put(key, data, mode="create")
        except AlreadyExistsError:
            return False
        except _FAILED as error:
            raise self._unavailable(error) from None
        return True

    def _try_conditions(self) -> None:
        key = f"check/{uuid4().hex}"
        first, second = self._put(key, b"1"), self._put(key, b"2")
        self.delete(key)
        if not first or second:
            raise ArchiveError(
                Text(
                    f"{self.url} は条件付きの書き込み（If-None-Match）に対応していないため、保管場所に使えません",
                    f"{self.url} does not know conditional writes (If-None-Match), so it cannot be the report archive",
                )
            )

    def _unavailable(self, error: Exception) -> ArchiveUnavailable:
        said = " ".join(str(error).split())[:_SAID]
        return ArchiveUnavailable(
            Text(
                f"レポートの保管場所 {self.url} を使えません: {said}",
                f"the report archive {self.url} cannot be used: {said}",
            )
        )


def _store(url: str, keys: str | None) -> S3Store:
    parts = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    endpoint, region = asked.pop("endpoint", None), asked.pop("region", None)
    access, separator, secret = (keys or "").partition(":")
    if parts.scheme != "s3" or not parts.netloc or asked or (keys and not separator):
        raise ArchiveError(
            Text(
                "KARTE_REPORT_ARCHIVE は s3://バケット/場所?endpoint=https://…&region=… の形で、"
                "KARTE_REPORT_ARCHIVE_KEYS は「アクセスキー:シークレット」の形で指定してください",
                "write KARTE_REPORT_ARCHIVE as s3://BUCKET/PREFIX?endpoint=https://…&region=… and "
                "KARTE_REPORT_ARCHIVE_KEYS as ACCESS_KEY:SECRET",
            )
        )
    given = {
        "endpoint": endpoint,
        "region": region or ("us-east-1" if endpoint else None),
        "access_key_id": access or None,
        "secret_access_key": secret or None,
    }
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        client_options={"allow_http": (endpoint or "").startswith("http://"), "timeout": _TIMEOUT},
        **{name: value for name, value in given.items() if value is not None},  # type: ignore[arg-type]
    )

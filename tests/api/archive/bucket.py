"""A server that speaks as much of S3 as an archive needs: PUT with If-None-Match, GET, DELETE, ListObjectsV2.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html and …/API_ListObjectsV2.html. It refuses what is not
signed. The same tests run against a real service where KARTE_LIVE_S3 names one (tests/live/test_s3.py).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

PAGE = 3
"""Objects on one page of a list, so that tests see several."""


@dataclass
class Bucket:
    """What the server holds and how it behaves.

    Attributes:
        objects: key -> content.
        holds_conditions: whether it knows If-None-Match.
        status: what it answers to everything; 0: as it should.
    """

    objects: dict[str, bytes] = field(default_factory=dict)
    holds_conditions: bool = True
    status: int = 0
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: Bucket

    def log_message(self, *_args: object) -> None:
        return

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _error(self, status: int, code: str) -> None:
        self._answer(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())

    def _key(self) -> str | None:
        """Return the key within the bucket; None where the request was refused."""
        if self.bucket.status:
            self._error(self.bucket.status, "AccessDenied")
            return None
        if "AWS4-HMAC-SHA256 Credential=key/" not in self.headers.get("Authorization", ""):
            self._error(403, "SignatureDoesNotMatch")
            return None
        bucket, _, key = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        if bucket != "karte":
            self._error(404, "NoSuchBucket")
            return None
        return key

    def do_PUT(self) -> None:  # the standard library's name
        content = self.rfile.read(int(self.headers["Content-Length"]))
        key = self._key()
        if key is None:
            return
        with self.bucket.lock:
            is_new = key not in self.bucket.objects
            conditional = self.headers.get("If-None-Match") == "*" and self.bucket.holds_conditions
            if conditional and not is_new:
                self._error(412, "PreconditionFailed")
                return
            self.bucket.objects[key] = content
        self._answer(200, ETag=_etag(content))

    def do_GET(self) -> None:
        key = self._key()
        if key is None:
            return
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if not key and query.get("list-type") == "2":
            self._answer(200, self._listed(query), Content_Type="application/xml")
        elif key in self.bucket.objects:
            content = self.bucket.objects[key]
            self._answer(200, content, ETag=_etag(content), Last_Modified="Sun, 29 Nov 2026 10:00:00 GMT")
        else:
            self._error(404, "NoSuchKey")

    def do_DELETE(self) -> None:
        key = self._key()
        if key is not None:
            self.bucket.objects.pop(key, None)
            self._answer(204)

    def do_POST(self) -> None:
        """DeleteObjects, which obstore may use for one as well."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self._key() is None:
            return
        keys = [part.partition("</Key>")[0] for part in body.split("<Key>")[1:]]
        for key in keys:
            self.bucket.objects.pop(key, None)
        told = "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{told}</DeleteResult>".encode())

    def _listed(self, query: dict[str, str]) -> bytes:
        after = query.get("continuation-token", "")
        keys = sorted(key for key in self.bucket.objects if key.startswith(query.get("prefix", "")) and key > after)
        page, more = keys[:PAGE], keys[PAGE:]
        contents = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-11-29T10:00:00.000Z</LastModified>"
            f"<ETag>{_etag(self.bucket.objects[key])}</ETag><Size>{len(self.bucket.objects[key])}</Size></Contents>"
            for key in page
        )
        token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
        return (
            f"<ListBucketResult><Name>karte</Name><KeyCount>{len(page)}</KeyCount>"
            f"<IsTruncated>{str(bool(more)).lower()}</IsTruncated>{token}{contents}</ListBucketResult>"
        ).encode()


def _etag(content: bytes) -> str:
    return f'"{md5(content, usedforsecurity=False).hexdigest()}"'


@contextmanager
def serving(bucket: Bucket) -> Iterator[Bucket]:
    """Run the server."""
    handler = type("Handler", (_Handler,), {"bucket": bucket})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    bucket.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield bucket
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

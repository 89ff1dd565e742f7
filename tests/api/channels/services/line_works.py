"""LINE WORKS' sign-in and bot API, as https://developers.worksmobile.com tells of them."""

import base64
import json
import re
import time
from typing import Any
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.api.channels.services.server import Reply, Request

CLIENT_ID, CLIENT_SECRET = "cLiEnT0123456789", "cs0123456789abcdef"
ACCOUNT = "abcde.serviceaccount@example"
BOT, ROOM = "2000001", "12345a12-b12c-12d3-e123fghijkl"

_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE_KEY = _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class LineWorks:
    """Both hosts: one signs in, the other takes messages.

    Attributes:
        tokens: that are good; take one away to revoke it.
        texts: that were sent.
        signed_in: how often somebody signed in.
    """

    def __init__(self) -> None:
        self.tokens: set[str] = set()
        self.texts: list[str] = []
        self.signed_in = 0

    def sign_in(self, request: Request) -> Reply:
        form = {name: values[0] for name, values in parse_qs(request.body.decode("ascii")).items()}
        if request.target != "/oauth2/v2.0/token":
            return Reply(404)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _oauth_error("invalid_client")
        if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" or "bot.message" not in form.get(
            "scope", ""
        ).split(","):
            return _oauth_error("invalid_request")
        claims = _claims(form.get("assertion", ""))
        now = time.time()
        if (
            claims is None
            or (claims["iss"], claims["sub"]) != (CLIENT_ID, ACCOUNT)
            or not now - 60 < claims["iat"] <= claims["exp"] <= claims["iat"] + 3600
        ):
            return _oauth_error("invalid_grant")
        self.signed_in += 1
        token = f"kr1AAABexample{self.signed_in}"
        self.tokens.add(token)
        told = {"access_token": token, "token_type": "Bearer", "expires_in": "86400", "scope": "bot.message"}
        return Reply(200, json.dumps(told).encode(), {"Content-Type": "application/json"})

    def bots(self, request: Request) -> Reply:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or token not in self.tokens:
            return _error(401, "UNAUTHORIZED")
        found = re.fullmatch(r"/v1\.0/bots/(\d+)/(channels|users)/([^/]+)/messages", request.target)
        if not found or found[1] != BOT:
            return _error(404, "NOT_FOUND")
        if found[2] == "channels" and found[3] != ROOM:
            return _error(403, "FORBIDDEN")
        try:
            content = json.loads(request.body)["content"]
            good = content["type"] == "text" and 1 <= len(content["text"].encode("utf-16-le")) // 2 <= 2000
        except (ValueError, KeyError, TypeError):
            good = False
        if not good:
            return _error(400, "INVALID_PARAMETER")
        self.texts.append(content["text"])
        return Reply(201)


def _claims(assertion: str) -> dict[str, Any] | None:
    try:
        head, body, signature = assertion.split(".")
        _KEY.public_key().verify(_decoded(signature), f"{head}.{body}".encode(), PKCS1v15(), SHA256())
        if json.loads(_decoded(head)) != {"alg": "RS256", "typ": "JWT"}:
            return None
        claims: dict[str, Any] = json.loads(_decoded(body))
    except (ValueError, InvalidSignature):
        return None
    return claims


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _oauth_error(word: str) -> Reply:
    return Reply(400, json.dumps({"error": word, "error_description": word}).encode())


def _error(status: int, code: str) -> Reply:
    return Reply(status, json.dumps({"code": code, "description": code.lower()}).encode())

"""Signing in once for a run: with each request Grafana would hash the password anew, half of a short one's cost."""

import threading
from typing import Any

import requests
from requests.auth import AuthBase, HTTPBasicAuth

_UNAUTHORIZED = 401
_COOKIE = "grafana_session"


class SignIn(AuthBase):
    """Puts a session's cookie on requests, and name and password where Grafana gives no session.

    A session is renewed when Grafana takes it no more, as it does after ten minutes. Threads share it.

    Args:
        url: Grafana's base URL.
        user: login name.
        password: of that user.
        timeout_s: how long to wait for an answer.
    """

    def __init__(self, url: str, user: str, password: str, timeout_s: float) -> None:
        self._url, self._timeout_s = url, timeout_s
        self._credential = {"user": user, "password": password}
        self._basic = HTTPBasicAuth(user.encode(), password.encode())
        self._lock = threading.Lock()
        self._cookie: str | None = None
        self._is_tried = False

    def __call__(self, request: Any) -> Any:
        """Put on a request what lets it in."""
        cookie = self._signed_in()
        if cookie is None:
            return self._basic(request)
        request.headers["Cookie"] = cookie
        request.register_hook("response", self._on_answer)
        return request

    def end(self) -> None:
        """Sign out; a session that Grafana has forgotten meanwhile is no matter."""
        with self._lock:
            cookie, self._cookie, self._is_tried = self._cookie, None, False
        if cookie is not None:
            try:
                ask = {"Cookie": cookie}
                requests.get(f"{self._url}/logout", headers=ask, timeout=self._timeout_s, allow_redirects=False)
            except requests.RequestException:
                pass  # it ends by itself

    def _signed_in(self) -> str | None:
        with self._lock:
            if not self._is_tried:
                self._cookie = self._sign_in()
                self._is_tried = True
            return self._cookie

    def _sign_in(self) -> str | None:
        answer = requests.post(f"{self._url}/login", json=self._credential, timeout=self._timeout_s)
        value = answer.cookies.get(_COOKIE) if answer.ok else None
        return None if value is None else f"{_COOKIE}={value}"

    def _on_answer(self, answer: Any, **how: Any) -> Any:
        if answer.status_code != _UNAUTHORIZED:
            return answer
        used = answer.request.headers.get("Cookie")
        with self._lock:
            if self._cookie == used:  # else another thread has renewed it
                self._cookie = self._sign_in()
            renewed = self._cookie
        answer.content  # noqa: B018  # read to its end, so that the connection can be used again
        answer.close()
        again = answer.request.copy()
        again.deregister_hook("response", self._on_answer)
        again.headers.pop("Cookie", None)
        if renewed is None:
            self._basic(again)
        else:
            again.headers["Cookie"] = renewed
        return answer.connection.send(again, **how)

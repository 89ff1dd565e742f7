"""Errors as people and programs see them: one JSON shape for the API, one small page for browsers, never a traceback.

The shape is `{"error": {"code": word, "message": one line, "details": object}}`. `code` is stable and for programs,
`message` is for a person, in the language of the request.
"""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError

from api.influx.engine import EngineUnavailable
from api.web.language import request_language
from collectors.text import Text

RETRY_AFTER_S = 30
"""What an unavailable service asks its callers to wait."""

_PROGRAM_PATHS = ("/api/", "/write", "/query", "/healthz", "/metrics")

_BY_STATUS: Mapping[int, tuple[str, Text]] = {
    400: ("invalid_request", Text("リクエストの形式が正しくありません。", "The request is not well-formed.")),
    401: ("not_authenticated", Text("認証が必要です。", "Authentication is needed.")),
    403: ("not_allowed", Text("この操作は許可されていません。", "This is not allowed.")),
    404: ("not_found", Text("見つかりません。", "There is nothing here.")),
    405: ("method_not_allowed", Text("このメソッドは使えません。", "This method is not possible here.")),
    406: ("not_acceptable", Text("求められた形式では返せません。", "The answer cannot be given in that form.")),
    408: ("timeout", Text("時間切れです。", "The request took too long.")),
    409: ("conflict", Text("いまの状態ではできません。", "This is not possible as things stand.")),
    412: (
        "changed_meanwhile",
        Text(
            "ほかの人が先に変更しました。読み直してからやり直してください。",
            "Somebody else changed it meanwhile: read it again, then retry.",
        ),
    ),
    413: ("too_large", Text("リクエストが大きすぎます。", "The request is too large.")),
    415: ("unsupported_media_type", Text("この形式は受け付けません。", "This content type is not accepted.")),
    422: ("invalid_request", Text("入力に誤りがあります。", "Some values are not valid.")),
    428: (
        "if_match_missing",
        Text(
            "ヘッダー If-Match に、読んだときの ETag を付けてください。",
            "Send the ETag that you read as the header If-Match.",
        ),
    ),
    429: (
        "too_many_requests",
        Text(
            "回数が多すぎます。しばらく待ってからやり直してください。", "Too many requests; wait a while and try again."
        ),
    ),
    500: (
        "internal_error",
        Text("サーバーで問題が起きました。記録しましたので対応します。", "The server had a problem; it is logged."),
    ),
    503: (
        "unavailable",
        Text("一時的に利用できません。しばらくしてからやり直してください。", "Not available now; try again later."),
    ),
}


class ErrorBody(ma.Schema):
    """What `error` holds."""

    code = ma.fields.String(required=True, metadata={"description": "stable word for programs"})
    message = ma.fields.String(required=True, metadata={"description": "one line for a person"})
    details = ma.fields.Dict(required=True, metadata={"description": "what the code calls for; may be empty"})


class ErrorSchema(ma.Schema):
    """The shape of every error of the API."""

    error = ma.fields.Nested(ErrorBody, required=True)


class ApiError(Exception):
    """An error that is told to the caller as it is.

    Attributes:
        status: HTTP status.
        code: stable word for programs.
        message: one line for a person.
        details: what the code calls for; must be serialisable as JSON.
    """

    def __init__(self, status: int, code: str, message: Text, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message.en}")
        self.status = status
        self.code = code
        self.message = message
        self.details = dict(details or {})


def error_response(error: ApiError) -> Response:
    """Return an error in the form that the caller reads: JSON for programs, a page for people."""
    message = error.message.in_(request_language())
    if wants_json():
        body = {"error": {"code": error.code, "message": message, "details": error.details}}
        response = jsonify(body)
    else:
        response = make_response(render_template("error.html", message=message, code=error.code, status=error.status))
    response.status_code = error.status
    if error.status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def wants_json() -> bool:
    """Tell whether the caller is a program: by the path, or because it prefers JSON to a page."""
    if request.path.startswith(_PROGRAM_PATHS):
        return True
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def http_error_response(error: HTTPException) -> ResponseReturnValue:
    """Return what Flask or one of its parts refused, in our shape."""
    if error.response is not None:
        return error.response
    status = error.code or 500
    if status < 400:
        return error.get_response()
    code, message = _BY_STATUS.get(status, _BY_STATUS[500 if status >= 500 else 400])
    # webargs hands the validation messages over in `data`.
    data = getattr(error, "data", None) or {}
    response = error_response(ApiError(status, code, message, data.get("messages")))
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers.setdefault(name, value)
    return response


def status_error(status: int) -> ApiError:
    """Return the general error of an HTTP status."""
    code, message = _BY_STATUS[status]
    return ApiError(status, code, message)


def init_app(app: Flask) -> None:
    """Register the handlers; the last one is the boundary at which anything unforeseen ends."""
    app.register_error_handler(ApiError, error_response)
    app.register_error_handler(HTTPException, http_error_response)
    for outage in (OperationalError, InterfaceError, PoolTimeout, EngineUnavailable):
        app.register_error_handler(outage, _outage_response)
    app.register_error_handler(Exception, _unforeseen_response)


def _outage_response(error: Exception) -> Response:
    # Only the kind: the text of a database error holds the statement's values.
    current_app.logger.error("%s %s: %s", request.method, request.path, type(error).__name__)
    return error_response(status_error(503))


def _unforeseen_response(error: Exception) -> ResponseReturnValue:
    current_app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return http_error_response(InternalServerError())

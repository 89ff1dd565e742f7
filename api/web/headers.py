"""Security headers of every answer."""

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
"""Nothing inline and nothing from elsewhere: styles and scripts are files under /static."""

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_UNKEPT = {"Cache-Control": "no-store"}
_HSTS = "max-age=31536000"


def init_app(app: Flask, https_only: bool) -> None:
    """Set the headers where a route has not set its own.

    What answers before the app finds them as `app.extensions["karte_headers"]`.
    """
    everywhere = {**_HEADERS, "Strict-Transport-Security": _HSTS} if https_only else _HEADERS
    app.extensions["karte_headers"] = {**everywhere, **_UNKEPT}

    @app.after_request
    def secure(response: Response) -> Response:
        for name, value in (everywhere if request.endpoint == "static" else app.extensions["karte_headers"]).items():
            response.headers.setdefault(name, value)
        return response

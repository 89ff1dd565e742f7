"""The language of an answer: what the person chose, else what their browser asks for, else Japanese.

Texts stand beside each other where they are used, `t("ログイン", "Sign in")`, rather than in gettext catalogues: with
two fixed languages there is then nothing to extract, compile or ship, and a text that lacks a translation is a
TypeError in the first test that touches it. Dates and numbers are `api.display`'s.
"""

from typing import get_args
from urllib.parse import urlencode

from flask import Flask, Response, has_request_context, request
from werkzeug.wrappers import Response as BaseResponse

from collectors.text import Lang, Text

COOKIE = "karte_lang"
LANGUAGES: tuple[Lang, ...] = get_args(Lang)
_YEAR_S = 365 * 24 * 3600


def request_language() -> Lang:
    """Return the language of the request at hand: `?lang=`, the cookie, Accept-Language, Japanese."""
    if not has_request_context():
        return "ja"
    for chosen in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if chosen in LANGUAGES:
            return "en" if chosen == "en" else "ja"
    return "en" if request.accept_languages.best_match(LANGUAGES, default="ja") == "en" else "ja"


def t(ja: str, en: str) -> str:
    """Return the one of two texts that the reader asks for."""
    return Text(ja, en).in_(request_language())


def link_in(lang: Lang) -> str:
    """Return the link to this page in a language; what else the page was asked for stays."""
    return "?" + urlencode(request.args.to_dict(flat=False) | {"lang": [lang]}, doseq=True)


def remember(response: BaseResponse, lang: str, secure: bool) -> None:
    """Keep a choice of language in the browser for a year."""
    response.set_cookie(COOKIE, lang, max_age=_YEAR_S, samesite="Lax", httponly=True, secure=secure)


def init_app(app: Flask) -> None:
    """Offer `t`, `lang` and `link_in` to every template, and remember a choice made by `?lang=`."""
    app.jinja_env.globals["t"] = t
    app.jinja_env.globals["lang"] = request_language
    app.jinja_env.globals["link_in"] = link_in

    @app.after_request
    def keep_choice(response: Response) -> Response:
        chosen = request.args.get("lang")
        if chosen in LANGUAGES and request.cookies.get(COOKIE) != chosen:
            remember(response, chosen, secure=bool(app.config["SESSION_COOKIE_SECURE"]))
        return response

"""The report as one HTML document; it needs no other file."""

from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from unicodedata import east_asian_width

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from api.display import charts, words
from api.display.formats import Formats, clean
from api.readings import condition
from api.readings.history import Daily
from api.reports.inputs import ReportInputs
from api.reports.view import headline, view_of
from collectors.text import Text

MOST_CONCERNS = 7
_BRIEF_COLUMNS = 150
"""On the first page, so that it holds the contents too; the list of devices has all, in full."""


def render_html(inputs: ReportInputs) -> str:
    """Return the document; the same inputs give the same text."""
    template = _environment().get_template("report.html")
    view, formats = view_of(inputs), Formats(inputs.lang)
    return template.render(
        view=view,
        inputs=inputs,
        lang=inputs.lang,
        f=formats,
        t=lambda ja, en: Text(ja, en).in_(inputs.lang),
        headline=formats.text(headline(view.device_counts, len(view.devices))),
        words=words,
        bar=charts.bar,
        brief=lambda found: _brief(found, formats),
        most_concerns=MOST_CONCERNS,
        silent_after=condition.SILENT_IN_REPORT,
        limits=condition,
        trend=lambda daily, name: _trend(daily, name, formats),
        summary=lambda daily: _summary(daily, formats),
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("api.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_cleaned,
    )


def _cleaned(value: object) -> object:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _trend(daily: Daily, name: str, formats: Formats) -> Markup:
    return charts.line(daily.values, f"{name}: {', '.join(_summary(daily, formats))}", top=100.0)


def _brief(found: condition.Condition, formats: Formats) -> str:
    """Return the reasons in at most two lines; a Japanese character is as wide as two others."""
    text = formats.text(Text("、", "; ")).join(formats.text(reason) for reason in found.reasons)
    columns = list(accumulate(2 if east_asian_width(char) in "WF" else 1 for char in text))
    fitting = bisect_right(columns, _BRIEF_COLUMNS)
    return text if fitting == len(text) else f"{text[:fitting]}…"


def _summary(daily: Daily, formats: Formats) -> list[str]:
    """Tell a line in words: its lowest, highest and latest day."""
    if not daily.known:
        return [formats.text(Text("データなし", "no data"))]
    values = (("最小", "min", min(daily.known)), ("最大", "max", max(daily.known)), ("直近", "latest", daily.known[-1]))
    return [f"{formats.text(Text(ja, en))} {formats.percent(value)}" for ja, en, value in values]

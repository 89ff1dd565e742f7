"""Small drawings as inline SVG: a bar and a line. Each has a title, which screen readers and tagged PDFs read.

No colour carries meaning alone: the value stands beside each drawing as text, and bars differ from their track by an
outline, so that a black-and-white print tells the same.
"""

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from api.display.formats import clean

_BAR = Markup(
    '<svg class="gauge{kind}" role="img" viewBox="0 0 100 10" preserveAspectRatio="none" width="100" height="10">'
    '<title>{title}</title><rect class="track" x="0.5" y="0.5" width="99" height="9" fill="#ffffff" stroke="#5b6673"/>'
    "{content}</svg>"
)
_FILL = Markup('<rect class="fill" x="0.5" y="0.5" width="{width}" height="9" fill="{fill}" stroke="#5b6673"/>')
_HATCH = Markup('<path d="{path}" stroke="#5b6673" fill="none"/>')
_LINE = Markup(
    '<svg class="trend" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    '<title>{title}</title><path class="axis" d="M0 {floor}H{width}" stroke="#5b6673" stroke-width="0.75" fill="none"/>'
    "{content}</svg>"
)
_STROKE = Markup('<path class="data" d="{path}" stroke="#12527c" stroke-width="1.5" fill="none"/>')
_DOT = Markup('<circle class="data" cx="{x}" cy="{y}" r="1.6" fill="#12527c"/>')

_PLAIN = "#12527c"
LINE_WIDTH, LINE_HEIGHT = 150, 28
_FLOOR, _HEADROOM = LINE_HEIGHT - 1, 3


def bar(percent: float | None, title: str, fill: str | None = None) -> Markup:
    """Return a bar that is filled to a share; a hatched one where the share is not known.

    Args:
        percent: 0 to 100, %; values outside are drawn as the nearest end. None for not known.
        title: what a screen reader says, with the value.
        fill: colour as #rrggbb; None for the plain one, which a style sheet may change.
    """
    kind = "" if fill else " plain"
    if percent is None:
        path = "".join(f"M{x} 9.5L{x + 9} 0.5" for x in range(0, 100, 10))
        return _BAR.format(kind=kind, title=clean(title), content=_HATCH.format(path=path))
    width = round(99 * min(max(percent, 0.0), 100.0) / 100, 1)
    return _BAR.format(kind=kind, title=clean(title), content=_FILL.format(width=width, fill=fill or _PLAIN))


def line(values: Sequence[float | None], title: str, top: float) -> Markup:
    """Return a line through evenly spaced values from 0 to `top`; a gap where a value is not known.

    Args:
        values: one for each day; None where nothing was measured.
        title: what a screen reader says: what is drawn, lowest, highest and latest value.
        top: the value at the upper edge.
    """
    step = LINE_WIDTH / max(len(values), 1)
    points = [
        None if value is None else ((number + 0.5) * step, _height(value, top)) for number, value in enumerate(values)
    ]
    runs = [list(run) for known, run in groupby(points, key=lambda point: point is not None) if known]
    content = Markup("").join(_run([point for point in run if point]) for run in runs)
    return _LINE.format(width=LINE_WIDTH, height=LINE_HEIGHT, floor=_FLOOR, title=clean(title), content=content)


def _height(value: float, top: float) -> float:
    share = min(max(value / top, 0.0), 1.0) if top > 0 else 0.0
    return _FLOOR - share * (_FLOOR - _HEADROOM)


def _run(points: Sequence[tuple[float, float]]) -> Markup:
    """Draw neighbours as a line and a lone value as a dot."""
    if len(points) == 1:
        return _DOT.format(x=f"{points[0][0]:.1f}", y=f"{points[0][1]:.1f}")
    return _STROKE.format(path="M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points))

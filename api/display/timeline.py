"""Spells of time as inline SVG: one lane each, stretched to the width that there is.

Two sets are told apart by place and by fill, not by colour alone: the upper half of a lane holds pale, outlined bars,
the lower half dark ones. What a lane holds is told in its title, which screen readers read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from api.display.formats import clean

WIDTH = 1000
_LEAST = 3.0
"""Of a spell's width: a minute in 90 days is seen as well."""

_LANE = Markup(
    '<svg class="lane" role="img" viewBox="0 0 1000 24" preserveAspectRatio="none" width="1000" height="24">'
    '<title>{title}</title><rect class="track" x="0" y="0.5" width="1000" height="23" fill="#ffffff" stroke="#5b6673"'
    ' vector-effect="non-scaling-stroke"/>{content}</svg>'
)
_TODAY = Markup(
    '<rect class="today" x="{x}" y="3" width="{width}" height="{height}" fill="#b7d3ea" stroke="#12527c"'
    ' vector-effect="non-scaling-stroke"/>'
)
_TRIED = Markup('<rect class="tried" x="{x}" y="13" width="{width}" height="8" fill="#7a3200"/>')


@dataclass(frozen=True, slots=True)
class Stretch:
    """A spell in shares of the whole time, each from 0 to 1."""

    begin: float
    end: float


def lane(today: Sequence[Stretch], tried: Sequence[Stretch] | None, title: str) -> Markup:
    """Return a lane: today's spells above, those of what is tried below; today's over all of it if nothing is tried."""
    height = "18" if tried is None else "8"
    content = Markup("").join(
        [
            *(_TODAY.format(height=height, **_place(each)) for each in today),
            *(_TRIED.format(**_place(each)) for each in tried or ()),
        ]
    )
    return _LANE.format(title=clean(title), content=content)


def _place(each: Stretch) -> dict[str, str]:
    begin, end = (WIDTH * min(max(share, 0.0), 1.0) for share in (each.begin, each.end))
    width = max(end - begin, _LEAST)
    return {"x": f"{min(begin, WIDTH - width):.1f}", "width": f"{width:.1f}"}

"""Whose report it is: the provider's name, logo and colour, as they are frozen with what a report is made from."""

import base64
import re
from dataclasses import dataclass
from pathlib import Path

from api.reports.errors import ReportError
from collectors.text import Text

PLAIN_COLOR = "#12527c"
MOST_LOGO_BYTES = 256 * 1024
LEAST_CONTRAST = 4.5
"""With white, so that text of the colour can be read. Source: WCAG 2.2, 1.4.3."""

_COLOR = re.compile(r"#[0-9a-f]{6}")
_MEDIA = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
_BEGINS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


@dataclass(frozen=True, slots=True)
class Brand:
    """How a report names and dresses its provider.

    Attributes:
        name: of the provider; "" for the product's own.
        contact: where to ask, one line; "" for none.
        color: of headings and lines, `#rrggbb`.
        logo: as a `data:` address; "" for none.
    """

    name: str = ""
    contact: str = ""
    color: str = PLAIN_COLOR
    logo: str = ""


def brand_of(name: str, contact: str, color: str, logo: Path | None) -> Brand:
    """Return how reports are dressed.

    Raises:
        ReportError: the colour is none or too light, or the logo cannot be read or is no picture.
    """
    return Brand(name, contact, _color(color.lower()), _logo(logo) if logo else "")


def _color(color: str) -> str:
    if not _COLOR.fullmatch(color):
        raise ReportError(
            Text(
                f"KARTE_PROVIDER_COLOR が {color!r} になっています。#12527c のように書いてください",
                f"KARTE_PROVIDER_COLOR is {color!r}; write it like #12527c",
            )
        )
    contrast = 1.05 / (_luminance(color) + 0.05)
    if contrast < LEAST_CONTRAST:
        raise ReportError(
            Text(
                f"KARTE_PROVIDER_COLOR の {color} は白地で読みにくい色です（コントラスト比 {contrast:.1f}、"
                f"{LEAST_CONTRAST}以上が必要）。もっと濃い色にしてください",
                f"KARTE_PROVIDER_COLOR {color} is hard to read on white (contrast {contrast:.1f}, at least"
                f" {LEAST_CONTRAST} is needed); choose a darker one",
            )
        )
    return color


def _luminance(color: str) -> float:
    """Return the relative luminance, 0 to 1. Source: WCAG 2.2, "relative luminance"."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _logo(path: Path) -> str:
    media = _MEDIA.get(path.suffix.lower())
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ReportError(
            Text(
                f"KARTE_PROVIDER_LOGO の {path} を読めません: {error.strerror}",
                f"KARTE_PROVIDER_LOGO names {path}, which cannot be read: {error.strerror}",
            )
        ) from None
    if media is None or not content.startswith(_BEGINS.get(media, b"<")):
        raise ReportError(
            Text(
                f"KARTE_PROVIDER_LOGO の {path} は PNG、JPEG、SVG の画像ではありません",
                f"KARTE_PROVIDER_LOGO names {path}, which is no PNG, JPEG or SVG picture",
            )
        )
    if len(content) > MOST_LOGO_BYTES:
        raise ReportError(
            Text(
                f"KARTE_PROVIDER_LOGO の {path} は大きすぎます（{MOST_LOGO_BYTES // 1024} KiBまで）",
                f"KARTE_PROVIDER_LOGO names {path}, which is too large (at most {MOST_LOGO_BYTES // 1024} KiB)",
            )
        )
    return f"data:{media};base64,{base64.b64encode(content).decode()}"

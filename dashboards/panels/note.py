"""A few words of explanation."""

from grafana_foundation_sdk.builders.text import Panel
from grafana_foundation_sdk.models.text import TextMode

from collectors.text import Lang, Text


def note(lang: Lang, text: Text) -> Panel:
    """Return a text in Markdown, without a frame."""
    return Panel().title("").mode(TextMode.MARKDOWN).content(text.in_(lang)).transparent(True)

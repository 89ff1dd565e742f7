"""Text that people read, in the two languages of the product."""

from dataclasses import dataclass
from typing import Literal

Lang = Literal["ja", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or label in Japanese and in English."""

    ja: str
    en: str

    def in_(self, lang: Lang) -> str:
        """Return the text in the language asked for."""
        return self.ja if lang == "ja" else self.en

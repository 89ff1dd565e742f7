"""Licence: how many devices a customer may have a product on."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, validates

from api.folding import folded
from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now
from api.plaintext import one_line
from collectors.text import Text

PRODUCT_LENGTH, VERSION_LENGTH, NOTE_LENGTH = 200, 100, 500
MAX_OWNED = 1_000_000
ESCAPE = "/"
"""Takes their meaning from the signs of LIKE."""


class Licence(Base):
    """What a customer owns of one product.

    Attributes:
        public_id: `l-…`.
        product: name of the product as devices list it; `*` stands for anything, and width and case do not matter.
        version: of the product, written likewise; "" for every version.
        owned: on how many devices it may be.
        note: for people, e.g. where the contract lies; "" if none.
        product_like: `product` as a pattern of LIKE with `ESCAPE`, for `Software.folded`.
        version_like: `version` likewise, for `Software.version` in small letters; "%" for every one.
    """

    __tablename__ = "licence"
    __table_args__ = (CheckConstraint("owned >= 0", name="owned_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("l"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    product: Mapped[str] = mapped_column(String(PRODUCT_LENGTH))
    version: Mapped[str] = mapped_column(String(VERSION_LENGTH), default="")
    owned: Mapped[int] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH), default="")
    product_like: Mapped[str] = mapped_column(String(4000))
    version_like: Mapped[str] = mapped_column(String(4000), default="%")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    @validates("product")
    def _product(self, _key: str, product: str) -> str:
        line = one_line(product, PRODUCT_LENGTH, Text("製品名", "the product's name"))
        # In `folded` the publisher stands on the line below the name.
        self.product_like = f"{like_pattern(folded(line))}\n%"
        return line

    @validates("version")
    def _version(self, _key: str, version: str) -> str:
        line = one_line(version, VERSION_LENGTH, Text("バージョン", "the version")) if version.strip() else ""
        self.version_like = like_pattern(folded(line)) if line else "%"
        return line

    @validates("note")
    def _note(self, _key: str, note: str) -> str:
        return one_line(note, NOTE_LENGTH, Text("メモ", "the note")) if note.strip() else ""


def like_pattern(wanted: str) -> str:
    """Return a text with `*` for anything as a pattern of LIKE, in which nothing else stands for anything."""
    escaped = wanted.replace(ESCAPE, ESCAPE * 2).replace("%", f"{ESCAPE}%").replace("_", f"{ESCAPE}_")
    return escaped.replace("*", "%")

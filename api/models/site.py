"""Site: one place of a customer, in Japan."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now
from api.models.prefecture import PREFECTURES
from api.plaintext import one_line
from collectors.text import Text

if TYPE_CHECKING:
    from api.models.contract import Contract
    from api.models.device import Device


_NAME_LENGTH = 200
_ADDRESS_LENGTH = 500


class Site(Base):
    """A place where devices of a contract stand.

    Attributes:
        public_id: `s-…`; the `site` tag of every point.
        name: for people, e.g. 本社.
        prefecture: JIS X 0401 code, "01" to "47"; the service area is Japan, so every site has one.
        address: the rest of the postal address; "" if not told.
    """

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("s"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    name: Mapped[str] = mapped_column(String(_NAME_LENGTH))
    prefecture: Mapped[str] = mapped_column(String(2))
    address: Mapped[str] = mapped_column(String(_ADDRESS_LENGTH), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    contract: Mapped["Contract"] = relationship(back_populates="sites")
    devices: Mapped[list["Device"]] = relationship(back_populates="site", order_by="Device.id")

    @validates("name")
    def _one_line(self, _key: str, name: str) -> str:
        return one_line(name, _NAME_LENGTH, Text("拠点の名前", "the site's name"))

    @validates("address")
    def _one_line_or_none(self, _key: str, address: str) -> str:
        return one_line(address, _ADDRESS_LENGTH, Text("住所", "the address")) if address.strip() else ""

    @validates("prefecture")
    def _in_japan(self, _key: str, code: str) -> str:
        if code not in PREFECTURES:
            raise ValueError(f"{code!r} is not the code of a prefecture of Japan (JIS X 0401: 01 to 47)")
        return code

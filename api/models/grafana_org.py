"""What was made in Grafana for a contract, and who brings Grafana in step now."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.models.base import Base, UtcDateTime

if TYPE_CHECKING:
    from api.models.contract import Contract
    from api.models.read_token import ReadToken

_PATH_LENGTH = 1000


class GrafanaOrg(Base):
    """One contract's organisation in Grafana, or the staff's.

    Attributes:
        contract_id: whose it is; None for the staff's.
        org_id: Grafana's number; None once the organisation is removed.
        token_id: the read token that its data source holds; None until it has one.
        source_version: Grafana's count of changes of the data source after our last one.
        fingerprint: of what was last put in order in full; "" while a run has not come through.
        applied_at: when that was.
        checked_at: when the contents were last compared; None if they never were.
        exported_to: the directory with all that it held, for a contract that has ended; "" else.
        emptied_at: since when it is empty and without members, where Grafana would not remove it; None else.
    """

    __tablename__ = "grafana_org"

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), unique=True)
    org_id: Mapped[int | None] = mapped_column(Integer)
    token_id: Mapped[int | None] = mapped_column(ForeignKey("read_token.id"))
    source_version: Mapped[int] = mapped_column(Integer, default=0)
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    exported_to: Mapped[str] = mapped_column(String(_PATH_LENGTH), default="")
    emptied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    contract: Mapped["Contract | None"] = relationship()
    token: Mapped["ReadToken | None"] = relationship()


class GrafanaLease(Base):
    """The one row that says who brings Grafana in step now.

    Attributes:
        id: always 1.
        holder: who does; None if nobody does.
        until: when the lease of a holder that was killed ends.
    """

    __tablename__ = "grafana_lease"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    holder: Mapped[str | None] = mapped_column(String(36))
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)

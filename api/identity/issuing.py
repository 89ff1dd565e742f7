"""Giving out install IDs."""

from datetime import datetime

from sqlalchemy.orm import Session

from api.identity.tokens import new_install_code, normal_code, secret_hash
from api.models import DeviceKind, InstallId, Site
from api.models.install_id import VALID_FOR


def issue_install_id(
    session: Session,
    site: Site,
    now: datetime,
    *,
    kind: DeviceKind | None = None,
    expires_at: datetime | None = None,
    max_uses: int | None = None,
) -> tuple[InstallId, str]:
    """Make an install ID for a site, and return it with its code, which is not kept and cannot be shown again.

    Args:
        session: one that writes.
        site: where the devices stand.
        now: the moment of issue.
        kind: the only kind that it enrols; None for any target device. A probe needs `DeviceKind.PROBE`.
        expires_at: from when on it enrols nothing; `VALID_FOR` after now if None.
        max_uses: how many devices it may add; None if only the quota limits it.
    """
    code = new_install_code()
    install_id = InstallId(
        contract=site.contract,
        site=site,
        code_hash=secret_hash(normal_code(code) or code),
        kind=kind,
        created_at=now,
        expires_at=expires_at or now + VALID_FOR,
        max_uses=max_uses,
    )
    session.add(install_id)
    session.flush()
    return install_id, code

"""What people call equipment: an id of a printer says nothing to those who walk past it every day."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.models import Asset

_LENGTH = 60


def names_of(session: Session, contract_id: int, assets: Iterable[str]) -> dict[str, str]:
    """Return names of equipment by its id, as far as something better than the id is known.

    The name is what the equipment tells, else its model; the id stays beside it, as two may be called the same.
    """
    wanted = sorted(set(assets))
    asked = select(Asset.asset, Asset.names, Asset.maker, Asset.model).where(
        Asset.contract_id == contract_id, Asset.asset.in_(wanted)
    )
    found: dict[str, str] = {}
    for asset, names, maker, model in session.execute(asked) if wanted else ():
        name = next(iter(names or []), "") or f"{maker} {model}".strip()
        if name and name != asset:
            found[asset] = f"{name[:_LENGTH]} [{asset}]"
    return found

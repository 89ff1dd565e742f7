"""`karte device tokens`: which tokens devices have, and when each was last used."""

from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from api.cli.lookup import contract_of
from api.cli.speech import lang_option
from api.cli.store import data_dir_option, next_step, reading
from api.cli.table import Row, format_option, show_rows
from api.models import Device, DeviceToken
from collectors.text import Text


@click.command()
@click.argument("contract_id", metavar="[CONTRACT]", required=False)
@format_option
@lang_option
@data_dir_option
def tokens(contract_id: str | None, form: str, directory: Path | None) -> None:
    """CONTRACT（省略時はすべて）の機器のトークンの一覧 / List the tokens of the devices of CONTRACT, or of all."""
    query = (
        select(DeviceToken)
        .join(DeviceToken.device)
        .options(contains_eager(DeviceToken.device).joinedload(Device.contract))
        .order_by(DeviceToken.id)
    )
    with reading(directory) as session:
        if contract_id:
            query = query.where(Device.contract_id == contract_of(session, contract_id).id)
        rows = [_row(each) for each in session.scalars(query)]
    follow = next_step("karte device issue-id CONTRACT", directory)
    show_rows(rows, form, Text(f"トークンはまだありません\n{follow.ja}", f"no token yet\n{follow.en}"))


def _row(each: DeviceToken) -> Row:
    return {
        "id": each.device.public_id,
        "hostname": each.device.hostname,
        "contract": each.device.contract.public_id,
        "created_at": each.created_at,
        "last_used_at": each.last_used_at,
        "revoked_at": each.revoked_at,
    }

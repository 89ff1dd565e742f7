"""Entities by the id that a person typed, or one line that says there is no such thing."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.cli.speech import Failed
from api.models import Channel, Contract, Device, ReadToken, Site
from collectors.text import Text


def contract_of(session: Session, public_id: str) -> Contract:
    """Return a contract.

    Raises:
        Failed: there is none of that id.
    """
    contract = session.scalar(select(Contract).where(Contract.public_id == public_id.strip().lower()))
    if contract is None:
        raise Failed(
            Text(
                f"契約 {public_id} はありません。karte contract list で確認してください",
                f"there is no contract {public_id}; `karte contract list` names them",
            )
        )
    return contract


def device_of(session: Session, public_id: str) -> Device:
    """Return a device.

    Raises:
        Failed: there is none of that id.
    """
    device = session.scalar(select(Device).where(Device.public_id == public_id.strip().lower()))
    if device is None:
        raise Failed(
            Text(
                f"機器 {public_id} はありません。karte device list で確認してください",
                f"there is no device {public_id}; `karte device list` names them",
            )
        )
    return device


def read_token_of(session: Session, public_id: str) -> ReadToken:
    """Return a read token.

    Raises:
        Failed: there is none of that id.
    """
    token = session.scalar(select(ReadToken).where(ReadToken.public_id == public_id.strip().lower()))
    if token is None:
        raise Failed(
            Text(
                f"読み取りトークン {public_id} はありません。karte read-token list で確認してください",
                f"there is no read token {public_id}; `karte read-token list` names them",
            )
        )
    return token


def channel_of(session: Session, public_id: str) -> Channel:
    """Return a channel.

    Raises:
        Failed: there is none of that id.
    """
    channel = session.scalar(select(Channel).where(Channel.public_id == public_id.strip().lower()))
    if channel is None:
        raise Failed(
            Text(
                f"通知先 {public_id} はありません。karte channel list で確認してください",
                f"there is no channel {public_id}; `karte channel list` names them",
            )
        )
    return channel


def site_of(contract: Contract, wanted: str | None) -> Site:
    """Return a contract's site by id or name, or its only site where none is named.

    Raises:
        Failed: there is no such site, none at all, or more than one to choose from.
    """
    found = [s for s in contract.sites if wanted is None or wanted in (s.public_id, s.name)]
    if len(found) == 1:
        return found[0]
    raise Failed(_no_single_site(contract, wanted, bool(found)))


def _no_single_site(contract: Contract, wanted: str | None, is_ambiguous: bool) -> Text:
    which = contract.public_id
    if not contract.sites:
        command = f"karte contract add-site {which} NAME --prefecture PREFECTURE"
        return Text(
            f"契約 {which} にはまだ拠点がありません。追加してください: {command}",
            f"contract {which} has no site yet; add one: {command}",
        )
    names = ", ".join(f"{s.public_id} ({s.name})" for s in contract.sites)
    if wanted is None:
        return Text(
            f"契約 {which} には拠点が複数あります。--site で選んでください: {names}",
            f"contract {which} has several sites, choose with --site: {names}",
        )
    if is_ambiguous:
        return Text(
            f"契約 {which} には拠点 {wanted} が複数あります。拠点: {names}",
            f"contract {which} has more than one site {wanted}; its sites: {names}",
        )
    return Text(
        f"契約 {which} に拠点 {wanted} はありません。拠点: {names}",
        f"contract {which} has no site {wanted}; its sites: {names}",
    )

"""What a contract covers and what of it is in use; which devices stop where options end, and come back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.audit.actor import SERVICE
from api.audit.log import record
from api.contracts.changes import Order
from api.models import Contract, ContractOption, ContractState, Device, Notice, NoticeState, OptionKind
from api.models.base import service_day
from api.models.device import TARGET_KINDS
from api.notices.writing import write_notice
from api.told import ToldError
from collectors.text import Text

TOLD_BEFORE = (timedelta(days=30), timedelta(days=7))
"""How long before the quota shrinks a customer with too many devices is told, first and again."""

_NAMED = 20
_LAST_YEAR = 2999


class OptionRefused(ToldError, ValueError):
    """An option cannot be added or ended so; the message says why."""


@dataclass(frozen=True, slots=True)
class Shrinking:
    """The quota gets smaller.

    Attributes:
        on: first day in Japan of the smaller one.
        quota: target devices from then on.
    """

    on: date
    quota: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What is in use.

    Attributes:
        quota: target devices that the contract covers today.
        in_use: places that are taken.
        stopped: devices for which there is no place.
        probes_a_site: how many probes each site may have.
        shrinking: the next day on which fewer are covered; None if none is agreed.
    """

    quota: int
    in_use: int
    stopped: int
    probes_a_site: int
    shrinking: Shrinking | None

    @property
    def headroom(self) -> int:
        """How many more target devices may be enrolled."""
        return max(self.quota - self.in_use, 0)

    @property
    def exceeded_by(self) -> int:
        """How many devices there will be too many once the quota shrinks; 0 if none or if it does not shrink."""
        return max(self.in_use - self.shrinking.quota, 0) if self.shrinking else 0


def usage(session: Session, contract: Contract, on: date) -> Usage:
    """Return what is in use on a day in Japan."""
    counted = select(Device.stopped_at.is_(None), func.count()).where(
        Device.contract_id == contract.id, Device.revoked_at.is_(None), Device.kind.in_(TARGET_KINDS)
    )
    counts = {bool(runs): number for runs, number in session.execute(counted.group_by(Device.stopped_at.is_(None)))}
    return Usage(
        contract.device_quota(on),
        counts.get(True, 0),
        counts.get(False, 0),
        contract.probe_quota(on),
        next_shrinking(contract, on),
    )


def next_shrinking(contract: Contract, on: date) -> Shrinking | None:
    """Return the next day after `on` whose quota is smaller than that of the day before it."""
    ends = sorted({o.ends_on + timedelta(days=1) for o in contract.options if o.ends_on and o.ends_on >= on})
    for first in ends:
        quota = contract.device_quota(first)
        if quota < contract.device_quota(first - timedelta(days=1)):
            return Shrinking(first, quota)
    return None


def add_option(
    order: Order, contract: Contract, kind: OptionKind, amount: int, starts_on: date, ends_on: date | None
) -> ContractOption:
    """Add an option from a day to a day.

    Raises:
        OptionRefused: it would end before it starts, adds nothing, or the contract has ended.
    """
    _see_that_it_runs(contract)
    if ends_on is not None and ends_on < starts_on:
        raise OptionRefused(
            Text(
                f"オプションの最後の日 {ends_on} が最初の日 {starts_on} より前です",
                f"the option would end on {ends_on}, before it starts on {starts_on}",
            )
        )
    if amount < 1 or amount > 100_000 or (kind is OptionKind.DEVICE_ANALYSIS and amount != 1):
        raise OptionRefused(Text(f"数 {amount} は使えません", f"an amount of {amount} is not possible"))
    _see_that_it_is_near(starts_on, ends_on)
    made = ContractOption(kind=kind, amount=amount, starts_on=starts_on, ends_on=ends_on)
    contract.options.append(made)
    order.session.flush()
    _record(order, contract, "option.add", made)
    settle(order.session, contract, order.now)
    return made


def end_option(order: Order, contract: Contract, option: ContractOption, ends_on: date) -> None:
    """Let an option end with a day, today or later.

    Raises:
        OptionRefused: the day has passed, or is before the option starts, or the contract has ended.
    """
    _see_that_it_runs(contract)
    if ends_on < max(order.today, option.starts_on):
        raise OptionRefused(
            Text(
                f"終了日 {ends_on} は {max(order.today, option.starts_on)} 以降にしてください",
                f"the option can end on {max(order.today, option.starts_on)} or later, not on {ends_on}",
            )
        )
    _see_that_it_is_near(option.starts_on, ends_on)
    option.ends_on = ends_on
    order.session.flush()
    _record(order, contract, "option.end", option)
    warn(order.session, contract, order.now)


def _see_that_it_runs(contract: Contract) -> None:
    if contract.state is ContractState.TERMINATED:
        raise OptionRefused(
            Text(f"契約 {contract.public_id} は終了しています", f"contract {contract.public_id} has ended")
        )


def _see_that_it_is_near(starts_on: date, ends_on: date | None) -> None:
    # Days are reckoned with, and the calendar of programs ends with the year 9999.
    if max(starts_on, ends_on or starts_on).year > _LAST_YEAR:
        raise OptionRefused(
            Text(f"{_LAST_YEAR}年までの日を指定してください", f"give a day until the year {_LAST_YEAR}")
        )


def choose_stopping(order: Order, contract: Contract, devices: Sequence[Device]) -> None:
    """Note which devices the customer wants to be stopped first where the quota shrinks, in place of former ones."""
    chosen = {device.id for device in devices}
    for device in contract.devices:
        device.stops_first = device.id in chosen
    record(
        order.session,
        order.actor,
        "device.choose_stopping",
        at=order.now,
        contract=contract.public_id,
        details={"devices": sorted(device.public_id for device in devices)},
    )
    order.session.flush()
    settle(order.session, contract, order.now)


def settle(session: Session, contract: Contract, now: datetime) -> list[Device]:
    """Stop devices that the quota has no place for, and start ones for which there is a place again.

    Those that the customer chose stop first, else those that were enrolled last. A customer is told which.

    Returns:
        The devices that were stopped now.
    """
    quota = contract.device_quota(service_day(now))
    ranked = _by_precedence(session, contract)
    stopping = [device for device in ranked[quota:] if device.stopped_at is None]
    starting = [device for device in ranked[:quota] if device.stopped_at is not None]
    for device in stopping:
        device.stopped_at = now
    for device in starting:
        device.stopped_at = None
    session.flush()
    for action, devices in (("device.stop", stopping), ("device.start", starting)):
        for device in devices:
            record(session, SERVICE, action, at=now, contract=contract.public_id, target=device.public_id)
    if stopping:
        facts: dict[str, object] = {"quota": quota, "devices": _names(stopping)}
        write_notice(session, contract, "quota_stopped", facts, SERVICE.name, now, effective_on=service_day(now))
    return stopping


def warn(session: Session, contract: Contract, now: datetime) -> Notice | None:
    """Tell a customer before the quota shrinks below what is in use, at the moments of `TOLD_BEFORE`, once each."""
    today = service_day(now)
    used = usage(session, contract, today)
    shrinking = used.shrinking
    if shrinking is None or not used.exceeded_by:
        return None
    passed = sum(1 for before in TOLD_BEFORE if today >= shrinking.on - before)
    if passed <= _told(session, contract, shrinking.on):
        return None
    stopping = [device for device in _by_precedence(session, contract)[shrinking.quota :] if device.stopped_at is None]
    facts: dict[str, object] = {"quota": shrinking.quota, "in_use": used.in_use, "devices": _names(stopping)}
    return write_notice(session, contract, "quota_shrinks", facts, SERVICE.name, now, effective_on=shrinking.on)


def _told(session: Session, contract: Contract, on: date) -> int:
    asked = select(func.count()).where(
        Notice.contract_id == contract.id,
        Notice.kind == "quota_shrinks",
        Notice.effective_on == on,
        Notice.state != NoticeState.CANCELLED,
    )
    return session.scalar(asked) or 0


def _by_precedence(session: Session, contract: Contract) -> list[Device]:
    """Return the target devices, those first that keep their place longest."""
    asked = select(Device).where(
        Device.contract_id == contract.id, Device.revoked_at.is_(None), Device.kind.in_(TARGET_KINDS)
    )
    return list(session.scalars(asked.order_by(Device.stops_first, Device.first_seen_at, Device.id)))


def _names(devices: Sequence[Device]) -> list[str]:
    names = [f"{device.hostname} ({device.public_id})" for device in devices[:_NAMED]]
    return [*names, f"+{len(devices) - _NAMED}"] if len(devices) > _NAMED else names


def _record(order: Order, contract: Contract, action: str, option: ContractOption) -> None:
    record(
        order.session,
        order.actor,
        action,
        at=order.now,
        contract=contract.public_id,
        target=option.public_id,
        details={
            "kind": option.kind.value,
            "amount": option.amount,
            "starts_on": option.starts_on.isoformat(),
            "ends_on": option.ends_on.isoformat() if option.ends_on else None,
        },
    )

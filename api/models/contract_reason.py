"""Why a contract is suspended or ends: the reasons that the terms of service name, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from collectors.text import Text


class ReasonCode(StrEnum):
    """A reason of the terms."""

    SYSTEM_FAILURE = "system_failure"
    STAFF_UNAVAILABLE = "staff_unavailable"
    MAINTENANCE = "maintenance"
    INTRUSION_BY_USER = "intrusion_by_user"
    INTRUSION_BY_THIRD_PARTY = "intrusion_by_third_party"
    INVESTIGATION = "investigation"
    UNPAID_FEES = "unpaid_fees"
    CREDENTIALS_KNOWN = "credentials_known"
    OTHER = "other"

    LICENCE_ENDED = "licence_ended"
    INSOLVENCY = "insolvency"
    SEIZURE = "seizure"
    DISHONOURED_BILLS = "dishonoured_bills"
    INTRUSION_FOUND = "intrusion_found"
    UNREACHABLE = "unreachable"

    BREACH = "breach"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    END_OF_SERVICE = "end_of_service"


class ReasonUse(StrEnum):
    """What a reason is one for."""

    SUSPENSION = "suspension"
    IMMEDIATE_TERMINATION = "immediate_termination"
    TERMINATION = "termination"
    """Which has conditions of its own: a breach that was not cured, a period that is over, an agreement."""


@dataclass(frozen=True, slots=True)
class ReasonKind:
    """What a reason is.

    Attributes:
        use: what it is one for.
        text: as the customer is told.
        needs_note: whether it says too little without words of one's own.
    """

    use: ReasonUse
    text: Text
    needs_note: bool = False


_S, _I, _T = ReasonUse.SUSPENSION, ReasonUse.IMMEDIATE_TERMINATION, ReasonUse.TERMINATION

REASONS: Mapping[ReasonCode, ReasonKind] = {
    ReasonCode.SYSTEM_FAILURE: ReasonKind(_S, Text("システムの障害", "failure of the system")),
    ReasonCode.STAFF_UNAVAILABLE: ReasonKind(
        _S, Text("災害などにより要員を確保できないため", "staff not available, through a disaster or the like")
    ),
    ReasonCode.MAINTENANCE: ReasonKind(_S, Text("システムの保守", "maintenance of the system")),
    ReasonCode.INTRUSION_BY_USER: ReasonKind(
        _S, Text("利用者による不正アクセスまたはその試み", "intrusion, or an attempt at it, by the user")
    ),
    ReasonCode.INTRUSION_BY_THIRD_PARTY: ReasonKind(_S, Text("第三者による不正アクセス", "intrusion by a third party")),
    ReasonCode.INVESTIGATION: ReasonKind(_S, Text("不正アクセスの調査", "investigation of an intrusion")),
    ReasonCode.UNPAID_FEES: ReasonKind(_S, Text("料金の未払い", "unpaid fees")),
    ReasonCode.CREDENTIALS_KNOWN: ReasonKind(
        _S, Text("IDまたはパスワードが第三者に知られたため", "ID or password known to a third party")
    ),
    ReasonCode.OTHER: ReasonKind(_S, Text("その他", "other"), needs_note=True),
    ReasonCode.LICENCE_ENDED: ReasonKind(_I, Text("プログラムの使用許諾の終了", "end of the licence of the program")),
    ReasonCode.INSOLVENCY: ReasonKind(_I, Text("倒産手続の申立て", "insolvency proceedings")),
    ReasonCode.SEIZURE: ReasonKind(_I, Text("差押えまたは租税の滞納処分", "seizure, or tax delinquency")),
    ReasonCode.DISHONOURED_BILLS: ReasonKind(_I, Text("手形または小切手の不渡り", "dishonoured bills or cheques")),
    ReasonCode.INTRUSION_FOUND: ReasonKind(_I, Text("不正アクセスの判明", "intrusion found")),
    ReasonCode.UNREACHABLE: ReasonKind(_I, Text("お客様と連絡が取れないため", "customer unreachable")),
    ReasonCode.BREACH: ReasonKind(
        _T, Text("契約違反が期限までに是正されなかったため", "breach not cured within the period set")
    ),
    ReasonCode.CANCELLED: ReasonKind(_T, Text("解約", "cancelled")),
    ReasonCode.EXPIRED: ReasonKind(_T, Text("契約期間の満了", "term of the contract over")),
    ReasonCode.END_OF_SERVICE: ReasonKind(_T, Text("サービスの終了", "end of the service")),
}
"""Code -> what it is."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is done to a contract.

    Attributes:
        code: the reason of the terms.
        note: words of one's own, one line, as told to the customer; "" if none.
    """

    code: ReasonCode
    note: str = ""

    @property
    def text(self) -> Text:
        """As the customer is told."""
        return reason_text(self.code, self.note)


def reason_text(code: str, note: str) -> Text:
    """Return a reason as the customer is told.

    Args:
        code: of the reason; "" for one from before there were codes.
        note: words of one's own; "" if none.
    """
    if not code or code == ReasonCode.OTHER:
        return Text(note, note)
    told = REASONS[ReasonCode(code)].text
    return Text(f"{told.ja}（{note}）", f"{told.en} ({note})") if note else told


def codes_for(*uses: ReasonUse) -> tuple[ReasonCode, ...]:
    """Return the reasons for some uses, in the order of the terms."""
    return tuple(code for code, kind in REASONS.items() if kind.use in uses)

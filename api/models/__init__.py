"""The entities of the relational database; one module each, and the rules of their states live there."""

from api.models.acceptance import AcceptanceWay, TermsAcceptance
from api.models.api_token import ApiToken
from api.models.asset import Asset, AssetChange
from api.models.audit_entry import AuditEntry
from api.models.base import Base
from api.models.channel import Channel
from api.models.contract import Contract, ContractEvent, ContractState, TransitionRefused
from api.models.contract_option import ContractOption, OptionKind
from api.models.contract_reason import Reason, ReasonCode
from api.models.contract_step import Breach, ContractStep
from api.models.delivery import Delivery, DeliveryItem, DeliveryKind, DeliveryState, Happening
from api.models.device import Device, DeviceKind
from api.models.device_token import DeviceToken
from api.models.disclosure import Disclosure
from api.models.erasure import Erasure
from api.models.failed_tries import FailedTries
from api.models.finding import Finding, FindingTransition, Held, RuleRun, RuleStanding, Told, TransitionKind
from api.models.grafana_key import GrafanaKey
from api.models.grafana_org import GrafanaLease, GrafanaOrg
from api.models.idempotency import IdempotencyKey
from api.models.install_id import InstallId
from api.models.inventory_list import InventoryList
from api.models.licence import Licence
from api.models.maintenance import MaintenanceWindow
from api.models.notice import Dispatch, Notice, NoticeState
from api.models.read_token import ReadToken
from api.models.report import RemovedWhy, Report, ReportDraft, ReportEntry
from api.models.report_access import AccessWay, ReportAccess
from api.models.report_mail import ReportMail
from api.models.report_plan import ReportPlan, Sending
from api.models.report_run import ReportRun, RunState
from api.models.rollup import RollupPending, RollupProgress
from api.models.rule_threshold import RuleThreshold
from api.models.second_factor import RecoveryCode, SecondFactor
from api.models.service_mail import MailPurpose, ServiceMail
from api.models.site import Site
from api.models.snooze import Snooze
from api.models.software import Software, SoftwareChange
from api.models.terms import TermsDocument, TermsFixed, TermsKind
from api.models.terms_announcement import TermsAnnouncement
from api.models.transfer import Transfer, TransferDocument, TransferGround, TransferState
from api.models.user import Position, Role, User

__all__ = [
    "AcceptanceWay",
    "AccessWay",
    "ApiToken",
    "Asset",
    "AssetChange",
    "AuditEntry",
    "Base",
    "Breach",
    "Channel",
    "Contract",
    "ContractEvent",
    "ContractOption",
    "ContractState",
    "ContractStep",
    "Delivery",
    "DeliveryItem",
    "DeliveryKind",
    "DeliveryState",
    "Device",
    "DeviceKind",
    "DeviceToken",
    "Disclosure",
    "Dispatch",
    "Erasure",
    "FailedTries",
    "Finding",
    "FindingTransition",
    "GrafanaKey",
    "GrafanaLease",
    "GrafanaOrg",
    "Happening",
    "Held",
    "IdempotencyKey",
    "InstallId",
    "InventoryList",
    "Licence",
    "MailPurpose",
    "MaintenanceWindow",
    "Notice",
    "NoticeState",
    "OptionKind",
    "Position",
    "ReadToken",
    "Reason",
    "ReasonCode",
    "RecoveryCode",
    "RemovedWhy",
    "Report",
    "ReportAccess",
    "ReportDraft",
    "ReportEntry",
    "ReportMail",
    "ReportPlan",
    "ReportRun",
    "Role",
    "RollupPending",
    "RollupProgress",
    "RuleRun",
    "RuleStanding",
    "RuleThreshold",
    "RunState",
    "SecondFactor",
    "Sending",
    "ServiceMail",
    "Site",
    "Snooze",
    "Software",
    "SoftwareChange",
    "TermsAcceptance",
    "TermsAnnouncement",
    "TermsDocument",
    "TermsFixed",
    "TermsKind",
    "Told",
    "Transfer",
    "TransferDocument",
    "TransferGround",
    "TransferState",
    "TransitionKind",
    "TransitionRefused",
    "User",
]

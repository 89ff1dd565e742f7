"""What stays of a contract when all else is erased, and why: one table.

Everything that is not named here is erased, tables that are yet to come included.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from collectors.text import Text

ERASED_NAME = "（消去済み）"
"""Stands for the customer's name."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A table whose rows stay.

    Attributes:
        reason: why.
        blanked: column -> what stands there afterwards, for columns whose values do not stay.
    """

    reason: Text
    blanked: Mapping[str, object] = field(default_factory=dict)


_BUSINESS = Text(
    "事業に関する重要な資料の保存（会社法第432条第2項、10年）",
    "papers of the business, Companies Act, art. 432 (2), 10 years",
)
_CLAIMS = Text(
    "契約から生じる請求権の時効まで（民法第166条）", "until claims from the contract lapse, Civil Code, art. 166"
)

KEPT: Mapping[str, Kept] = {
    "audit_entry": Kept(
        Text(
            "誰が何をしたかの記録。1件でも欠けると残りの正しさを示せない",
            "who did what; without any one entry the others prove nothing",
        )
    ),
    "contract": Kept(
        Text(
            f"契約があったことと期間（{_BUSINESS.ja}）。名称と連絡先は消去",
            f"that there was a contract, and when ({_BUSINESS.en}); name and contact are erased",
        ),
        {"name": ERASED_NAME, "contact": "", "state_reason": ""},
    ),
    "contract_step": Kept(
        Text(
            f"開始・停止・終了の日と理由の区分（{_CLAIMS.ja}）。説明と担当者名は消去",
            f"when it began, was suspended and ended, and for which reason ({_CLAIMS.en}); words and names are erased",
        ),
        {"note": "", "who": ""},
    ),
    "disclosure": Kept(
        Text(
            "法令に基づき誰に何を渡したかの記録。消すと照会や開示請求に答えられない",
            "what was handed to whom by law; without it nobody could answer for it",
        )
    ),
    "erasure": Kept(Text("消去の証明書そのもの", "the certificate itself")),
    "notice": Kept(
        Text(
            f"どの通知をいつ、どう発信したか（{_CLAIMS.ja}）。宛名を含む本文は消去",
            f"which notice was dispatched when and how ({_CLAIMS.en}); its text, which holds names, is erased",
        ),
        {
            "facts": {},
            "subject": "",
            "subject_en": "",
            "body": "",
            "body_en": "",
            "effect": None,
            "made_by": "",
            "dispatch_note": "",
            "acknowledged_by": "",
        },
    ),
    "report": Kept(
        Text(
            "レポートがあった期間とファイルのハッシュ。ファイルは消去し、保管記録の検査に必要",
            "which reports there were and the hashes of their files, which are erased; the archive's check needs them",
        )
    ),
    "report_entry": Kept(
        Text(
            "レポートの保管記録（ハッシュと日時だけ）。途中を消すと改ざんと区別できない",
            "the archive's chain, hashes and dates only; a gap could not be told from tampering",
        )
    ),
    "terms_acceptance": Kept(
        Text(
            f"どの版の規約に、いつ、どの方法で同意があったか（{_CLAIMS.ja}）。人の名前は消去",
            f"which version was accepted when and how ({_CLAIMS.en}); names are erased",
        ),
        {"accepted_by": "", "user_id": "", "recorded_by": ""},
    ),
    "terms_document": Kept(
        Text(
            f"個別の規約の版と、本文のハッシュ（{_CLAIMS.ja}）。本文は消去",
            f"versions of individual terms and the hashes of their text ({_CLAIMS.en}); the text is erased",
        ),
        {"title": "", "title_en": "", "body": "", "body_en": ""},
    ),
}
"""Table -> why its rows stay, and what of them does not."""

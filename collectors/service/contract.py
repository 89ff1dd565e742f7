"""How a contract stands: its state, and how much of its quota is in use."""

from collectors.declaration import Field, FieldType, Measurement, PersonalData, Rollup
from collectors.service.fields import count, number, state
from collectors.text import Text

CONTRACT_STATUS = Measurement(
    name="contract_status",
    text=Text("契約の状態と登録台数（終了した契約を除く）", "state and quota of every contract that has not ended"),
    tags=(),
    fields=(
        Field(
            "name",
            FieldType.STRING,
            Text("顧客の名前", "the customer's name"),
            rollup=Rollup.STATE,
            personal=PersonalData.PERSON,
        ),
        state("state", FieldType.STRING, "状態（draft、active、suspended）", "state: draft, active, suspended"),
        count("devices_used", "登録中の対象機器の数", "target devices that hold a place of the quota"),
        count("quota", "契約している対象機器の数（追加分を含む）", "target devices that the contract covers"),
        number("devices_used_percent", "契約台数のうち登録中の割合", "share of the quota in use", "%"),
        count("probes", "登録中のプローブの数", "enrolled probes"),
        count("findings_critical", "開いている要対応の検知の数", "open findings that ask for action now"),
        count("findings_warning", "開いている注意の検知の数", "open findings that deserve attention"),
        count(
            "silent_always_on",
            "15分より長く受信のないサーバー、NAS、プローブの数（有効な契約）",
            "servers, NAS and probes of which nothing came for 15 minutes; of active contracts",
        ),
        count(
            "silent_pcs",
            "3日より長く受信のないパソコンの数（有効な契約）",
            "PCs of which nothing came for 3 days; of active contracts",
        ),
    ),
)

"""The table of the portal's blueprints."""

from api.portal import (
    assets,
    consumables,
    devices,
    findings,
    home,
    installing,
    notices,
    people,
    reports,
    software,
    terms,
    transfers,
)
from api.portal.staff import (
    audit,
    contract,
    contract_licences,
    contracts,
    licences,
    new_contract,
    particulars,
    person,
)
from api.portal.staff import devices as staff_devices
from api.portal.staff import notices as staff_notices
from api.portal.staff import people as staff_people

BLUEPRINTS = (
    home.blueprint,
    devices.blueprint,
    findings.blueprint,
    consumables.blueprint,
    software.blueprint,
    assets.blueprint,
    reports.blueprint,
    notices.blueprint,
    terms.blueprint,
    people.blueprint,
    installing.blueprint,
    transfers.blueprint,
    contracts.blueprint,
    new_contract.blueprint,
    contract.blueprint,
    particulars.blueprint,
    staff_people.blueprint,
    person.blueprint,
    contract_licences.blueprint,
    staff_devices.blueprint,
    staff_notices.blueprint,
    licences.blueprint,
    audit.blueprint,
)

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
from api.portal.staff import audit, contract, contracts, licences
from api.portal.staff import devices as staff_devices
from api.portal.staff import notices as staff_notices

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
    contract.blueprint,
    staff_devices.blueprint,
    staff_notices.blueprint,
    licences.blueprint,
    audit.blueprint,
)

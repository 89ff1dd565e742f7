"""From where on values deserve attention on several pages, taken from where the inputs judge them."""

from collectors.inputs.antivirus.product import DEFINITIONS_MAX_AGE_DAYS
from collectors.inputs.backup.job import BAD_AFTER_DAYS
from collectors.inputs.disk_outlook.points import BAD_BELOW_DAYS
from collectors.inputs.patches.judge import MAX_LAG_DAYS
from collectors.inputs.smart.drive import Kind
from collectors.inputs.smart.rules import HOT_C, WEAR_PACE_PERCENT, WEAR_PERCENT
from dashboards.panels.parts import Limits

ANY = Limits(attention=1, act=1)
"""Of counts that should be 0."""

DEFINITIONS_AGE = Limits(attention=DEFINITIONS_MAX_AGE_DAYS / 2, act=DEFINITIONS_MAX_AGE_DAYS)
UPDATES_LAG = Limits(attention=MAX_LAG_DAYS / 2, act=MAX_LAG_DAYS)
SUPPORT_LEFT = Limits(attention=180, act=0, falling=True)
"""Days: half a year is what a replacement of machines takes to plan."""

DAYS_TO_FULL = Limits(attention=3 * BAD_BELOW_DAYS, act=BAD_BELOW_DAYS, falling=True)
BACKUP_AGE = Limits(attention=BAD_AFTER_DAYS / 2, act=BAD_AFTER_DAYS)

SPACE_USED = Limits(attention=80, act=90)
MEMORY_USED = Limits(attention=80, act=90)
PROCESSOR_USED = Limits(attention=80, act=95)
"""Percent. The inputs judge none of these; a short peak is no trouble, so these only colour."""

ENDURANCE_USED = Limits(attention=WEAR_PACE_PERCENT, act=WEAR_PERCENT)
DRIVE_HEAT = Limits(attention=HOT_C[Kind.HDD] - 10, act=HOT_C[Kind.HDD])
"""°C, for drives of all kinds: those that bear least set the mark."""

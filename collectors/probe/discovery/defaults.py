"""How a site's LAN is looked at where nobody says otherwise."""

from typing import Final

RATE: Final = 200.0
"""Questions a second, spread over the hosts: some 20 kB/s in all, which no office switch or small device notices."""

VANISH_AFTER: Final = 72
"""Three days at the usual interval: a PC that is off over the weekend has not left the office."""

COMMUNITIES: Final = ("public",)

LIMIT_S: Final = 900.0
"""A scan ends after this, whatever is left to ask."""

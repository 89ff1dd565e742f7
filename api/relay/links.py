"""Links in messages by which somebody says, without signing in, that they look after a finding or want a rest from it.

A link opens a page that says in one sentence what the finding is, and two buttons; opening it changes nothing, as mail
scanners open links.
"""

from datetime import timedelta

from api.identity.signedlink import SignedLinks

FINDING_LINKS = SignedLinks("karte.relay.link", timedelta(days=31))

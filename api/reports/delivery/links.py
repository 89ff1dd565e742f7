"""Links in mails by which a report is opened without signing in.

A link ends earlier than it says where the channel is taken away or the report is erased.
"""

from datetime import timedelta

from api.identity.signedlink import SignedLinks

HOLDS_FOR = timedelta(days=31)
REPORT_LINKS = SignedLinks("karte.report.link", HOLDS_FOR)

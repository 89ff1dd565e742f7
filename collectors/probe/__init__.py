"""The probe: what the site's LAN has, over SNMP and by looking around politely."""

"""Network equipment, NAS, IP-PBX, UPS and servers over SNMP: one generic engine, and each kind or maker as data."""

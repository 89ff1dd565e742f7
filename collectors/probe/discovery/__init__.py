"""Finding what is on the site's LAN: sources that look, and one table of assets that outlives address changes."""

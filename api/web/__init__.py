"""What every page and every answer shares: errors, headers, language, sign-in, limits."""

"""What is Windows' own: running PowerShell, and the text forms in which Windows tools answer."""

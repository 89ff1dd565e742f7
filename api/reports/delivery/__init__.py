"""Reports on their way to people: mails with the PDF or a signed link, and what came of them."""

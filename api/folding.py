"""Text as it is searched: full width, capitals and runs of white space make no difference."""

import unicodedata


def folded(text: str) -> str:
    """Return a text in the form in which two are compared: NFKC, caseless, on one line.

    Case is folded between two normalisations, as the Unicode Standard has it for identifiers (definition D147): folding
    may leave characters that NFKC makes something else of.
    """
    caseless = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", caseless).split())


def folded_lines(*texts: str) -> str:
    """Return texts in that form, one on each line, so that a search in one is no match across two."""
    return "\n".join(map(folded, texts))

"""What is wrong with a query's text, and where."""


class QueryRefused(Exception):
    """A query that is not run; the message says why, and where in the text if that is known.

    Attributes:
        reason: one line for a person, without the place.
        offset: character offset in the query's text; None where the query as a whole is meant.
    """

    def __init__(self, reason: str, offset: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset

    def told(self, text: str) -> str:
        """Return reason and place as InfluxDB words it: "… at line 1, char 8"."""
        if self.offset is None:
            return self.reason
        before = text[: self.offset]
        line = before.count("\n") + 1
        char = self.offset - (before.rfind("\n") + 1) + 1
        return f"{self.reason} at line {line}, char {char}"

"""Why a request got no answer, told in one line."""


def cause(error: BaseException) -> str:
    """Return why a request got no answer, in one line for a person: the system's words where there are any.

    Libraries wrap an error of a socket in several of their own: urllib3 as `reason`, requests as an argument.
    """
    waiting: list[BaseException | None] = [error]
    seen: list[BaseException] = []
    while waiting:
        inner = waiting.pop(0)
        if inner is None or inner in seen:
            continue
        seen.append(inner)
        if isinstance(inner, OSError) and inner.strerror:
            return inner.strerror
        wrapped = [each for each in (getattr(inner, "reason", None), *inner.args) if isinstance(each, BaseException)]
        waiting += [inner.__cause__ or inner.__context__, *wrapped]
    text = str(getattr(error, "reason", "") or error)
    return " ".join(text.split()) or type(error).__name__

import threading

from collectors.patience import Patience


def test_it_answers_for_all_though_one_hangs() -> None:
    release = threading.Event()
    asked: list[str] = []

    def question(name: str) -> str:
        asked.append(name)
        if name == "hung":
            release.wait(30)
        if name == "gone":
            raise FileNotFoundError(name)
        return name.upper()

    patience = Patience(question, 0.2)
    try:
        first = patience.ask(["a", "hung", "gone"])
        assert first["a"] == "A"
        assert isinstance(first["hung"], TimeoutError)
        assert isinstance(first["gone"], FileNotFoundError)
        patience.ask(["hung"])
        assert asked.count("hung") == 1, "what still hangs is not asked a second time"
    finally:
        release.set()
    answers = {str(patience.ask(["hung"])["hung"]) for _ in range(2)}
    assert "HUNG" in answers

"""The OpenAPI document, made when somebody first asks for it: it takes longer than all else at the service's start."""

import threading
from typing import Any

from flask_smorest import Api


class Document(Api):  # type: ignore[misc]  # flask-smorest has no type information
    """Registers resources at once, and describes them later."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[Any] = []
        self._describing = threading.Lock()

    def register_blueprint(self, blp: Any, *, parameters: Any = None, **options: Any) -> None:
        """Register a resource.

        Args:
            blp: the blueprint.
            parameters: descriptions of parameters in its prefix.
            options: of `Flask.register_blueprint`; a name of its own is not possible.
        """
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        self._waiting.append((blp, parameters))

    def _openapi_json(self) -> Any:
        with self._describing:
            while self._waiting:
                blueprint, parameters = self._waiting[0]
                blueprint.register_views_in_doc(self, self._app, self.spec, name=blueprint.name, parameters=parameters)
                self.spec.tag({"name": blueprint.name, "description": blueprint.description})
                self._waiting.pop(0)
        return super()._openapi_json()

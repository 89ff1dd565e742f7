"""What an operation takes, made from what the OpenAPI document says of it."""

from typing import Any


def sample_body(document: Any, operation: Any) -> Any:
    """Return a body with all that is required; an empty one where the operation takes none."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return _sample(document, schema) if schema else {}


def sample_query(document: Any, operation: Any) -> dict[str, Any]:
    """Return the query arguments that an operation demands."""
    asked = (_resolved(document, each) for each in operation.get("parameters", []))
    demanded = (each for each in asked if each["in"] == "query" and each.get("required"))
    return {each["name"]: _sample(document, each["schema"]) for each in demanded}


def takes_json(operation: Any) -> bool:
    """Tell whether an operation takes JSON."""
    return "application/json" in operation.get("requestBody", {}).get("content", {})


def takes_file(operation: Any) -> bool:
    """Tell whether an operation takes a file in place of JSON."""
    return "multipart/form-data" in operation.get("requestBody", {}).get("content", {})


def _sample(document: Any, schema: Any) -> Any:
    schema = _resolved(document, schema)
    if "example" in schema:
        return schema["example"]
    if "enum" in schema:
        return schema["enum"][0]
    for many in ("oneOf", "allOf", "anyOf"):
        if many in schema:
            return _sample(document, schema[many][0])
    kind = schema.get("type")
    if kind == "object":
        return {
            name: _sample(document, schema["properties"][name])
            for name in schema.get("required", [])
            if name in schema.get("properties", {})
        }
    if kind == "array":
        return [_sample(document, schema["items"])]
    if kind == "string":
        return {"date": "2099-01-31", "date-time": "2099-01-31T00:00:00Z"}.get(schema.get("format", ""), "x")
    return {"integer": schema.get("minimum", 1), "number": 1.0, "boolean": True}.get(kind or "", {})


def _resolved(document: Any, schema: Any) -> Any:
    while "$ref" in schema:
        kind, name = schema["$ref"].split("/")[-2:]
        schema = document["components"][kind][name]
    return schema

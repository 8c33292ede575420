"""The description of the API as its page shows it."""

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from markupsafe import Markup, escape

MARKS = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*")
METHODS = ("get", "post", "patch", "put", "delete")


@dataclass(frozen=True)
class Field:
    """A field of a body or answer: name, kind, whether it must be there, what it means."""

    name: str
    kind: str
    is_required: bool
    says: str


@dataclass(frozen=True)
class Operation:
    """One operation on the page."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    permission: str
    who: str
    parameters: list[dict[str, Any]]
    body: list[Field]
    body_kind: str
    body_example: str
    answer: list[Field]
    answer_example: str
    status: str
    refusals: list[tuple[str, str]]

    @property
    def more(self) -> str:
        """What the description says beyond its first sentence."""
        return self.description.removeprefix(self.summary).removeprefix(".").strip()


@dataclass
class Group:
    """The operations about one thing."""

    name: str
    says: str
    operations: list[Operation] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.name.lower().replace(" ", "-")


class Reading:
    """The whole page."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.schemas: dict[str, Any] = document["components"]["schemas"]
        self.server: str = document["servers"][0]["url"]

    @cached_property
    def paragraphs(self) -> list[str]:
        return str(self.document["info"]["description"]).strip().split("\n\n")

    @cached_property
    def groups(self) -> list[Group]:
        groups = {tag["name"]: Group(tag["name"], tag["description"]) for tag in self.document["tags"]}
        for path, methods in self.document["paths"].items():
            for method in METHODS:
                if method in methods:
                    groups[methods[method]["tags"][0]].operations.append(self._operation(method, path, methods[method]))
        return list(groups.values())

    @cached_property
    def count(self) -> int:
        return sum(len(group.operations) for group in self.groups)

    def _operation(self, method: str, path: str, told: dict[str, Any]) -> Operation:
        content = told.get("requestBody", {}).get("content", {})
        body_kind = next(iter(content), "")
        body = content.get(body_kind, {}).get("schema", {})
        status, answer = next((code, one) for code, one in told["responses"].items() if code < "300")
        shown = answer.get("content", {}).get("application/json", {}).get("schema", {})
        return Operation(
            id=told["operationId"],
            method=method.upper(),
            path=path,
            summary=told["summary"],
            description=told.get("description", ""),
            scope=told.get("x-scope", ""),
            permission=told.get("x-permission", ""),
            who=told.get("x-who", ""),
            parameters=told["parameters"],
            body=self._fields(body),
            body_kind=body_kind,
            body_example=self._written(self._example(body, 0, required_only=method == "post")) if body else "",
            answer=self._fields(shown),
            answer_example=self._written(self._example(shown, 0)) if shown else "",
            status=status,
            refusals=[
                (code, one["description"]) for code, one in told["responses"].items() if code >= "300" and code != "304"
            ],
        )

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """What a reference points to."""
        while "$ref" in schema or len(schema.get("allOf", ())) == 1:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema["allOf"][0]
        return schema

    def _fields(self, schema: dict[str, Any]) -> list[Field]:
        found = self._resolved(schema)
        required = set(found.get("required", ()))
        return [
            Field(name, self._kind(one), name in required, self._resolved(one).get("description", ""))
            for name, one in found.get("properties", {}).items()
        ]

    def _kind(self, schema: dict[str, Any]) -> str:
        found = self._resolved(schema)
        if "anyOf" in found:
            return " | ".join(self._kind(one) for one in found["anyOf"])
        elif "enum" in found:
            return " | ".join(json.dumps(one) for one in found["enum"])
        elif "const" in found:
            return json.dumps(found["const"])
        elif found.get("type") == "array":
            return f"[{self._kind(found.get('items', {}))}]"
        elif found.get("type") == "object" and "title" in found:
            return str(found["title"])
        else:
            return str(found.get("format") or found.get("type", "any"))

    def _example(self, schema: dict[str, Any], depth: int, *, required_only: bool = False) -> Any:
        found = self._resolved(schema)
        examples = schema.get("examples") or found.get("examples")
        if examples:
            return examples[0]
        elif "default" in found and found.get("type") != "array":
            return found["default"]
        elif "anyOf" in found:
            return self._example(found["anyOf"][0], depth)
        elif "enum" in found:
            return found["enum"][0]
        elif found.get("type") == "array":
            return [self._example(found.get("items", {}), depth + 1)] if depth < 5 else []
        elif found.get("type") == "object":
            names = found.get("properties", {})
            wanted = set(found.get("required", names)) or set(names) if required_only else set(names)
            return {name: self._example(one, depth + 1) for name, one in names.items() if name in wanted}
        else:
            return {"integer": 1, "boolean": True, "null": None}.get(found.get("type", ""), "…")

    @staticmethod
    def _written(example: Any) -> str:
        return json.dumps(example, indent=2, ensure_ascii=False)


def marked(text: str) -> Markup:
    """The text with its `code`, **strong** and *stressed* words."""
    parts, last = [], 0
    for found in MARKS.finditer(text):
        tag = next(name for name, word in zip(("code", "strong", "em"), found.groups(), strict=True) if word)
        parts += [escape(text[last : found.start()]), Markup("<{0}>{1}</{0}>").format(tag, found[found.lastindex or 0])]
        last = found.end()
    return Markup("").join([*parts, escape(text[last:])])

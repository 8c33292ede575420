"""The description of the API, OpenAPI 3.1, completed with what every operation has in common."""

from copy import deepcopy
from http import HTTPStatus
from typing import Any

from mainspring.api.doors import Rule
from mainspring.api.problems import CONTENT_TYPE, ProblemShape
from mainspring.api.surface import Surface

PROBLEM = {"$ref": "#/components/schemas/Problem"}

INTRODUCTION = """\
Everything that the desk does, for programs. Send `Authorization: Bearer …` with a personal access token (made on
*Your page* of the desk) or with the short-lived token of `POST /auth/token`.

**Money and quantities** are texts ("12.50"), so that no place is lost; the currency stands beside them. **Times** are
ISO 8601 in UTC. **Lists** come in pages of at most 100: ask again with `cursor` set to the `next` of the page before.
**PATCH** changes only what is sent; `null` empties a field. **Errors** are `application/problem+json` (RFC 9457) with
the field that is wrong and the mend.

**Once:** send an `Idempotency-Key` with what must not happen twice. The same key gives the same answer for 48 hours;
with another body it is refused. **Nothing overwritten unseen:** every answer has an `ETag`. Send it back in
`If-None-Match` to be told that nothing changed (304), in `If-Match` to change only what you have read (412 otherwise).

**Limits:** `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds) come with every answer;
`Retry-After` with a 429.
"""

TAGS = {
    "Sign in": "Short-lived tokens, and who they belong to.",
    "Tickets": "A customer's matter, from the first call to the last payment.",
    "Notes": "The conversation. `isInternal` notes are read by the staff and by nobody else, ever.",
    "Files": "Photos, documents and screenshots of a ticket.",
    "Customers": "Contacts, businesses and the devices they own.",
    "Work": "Services done, time worked, timers and parts used on a ticket.",
    "Catalogue": "What we do, and how it is charged.",
    "Stock": "Products and the ledger of their stock.",
    "Money": "Invoices, credit notes, payments and refunds. Issued papers never change.",
    "Estimates": "What a repair would cost: written, sent, chosen and signed by the customer.",
    "Vault": "Credentials of customers, by name. What is secret is in no list.",
    "Settings": "The shop, its people, statuses and taxes.",
    "Webhooks": "Addresses of yours that are told what happens here.",
    "Search": "One box for everything.",
    "Knowledge": "Articles for customers and for the staff alone, under topics; drafts until they are published.",
    "For customers": "What a customer's own token may see and do: tickets, notes, files, estimates, invoices, help.",
}

IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A key of your own for this act. Repeated, it gets the first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "example": "7c0f3c3e-order-118",
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that you read: changed since, the answer is 412.",
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[!-~]*$"},
}

ALWAYS = (400, 401, 403, 404, 422, 429)


def describe(surface: Surface, prefix: str) -> dict[str, Any]:
    """The whole description; `prefix` is the path under which the API is served."""
    written: dict[str, Any] = deepcopy(dict(surface.api.get_openapi_schema(path_prefix="")))
    written["info"]["description"] = INTRODUCTION
    written["info"]["version"] = "1.0"
    written["info"]["license"] = {"name": "AGPL-3.0-only", "identifier": "AGPL-3.0-only"}
    written["servers"] = [{"url": prefix}]
    used: set[str] = set()
    for path, methods in written["paths"].items():
        for method, operation in methods.items():
            _complete(operation, method, path)
            used.update(operation.get("tags", []))
    written["tags"] = [{"name": name, "description": says} for name, says in TAGS.items() if name in used]
    schemas = written["components"]["schemas"]
    problem = ProblemShape.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    written["components"]["securitySchemes"] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A personal access token, or the accessToken of `POST /auth/token`.",
        }
    }
    return _plain(written)


def _complete(operation: dict[str, Any], method: str, path: str) -> None:
    rule: Rule = operation.pop("x-rule")
    refuses = operation.pop("x-refuses")
    binary = operation.pop("x-binary", "")
    operation["security"] = [] if rule.is_open else [{"bearer": []}]
    if not rule.is_open:
        operation["x-scope"] = rule.scope
        operation["x-who"] = "customers" if rule.is_customers else "staff"
        if rule.may is not None:
            operation["x-permission"] = rule.may.name
    if method != "get" and not (rule.is_open or rule.alone):
        operation["parameters"].append(IDEMPOTENCY)
    if method == "patch":
        operation["parameters"].append(IF_MATCH)
    if binary:
        for status in [status for status in operation["responses"] if int(status) == 200]:
            operation["responses"][status]["content"] = {binary: {"schema": {"type": "string", "format": "binary"}}}
    statuses = {*ALWAYS, *refuses}
    if method == "get":
        statuses.add(304)
        statuses -= {422} if not operation["parameters"] else set()
    else:
        statuses |= {409, 413, 415} | ({412} if method == "patch" else set())
    if rule.is_open:
        statuses -= {403, 304}
    if "{" not in path and "requestBody" not in operation and method == "get":
        statuses -= {404}
    for status in sorted(statuses):
        told: dict[str, Any] = {"description": HTTPStatus(status).phrase}
        if status != 304:
            told["content"] = {CONTENT_TYPE: {"schema": PROBLEM}}
        operation["responses"].setdefault(status, told)
    operation["responses"] = {str(status): told for status, told in sorted(operation["responses"].items(), key=_status)}


def _status(pair: tuple[Any, Any]) -> int:
    return int(pair[0])


def _plain(value: Any) -> Any:
    """Lazy texts as texts."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    elif isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    elif isinstance(value, bool | int | float) or value is None:
        return value
    else:
        return str(value)

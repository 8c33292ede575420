"""Queries that are built once: Django needs milliseconds to put a long one into SQL, and the database a tenth of one.

    @prepared
    def by_number(number: int) -> QuerySet[Ticket]:
        return Ticket.objects.with_people().filter(number=number)

    [ticket] = by_number(1042)

The function is asked once for each connection, with stand-ins for its arguments. It has to answer with the same query
for all of them: it looks at no argument, and nothing else that can change decides about the query's shape or values.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from inspect import signature
from itertools import count
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

R = TypeVar("R")
NUMBERS = range(-(2**31), 2**31)


@dataclass(frozen=True)
class Argument:
    """Where an argument of the function goes to, and as what: to PostgreSQL each kind of column has its own numbers."""

    place: int
    kind: type[int] | type[str]


@dataclass(frozen=True)
class Built:
    """A query, ready but for its arguments. Each parameter is its value, or an Argument."""

    rows: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str
    parameters: list[Any]
    converters: Any

    def filled(self, given: tuple[int | str, ...]) -> QuerySet[Any, Any]:
        """The same query for these arguments, not asked yet."""
        parameters = tuple(one.kind(given[one.place]) if isinstance(one, Argument) else one for one in self.parameters)
        compiler, rows = copy(self.compiler), self.rows.all()
        compiler.__dict__.update(as_sql=lambda: (self.sql, parameters), get_converters=lambda _of: self.converters)
        rows.query.__dict__["get_compiler"] = lambda *_args, **_named: compiler
        return rows


class prepared(Generic[R]):
    """A function of whole numbers and texts that answers with a query; called, it gives the rows."""

    def __init__(self, build: Callable[..., "QuerySet[Any, R]"]) -> None:
        self.build, self.__doc__ = build, build.__doc__
        kinds = [one.annotation for one in signature(build).parameters.values()]
        numbers = count(918_273_640)
        self.stand_ins: list[int | str] = [kind(next(numbers)) for kind in kinds]

    def __call__(self, *given: int | str) -> list[R]:
        if all(isinstance(one, str) or one in NUMBERS for one in given):
            return list(self._built(connections[DEFAULT_DB_ALIAS]).filled(given))
        else:
            return list(self.build(*given))  # Django knows what no column can hold

    def _built(self, connection: BaseDatabaseWrapper) -> Built:
        kept: dict[prepared[R], Built] = connection.__dict__.setdefault("prepared", {})
        if self not in kept:
            kept[self] = self._build(connection)
        return kept[self]

    def _build(self, connection: BaseDatabaseWrapper) -> Built:
        rows = self.build(*self.stand_ins)
        compiler = rows.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        places = {value: place for place, value in enumerate(self.stand_ins)}
        marked = [
            Argument(places[value], type(value)) if isinstance(value, int | str) and value in places else value
            for value in parameters
        ]
        if {one.place for one in marked if isinstance(one, Argument)} != set(places.values()):
            raise TypeError(f"{self.build.__name__} leaves an argument out of its query, or changes it.")
        expressions = [expression for expression, *_ in compiler.select[: compiler.col_count]]
        return Built(rows, compiler, sql, marked, compiler.get_converters(expressions))

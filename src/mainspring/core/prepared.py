"""Queries that are built once: Django needs milliseconds to put a long one into SQL, and the database a tenth of one.

    @prepared
    def by_number(number: int) -> QuerySet[Ticket]:
        return Ticket.objects.with_people().filter(number=number)

    [ticket] = by_number(1042)

    @prepared
    def by_numbers(*numbers: int) -> QuerySet[Ticket]:
        return Ticket.objects.filter(number__in=numbers)

The function is asked once for each connection, with stand-ins for its arguments. It has to answer with the same query
for all of them: it looks at no argument, and nothing else that can change decides about the query's shape or values.
One that takes many is asked for 1, 2, 4, 8 … of them: the last one fills up, so it goes only where twice is as once.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from inspect import Parameter, signature
from itertools import chain, repeat
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

R = TypeVar("R")
NUMBERS = range(-(2**31), 2**31)
UNUSUAL = 918_273_640
"""The first of the stand-ins, by which an argument is known again among a query's own numbers."""


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
        parameters = list(signature(build).parameters.values())
        self.kinds: list[Any] = [one.annotation for one in parameters]
        self.takes_many = bool(parameters) and parameters[-1].kind is Parameter.VAR_POSITIONAL

    def __call__(self, *given: int | str) -> list[R]:
        if not all(isinstance(one, str) or one in NUMBERS for one in given) or len(given) < len(self.kinds):
            return list(self.build(*given))  # Django knows what no column can hold, and what is asked of none
        elif self.takes_many:
            most = len(self.kinds) - 1 + (1 << (len(given) - len(self.kinds)).bit_length())
            given += given[-1:] * (most - len(given))
        return list(self._built(connections[DEFAULT_DB_ALIAS], len(given)).filled(given))

    def _built(self, connection: BaseDatabaseWrapper, arguments: int) -> Built:
        kept: dict[tuple[prepared[R], int], Built] = connection.__dict__.setdefault("prepared", {})
        if (self, arguments) not in kept:
            kept[self, arguments] = self._build(connection, arguments)
        return kept[self, arguments]

    def _build(self, connection: BaseDatabaseWrapper, arguments: int) -> Built:
        kinds = chain(self.kinds, repeat(self.kinds[-1] if self.kinds else int))
        stand_ins = [kind(number) for kind, number in zip(kinds, range(UNUSUAL, UNUSUAL + arguments), strict=False)]
        rows = self.build(*stand_ins)
        compiler = rows.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        places = {value: place for place, value in enumerate(stand_ins)}
        marked = [
            Argument(places[value], type(value)) if isinstance(value, int | str) and value in places else value
            for value in parameters
        ]
        if {one.place for one in marked if isinstance(one, Argument)} != set(places.values()):
            raise TypeError(f"{self.build.__name__} leaves an argument out of its query, or changes it.")
        expressions = [expression for expression, *_ in compiler.select[: compiler.col_count]]
        return Built(rows, compiler, sql, marked, compiler.get_converters(expressions))

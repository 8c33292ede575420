"""How things read in the API: camelCase names, money as text, times in UTC, ids of 64 bits."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from mainspring.core.money import minor_unit
from mainspring.core.text import Translated

LARGEST = 2**63 - 1
NO_NUL = r"^[^\x00]*$"
INK = r"^[^\x00]*[^\x00\s][^\x00]*$"

Id = Annotated[int, Field(strict=True, ge=1, le=LARGEST, examples=[7])]
PathId = Annotated[int, Field(ge=1, le=LARGEST, examples=[7])]


def upto(longest: int) -> StringConstraints:
    """A text of at most so many letters, empty allowed. PostgreSQL keeps no NUL."""
    return StringConstraints(max_length=longest, pattern=NO_NUL)


def filled(longest: int) -> StringConstraints:
    """A text with something in it."""
    return StringConstraints(min_length=1, max_length=longest, pattern=INK)


@dataclass(frozen=True)
class AsText:
    """A decimal that travels as text, so that no place is lost on the way."""

    pattern: str
    example: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        written = core_schema.plain_serializer_function_ser_schema(lambda value: f"{value:f}")
        return core_schema.no_info_plain_validator_function(self._read, serialization=written)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": self.pattern, "examples": [self.example]}

    def _read(self, value: Any) -> Decimal:
        if isinstance(value, Decimal):
            return value
        elif isinstance(value, str) and re.fullmatch(self.pattern, value, re.ASCII):
            return Decimal(value)
        else:
            raise ValueError(f'Money and quantities are texts of plain figures, like "{self.example}".')


Address = Annotated[
    str,
    StringConstraints(max_length=254, pattern=r"^([^@\s\x00]+@[^@\s\x00]+)?$"),
    Field(examples=["carol@acme.example"]),
]
"""A mail address, or none."""

Amount = Annotated[Decimal, AsText(r"^(?!0*(\.0*)?$)[0-9]{1,11}(\.[0-9]{1,3})?$", "12.50")]
"""A sum of money, more than nothing."""
Sum = Annotated[Decimal, AsText(r"^[0-9]{1,11}(\.[0-9]{1,3})?$", "50.00")]
"""A sum of money, nothing included."""
Price = Annotated[Decimal, AsText(r"^[0-9]{1,10}(\.[0-9]{1,4})?$", "49.90")]
Percent = Annotated[Decimal, AsText(r"^(100(\.0{1,3})?|[0-9]{1,2}(\.[0-9]{1,3})?)$", "10")]
Quantity = Annotated[Decimal, AsText(r"^(?!0*(\.0*)?$)[0-9]{1,6}(\.[0-9]{1,3})?$", "2")]
Counted = Annotated[Decimal, AsText(r"^[0-9]{1,6}(\.[0-9]{1,3})?$", "8")]

Figure = Annotated[
    Decimal,
    PlainSerializer(lambda value: f"{value.normalize():f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": ["2.5"]}, mode="serialization"),
]
"""A quantity, a price each, a rate: a decimal as text without trailing zeros."""

Money = Annotated[
    str,
    WithJsonSchema(
        {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": ["70.00"]}, mode="serialization"
    ),
]
"""A sum of money as text, with the places of its currency; the currency stands beside it."""

Moment = Annotated[
    datetime,
    PlainSerializer(lambda at: at.astimezone(UTC).isoformat().replace("+00:00", "Z"), return_type=str),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "examples": ["2026-11-25T09:30:00Z"]}, mode="serialization"
    ),
]


def _aware(value: Any) -> Any:
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError('A time is a text as in ISO 8601: "2026-11-25T09:30:00Z".')
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00").replace("z", "+00:00"))
    except ValueError as error:
        raise ValueError('A time is a text as in ISO 8601: "2026-11-25T09:30:00Z".') from error
    if moment.tzinfo is None:
        raise ValueError("A time needs its zone: end it with Z, or with an offset like +02:00.")
    if not 1900 < moment.year < 2200:
        raise ValueError("A time lies between 1901 and 2199.")
    return moment.astimezone(UTC)


GivenMoment = Annotated[
    datetime,
    BeforeValidator(_aware),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-25T09:30:00Z"]}),
]


class Shape(BaseModel):
    """A thing as the API shows it."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


class Given(BaseModel):
    """What a caller sends. A field that is not named here is refused, never ignored."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class Change(Given):
    """A partial update (RFC 7396): what is left out stays, `null` empties."""

    @property
    def given(self) -> dict[str, Any]:
        """Only what was sent, by the names of our columns."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def left_out() -> Any:
    """The value of a field of a Change that was not sent; it is never read."""
    return Field(default_factory=lambda: None)


class Named(Shape):
    """A thing that another one points to."""

    id: int
    name: str

    @classmethod
    def of(cls, thing: Any) -> "Named | None":
        return cls(id=thing.pk, name=str(thing)) if thing is not None else None


class Words(Shape):
    """A text in each of its languages."""

    en: str = ""
    he: str = ""


def money(amount: Decimal, currency: str) -> str:
    """The amount with the places of its currency: "70.00", "7000" of yen."""
    return f"{amount.quantize(minor_unit(currency)):f}"


def spoken(text: Any, language: str = "") -> str:
    """A translated text in the reader's language."""
    return text.into(language) if isinstance(text, Translated) and language else str(text)

"""The made-up shop that is measured: who its customers and agents are, and what they write to each other."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

CUSTOMERS, AGENTS = 500, 10
PASSWORD = "a long bench password"
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
OPEN_SHARE_OF_NEW, OPEN_SHARE_OF_OLD, NEW = 0.55, 0.04, 0.12


def _phrases(text: str) -> list[str]:
    return [phrase.strip() for phrase in text.replace("\n", " ").split("|")]


THINGS = _phrases("""
adapter | amplifier | battery | cable | camera | charger | console | controller | desktop | dock | drive |
earphone | fan | freezer | gateway | hub | joystick | kettle | keyboard | lamp | laptop | lens | lock | meter
| microphone | modem | monitor | mouse | notebook | oven | phone | plotter | printer | projector | radio |
reader | recorder | router | scale | scanner | screen | sensor | server | shaver | speaker | stove | switch |
tablet | telephone | thermostat | toaster | tuner | vacuum | watch | webcam | wheel | workstation
""")
FAULTS = _phrases("""
beeping | blank | blinking | bloated | blurred | broken | buzzing | cold | corroded | cracked | crashing |
dead | deaf | detached | dim | dusty | empty | faded | flickering | foggy | frozen | garbled | hissing | hot |
humming | jammed | leaking | locked | loose | loud | mute | muddy | noisy | overheating | peeling | rattling |
rebooting | rusty | scratched | shaking | silent | slow | smoking | spinning | stained | sticky | stuck |
swollen | torn | unplugged | warped | wet
""")
WHEN = _phrases("""
after the last update | since this morning | since the move | at every start | when it is warm | on battery
only | on the guest network | after a power cut | with more than one user | right after signing in
""")
TRIED = _phrases("""
changed the cable | took the battery out | waited an hour | asked a neighbour | read the manual | restored the
settings | tried another room | cleaned the contacts | installed it anew | restarted it twice
""")
WISHES = _phrases("""
Please call me back. | Can somebody come by today? | What would a repair cost? | No hurry, this week is fine.
| We lose work because of it. | Do we need a new one? | Is there a known fault?
""")
ANSWERS = _phrases("""
Thank you for the report. | I could see it here. | A part is ordered. | It is a known fault of this model. |
Please send a photo. | The maker confirmed it. | I cleaned it and measured again. | It will be ready tomorrow.
| Let me know whether it happens again. | I exchanged the part.
""")
REPLIES = _phrases("""
Thanks, that helped for a while. | It is back again. | The light is still orange. | Here is what I see now. |
It works, thank you. | My colleague has the same. | I did as you asked. | We watch it for a week.
""")
FIRST = _phrases("""
Ada | Ben | Cleo | Dan | Eva | Finn | Gil | Hana | Ida | Joel | Kim | Lea | Max | Noa | Omer | Pia | Ron |
Sara | Tal | Uri | Vera | Will | Yael | Zev
""")
LAST = _phrases("""
Adams | Baker | Cohen | Dietz | Evans | Fuchs | Green | Hirsch | Ilan | Jonas | Katz | Levi | Mayer | Nagel |
Oren | Peretz | Rosen | Stern | Tamir | Ulmer | Vogel | Weiss | Yadin | Zeller
""")


@dataclass(frozen=True)
class Said:
    """A message: whether the customer wrote it, when, and what."""

    by_customer: bool
    at: datetime
    text: str


@dataclass(frozen=True)
class Matter:
    """A ticket to be: customer and agent by their places in the lists."""

    subject: str
    description: str
    customer: int
    agent: int
    is_open: bool
    is_assigned: bool
    opened_at: datetime
    priority: int
    said: tuple[Said, ...]


def name_of(place: int) -> str:
    return f"{FIRST[place % len(FIRST)]} {LAST[(place * 7 + place // len(FIRST)) % len(LAST)]}"


def mail_of(place: int) -> str:
    return f"{name_of(place).replace(' ', '.').lower()}{place}@client{place % 50}.example"


def phone_of(place: int) -> str:
    return f"+1 212 555 {place:04}"


def two_words(chance: random.Random) -> str:
    """What somebody searches for: a thing and its fault, as they stand together in some tickets."""
    return f"{chance.choice(THINGS)} {chance.choice(FAULTS)}"


def problem(chance: random.Random) -> tuple[str, str]:
    """A subject and a description."""
    thing, fault = chance.choice(THINGS), chance.choice(FAULTS)
    subject = f"{thing.capitalize()} {fault} {chance.choice(WHEN)}"
    others = " ".join(
        f"The {chance.choice(THINGS)} is {chance.choice(FAULTS)} too." for _ in range(chance.randrange(3))
    )
    tried = ", ".join(chance.sample(TRIED, chance.randrange(2, 5)))
    return subject, (
        f"Hello,\n\nour {thing} is {fault} {chance.choice(WHEN)}. It says E{chance.randrange(1000, 9999)}, and its "
        f"label A-{chance.randrange(10000, 99999)}. {others}\n\nI {tried}. {chance.choice(WISHES)}\n\nKind regards"
    )


def lines(chance: random.Random, of: list[str]) -> str:
    said = chance.sample(of, chance.randrange(3, 6))
    said.insert(chance.randrange(len(said)), f"The {chance.choice(THINGS)} is {chance.choice(FAULTS)}.")
    return "\n".join(said)


def matters(count: int, seed: int = 20261124) -> Iterator[Matter]:
    """So many tickets, the same ones each time. About a tenth are open, the newest most often."""
    for number in range(count):
        chance = random.Random(seed * 1_000_003 + number)
        subject, description = problem(chance)
        opened = NOW - timedelta(minutes=(count - number) * 13 + chance.randrange(11))
        is_new = (count - number) / count < NEW
        is_open = chance.random() < (OPEN_SHARE_OF_NEW if is_new else OPEN_SHARE_OF_OLD)
        first = opened + timedelta(minutes=chance.randrange(4, 300))
        second = first + timedelta(minutes=chance.randrange(4, 1500))
        yield Matter(
            subject=subject,
            description=description,
            customer=int(CUSTOMERS * chance.random() ** 1.6),
            agent=chance.randrange(AGENTS),
            is_open=is_open,
            is_assigned=not (is_open and chance.random() < 0.3),
            opened_at=opened,
            priority=chance.choices((1, 2, 3, 4), weights=(2, 6, 3, 1))[0],
            said=(
                Said(False, first, lines(chance, ANSWERS)),
                Said(True, second, lines(chance, REPLIES)),
            ),
        )

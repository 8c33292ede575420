"""One of everything that a route can be asked for, twice: the ticket's own, and one that belongs elsewhere."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.utils import timezone
from PIL import Image

from mainspring.accounts.models import AccessToken, MailedKey, Person, Provider, Role, Sitting
from mainspring.backups.models import Backup
from mainspring.billing.issuing import FinalInvoice
from mainspring.billing.models import Attempt, HeldMoney, Invoice, Payment
from mainspring.billing.models import Share as PaidShare
from mainspring.billing.papers import pdf_of
from mainspring.billing.paying import pay_token
from mainspring.billing.settling import settle
from mainspring.core.models import Shop
from mainspring.core.text import Translated
from mainspring.core.tokens import sign
from mainspring.crm.models import Account, Contact, DeviceKind, Joining
from mainspring.estimates.answering import Signature, approve
from mainspring.estimates.links import estimate_token
from mainspring.estimates.models import Draft, DraftLine, Estimate
from mainspring.estimates.papers import pdf_of as pdf_of_estimate
from mainspring.estimates.sending import send
from mainspring.events.models import Checkpoint, TaskRow
from mainspring.files.models import StoredFile
from mainspring.inbox.models import LeftMail, Mailbox, ReceivedMail
from mainspring.inbox.models.received import receive
from mainspring.inventory.models import Category, Product, Supplier
from mainspring.knowledge.models import Article, Audience, Topic
from mainspring.outbox.models import Enclosure, OutgoingMail
from mainspring.privacy.models import Export
from mainspring.tickets.models import Attachment, BulkChange, Message, PageLink, Participant, SavedView, Ticket
from mainspring.vault.additions import keep_passcode
from mainspring.vault.models import Credential, HandIn, Share
from mainspring.webhooks.models import Delivery, Hook
from mainspring.webhooks.sending import tell
from mainspring.website.models import Photo
from mainspring.work.models import (
    DiagnosticRule,
    Labour,
    Service,
    ServiceCategory,
    Timer,
    UsedPart,
    add_service,
    start_timer,
    use_part,
)
from soft_passkey import SoftPasskey
from world import PASSWORD, World

MISSING = 999_999


@dataclass(frozen=True)
class Matter:
    """A ticket with one of everything on it."""

    ticket: Ticket
    note: Message
    seat: Participant
    attachment: Attachment
    labour: Labour
    part: UsedPart
    removed_labour: Labour
    returned_part: UsedPart
    invoice: Invoice
    payment: Payment
    attempt: Attempt
    held: HeldMoney
    link: PageLink
    signed_estimate: Estimate
    estimate: Estimate
    draft_line: DraftLine
    credential: Credential

    @classmethod
    def happen(cls, world: World, service: Service, product: Product, customer: Any, other: Any) -> "Matter":
        ticket = Ticket.objects.open("It does not start", by=world.fay, contact=customer)
        credential = keep_passcode(ticket, "1234", by=world.tess)
        note = ticket.write("We look at it.", by=world.tess)
        seat = ticket.join(other, by=world.fay)
        file = StoredFile.keep(picture(), name="photo.png")
        attachment = ticket.attach(file, by=world.tess)
        add_service(ticket, service, by=world.tess)
        issued = FinalInvoice(ticket).issue(by=world.bill)
        assert issued is not None
        payment = settle(issued, Decimal(5), method="cash", by=world.fay)
        owed = issued.standing.balance
        attempt = Attempt.objects.create(gateway="test", key=f"key-{ticket.pk}", amount=owed, currency="USD")
        PaidShare.objects.create(attempt=attempt, invoice=issued, amount=owed)
        held = HeldMoney.objects.create(
            invoice=issued, gateway="test", gateway_ref=f"held-{ticket.pk}", amount=Decimal(1), currency="USD", why="…"
        )
        pdf_of(issued)
        written(ticket)
        signed = send(ticket, by=world.tess)
        approve(signed, set(), Signature("Carol", picture()))
        written(ticket)
        estimate = send(ticket, by=world.tess)
        for one in (signed, estimate):
            pdf_of_estimate(one)
        labour, removed = (add_service(ticket, service, by=world.tess) for _ in range(2))
        part, returned = (use_part(ticket, product, Decimal(1), by=world.tess) for _ in range(2))
        removed.remove(by=world.tess)
        returned.take_back(by=world.tess)
        return cls(
            ticket=ticket,
            note=note,
            seat=seat,
            attachment=attachment,
            labour=labour,
            part=part,
            removed_labour=removed,
            returned_part=returned,
            invoice=issued,
            payment=payment,
            attempt=attempt,
            held=held,
            signed_estimate=signed,
            estimate=estimate,
            draft_line=written(ticket),
            credential=credential,
            link=PageLink.objects.for_reader(ticket, customer),
        )


def passkey_of(person: Person) -> Any:
    options = {"publicKey": {"challenge": "AAAA", "user": {"id": str(person.pk)}}}
    return json.loads(SoftPasskey().create(options))


@dataclass(frozen=True)
class OwnEntry:
    """What belongs to how one person signs in: Tess's passkey, session and linked account, and Ada's mailed links."""

    passkey: Authenticator
    sitting: Sitting
    house_link: SocialAccount
    sign_in_token: str
    address_token: str

    @classmethod
    def happen(cls, world: World) -> "OwnEntry":
        Provider.add(by=world.ada, kind="github", name="GitHub", client_id="us", secret="secret", on_portal=True)
        _key, _code, sign_in = MailedKey.objects.make("sign_in", world.ada.email, person=world.ada, handle="one")
        _key, _code, address = MailedKey.objects.make("new_address", "a@b.example", person=world.ada, handle="two")
        return cls(
            passkey=Authenticator.objects.create(
                user=world.tess, type="webauthn", data={"name": "Key", "credential": passkey_of(world.tess)}
            ),
            sitting=Sitting.objects.create(person=world.tess, session_key="elsewhere", agent="Firefox/1 Windows"),
            house_link=SocialAccount.objects.create(user=world.tess, provider="github", uid="7"),
            sign_in_token=sign_in,
            address_token=address,
        )


def written(ticket: Ticket) -> DraftLine:
    """An estimate that is being written, with one line."""
    draft = Draft.objects.get_or_create(ticket=ticket)[0]
    return DraftLine.objects.create(
        draft=draft, kind="other", description="Cleaning", quantity=1, unit_price=Decimal(20), tax_percent=Decimal(17)
    )


@dataclass(frozen=True)
class Scene:
    """The world with two matters: Carol's, which is asked for, and Sam's, from whom things are borrowed."""

    world: World
    own: Matter
    foreign: Matter
    service: Service
    service_category: ServiceCategory
    rule: DiagnosticRule
    product: Product
    product_category: Category
    supplier: Supplier
    timer: Timer
    mail: OutgoingMail
    colleague: Person
    dead_task: TaskRow
    ended: str
    joining: str
    used_joining: str
    photo: Photo
    carols: Person
    sams: Person
    token: AccessToken
    carols_token: AccessToken
    sams_token: AccessToken
    hook: Hook
    delivery: Delivery
    other_delivery: Delivery
    other_mail: OutgoingMail
    received: ReceivedMail
    mailbox: Mailbox
    own_entry: "OwnEntry"
    provider: Provider
    closed_house: Provider
    left_mail: LeftMail
    view: SavedView
    other_view: SavedView
    bulk_change: BulkChange
    other_bulk_change: BulkChange
    share: Share
    asked: HandIn
    asked_token: str
    export: Export
    other_export: Export
    backup: Backup
    topic: Topic
    quiet_topic: Topic
    article: Article
    internal_article: Article


def picture() -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (60, 40), "teal").save(drawn, "PNG")
    return drawn.getvalue()


def build_scene(world: World) -> Scene:
    cache.clear()
    Shop.objects.update(logo=StoredFile.keep(picture(), name="logo.png").sha256)
    category = ServiceCategory.add(by=world.max, name="Repair")
    service = Service.add(by=world.max, name="Repair", price=Decimal(30), billing="flat", tax=world.vat)
    supplier = Supplier.add(by=world.max, name="Parts Direct")
    shelf = Category.add(by=world.max, name="HP parts")
    product = Product.objects.add(
        by=world.max, name="Fuser", sku="F-1", price=Decimal(50), cost=Decimal(31), tax=world.vat
    )
    product.receive(10, by=world.max, reason="first delivery")
    own = Matter.happen(world, service, product, world.carol, world.carl)
    foreign = Matter.happen(world, service, product, world.sam, world.carl)
    DiagnosticRule.set_for(DeviceKind.objects.get(name="Printer"), service, by=world.max)
    mail, other_mail = _mail("one"), _mail("other")
    raw = b"From: Nobody <nobody@nowhere.example>\r\nTo: desk@mainstreet.example\r\nSubject: Hello\r\n\r\nHello\r\n"
    received = receive(raw, source="pipe")
    link = PageLink.objects.for_reader(own.ticket, world.carl)
    PageLink.objects.filter(pk=link.pk).update(ended_at=timezone.now())
    joining, used = (Joining.ask(email=f"{name}@nowhere.example", name=name) for name in ("new", "old"))
    token, used_token = joining.new_token(), used.new_token()
    used.accept(password=PASSWORD)
    mailbox = Mailbox.add(by=world.max, password="secret", address="in@mainstreet.example", host="mail.example")
    ned = Person.objects.invite(email="ned@mainstreet.example", name="Ned", role=Role.TECHNICIAN, by=world.ada)
    lasts = timedelta(days=1)
    share, _code = Share.objects.make(own.credential, by=world.tess, reason="He forgot it", lasts=lasts)
    asked, asked_token = HandIn.objects.make(
        own.ticket, kind="router", name="The router's password", says="", contact=world.carol, by=world.tess
    )
    hook, other_hook = (Hook.objects.add(url=f"https://{n}.example", kinds=[], by=world.max)[0] for n in ("a", "b"))
    exports = [made_export(contact) for contact in (world.carol, world.sam)]
    Checkpoint.make()
    topic, quiet_topic = (Topic.add(by=world.max, name=Translated(en=name)) for name in ("Printers", "Among us"))
    helps, internal = (
        written_article(one, by=world.tess, audience=audience)
        for one, audience in ((topic, Audience.EVERYBODY), (quiet_topic, Audience.STAFF))
    )
    carols = Account.open(world.carol, email="carol@acme.example", name="Carol", password=PASSWORD)
    sams = Account.open(world.sam, email="sam@rival.example", name="Sam", password=PASSWORD)
    world.carol.let_decide(world.acme, by=world.max)
    world.sam.let_decide(world.rival, by=world.max)
    tokens = [
        AccessToken.objects.make(holder=one, name="t", scopes=["*"], expires_at=None, by=one)[0]
        for one in (world.tess, carols, sams)
    ]
    return Scene(
        world=world,
        export=exports[0],
        other_export=exports[1],
        ended=link.token,
        joining=token,
        used_joining=used_token,
        photo=Photo.add(StoredFile.keep(picture(), name="shop.png"), says={"en": "The shop"}, by=world.max),
        carols=carols,
        sams=sams,
        own=own,
        foreign=foreign,
        service=service,
        service_category=category,
        rule=DiagnosticRule.objects.get(),
        product=product,
        product_category=shelf,
        supplier=supplier,
        timer=start_timer(own.ticket, service, by=world.tess),
        mail=mail,
        other_mail=other_mail,
        received=received,
        own_entry=OwnEntry.happen(world),
        provider=Provider.add(
            by=world.ada,
            kind="oidc",
            name="House",
            issuer="http://127.0.0.1:9",
            client_id="us",
            secret="secret",
            on_portal=True,
        ),
        closed_house=Provider.add(
            by=world.ada,
            kind="oidc",
            name="Closed",
            issuer="http://127.0.0.1:9",
            client_id="us",
            on_portal=True,
            is_on=False,
        ),
        mailbox=mailbox,
        left_mail=LeftMail.objects.create(mailbox=mailbox, uid_validity=1, uid=9, size=70_000_000, sender="Carol"),
        view=SavedView.keep("Printers", by=world.tess, line="printer", sort="-updated"),
        other_view=SavedView.keep("Late", by=ned, line="is:late", sort="due"),
        bulk_change=BulkChange.objects.create(person=world.tess, act="priority", value="2"),
        other_bulk_change=BulkChange.objects.create(person=ned, act="priority", value="2"),
        token=tokens[0],
        carols_token=tokens[1],
        sams_token=tokens[2],
        hook=hook,
        delivery=tell(hook, "webhook.test"),
        other_delivery=tell(other_hook, "webhook.test"),
        dead_task=TaskRow.objects.create(name="chore", state=TaskRow.State.DEAD, finished_at=timezone.now()),
        colleague=ned,
        share=share,
        asked=asked,
        asked_token=asked_token,
        topic=topic,
        quiet_topic=quiet_topic,
        article=helps,
        internal_article=internal,
        backup=Backup.objects.create(name="mainspring-00000000-20261125T020000Z.backup", state=Backup.State.MADE),
    )


def written_article(topic: Topic, *, by: Person, audience: str) -> Article:
    """A published article in both languages, with everything that a text can have."""
    text = "## First aid\n\n1. Unplug it.\n2. Wait.\n\n- `ping`\n- **bold** and [a page](https://example.com)"
    made = Article.add(
        by=by,
        topic=topic,
        title=Translated(en="It prints blank pages", he="דפים ריקים"),
        body=Translated(en=text, he=text),
        audience=audience,
    )
    made.publish(by=by)
    return made


def made_export(contact: Contact) -> Export:
    """A file of somebody's data that can be fetched."""
    soon = timezone.now() + timedelta(days=1)
    export = Export.objects.create(contact=contact, name=f"{uuid4().hex}.zip", state=Export.State.DONE, expires_at=soon)
    Export.objects.filter(pk=export.pk).update(done_at=timezone.now())
    export.path.parent.mkdir(parents=True, exist_ok=True)
    export.path.write_bytes(b"PK")
    return export


def _mail(key: str) -> OutgoingMail:
    mail = OutgoingMail.objects.post(
        key=key,
        kind="note",
        to=[("Carol", "carol@acme.example")],
        subject="Hello",
        text="…",
        enclosures=[Enclosure("a.txt", "text/plain", b"a")],
    )
    assert mail is not None
    return mail


@dataclass(frozen=True)
class Asked:
    """The arguments of one route: of a thing that is there, of none, and of one that stands elsewhere."""

    own: tuple[Any, ...]
    missing: tuple[Any, ...] | None = None
    foreign: tuple[Any, ...] | None = None


Of = Callable[[Scene], Asked]


def _flat(find: Callable[[Scene], Any]) -> Of:
    return lambda scene: Asked((find(scene),), (MISSING,))


def _of_ticket(find: Callable[[Matter], Any]) -> Of:
    """A thing on a ticket: a foreign one is on another ticket than the address says."""

    def asked(scene: Scene) -> Asked:
        number = scene.own.ticket.number
        return Asked((number, find(scene.own).pk), (number, MISSING), (number, find(scene.foreign).pk))

    return asked


def _bent(token: str) -> str:
    """A signed token with one letter of its signature changed."""
    return token[:-1] + ("a" if token[-1] != "a" else "b")


def _swapped(own: str, other: str) -> str:
    """The signature of one token under the value of another."""
    return other.rpartition(".")[0] + "." + own.rpartition(".")[2]


def _signed(token: Callable[[Matter], str]) -> Of:
    def asked(scene: Scene) -> Asked:
        own, other = token(scene.own), token(scene.foreign)
        return Asked((own,), (_bent(own),), (_swapped(own, other),))

    return asked


def _test_checkout(scene: Scene) -> Asked:
    key, other = scene.own.attempt.key, scene.foreign.attempt.key
    tag = sign("test-gateway", key)
    return Asked((key, tag), ("key-none", sign("test-gateway", "key-none")), (other, tag))


OF: dict[str, Of] = {
    "-": lambda _scene: Asked(()),
    "ticket": _flat(lambda scene: scene.own.ticket.number),
    "note": _of_ticket(lambda matter: matter.note),
    "seat": _of_ticket(lambda matter: matter.seat),
    "attachment": _of_ticket(lambda matter: matter.attachment),
    "labour": _of_ticket(lambda matter: matter.labour),
    "part": _of_ticket(lambda matter: matter.part),
    "removed-labour": _of_ticket(lambda matter: matter.removed_labour),
    "returned-part": _of_ticket(lambda matter: matter.returned_part),
    "estimate": _of_ticket(lambda matter: matter.estimate),
    "estimate-line": _of_ticket(lambda matter: matter.draft_line),
    "signed-estimate": _of_ticket(lambda matter: matter.signed_estimate),
    "signed-estimate-link": _signed(lambda matter: estimate_token(matter.signed_estimate)),
    "estimate-link": _signed(lambda matter: estimate_token(matter.estimate)),
    "article": _flat(lambda scene: scene.article.pk),
    "topic": _flat(lambda scene: scene.topic.pk),
    "help-topic": lambda scene: Asked((scene.topic.slug,), ("none",), (scene.quiet_topic.slug,)),
    "help-article": lambda scene: Asked((scene.article.slug,), ("none",), (scene.internal_article.slug,)),
    "timer": _flat(lambda scene: scene.timer.pk),
    "contact": _flat(lambda scene: scene.world.carol.pk),
    "business": _flat(lambda scene: scene.world.acme.pk),
    "device": _flat(lambda scene: scene.world.printer.pk),
    "device-kind": _flat(lambda scene: scene.world.printer.kind_id),
    "person": _flat(lambda scene: scene.colleague.pk),
    "service": _flat(lambda scene: scene.service.pk),
    "service-category": _flat(lambda scene: scene.service_category.pk),
    "rule": _flat(lambda scene: scene.rule.pk),
    "product": _flat(lambda scene: scene.product.pk),
    "product-category": _flat(lambda scene: scene.product_category.pk),
    "supplier": _flat(lambda scene: scene.supplier.pk),
    "view": lambda scene: Asked((scene.view.pk,), (MISSING,), (scene.other_view.pk,)),
    "bulk-change": lambda scene: Asked((scene.bulk_change.pk,), (MISSING,), (scene.other_bulk_change.pk,)),
    "status": _flat(lambda scene: scene.own.ticket.status_id),
    "mail-part": lambda scene: Asked(
        (scene.mail.pk, scene.mail.parts.get().pk),
        (scene.mail.pk, MISSING),
        (scene.mail.pk, scene.other_mail.parts.get().pk),
    ),
    "received": _flat(lambda scene: scene.received.pk),
    "mailbox": _flat(lambda scene: scene.mailbox.pk),
    "left-mail": _flat(lambda scene: scene.left_mail.pk),
    "wording": lambda _scene: Asked(("ticket_opened", "en"), ("none", "en"), ("ticket_opened", "xx")),
    "mail-hook": lambda _scene: Asked(("mailgun", "inbound")),
    "token": _flat(lambda scene: scene.token.pk),
    "webhook": _flat(lambda scene: scene.hook.pk),
    "delivery": lambda scene: Asked(
        (scene.hook.pk, scene.delivery.pk), (scene.hook.pk, MISSING), (scene.hook.pk, scene.other_delivery.pk)
    ),
    "backup": _flat(lambda scene: scene.backup.pk),
    "tax": _flat(lambda scene: scene.world.vat.pk),
    "dead-task": _flat(lambda scene: scene.dead_task.pk),
    "mail": _flat(lambda scene: scene.mail.pk),
    "invoice": lambda scene: Asked((scene.own.invoice.code,), ("INV-999999",)),
    "payment": lambda scene: Asked(
        (scene.own.invoice.code, scene.own.payment.pk),
        (scene.own.invoice.code, MISSING),
        (scene.own.invoice.code, scene.foreign.payment.pk),
    ),
    "held": lambda scene: Asked(
        (scene.own.invoice.code, scene.own.held.pk),
        (scene.own.invoice.code, MISSING),
        (scene.own.invoice.code, scene.foreign.held.pk),
    ),
    "ticket-link": lambda scene: Asked((scene.own.link.token,), (_bent(scene.own.link.token),), (scene.ended,)),
    "link-file": lambda scene: Asked(
        (scene.own.link.token, scene.own.attachment.pk),
        (scene.own.link.token, MISSING),
        (scene.own.link.token, scene.foreign.attachment.pk),
    ),
    "portal-ticket": lambda scene: Asked((scene.own.ticket.number,), (MISSING,), (scene.foreign.ticket.number,)),
    "portal-business": lambda scene: Asked((scene.world.acme.pk,), (MISSING,), (scene.world.rival.pk,)),
    "portal-colleague": lambda scene: Asked((scene.world.carol.pk,), (MISSING,), (scene.world.sam.pk,)),
    "portal-token": lambda scene: Asked((scene.carols_token.pk,), (MISSING,), (scene.sams_token.pk,)),
    "portal-file": _of_ticket(lambda matter: matter.attachment),
    "portal-invoice": lambda scene: Asked((scene.own.invoice.code,), ("INV-999999",), (scene.foreign.invoice.code,)),
    "portal-payment": lambda scene: Asked((scene.own.attempt.key,), ("key-none",), (scene.foreign.attempt.key,)),
    "site-photo": _flat(lambda scene: scene.photo.pk),
    "join-link": lambda scene: Asked((scene.joining,), (_bent(scene.joining),), (scene.used_joining,)),
    "pay-link": _signed(lambda matter: pay_token(matter.invoice)),
    "test-checkout": _test_checkout,
    "provider": _flat(lambda scene: scene.provider.pk),
    "house": lambda scene: Asked(("github",), ("none",), (scene.closed_house.slug,)),
    "house-answer": lambda scene: Asked((scene.provider.slug,), ("none",), (scene.closed_house.slug,)),
    "sign-in-link": lambda scene: Asked((scene.own_entry.sign_in_token,), ("none",)),
    "address-link": lambda scene: Asked((scene.own_entry.address_token,), ("none",)),
    "passkey": _flat(lambda scene: scene.own_entry.passkey.pk),
    "sitting": _flat(lambda scene: scene.own_entry.sitting.pk),
    "house-link": _flat(lambda scene: scene.own_entry.house_link.pk),
    "person-file": lambda scene: Asked(
        (scene.world.carol.pk, scene.export.pk),
        (scene.world.carol.pk, MISSING),
        (scene.world.carol.pk, scene.other_export.pk),
    ),
    "portal-data": lambda scene: Asked((scene.export.pk,), (MISSING,), (scene.other_export.pk,)),
    "reset-link": lambda _scene: Asked(("3", "not-a-key")),
    "credential": _flat(lambda scene: scene.own.credential.pk),
    "credential-home": lambda scene: Asked(("ticket", scene.own.ticket.number), ("ticket", MISSING)),
    "share": _flat(lambda scene: scene.share.pk),
    "share-link": lambda scene: Asked((scene.share.handle,), (_bent(scene.share.handle),)),
    "hand-in": _flat(lambda scene: scene.asked.pk),
    "hand-in-link": lambda scene: Asked((scene.asked_token,), (_bent(scene.asked_token),)),
    "surface": lambda _scene: Asked(("desk",)),
}
"""What a line of `permissions.txt` may say a route is about, and the arguments that belong to it."""

BODIES: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "change_status": lambda scene: {"status": scene.own.ticket.status_id},
}
"""What a POST must say to be about something that exists; every other one is sent empty."""

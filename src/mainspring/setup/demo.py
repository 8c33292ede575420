"""The demo world: a shop in the middle of its day, with the whole story in it."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from mainspring.accounts.models import Person, Role
from mainspring.billing.models import Invoice
from mainspring.billing.settling import settle
from mainspring.core.models import Shop, TaxRate
from mainspring.core.text import Translated
from mainspring.crm.models import Account, Business, Contact, Device, DeviceKind
from mainspring.inventory.models import Category, Product, Supplier
from mainspring.setup import demo_past
from mainspring.setup.shop import open_shop
from mainspring.surveys.models import Rating
from mainspring.tickets.models import Channel, Priority, Status, StatusKind, Ticket
from mainspring.work.models import DiagnosticRule, Service, ServiceCategory, add_service, use_part

PASSWORD = "mainspring demo"  # noqa: S105 (printed for everybody to see)
STAFF = [
    ("max", "Max Stern", Role.MANAGER, "#4b6fb5"),
    ("tess", "Tess Amir", Role.TECHNICIAN, "#2f8f6f"),
    ("fay", "Fay Cohen", Role.FRONT_DESK, "#b5654b"),
    ("bill", "Bill Katz", Role.BILLING, "#8a6bb8"),
]
CUSTOMERS = [
    ("Carol Mizrahi", "Acme Printing", "carol@acme.example", "03-555-0142", "en"),
    ("Carl Peretz", "Acme Printing", "carl@acme.example", "052-555-0199", "en"),
    ("שרה כהן", "", "sara@cohen.example", "054-555-0121", "he"),
    ("Noa Barak", "Barak Architects", "noa@barak.example", "050-555-0133", "he"),
    ("Jonas Weber", "", "jonas@weber.example", "+49 30 5550155", "en"),
    ("Maya Green", "Green Dental", "maya@greendental.example", "03-555-0188", "en"),
]
PRODUCTS = [
    ("Fuser kit HP M404", "RM2-2555", "4006381333931", "HP parts", "Parts Direct", "31", "50", "6", "2", "B3"),
    ("SSD 1 TB NVMe", "SSD-1000-N", "4006381333948", "Storage", "Memory House", "58", "89", "9", "3", "A1"),
    ("Laptop battery 56 Wh", "BAT-56-L", "4006381333955", "Batteries", "Parts Direct", "27", "49", "2", "3", "C2"),
    ("iPhone 14 screen", "SCR-IP14", "4006381333962", "Screens", "Parts Direct", "64", "120", "4", "2", "D1"),
    ("Cat 6 cable, metre", "CAB-C6", "4006381333979", "Network", "Memory House", "0.4", "1", "120.5", "20", "E4"),
]
PROBLEMS = [
    (2, "Phone", "Apple", "iPhone 14", "המסך שבור והמגע לא עובד", Priority.HIGH, StatusKind.IN_PROGRESS),
    (3, "Router", "MikroTik", "hAP ax3", "Office Wi-Fi drops every afternoon", Priority.URGENT, StatusKind.OPEN),
    (4, "Laptop", "Lenovo", "T14", "Does not charge any more", Priority.MEDIUM, StatusKind.WAITING_THIRD_PARTY),
    (5, "Desktop", "Dell", "OptiPlex 7010", "Very slow after the update", Priority.LOW, StatusKind.NEW),
    (1, "Printer", "HP", "M404n", "Paper jam in tray 2", Priority.MEDIUM, StatusKind.WAITING_CUSTOMER),
]


@dataclass(frozen=True)
class Demo:
    """Who and what the demo has. `build` fills an empty database, through the same verbs as the pages."""

    ada: Person
    staff: dict[str, Person]
    contacts: list[Contact]

    @classmethod
    @transaction.atomic
    def build(cls) -> "Demo":
        ada = open_shop(
            company="Main Street Repairs",
            owner_name="Ada Levi",
            owner_email="ada@mainstreet.example",
            password=PASSWORD,
            currency="USD",
            time_zone="Asia/Jerusalem",
            country="IL",
            tax=Decimal(0),
        )
        Shop.objects.update(
            email="desk@mainstreet.example",
            phone="+972 3-555-0100",
            street="1 Main Street",
            city="Tel Aviv",
            hours="Sun–Thu 9:00–18:00",
            website="https://mainstreet.example",
        )
        TaxRate.objects.create(name=Translated(en="VAT 18 %", he="מע״מ 18%"), percent=Decimal(18))
        staff = {
            key: Person.objects.invite(
                email=f"{key}@mainstreet.example",
                name=name,
                role=role,
                by=ada,
                password=PASSWORD,
                colour=colour,
                time_zone="Asia/Jerusalem",
            )
            for key, name, role, colour in STAFF
        }
        demo = cls(ada, staff, [cls.customer(*row, by=staff["fay"]) for row in CUSTOMERS])
        with demo_past.clock_at(timezone.now() - timedelta(days=365)):
            demo.catalogue()
            demo.stock()
        demo_past.build(by=staff["fay"], technician=staff["tess"])
        demo.story()
        demo.day()
        demo.portal()
        return demo

    @staticmethod
    def customer(name: str, business: str, email: str, phone: str, language: str, *, by: Person) -> Contact:
        company = Business.objects.filter(name=business).first() if business else None
        if business and company is None:
            company = Business.add(by=by, name=business, email=email, phone=phone)
        return Contact.add(by=by, name=name, business=company, email=email, phone=phone, language=language)

    def catalogue(self) -> None:
        """Four services and the rule that every device gets the diagnostic."""
        by, tax = self.ada, TaxRate.objects.get(is_default=True)
        repair = ServiceCategory.add(by=by, name=Translated(en="Repair", he="תיקון"), order=1)
        diagnostic = Service.add(
            by=by, name=Translated(en="Diagnostic", he="אבחון"), category=repair, billing="flat", price=Decimal(10),
            tax=tax, is_diagnostic=True,
        )  # fmt: skip
        for english, hebrew, billing, price in (
            ("Standard repair", "תיקון רגיל", "flat", 30),
            ("Technician, per hour", "טכנאי, לשעה", "hourly", 80),
            ("Data recovery", "שחזור מידע", "flat", 120),
        ):
            Service.add(
                by=by,
                name=Translated(en=english, he=hebrew),
                category=repair,
                billing=billing,
                price=Decimal(price),
                tax=tax,
            )
        DiagnosticRule.set_for(DeviceKind.objects.get(name="Printer"), diagnostic, by=by)

    def stock(self) -> None:
        by, tax = self.staff["max"], TaxRate.objects.get(is_default=True)
        for name, sku, barcode, category, supplier, cost, price, on_hand, level, shelf in PRODUCTS:
            product = Product.objects.add(
                by=by,
                name=name,
                sku=sku,
                barcode=barcode,
                category=Category.objects.filter(name=category).first() or Category.add(by=by, name=category),
                supplier=Supplier.objects.filter(name=supplier).first() or Supplier.add(by=by, name=supplier),
                cost=Decimal(cost),
                price=Decimal(price),
                reorder_level=Decimal(level),
                shelf=shelf,
                tax=tax,
            )
            product.receive(Decimal(on_hand), by=by, reason="First delivery")

    def story(self) -> None:
        """From the call to the closed, paid ticket: 30 − 10 + 50 = 70."""
        fay, tess = self.staff["fay"], self.staff["tess"]
        carol = self.contacts[0]
        ticket = Ticket.objects.open(
            "Printer prints blank pages",
            by=fay,
            contact=carol,
            description="Since this morning every page comes out white. The toner is new.",
            device=self.device(carol, "Printer", "HP", "M404n", "SN-778120"),
            channel=Channel.PHONE,
            priority=Priority.HIGH,
            assignee=tess,
            due_at=timezone.now() + timedelta(days=1),
            accessories="Power cable",
        )
        add_service(ticket, Service.objects.get(is_diagnostic=True), by=fay)
        fee = Invoice.objects.get(ticket=ticket)
        settle(fee, fee.total, method="link", by=carol, reference="demo payment")
        ticket.start_work(by=tess)
        ticket.write_internally("Fuser is worn out, film torn on the left. He prints labels, tell him.", by=tess)
        ticket.write("The fuser is worn. We have the part here; shall we change it?", by=tess, question=True)
        ticket.customer_replied("Yes, please go ahead.", by=carol)
        add_service(ticket, Service.objects.get(name__en="Standard repair"), by=tess)
        use_part(ticket, Product.objects.get(sku="RM2-2555"), Decimal(1), by=tess)
        ticket.write("Fuser replaced, 50 test pages printed.", by=tess, mailed=False)
        ticket.resolve(by=tess)
        final = Invoice.objects.get(ticket=ticket, purpose=Invoice.Purpose.FINAL)
        settle(final, final.total, method="link", by=carol, reference="demo payment")

    def day(self) -> None:
        """What else is open today."""
        tess, fay = self.staff["tess"], self.staff["fay"]
        for place, (customer, kind, maker, model, subject, priority, status) in enumerate(PROBLEMS):
            contact = self.contacts[customer]
            ticket = Ticket.objects.open(
                subject,
                by=fay,
                contact=contact,
                device=self.device(contact, kind, maker, model, f"SN-{9000 + place}"),
                priority=priority,
                channel=Channel.COUNTER,
                assignee=tess if place % 2 else None,
                due_at=timezone.now() + timedelta(hours=5 * place + 3),
            )
            if kind == "Printer":
                add_service(ticket, Service.objects.get(is_diagnostic=True), by=fay)
            if status == StatusKind.WAITING_CUSTOMER:
                ticket.write("Which tray do you use most?", by=tess, question=True)
            elif status != StatusKind.NEW:
                ticket.become(Status.first_of(status), by=tess)

    def portal(self) -> None:
        """Two customers sign in. Carol decides for her business, Sara sees her own; Carol rated the story."""
        carol, sara = self.contacts[0], self.contacts[2]
        for contact in (carol, sara):
            Account.open(contact, email=contact.email, name=contact.name, password=PASSWORD)
        assert carol.business is not None
        carol.let_decide(carol.business, by=self.ada)
        story = Ticket.objects.get(subject="Printer prints blank pages")
        Rating.give(story, stars=5, comment="Quick, and the price was what you said.", by=carol)

    @staticmethod
    def device(contact: Contact, kind: str, maker: str, model: str, serial: str) -> Device:
        return Device.add(
            by=None,
            kind=DeviceKind.objects.get(name=kind),
            owner=contact,
            business=contact.business,
            maker=maker,
            model=model,
            serial=serial,
        )


def logins() -> str:
    """The demo people's logins, for the console."""
    people = Person.objects.order_by("id")
    staff = "\n".join(f"  {one.email:28} {one.get_role_display()}" for one in people if not one.is_customer)
    customers = "\n".join(f"  {one.email}" for one in people if one.is_customer)
    return f"Demo people (password: {PASSWORD})\n{staff}\nDemo customers, for the portal\n{customers}\n"

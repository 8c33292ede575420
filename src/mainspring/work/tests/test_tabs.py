"""What work shows on others' pages: the tabs of a ticket, the intake's diagnostics."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from mainspring.accounts.models import Person
from mainspring.tickets.models import Ticket
from mainspring.tickets.slots import intake_parts, ticket_tabs
from mainspring.work.additions import parts, put_diagnostic, services
from mainspring.work.models import DiagnosticRule, Labour, add_service, start_timer, use_part
from mainspring.work.tests.shelf import diagnostic, fuser, open_ticket, repair
from mainspring.work.tests.test_labour import locked
from world import AsPerson, World


def shown(ticket: Ticket, person: Person, key: str) -> str:
    """The tab as the ticket's page draws it."""
    ticket = Ticket.objects.get(pk=ticket.pk)
    tab = next(tab for tab in ticket_tabs.fill(ticket, person) if tab.key == key)
    return render_to_string(tab.template, tab.context, RequestFactory().get("/"))


def test_the_services_tab_shows_each_with_its_time_price_and_lock(world: World) -> None:
    ticket = open_ticket(world)
    mine = add_service(ticket, repair(world), by=world.tess, minutes=40)
    theirs = add_service(ticket, diagnostic(world, is_diagnostic=False), by=world.max)
    with locked(mine, "It is on invoice F-12."):
        tab = shown(ticket, world.tess, "services")
    for word in ("Repair", "0:40", "0:45", "$60.00", "It is on invoice F-12.", "Diagnostic"):
        assert word in tab
    assert f"services/{mine.pk}/change" not in tab
    assert f"services/{theirs.pk}/change" not in tab
    assert f"services/{mine.pk}/change" in shown(ticket, world.tess, "services")
    assert f"services/{theirs.pk}/change" in shown(ticket, world.fay, "services")


def test_a_running_timer_is_on_the_tab_with_its_stop_for_whom_it_runs(world: World) -> None:
    ticket = open_ticket(world)
    timer = start_timer(ticket, repair(world), by=world.tess)
    for person, stops in ((world.tess, True), (world.max, False)):
        tab = shown(ticket, person, "services")
        assert "Tess Amir works on Repair" in tab
        assert (f"/psa/timers/{timer.pk}/pause" in tab) is stops


def test_the_parts_tab_shows_quantity_shelf_and_price(world: World) -> None:
    ticket = open_ticket(world)
    part = use_part(ticket, fuser(world), 2, by=world.tess)
    tab = shown(ticket, world.tess, "parts")
    for word in ("Fuser kit", "RM1-8809", "shelf B3", "$100.00", f"parts/{part.pk}/take-back"):
        assert word in tab
    part.take_back(by=world.tess)
    assert "No parts yet" in shown(ticket, world.tess, "parts")


def test_a_done_ticket_offers_no_forms(world: World) -> None:
    ticket = open_ticket(world)
    part = use_part(ticket, fuser(world), 2, by=world.tess)
    ticket.resolve(by=world.max)
    tab = shown(ticket, world.tess, "parts")
    assert "Reopen it" in tab
    assert "parts/use" not in tab and f"parts/{part.pk}/take-back" not in tab


def test_who_only_looks_is_offered_nothing(world: World) -> None:
    ticket = open_ticket(world)
    add_service(ticket, repair(world), by=world.tess, minutes=40)
    tab = shown(ticket, world.bill, "services")
    assert "Repair" in tab and "<form" not in tab


@pytest.mark.parametrize("key", ["services", "parts"])
def test_a_tab_costs_the_same_queries_however_many_lines(world: World, key: str) -> None:
    ticket, service, product = open_ticket(world), repair(world), fuser(world, 50)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            shown(ticket, world.tess, key)
        return len(asked)

    add_service(ticket, service, by=world.tess, minutes=5)
    use_part(ticket, product, 1, by=world.tess)
    few = queries()
    for _ in range(12):
        add_service(ticket, service, by=world.max, minutes=5)
        use_part(ticket, product, 1, by=world.max)
    assert queries() == few <= 8


def test_the_tabs_cost_nothing_until_they_are_drawn(world: World) -> None:
    ticket = open_ticket(world)
    with CaptureQueriesContext(connection) as asked:
        assert services(ticket, world.tess) and parts(ticket, world.tess)
    assert len(asked) == 0


@pytest.mark.parametrize(("key", "word"), [("services", "Repair"), ("parts", "Fuser kit")])
def test_the_tabs_are_on_the_tickets_page(world: World, as_person: AsPerson, key: str, word: str) -> None:
    ticket = open_ticket(world)
    add_service(ticket, repair(world), by=world.tess, minutes=5)
    use_part(ticket, fuser(world), by=world.tess)
    page = as_person(world.tess).get(f"/psa/tickets/{ticket.number}/?tab={key}").content.decode()
    tab = page[page.index('class="work"') :]
    assert word in tab and "csrfmiddlewaretoken" in tab


def posted(diagnostic: str | None) -> QueryDict:
    return QueryDict("" if diagnostic is None else f"diagnostic={diagnostic}")


def test_intake_puts_the_rules_diagnostic_on_the_ticket(world: World) -> None:
    DiagnosticRule.set_for(world.printer.kind, diagnostic(world), by=world.max)
    for given in (None, "rule"):
        put_diagnostic(open_ticket(world), posted(given), world.fay)
    assert [str(labour) for labour in Labour.objects.all()] == ["Diagnostic", "Diagnostic"]


def test_intake_takes_another_or_none_by_hand(world: World) -> None:
    DiagnosticRule.set_for(None, diagnostic(world), by=world.max)
    other = diagnostic(world, name="Deep diagnostic")
    put_diagnostic(open_ticket(world), posted(""), world.fay)
    assert not Labour.objects.exists()
    put_diagnostic(open_ticket(world), posted(str(other.pk)), world.fay)
    assert Labour.objects.get().service == other


def test_intake_refuses_what_is_no_diagnostic(world: World) -> None:
    for wrong in (str(repair(world).pk), "x", "999"):
        with pytest.raises(ValidationError):
            put_diagnostic(open_ticket(world), posted(wrong), world.fay)


def test_who_may_not_add_services_gets_the_rule(world: World) -> None:
    DiagnosticRule.set_for(None, diagnostic(world), by=world.max)
    put_diagnostic(open_ticket(world), posted(""), world.bill)
    assert Labour.objects.count() == 1


def test_the_intake_form_offers_the_diagnostics(world: World, as_person: AsPerson) -> None:
    DiagnosticRule.set_for(world.printer.kind, diagnostic(world, name="Printer check"), by=world.max)
    general = diagnostic(world, name="General check")
    DiagnosticRule.set_for(None, general, by=world.max)
    part = next(part for part in intake_parts.fill(world.fay) if part.key == "diagnostic")
    request = RequestFactory().get("/")
    request.user = world.fay
    form = render_to_string(part.template, part.context, request)
    assert "By the rule: General check, $10.00" in form and "Printer check" in form
    desk = as_person(world.fay)
    for query in (f"kind={world.printer.kind.pk}", f"device={world.printer.pk}"):
        assert "By the rule: Printer check" in desk.get(f"/psa/services/diagnostics?{query}").content.decode()
    assert "By the rule: General check" in desk.get("/psa/services/diagnostics?device=x").content.decode()

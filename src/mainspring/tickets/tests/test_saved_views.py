"""Views that people keep: their own, those that are shared, and the one that the list opens with."""

from collections.abc import Callable

from django.test import Client

from mainspring.accounts.models import Person
from mainspring.events.models import Event
from mainspring.tickets.models import SavedView, Ticket
from world import World

SignIn = Callable[[Person], Client]
LIST = "/psa/tickets/"


def save(client: Client, name: str, **more: str) -> None:
    answer = client.post(f"{LIST}views/save", {"name": name, "q": "priority:urgent", "sort": "due", **more})
    assert answer.status_code == 303, answer.content


def test_a_view_keeps_filter_order_and_columns_and_is_found_beside_the_list(world: World, as_person: SignIn) -> None:
    client = as_person(world.tess)
    save(client, "Burning", columns="number,subject,due")
    view = SavedView.objects.get()
    assert (view.line, view.sort, set(view.columns.split(","))) == (
        "priority:urgent",
        "due",
        {"number", "subject", "due"},
    )
    page = client.get(LIST).content.decode()
    assert "Burning" in page and "columns=due%2Cnumber%2Csubject" in page
    assert Event.objects.filter(kind="view.saved", actor=world.tess.actor_key).exists()


def test_saving_under_the_same_name_replaces(world: World, as_person: SignIn) -> None:
    client = as_person(world.tess)
    save(client, "Mine")
    save(client, "Mine", q="is:late")
    assert [view.line for view in SavedView.objects.all()] == ["is:late"]


def test_a_view_without_a_name_is_not_saved(world: World, as_person: SignIn) -> None:
    assert as_person(world.tess).post(f"{LIST}views/save", {"name": " ", "q": ""}).status_code == 422


def test_the_list_opens_with_the_chosen_view_and_the_address_wins(world: World, as_person: SignIn) -> None:
    client = as_person(world.tess)
    Ticket.objects.open("Calm matter", by=world.fay, contact=world.carol, priority=1)
    Ticket.objects.open("Burning matter", by=world.fay, contact=world.carol, priority=4)
    save(client, "Burning", is_first="on")
    page = client.get(LIST).content.decode()
    assert "Burning matter" in page and "Calm matter" not in page
    assert "Calm matter" in client.get(f"{LIST}?q=is:open").content.decode()
    view = SavedView.objects.get()
    client.post(f"{LIST}views/{view.pk}/first")
    assert "Calm matter" in client.get(LIST).content.decode()


def test_only_who_may_share_shares_and_others_see_but_do_not_change(world: World, as_person: SignIn) -> None:
    save(as_person(world.tess), "Tess's own", is_shared="on")
    assert not SavedView.objects.get().is_shared
    save(as_person(world.max), "For all", is_shared="on")
    shared = SavedView.objects.get(name="For all")
    client = as_person(world.tess)
    assert "For all" in client.get(LIST).content.decode()
    assert client.post(f"{LIST}views/{shared.pk}/remove").status_code == 403
    assert client.post(f"{LIST}views/{shared.pk}/edit", {"name": "Hijacked"}).status_code == 403
    assert client.post(f"{LIST}views/{shared.pk}/first").status_code == 303, "but his list may open with it"
    mine = SavedView.objects.get(name="Tess's own")
    assert as_person(world.max).post(f"{LIST}views/{mine.pk}/remove").status_code == 404


def test_views_are_renamed_reordered_and_removed(world: World, as_person: SignIn) -> None:
    client = as_person(world.tess)
    for name in ("One", "Two", "Three"):
        save(client, name)
    two = SavedView.objects.get(name="Two")
    client.post(f"{LIST}views/{two.pk}/move", {"to": "up"})
    names = [view.name for view in SavedView.objects.of(world.tess.pk)]
    assert names == ["Two", "One", "Three"]
    assert client.post(f"{LIST}views/{two.pk}/edit", {"name": "Second"}).status_code == 303
    assert client.post(f"{LIST}views/{two.pk}/edit", {"name": "One"}).status_code == 422, "the name is taken"
    client.post(f"{LIST}views/{two.pk}/remove")
    assert [view.name for view in SavedView.objects.of(world.tess.pk)] == ["One", "Three"]


def test_the_counts_come_after_the_page(world: World, as_person: SignIn) -> None:
    client = as_person(world.tess)
    for priority in (1, 4, 4):
        Ticket.objects.open("Printer", by=world.fay, contact=world.carol, priority=priority, assignee=world.tess)
    save(client, "Burning")
    view = SavedView.objects.get()
    said = client.get(f"{LIST}counts?q=is:open", headers={"HX-Request": "true"}).content.decode()
    assert "3</bdi> tickets" in said
    assert f'id="count_saved_{view.pk}" hx-swap-oob="true"><bdi class="figure" dir="ltr">2</bdi>' in said

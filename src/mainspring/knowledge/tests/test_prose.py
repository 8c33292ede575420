"""The markup of articles: what it draws, and that nothing gets in."""

import re
import time

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainspring.knowledge.prose import headings, plain, prose


def test_it_draws_headings_lists_steps_code_and_links() -> None:
    drawn = prose(
        "Hello **you**\nand `ping`\n\n## First\n- a\n- b\n\n3. c\n4. d\n\n```\n<x> **y**\n```\n"
        "[site](https://a.example) and https://b.example.\n\n# Largest\n##### Smallest"
    )
    for part in (
        '<p>Hello <strong>you</strong><br />\nand <code dir="ltr">ping</code></p>',
        "<h2>First</h2>",
        "<ul>\n<li>a</li>\n<li>b</li>\n</ul>",
        '<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>',
        '<pre dir="ltr"><code>&lt;x&gt; **y**\n</code></pre>',
        '<a href="https://a.example" rel="noopener noreferrer" target="_blank">site</a>',
        '<a href="https://b.example" rel="noopener noreferrer" target="_blank">https://b.example</a>.',
        "<h2>Largest</h2>",
        "<h3>Smallest</h3>",
    ):
        assert part in drawn


@pytest.mark.parametrize(
    "address",
    ["javascript:alert", "JaVaScRiPt:x", "data:text/html,x", "//evil.example", "vbscript:x", "help"],
)
def test_a_link_that_is_not_safe_stays_words(address: str) -> None:
    assert "<a" not in prose(f"[click]({address})")
    assert f"[click]({address})" in plain(f"[click]({address})") or "click" in plain(f"[click]({address})")


@pytest.mark.parametrize(
    "address", ["https://a.example/x?y=1&z=2", "mailto:a@b.example", "tel:+97235550100", "/help/x"]
)
def test_a_safe_link_leads_there(address: str) -> None:
    assert f'href="{address.replace("&", "&amp;")}"' in prose(f"[words]({address})")


@given(st.text(alphabet="<>\"'&*`[]()#-1. \n\\/:jascript=onerrhtp%", max_size=80))
def test_whatever_is_written_is_safe_html(source: str) -> None:
    """A sanitiser that knows HTML finds nothing to take away, and no address that runs."""
    drawn = str(prose(source))
    tags = {"p", "br", "h2", "h3", "ul", "ol", "li", "strong", "em", "blockquote", "hr", "code", "pre", "a"}
    kept = {"*": {"dir"}, "a": {"href", "target", "rel"}, "ol": {"start"}}
    assert set(re.findall(r"<(\w+)", nh3.clean(drawn, tags=tags, attributes=kept, link_rel=None))) == set(
        re.findall(r"<(\w+)", drawn)
    )
    for found in re.findall(r'href="([^"]*)"', drawn):
        assert re.match(r"https?://|mailto:|tel:|/[^/\\]", found, re.IGNORECASE)


@pytest.mark.parametrize("piece", ["[", "**", "`", "[a](", "https://", "#", "- ", "*"])
def test_no_text_takes_long(piece: str) -> None:
    began = time.monotonic()
    prose(piece * (30_000 // len(piece)))
    assert time.monotonic() - began < 2


def test_plain_text_and_headings() -> None:
    source = "## Spill **first**\nHold [this](https://a.example) and `that`"
    assert plain(source) == "Spill first\nHold this and that"
    assert headings(source) == "Spill first"

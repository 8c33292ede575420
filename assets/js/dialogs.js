// Dialogs and menus. data-opens="id" opens a <dialog>, and what is to fill it is fetched; data-closes closes the one around it; a click beside it does too.
// A menu is a <details data-menu>: one open at a time, closed by Escape or a click elsewhere, walked by the arrow keys.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    opener.closest("details[data-menu]")?.removeAttribute("open");
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog) event.preventDefault();
    dialog?.showModal();
    const body = dialog?.querySelector("[data-fills]");
    if (body) window.htmx.process(body); // a key may be quicker than the start of the page
    body?.dispatchEvent(new Event("opened"));
  } else if (event.target.closest("[data-closes]")) {
    event.target.closest("dialog")?.close();
  } else if (event.target.matches("dialog") && isBeside(event)) {
    event.target.close();
  }
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});

// What the server filled in is asked for anew the next time.
document.addEventListener("close", (event) => {
  event.target.querySelector?.("[data-fills]")?.replaceChildren();
}, true);

function isBeside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details[data-menu][open]");
  if (menu && event.key === "Escape") {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  } else if (menu && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    walk(menu, event.key === "ArrowDown" ? 1 : -1);
  }
});

function walk(menu, by) {
  const items = [...menu.querySelectorAll("a[href], button")];
  const at = items.indexOf(document.activeElement);
  items.at((at + by + (at < 0 && by < 0 ? 1 : 0)) % items.length)?.focus();
}

// Keys. An element with data-key="c" is clicked (or focused, when one types into it) by that key; "g t" is two keys in a row.
// The list behind ? says what it does by data-key-says, else by its label or words. A menu opens on what is chosen.
// In a table with data-rows: j and k move, x marks (the row's checkbox; X all between), Enter and o open the row's first link. ? lists the keys.
const TYPED = "input:not([type=checkbox],[type=radio],[type=button],[type=submit]), textarea, select, [contenteditable=true]";
let waiting = "";
let waitingUntil = 0;

function isTyping(target) {
  return target instanceof Element && target.matches(TYPED);
}

function isShown(element) {
  return element.checkVisibility?.({ visibilityProperty: true }) ?? element.offsetParent !== null;
}

// The topmost open dialog takes all keys; without one, the page does.
function ground() {
  const open = [...document.querySelectorAll("dialog[open]")];
  return open.at(-1) ?? document;
}

function withKey(keys) {
  const found = [...ground().querySelectorAll(`[data-key="${CSS.escape(keys)}"]`)];
  return found.find(isShown) ?? found.find((element) => element.closest("details:not([open])"));
}

function press(element) {
  if (isTyping(element)) {
    element.focus();
    element.select?.();
  } else if (element.matches("details")) {
    element.open = !element.open;
    element.querySelector("summary").focus();
  } else {
    element.click();
    if (element.matches("label")) element.closest("form")?.querySelector("textarea")?.focus();
    else if (element.matches("summary")) (element.parentElement.querySelector(".is-here") ?? element.parentElement.querySelector("a, button, input"))?.focus();
  }
}

function rowsHere() {
  const table = ground().querySelector("[data-rows]");
  return table ? [...table.querySelectorAll("tbody > tr")] : [];
}

function step(by) {
  const rows = rowsHere();
  const at = rows.findIndex((row) => row.classList.contains("is-at"));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
  if (!next) return false;
  rows[at]?.classList.remove("is-at");
  next.classList.add("is-at");
  next.scrollIntoView({ block: "nearest" });
  next.querySelector("a[href]")?.focus({ preventScroll: true });
  return true;
}

function mark(row, shiftKey) {
  row?.querySelector("input[type=checkbox]")?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey }));
  return Boolean(row);
}

function open(row) {
  row?.querySelector("a[href]")?.click();
  return Boolean(row);
}

const inRows = {
  j: () => step(1),
  k: () => step(-1),
  x: (row) => mark(row, false),
  X: (row) => mark(row, true),
  o: open,
  Enter: open,
};

function typedKeys(event) {
  const fresh = Date.now() < waitingUntil ? waiting : "";
  return fresh ? `${fresh} ${event.key}` : event.key;
}

function handle(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "Enter" && event.target !== document.body) return;
  const keys = typedKeys(event);
  const element = withKey(keys) ?? withKey(event.key);
  const row = rowsHere().find((one) => one.classList.contains("is-at"));
  if (event.key === "?" && document.getElementById("keys")) showKeys();
  else if (element) press(element);
  else if (!inRows[event.key]?.(row)) {
    waiting = event.key;
    waitingUntil = Date.now() + 1200;
    return;
  }
  waiting = "";
  event.preventDefault();
}

// The list of keys is read off the page, so that it is never wrong.
function showKeys() {
  const dialog = document.getElementById("keys");
  const list = dialog.querySelector("[data-keys-here]");
  const seen = new Set();
  list.replaceChildren();
  for (const row of dialog.querySelectorAll("[data-keys-of-rows]")) row.hidden = !document.querySelector("[data-rows]");
  for (const element of document.querySelectorAll("[data-key]")) {
    const says = wordsOf(element).replace(/\s+/g, " ").trim();
    if (!seen.has(element.dataset.key) && says) list.append(line(element.dataset.key, says));
    seen.add(element.dataset.key);
  }
  dialog.showModal();
}

function wordsOf(element) {
  const bare = element.cloneNode(true);
  bare.querySelectorAll("kbd").forEach((key) => key.remove());
  return element.dataset.keySays ?? element.getAttribute("aria-label") ?? bare.textContent;
}

function line(keys, says) {
  const [row, term, value] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
  term.textContent = says;
  for (const one of keys.split(" ")) {
    const key = document.createElement("kbd");
    key.className = "key";
    key.textContent = one;
    value.append(key);
  }
  row.append(term, value);
  return row;
}

document.addEventListener("keydown", handle);

// Ctrl/⌘-Enter sends what is being written.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest?.("form");
    const button = [...(form?.querySelectorAll("[data-send], [type=submit]") ?? [])].find(isShown);
    if (button) {
      event.preventDefault();
      form.requestSubmit(button);
    }
  }
});

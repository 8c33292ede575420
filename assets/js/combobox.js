// An input that offers what the server finds (WAI-ARIA combobox with a list box). Arrows move, Enter or a click chooses, Escape closes.
// Choosing an option writes its data-value into the hidden field and its data-label into the input, and fires "chosen";
// an option with data-href leads there instead. An Enter that comes before the answer to what is typed waits for it: what is shown
// until then answers other words. An option with data-new is what is typed, whatever it was when the option came.
// data-scan: Enter right after fast typing (a barcode scanner) takes the first option of the answer.
import { live } from "./live.js";

const SCAN_GAP = 35;

live("[data-combobox]", (box) => {
  const input = box.querySelector("[role=combobox]");
  const hidden = box.querySelector("input[type=hidden]");
  const list = document.getElementById(input.getAttribute("aria-controls"));
  const words = new WeakMap(); // what each request asked for
  let answered;
  let typed = false;
  let waits = false;
  let scanned = false;
  let fast = 0;
  let last = 0;
  let quietUntil = 0;
  let marked;

  // Options get their ids here: htmx would reset the attributes of one that came with an id.
  const name = (option, at) => { option.id ||= `${list.id}_${at}`; };
  const options = () => [...list.querySelectorAll("[role=option]:not([aria-disabled])")];
  const current = () => list.querySelector("[aria-selected=true]");
  const isLate = () => typed && answered !== input.value;

  function show(open) {
    const isOpen = open && list.childElementCount > 0;
    if (!box.hasAttribute("data-palette")) list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) mark(null);
  }

  function mark(option) {
    current()?.setAttribute("aria-selected", "false");
    marked = option?.dataset.value;
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function choose(option) {
    const { value, label, href, ...more } = option.dataset;
    if (href) {
      location.assign(href);
    } else {
      if ("new" in more && typed) more.new = input.value.trim();
      if (hidden) hidden.value = value ?? "";
      input.value = label ?? "";
      typed = false;
      show(false);
      quietUntil = performance.now() + 500;
      input.dispatchEvent(new CustomEvent("chosen", { bubbles: true, detail: more }));
    }
  }

  function move(by) {
    const all = options();
    if (list.hidden) show(true);
    mark(all[(all.indexOf(current()) + by + all.length + (by < 0 && !current() ? 1 : 0)) % all.length]);
  }

  input.addEventListener("keydown", (event) => {
    const now = event.timeStamp;
    if (event.key.length === 1) {
      fast = now - last < SCAN_GAP ? fast + 1 : 0;
      last = now;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !(event.ctrlKey || event.metaKey)) {
      const option = list.hidden ? null : current();
      const isScan = box.hasAttribute("data-scan") && fast >= 5 && now - last < SCAN_GAP * 4;
      if (option || isLate() || box.hasAttribute("data-scan")) event.preventDefault();
      if (isScan) input.dispatchEvent(new Event("scanned"));
      else if (isLate()) waits = true;
      else if (option) choose(option);
    } else if (event.key === "Escape" && !list.hidden && !box.hasAttribute("data-palette")) {
      event.preventDefault();
      event.stopPropagation();
      show(false);
    }
  });

  input.addEventListener("scanned", () => { scanned = true; });
  input.addEventListener("input", () => {
    if (hidden) hidden.value = "";
    typed = true;
    waits = false;
  });
  input.addEventListener("htmx:before:request", ({ detail }) => { words.set(detail.ctx, input.value); });
  input.addEventListener("htmx:before:swap", ({ detail }) => { answered = words.get(detail.ctx); });
  input.addEventListener("htmx:after:swap", () => { if (!isLate()) waits = false; }); // what has no answer chooses nothing later
  input.addEventListener("blur", () => setTimeout(() => { if (document.activeElement !== input && !list.contains(document.activeElement)) show(false); }, 150));
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]:not([aria-disabled])");
    if (option) choose(option);
  });
  new MutationObserver(() => {
    const first = options()[0];
    if (performance.now() < quietUntil) return;
    if (!list.childElementCount) return;
    options().forEach(name);
    const isHere = document.activeElement === input;
    const kept = options().find((option) => option.dataset.value === marked);
    if (isHere) show(true);
    mark(isHere ? (kept ?? first) : null);
    if (scanned && first) choose(first);
    else if (waits && !isLate() && current()) choose(current());
    scanned = false; // A code that nothing has chooses nothing later either.
  }).observe(list, { childList: true });
});

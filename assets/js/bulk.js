// Choosing many rows and changing them at once. The boxes named `number` belong to the form with data-bulk, wherever they stand.
// Shift marks all between two clicks. What is too much for one request goes in pieces, with a bar that says how far it is.
import { live } from "./live.js";
import { post } from "./send.js";

const PIECE = 20;

live("[data-bulk]", (form) => {
  const boxes = () => [...document.querySelectorAll("input[name=number][type=checkbox]")];
  const all = document.querySelector("[data-choose-all]");
  let last = null;
  let further = [];

  function show() {
    const chosen = boxes().filter((box) => box.checked);
    const count = Math.max(chosen.length, further.length);
    form.classList.toggle("is-shown", count > 0);
    form.querySelector("[data-bulk-count]").textContent = form.dataset.says.replace("{n}", count);
    if (all) {
      all.checked = chosen.length > 0 && chosen.length === boxes().length;
      all.indeterminate = chosen.length > 0 && !all.checked;
    }
  }

  function choose(these, checked) {
    for (const box of these) box.checked = checked;
    if (!checked) further = [];
    show();
  }

  document.addEventListener("click", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement && box.name === "number" && box.type === "checkbox")) return;
    further = [];
    if (event.shiftKey && last?.isConnected) {
      const [from, to] = [boxes().indexOf(last), boxes().indexOf(box)].sort((a, b) => a - b);
      choose(boxes().slice(from, to + 1), box.checked);
    }
    last = box;
    show();
  });

  all?.addEventListener("click", () => choose(boxes(), all.checked));
  form.querySelector("[data-bulk-none]")?.addEventListener("click", () => choose(boxes(), false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open], details[data-menu][open]")) choose(boxes(), false);
  });

  form.querySelector("[data-bulk-all]")?.addEventListener("click", async () => {
    const answer = await fetch(form.dataset.numbers, { credentials: "same-origin" });
    if (!answer.ok) return;
    for (const box of boxes()) box.checked = true;
    further = (await answer.json()).numbers;
    show();
  });

  form.addEventListener("submit", async (event) => {
    const chosen = further.length ? further : boxes().filter((box) => box.checked).map((box) => box.value);
    if (chosen.length <= PIECE) return;
    event.preventDefault();
    event.stopPropagation();
    await inPieces(form, chosen, event.submitter);
  });

  show();
});

async function inPieces(form, numbers, submitter) {
  const bar = form.querySelector("[data-bulk-progress]");
  const fixed = [["back", form.elements.back.value], ["act", submitter.value], ["due_at", form.elements.due_at?.value ?? ""]];
  let change = "";
  bar.hidden = false;
  form.setAttribute("aria-busy", "true");
  for (const details of form.querySelectorAll("details[open]")) details.removeAttribute("open");
  for (let at = 0; at < numbers.length; at += PIECE) {
    const body = new FormData();
    for (const [name, value] of fixed) body.append(name, value);
    if (change) body.append("change", change);
    if (at + PIECE < numbers.length) body.append("more", "1");
    for (const number of numbers.slice(at, at + PIECE)) body.append("number", number);
    const answer = await post(form.action, body, { headers: { "X-CSRFToken": document.body.dataset.csrf ?? "", Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || !answer.headers.get("content-type")?.includes("json")) {
      form.removeAttribute("aria-busy");
      form.querySelector("[data-bulk-count]").textContent = form.dataset.failed;
      return;
    }
    const said = await answer.json();
    change = said.change ?? change;
    bar.value = Math.min(1, (at + PIECE) / numbers.length);
    if (said.go) location.assign(said.go);
  }
}

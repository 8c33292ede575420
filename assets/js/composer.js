// Small comforts of writing: a text box that grows with its text, and no form that is sent twice by a double click.
import { live } from "./live.js";

live("textarea[data-grows]", (box) => {
  const grow = () => {
    box.style.blockSize = "auto";
    box.style.blockSize = `${Math.min(box.scrollHeight + 2, window.innerHeight * 0.6)}px`;
  };
  box.addEventListener("input", grow);
  box.form?.addEventListener("restored", grow);
  if (box.value) grow();
});

const TWICE = 3000;

function isTwice(form) {
  const soon = form.dataset.sent && Date.now() - Number(form.dataset.sent) < TWICE;
  if (!soon) form.dataset.sent = String(Date.now());
  return soon;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!event.defaultPrevented && form.method === "post" && isTwice(form)) event.preventDefault();
});

// The same for a form that htmx sends, by its button or by a choice in it; once it was answered here, it may be sent again.
// For a form that its own answer replaced, the document speaks.
document.addEventListener("htmx:before:request", (event) => {
  if (event.target.matches?.("form") && event.detail.ctx.request.method !== "GET" && isTwice(event.target)) event.preventDefault();
});
document.addEventListener("htmx:finally:request", (event) => {
  if (event.target.matches?.("form") && event.detail.ctx.response && !event.detail.ctx.hx?.redirect) delete event.target.dataset.sent;
});

// A page that comes back by the browser's back button may send again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// data-submits: a select or box whose change sends its form.
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-submits]")) event.target.form.requestSubmit();
});

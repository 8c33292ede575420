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

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 3000) event.preventDefault();
  form.dataset.sent = String(Date.now());
});

// A page that comes back by the browser's back button may send again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// data-submits: a select or box whose change sends its form.
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-submits]")) event.target.form.requestSubmit();
});

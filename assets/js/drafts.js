// Nothing typed is lost. A form with data-draft="key" is kept in this browser at every key stroke and, when it has data-draft-url,
// on the server a moment later (POST: place=key and the fields). It comes back when the form is shown again, after a closed tab or
// a lost session too. It is forgotten only when a page of the desk answers the sending of it.
// The server's own copy stands in the fields; data-draft-at (ISO time) says how old it is: the younger of the two wins.
import { live } from "./live.js";
import { post } from "./send.js";

const SENDING = "draft-sending";
const KEEP_AFTER = 1200;
const MAX_AGE = 1000 * 60 * 60 * 24 * 30;

const nameOf = (key) => `draft:${key}`;

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && field.name !== "csrfmiddlewaretoken" && !["file", "hidden", "password", "submit", "button"].includes(field.type));
}

function valuesOf(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (field.type === "radio") { if (field.checked) values[field.name] = field.value; }
    else if (field.type === "checkbox") values[field.name] = field.checked;
    else values[field.name] = field.value;
  }
  return values;
}

function isWorthKeeping(form) {
  return fieldsOf(form).some((field) => (field.matches("textarea, input:not([type=radio],[type=checkbox])")) && field.value.trim() && field.value !== field.defaultValue);
}

function restore(form, kept) {
  const serverIsYounger = form.dataset.draftAt && Date.parse(form.dataset.draftAt) >= kept.at;
  if (serverIsYounger) return;
  for (const field of fieldsOf(form)) {
    const value = kept.values[field.name];
    if (value === undefined) continue;
    if (field.type === "radio") field.checked = field.value === value;
    else if (field.type === "checkbox") field.checked = value;
    else if (!field.value || form.dataset.draftAt) field.value = value;
  }
  form.dispatchEvent(new Event("restored", { bubbles: true }));
}

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(nameOf(key)) ?? "null");
    return kept && Date.now() - kept.at < MAX_AGE ? kept : null;
  } catch {
    return null;
  }
}

function write(key, values) {
  try {
    localStorage.setItem(nameOf(key), JSON.stringify({ at: Date.now(), values }));
  } catch { /* The browser's store is full or off: the server's copy remains. */ }
}

export function forget(key) {
  localStorage.removeItem(nameOf(key));
}

// A page of the desk that arrived well after a form was sent is the answer to it. A refusal or the sign-in page is not.
function settle() {
  const sent = sessionStorage.getItem(SENDING);
  const status = performance.getEntriesByType("navigation")[0]?.responseStatus ?? 200;
  if (sent && document.body.classList.contains("desk") && status < 400) forget(sent);
  sessionStorage.removeItem(SENDING);
}

settle();

live("form[data-draft]", (form) => {
  const key = form.dataset.draft;
  const says = form.querySelector("[data-draft-says]");
  let timer = 0;
  const kept = read(key);
  if (kept) restore(form, kept);

  async function keepOnServer() {
    const body = new URLSearchParams({ place: key });
    for (const [name, value] of Object.entries(valuesOf(form))) if (value !== false) body.set(name, value === true ? "on" : value);
    try {
      const answer = await post(form.dataset.draftUrl, body);
      form.toggleAttribute("data-kept", answer.ok);
      if (says) says.textContent = answer.ok ? (document.body.dataset.saysKept ?? "✓") : "";
    } catch { /* Offline: this browser has it. */ }
  }

  form.addEventListener("input", () => {
    if (says) says.textContent = "";
    if (isWorthKeeping(form)) write(key, valuesOf(form));
    else forget(key);
    clearTimeout(timer);
    if (form.dataset.draftUrl) timer = setTimeout(keepOnServer, KEEP_AFTER);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    sessionStorage.setItem(SENDING, key);
  });
  form.addEventListener("htmx:finally:request", (event) => {
    const answer = event.detail.ctx?.response;
    if (event.target !== form || !answer) return;
    const isRefused = answer.status >= 400 || answer.raw.redirected;
    const isLeaving = answer.headers.get("HX-Redirect");
    if (isRefused) sessionStorage.removeItem(SENDING);
    else if (!isLeaving) {
      forget(key);
      sessionStorage.removeItem(SENDING);
    }
  });
});

// Nothing typed is lost. A form with data-draft="key" is kept in this browser at every key stroke and, when it has data-draft-url,
// on the server a moment later (POST: place=key and the fields). It comes back when the form is shown again, after a closed tab or
// a lost session too. It is forgotten only when a page of the desk or of a customer answers the sending of it.
// The server's own copy stands in the fields of a form with data-draft-server; what this browser has and the server never confirmed
// comes before it, what was confirmed does not: another browser may have written more, or sent it. A field with data-secret is kept
// nowhere; a hidden one only with data-draft-keep. A draft belongs to the person who wrote it.
import { live } from "./live.js";
import { post } from "./send.js";

const SENDING = "draft-sending";
const KEEP_AFTER = 1200;
const MAX_AGE = 1000 * 60 * 60 * 24 * 30;

const nameOf = (key) => `draft:${document.body.dataset.person ?? ""}:${key}`;

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && field.name !== "csrfmiddlewaretoken" && !["file", "password", "submit", "button"].includes(field.type)
    && !("secret" in field.dataset) && (field.type !== "hidden" || "draftKeep" in field.dataset));
}

function valuesOf(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (field.type === "radio") { if (field.checked) values[field.name] = field.value; }
    else if (field.type === "checkbox") values[field.name] = field.checked;
    else if (field.name in values) values[field.name] = [values[field.name], field.value].flat();
    else values[field.name] = field.value;
  }
  return values;
}

function isWorthKeeping(form) {
  return fieldsOf(form).some((field) => (field.matches("textarea, input:not([type=radio],[type=checkbox])")) && field.value.trim() && field.value !== field.defaultValue);
}

function restore(form, kept) {
  const seen = {};
  for (const field of fieldsOf(form)) {
    const place = (seen[field.name] = (seen[field.name] ?? -1) + 1);
    const given = kept.values[field.name];
    const value = Array.isArray(given) ? given[place] : given;
    if (value === undefined) continue;
    if (field.type === "radio") field.checked = field.value === value;
    else if (field.type === "checkbox") field.checked = value;
    else if (!field.value || "draftServer" in form.dataset || field.matches("select")) field.value = value;
  }
  form.dispatchEvent(new CustomEvent("restored", { bubbles: true, detail: kept.values }));
}

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(nameOf(key)) ?? "null");
    return kept && Date.now() - kept.at < MAX_AGE ? kept : null;
  } catch {
    return null;
  }
}

function write(key, values, isConfirmed = false) {
  try {
    localStorage.setItem(nameOf(key), JSON.stringify({ at: Date.now(), values, isConfirmed }));
  } catch { /* The browser's store is full or off: the server's copy remains. */ }
}

export function forget(key) {
  localStorage.removeItem(nameOf(key));
}

// A page of the desk that arrived well after a form was sent is the answer to it. A refusal or the sign-in page is not.
function settle() {
  const sent = sessionStorage.getItem(SENDING);
  const status = performance.getEntriesByType("navigation")[0]?.responseStatus ?? 200;
  if (sent && document.body.matches(".desk, .public") && status < 400) forget(sent);
  sessionStorage.removeItem(SENDING);
}

settle();

live("form[data-draft]", (form) => {
  const key = form.dataset.draft;
  const says = form.querySelector("[data-draft-says]");
  let timer = 0;
  const kept = read(key);
  if (kept && !("draftServer" in form.dataset && kept.isConfirmed)) restore(form, kept);

  async function keepOnServer() {
    const values = valuesOf(form);
    const body = new URLSearchParams({ place: key });
    for (const [name, value] of Object.entries(values)) {
      for (const one of [value].flat()) if (one !== false) body.append(name, one === true ? "on" : one);
    }
    try {
      const answer = await post(form.dataset.draftUrl, body);
      const isKept = answer.ok && !answer.redirected; // A lost session leads to the sign-in page.
      const isLatest = JSON.stringify(read(key)?.values) === JSON.stringify(values);
      if (isKept && isLatest) write(key, values, true);
      form.toggleAttribute("data-kept", isKept);
      if (says) says.textContent = isKept ? (document.body.dataset.saysKept ?? "✓") : "";
    } catch { /* Offline: this browser has it. */ }
  }

  form.addEventListener("chosen", () => form.dispatchEvent(new Event("input")));
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

// Secrets on a page: they hide themselves, codes run on, and copying needs no showing.
// data-hides="30" empties the element after so many seconds, when it is told to (data-hides-now), and when the page is left.
import { live } from "./live.js";
import { token } from "./send.js";

live("[data-hides]", (shown) => {
  const until = performance.now() + Number(shown.dataset.hides) * 1000;
  const says = shown.querySelector("[data-hides-left]");
  const tick = setInterval(() => {
    const left = Math.ceil((until - performance.now()) / 1000);
    if (says) says.textContent = Math.max(0, left);
    if (left <= 0) hide();
  }, 250);

  function hide() {
    clearInterval(tick);
    window.removeEventListener("pagehide", hide);
    shown.replaceChildren();
    shown.remove();
  }

  shown.querySelector("[data-hides-now]")?.addEventListener("click", hide);
  window.addEventListener("pagehide", hide);
});

// The codes of the next minute come with the page, the seed never does: each is shown from data-begins to data-ends, in seconds from now.
live("[data-codes]", (line) => {
  const began = performance.now();
  const codes = [...line.querySelectorAll("[data-begins]")];
  const says = line.parentElement.querySelector("[data-code-left]");
  const tick = setInterval(() => {
    if (!line.isConnected) return clearInterval(tick);
    const now = (performance.now() - began) / 1000;
    for (const code of codes) code.hidden = now < Number(code.dataset.begins) || now >= Number(code.dataset.ends);
    const current = codes.find((code) => !code.hidden);
    if (says) says.textContent = current ? Math.max(0, Math.ceil(Number(current.dataset.ends) - now)) : "–";
  }, 250);
});

async function put(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const box = Object.assign(document.createElement("textarea"), { value: text });
  document.body.append(box);
  box.select();
  document.execCommand("copy"); // Without TLS a browser has no other way.
  box.remove();
}

function tell(button) {
  button.classList.add("is-copied");
  setTimeout(() => button.classList.remove("is-copied"), 2000);
}

// data-copies-text copies what stands there already.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies-text]");
  if (!button) return;
  await put(document.querySelector(button.dataset.copiesText)?.textContent ?? "");
  tell(button);
});

// A button with data-copies fetches the secret, which is written down like every look, and copies it; it is never on the page.
// One with data-downloads lets the browser load the answer as a file.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-look] button");
  const form = button?.form;
  if (!form || !form.reportValidity()) return;
  if ("downloads" in button.dataset) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const part = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
    form.append(part);
    HTMLFormElement.prototype.submit.call(form);
    part.remove();
  } else if ("copies" in button.dataset) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const body = new FormData(form);
    body.set(button.name, button.value);
    body.set("way", "copy");
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": token() }, credentials: "same-origin" });
    const text = await answer.text();
    const leaves = answer.headers.get("HX-Redirect");
    if (leaves) location.assign(leaves);
    else if (answer.ok) { await put(text); tell(button); }
    else document.getElementById("toasts")?.insertAdjacentHTML("beforeend", text);
  }
}, true);

// The code of a link stands behind its #, which no server sees: it goes into the box, and out of the address.
function takeCode() {
  const form = document.querySelector("form[data-code-form]");
  const code = decodeURIComponent(location.hash.slice(1));
  if (!form || !code) return;
  form.elements.code.value = code;
  history.replaceState(null, "", location.pathname);
}

takeCode();
window.addEventListener("hashchange", takeCode);

// A hidden box with data-shows can be looked into while one types.
live("input[data-shows]", (box) => {
  box.addEventListener("focus", () => { box.type = "text"; });
  box.addEventListener("blur", () => { box.type = "password"; });
});

// data-makes-password fills a box with a password that can be read aloud: 20 letters without look-alikes, about 115 bits.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-makes-password]");
  const box = button && document.querySelector(button.dataset.makesPassword);
  if (!box) return;
  const letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  const most = 256 - (256 % letters.length);
  let made = "";
  while (made.length < 20) {
    for (const number of crypto.getRandomValues(new Uint8Array(32))) if (number < most && made.length < 20) made += letters[number % letters.length];
  }
  box.type = "text";
  box.value = made.match(/.{5}/g).join("-");
  box.focus();
});

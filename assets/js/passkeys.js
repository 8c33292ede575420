// Passkeys: a form with data-passkey ("get" or "create") asks the browser for one and posts its answer as `credential`.
// What to ask stands in data-options, or comes from data-options-url. Where the browser knows none, a "get" form stays hidden.
const KNOWS = Boolean(window.PublicKeyCredential && navigator.credentials);

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function readable(options) {
  const key = options.publicKey;
  key.challenge = bytes(key.challenge);
  if (key.user) key.user.id = bytes(key.user.id);
  for (const list of [key.allowCredentials, key.excludeCredentials]) list?.forEach((one) => { one.id = bytes(one.id); });
  return { publicKey: key };
}

function sendable(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The options answered ${answer.status}`);
  return (await answer.json()).request_options;
}

async function ask(form) {
  const wrong = form.querySelector("[role=alert]");
  const button = form.querySelector("button");
  wrong.hidden = true;
  button.disabled = true;
  try {
    const credential = await navigator.credentials[form.dataset.passkey](readable(await optionsOf(form)));
    form.elements.credential.value = sendable(credential);
    form.submit();
  } catch {
    wrong.textContent = form.dataset.saysFailed;
    wrong.hidden = false;
    button.disabled = false;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (KNOWS) form.hidden = false;
  else if (!form.hidden) form.querySelector("[role=alert]").textContent = form.dataset.saysNone;
  form.addEventListener("submit", (event) => { event.preventDefault(); if (KNOWS) ask(form); });
}

document.querySelector("[data-print]")?.addEventListener("click", () => window.print());

// The page of the API: sends what its forms say, with the token that was put in, and shows what came back.
// The token stays in this tab: it is forgotten with it.
const KEY = "api-token";
const input = document.querySelector("#token");
const server = document.querySelector("[data-server]").dataset.server;

input.value = sessionStorage.getItem(KEY) ?? "";
input.addEventListener("input", () => sessionStorage.setItem(KEY, input.value.trim()));
document.querySelector("#token-form").addEventListener("submit", (event) => event.preventDefault());

function told(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const headers = new Headers(input.value ? { Authorization: `Bearer ${input.value.trim()}` } : {});
  for (const field of form.querySelectorAll("[data-in]")) {
    const value = field.value.trim();
    if (field.dataset.in === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(value));
    else if (value && field.dataset.in === "query") query.append(field.name, value);
    else if (value) headers.set(field.name, value);
  }
  return { address: server + path + (query.size ? `?${query}` : ""), headers };
}

function body(form, headers) {
  if (form.dataset.kind === "application/json") {
    headers.set("Content-Type", "application/json");
    return form.elements.body.value;
  }
  return form.dataset.kind ? new FormData(form) : undefined;
}

async function shown(answer) {
  const kind = answer.headers.get("Content-Type") ?? "";
  if (!kind.includes("json")) return kind ? `${kind}, ${(await answer.blob()).size} bytes` : "";
  return JSON.stringify(await answer.json(), null, 2);
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest(".attempt");
  if (!form) return;
  event.preventDefault();
  const pane = form.querySelector(".attempt-answer");
  const [says, text] = pane.children;
  const { address, headers } = told(form);
  pane.hidden = false;
  try {
    const answer = await fetch(address, { method: form.dataset.method, headers, body: body(form, headers), credentials: "omit" });
    says.textContent = `${answer.status} ${answer.statusText} · ${form.dataset.method} ${address}`;
    text.textContent = await shown(answer);
  } catch (error) {
    says.textContent = String(error);
    text.textContent = "";
  }
  text.hidden = !text.textContent;
});

// An address with an operation's name opens it.
function open() {
  const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (named instanceof HTMLDetailsElement) named.open = true;
}
window.addEventListener("hashchange", open);
open();

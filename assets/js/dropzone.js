// Files by drop, paste, choice or phone camera. Each one goes up by itself, with a preview and its progress.
// An answer that leads elsewhere (HX-Redirect) is followed once all have arrived; other answers go to the end of data-target.
import { live } from "./live.js";
import { token } from "./send.js";

live("[data-dropzone]", (zone) => {
  const list = zone.querySelector(".dropzone-list");
  let running = 0;
  let failed = 0;
  let onward = "";

  function take(files) {
    for (const file of files) send(file);
  }

  function send(file) {
    const row = lineFor(file);
    if (file.size > Number(zone.dataset.most ?? Infinity)) {
      list.append(row.line);
      failed += 1;
      say(row, zone.dataset.tooLarge);
      return;
    }
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append(zone.dataset.name, file, file.name);
    for (const [name, value] of new FormData(zone.closest("form") ?? undefined)) if (typeof value === "string") body.append(name, value);
    running += 1;
    list.append(row.line);
    request.open("POST", zone.dataset.dropzone);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) row.bar.value = event.loaded / event.total; });
    request.addEventListener("loadend", () => arrived(request, row));
    request.send(body);
  }

  function arrived(request, row) {
    running -= 1;
    if (request.status >= 200 && request.status < 300) {
      onward = request.getResponseHeader("HX-Redirect") || onward;
      if (!onward && zone.dataset.target) document.querySelector(zone.dataset.target)?.insertAdjacentHTML("beforeend", request.responseText);
      row.line.remove();
    } else {
      failed += 1;
      say(row, reason(request));
    }
    if (running === 0 && onward && failed === 0) location.assign(onward);
  }

  function say(row, text) {
    row.line.classList.add("is-wrong");
    row.bar.replaceWith(Object.assign(document.createElement("span"), { textContent: text }));
  }

  function reason(request) {
    const said = new DOMParser().parseFromString(request.responseText ?? "", "text/html").querySelector(".toast-text");
    return said?.textContent ?? `${request.status || "✕"}`;
  }

  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("is-over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    take(event.dataTransfer.files);
  });
  zone.addEventListener("change", (event) => {
    take(event.target.files);
    event.target.value = "";
  });
  if (zone.hasAttribute("data-paste")) {
    const paste = (event) => {
      if (!zone.isConnected) document.removeEventListener("paste", paste);
      else if (event.clipboardData?.files.length) take(event.clipboardData.files);
    };
    document.addEventListener("paste", paste);
  }
});

function lineFor(file) {
  const line = document.createElement("div");
  const name = document.createElement("bdi");
  const bar = document.createElement("progress");
  line.className = "dropzone-file";
  name.textContent = file.name;
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  if (file.type.startsWith("image/")) line.append(preview(file));
  line.append(name, bar);
  return { line, bar };
}

function preview(file) {
  const picture = document.createElement("img");
  picture.alt = "";
  picture.src = URL.createObjectURL(file);
  picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
  return picture;
}

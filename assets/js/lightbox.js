// Looks at the files of a page without leaving it: [data-look] opens the dialog #lightbox with a picture, a PDF's first page or a text.
// Arrows step through them, Escape closes, d downloads; the focus returns to the file that was looked at last.
import { live } from "./live.js";

const LONGEST_TEXT = 100_000;
const isPlainClick = (event) => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;

live("#lightbox", (dialog) => {
  const part = (name) => dialog.querySelector(`[data-${name}]`);
  let at = 0;

  const files = () => [...document.querySelectorAll(".file-look[data-look]")];

  function show(file) {
    const { look, thumb } = file.dataset;
    at = files().indexOf(file);
    dialog.querySelector("#lightbox_name").textContent = file.getAttribute("aria-label");
    part("place").textContent = `${at + 1} / ${files().length}`;
    part("download").href = `${file.getAttribute("href")}?download`;
    part("open").href = file.href;
    part("stage").replaceChildren();
    part("none").hidden = true;
    dialog.classList.toggle("is-internal", Boolean(file.closest(".file-internal")));
    for (const button of dialog.querySelectorAll("[data-step]")) button.disabled = !files()[at + Number(button.dataset.step)];
    if (look === "text") read(file);
    else if (look === "picture" || thumb) draw(look === "picture" ? file.href : thumb, file);
    else part("none").hidden = false;
  }

  function draw(address, file) {
    const picture = document.createElement("img");
    picture.alt = file.getAttribute("aria-label");
    picture.addEventListener("error", () => { picture.remove(); part("none").hidden = false; });
    picture.src = address;
    part("stage").append(picture);
  }

  async function read(file) {
    const shown = at;
    const answer = await fetch(file.href);
    const text = answer.ok ? (await answer.text()).slice(0, LONGEST_TEXT) : "";
    if (at !== shown) return;
    const page = Object.assign(document.createElement("pre"), { textContent: text, dir: "auto" });
    part("stage").append(page);
    part("none").hidden = answer.ok;
  }

  function step(by) {
    const next = files()[at + by];
    if (next) show(next);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-look]");
    if (!link || !dialog.isConnected || !isPlainClick(event)) return;
    event.preventDefault();
    dialog.showModal();
    show(link.closest(".file").querySelector(".file-look"));
  });
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (button) step(Number(button.dataset.step));
  });
  dialog.addEventListener("keydown", (event) => {
    const onward = getComputedStyle(dialog).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      step(event.key === onward ? 1 : -1);
    }
  });
  dialog.addEventListener("close", () => {
    part("stage").replaceChildren();
    files()[at]?.focus();
  });
});

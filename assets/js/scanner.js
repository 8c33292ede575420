// A barcode scanner types fast and ends with Enter. What it reads goes into the page's box with data-scan, wherever the focus is but in
// a field. While such a box is there, a first key waits a moment before it acts: it may be the beginning of a code.
// A button with data-scan-camera reads with the phone's camera instead, where the browser knows how.
import { live } from "./live.js";

const GAP = 35;
const SHORTEST = 5;
const FIELDS = "input:not([type=checkbox],[type=radio],[type=button],[type=submit]), textarea, select, [contenteditable=true]";
let read = "";
let last = 0;
let held;

const scanBox = () => (document.querySelector("dialog[open]") ? null : document.querySelector("[data-scan] [role=combobox]"));

function found(code, box) {
  box.focus();
  box.value = code;
  box.dispatchEvent(new Event("scanned"));
}

function hold(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  const { target, key, code, shiftKey } = event;
  held = setTimeout(() => {
    const again = new KeyboardEvent("keydown", { key, code, shiftKey, bubbles: true, cancelable: true });
    again.wasHeld = true;
    target.dispatchEvent(again);
  }, GAP);
}

document.addEventListener("keydown", (event) => {
  const box = scanBox();
  if (event.wasHeld || !box || event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.(FIELDS)) return;
  const now = event.timeStamp; // When it was pressed, however late a busy page hears of it.
  if (now - last > GAP) read = "";
  last = now;
  if (event.key.length === 1) {
    read += event.key;
    clearTimeout(held);
    if (read.length > 1) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else if (event.key !== " ") hold(event);
  } else if (event.key === "Enter" && read.length >= SHORTEST) {
    event.preventDefault();
    event.stopImmediatePropagation();
    found(read, box);
    read = "";
  }
}, true);

live("[data-scan-camera]", (button) => {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const dialog = document.getElementById(button.dataset.scanCamera);
  const film = dialog.querySelector("video");
  let stream;

  async function look(detector) {
    if (!dialog.open) return;
    const [seen] = await detector.detect(film).catch(() => []);
    const box = document.querySelector("[data-scan] [role=combobox]");
    if (seen && box) {
      dialog.close();
      found(seen.rawValue, box);
    } else setTimeout(look, 120, detector);
  }

  button.hidden = false;
  button.addEventListener("click", async () => {
    dialog.showModal();
    dialog.classList.remove("is-blind");
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      film.srcObject = stream;
      await film.play();
      look(new window.BarcodeDetector());
    } catch {
      dialog.classList.add("is-blind");
    }
  });
  dialog.addEventListener("close", () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    film.srcObject = null;
  });
});

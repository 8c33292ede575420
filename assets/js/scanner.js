// A barcode scanner types fast and ends with Enter. When nothing has the focus, what it reads goes into the page's box with data-scan.
const GAP = 35;
const SHORTEST = 5;
let read = "";
let last = 0;

document.addEventListener("keydown", (event) => {
  if (event.target !== document.body || event.ctrlKey || event.metaKey || event.altKey) return;
  const now = performance.now();
  if (now - last > GAP) read = "";
  last = now;
  if (event.key.length === 1) {
    read += event.key;
    if (read.length > 1) event.stopImmediatePropagation();
  } else if (event.key === "Enter" && read.length >= SHORTEST) {
    const box = document.querySelector("[data-scan] [role=combobox]");
    if (box) {
      event.preventDefault();
      event.stopImmediatePropagation();
      box.focus();
      box.value = read;
      box.dispatchEvent(new Event("scanned"));
    }
    read = "";
  }
}, true);

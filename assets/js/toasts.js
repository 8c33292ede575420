// What happened, said once. A toast goes after six seconds, one with Undo after its ten, an error when it is closed;
// none goes while the pointer or the focus is on it.
import { live } from "./live.js";

live("[data-toast]", (toast) => {
  const isWrong = toast.classList.contains("toast-wrong");
  let left = Number(toast.dataset.undo ?? 6);
  const shown = toast.querySelector(".toast-left");
  const tick = setInterval(() => {
    if (isWrong || toast.matches(":hover, :focus-within")) return;
    left -= 1;
    if (shown) shown.textContent = left;
    if (left <= 0) leave();
  }, 1000);

  function leave() {
    clearInterval(tick);
    toast.remove();
  }

  toast.addEventListener("click", (event) => {
    if (event.target.closest("[data-closes-toast]")) leave();
  });
});

// The server could not be reached: say so, and keep the page.
document.addEventListener("htmx:error", (event) => {
  const place = document.getElementById("toasts");
  const template = document.getElementById("offline");
  if (place && template && event.detail?.ctx && !place.querySelector("[data-offline]")) place.append(template.content.cloneNode(true));
});

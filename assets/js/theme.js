// Another look at once: the button sets it on the page and the cookie, and the page is not loaded anew. Without a script the form does it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-switch] [name=theme]");
  if (!button) return;
  event.preventDefault();
  document.documentElement.dataset.bsTheme = button.value;
  document.querySelector("meta[name=color-scheme]")?.setAttribute("content", button.value === "auto" ? "light dark" : button.value);
  document.cookie = `theme=${button.value}; path=/; max-age=31536000; samesite=lax`;
  for (const other of button.form.querySelectorAll("[name=theme]")) {
    other.classList.toggle("is-here", other === button);
    other.setAttribute("aria-pressed", String(other === button));
  }
  document.dispatchEvent(new Event("theme"));
});

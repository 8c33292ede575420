// A row of links that is wider than the phone shows the one where we are: `data-shows-current` on the row or around it.
for (const row of document.querySelectorAll("[data-shows-current]")) {
  row.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

// Ctrl/⌘-K: find any act, ticket, customer or page. The list comes from the server while one types.
document.addEventListener("keydown", (event) => {
  const palette = document.getElementById("palette");
  if (palette && event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    const words = palette.querySelector("input");
    palette.showModal();
    words.select();
    words.dispatchEvent(new Event("opened"));
  }
});

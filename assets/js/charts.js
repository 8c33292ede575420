// Charts: the library is loaded only by a page that has one, when it comes into view.
import { live } from "./live.js";

live("[data-chart]", (figure) => {
  const seen = new IntersectionObserver(async ([entry]) => {
    if (!entry.isIntersecting) return;
    seen.disconnect();
    const { draw } = await import(figure.dataset.src);
    let chart = draw(figure);
    document.addEventListener("theme", () => { chart.destroy(); chart = draw(figure); });
  });
  seen.observe(figure);
});

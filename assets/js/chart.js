// The chart library, only the kinds we draw, in the colours of the page.
import { ArcElement, BarController, BarElement, CategoryScale, Chart, DoughnutController, Filler, Legend, LineController, LineElement, LinearScale, PointElement, Tooltip } from "chart.js";

Chart.register(ArcElement, BarController, BarElement, CategoryScale, DoughnutController, Filler, Legend, LineController, LineElement, LinearScale, PointElement, Tooltip);

// A variable may hold light-dark(…): only a used colour is a plain one.
function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  probe.hidden = true;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

export function draw(figure) {
  const kind = figure.dataset.chart;
  const isRightToLeft = getComputedStyle(figure).direction === "rtl";
  const series = JSON.parse(figure.dataset.series);
  const tones = ["--accent", "--tone-amber", "--tone-blue", "--tone-violet", "--tone-red", "--tone-grey"].map(colour);
  const [grid, words] = [colour("--line"), colour("--quiet")];
  const isRound = kind === "doughnut";
  const font = { family: getComputedStyle(document.body).fontFamily, size: 12 };
  return new Chart(figure.querySelector("canvas"), {
    type: kind,
    data: {
      labels: JSON.parse(figure.dataset.labels),
      datasets: series.map((one, at) => ({
        label: one.label, data: one.values, borderWidth: kind === "line" ? 2 : 0, borderRadius: kind === "bar" ? 4 : 0, pointRadius: 0, pointHitRadius: 12, tension: 0.3,
        borderColor: tones[at], backgroundColor: isRound ? tones : tones[at], maxBarThickness: 28,
      })),
    },
    options: {
      animation: false, maintainAspectRatio: false, responsive: true,
      plugins: { legend: { display: isRound || series.length > 1, rtl: isRightToLeft, labels: { color: words, font, boxWidth: 10, boxHeight: 10 } }, tooltip: { rtl: isRightToLeft, bodyFont: font, titleFont: font } },
      scales: isRound ? {} : {
        x: { reverse: isRightToLeft, grid: { display: false }, border: { color: grid }, ticks: { color: words, font, maxRotation: 0, autoSkipPadding: 16 } },
        y: { position: isRightToLeft ? "right" : "left", beginAtZero: true, grid: { color: grid }, border: { display: false }, ticks: { color: words, font, precision: 0, maxTicksLimit: 5 } },
      },
    },
  });
}

// Times that stay true on an open page: <time data-ago> says how long ago, [data-since] counts up from a moment (a running timer).
import { live } from "./live.js";

const UNITS = [["year", 31536000], ["month", 2592000], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const speaks = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "always" });

function ago(seconds) {
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS.at(-1);
  return speaks.format(Math.round(seconds / length), unit);
}

function elapsed(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return `${hours}:${String(minutes).padStart(2, "0")}:${String(rest).padStart(2, "0")}`;
}

const follow = (element, every, show) => {
  const draw = () => { if (element.isConnected) element.textContent = show(); else clearInterval(timer); };
  const timer = setInterval(draw, every);
  draw();
};

live("time[data-ago]", (element) => {
  const at = Date.parse(element.dateTime);
  setInterval(() => { element.textContent = ago((at - Date.now()) / 1000); }, 30000);
});

// data-since holds the start (ISO time); data-before the seconds counted before it.
live("[data-since]", (element) => {
  const since = Date.parse(element.dataset.since);
  follow(element, 1000, () => elapsed((Date.now() - since) / 1000 + Number(element.dataset.before ?? 0)));
});

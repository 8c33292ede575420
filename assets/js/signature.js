// A signature drawn by finger, pen or mouse, kept as a PNG in a hidden field of its form. Every stroke and the clearing
// can be undone. Whoever has a keyboard alone signs by typing his name; without scripts the pad is not shown.
import { live } from "./live.js";

const INK = "#101828";
const WIDTH = 6;

live("[data-signature]", (pad) => {
  const canvas = pad.querySelector("canvas");
  const kept = pad.querySelector("input[type=hidden]");
  const brush = canvas.getContext("2d");
  const before = []; // what was on the pad before each stroke and each clearing
  let strokes = []; // each a list of points; the first may be a picture that came with the page

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * canvas.width, ((event.clientY - box.top) / box.height) * canvas.height];
  }

  function draw(stroke) {
    if (stroke instanceof ImageBitmap) {
      brush.drawImage(stroke, 0, 0, canvas.width, canvas.height);
      return;
    }
    const [first, ...others] = stroke;
    brush.beginPath();
    brush.moveTo(...first);
    let last = first;
    for (const point of others) {
      brush.quadraticCurveTo(...last, (last[0] + point[0]) / 2, (last[1] + point[1]) / 2);
      last = point;
    }
    brush.lineTo(...last);
    brush.stroke();
  }

  function show() {
    Object.assign(brush, { lineWidth: WIDTH, lineCap: "round", lineJoin: "round", strokeStyle: INK });
    brush.clearRect(0, 0, canvas.width, canvas.height);
    strokes.forEach(draw);
    pad.classList.toggle("is-drawn", strokes.length > 0);
  }

  function keep() {
    show();
    kept.value = strokes.length ? canvas.toDataURL("image/png") : "";
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    before.push(strokes);
    strokes = [...strokes, [place(event)]];
    show();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    strokes.at(-1).push(...(passed.length ? passed : [event]).map(place));
    show();
  });
  canvas.addEventListener("lostpointercapture", keep);

  pad.querySelector("[data-undo-stroke]").addEventListener("click", () => {
    strokes = before.pop() ?? strokes;
    keep();
  });
  pad.querySelector("[data-clear]").addEventListener("click", () => {
    if (strokes.length) before.push(strokes);
    strokes = [];
    keep();
  });

  pad.hidden = false;
  if (kept.value) restore(kept.value).then((picture) => { strokes = [picture, ...strokes]; show(); }, () => { kept.value = ""; });
});

// What was drawn comes back with a page that found something else wrong.
async function restore(address) {
  const bytes = Uint8Array.from(atob(address.split(",")[1]), (sign) => sign.charCodeAt(0));
  return createImageBitmap(new Blob([bytes], { type: "image/png" }));
}

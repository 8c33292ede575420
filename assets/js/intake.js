// Intake: the chosen caller's card appears beside, with his devices and open tickets; a new caller's fields are filled from what was typed.
import htmx from "htmx.org";
import { live } from "./live.js";

live("[data-caller]", (input) => {
  const fields = document.getElementById("new-caller");
  input.addEventListener("chosen", (event) => {
    const { card, new: typed } = event.detail;
    if (card) {
      fields.open = false;
      htmx.ajax("GET", card, { target: "#caller", swap: "innerHTML" });
    } else if (typed !== undefined) {
      document.getElementById("caller").replaceChildren();
      input.value = "";
      fields.open = true;
      const kind = typed.includes("@") ? "email" : /^[\d+() -]+$/.test(typed) ? "phone" : "name";
      const field = fields.querySelector(`[name=${kind}]`);
      field.value = typed;
      (kind === "name" ? fields.querySelector("[name=phone]") : fields.querySelector("[name=name]")).focus();
    }
  });
});

// Intake: the chosen caller's card appears beside, with his devices and open tickets; a new caller's fields are filled from what was typed.
// A restored draft brings the card back. The card takes the place of what its fields would ask.
import htmx from "htmx.org";
import { live } from "./live.js";

live("[data-caller]", (input) => {
  const fields = document.getElementById("new-caller");
  const place = document.getElementById("caller");

  async function show(card) {
    fields.open = false;
    await htmx.ajax("GET", card, { target: "#caller", swap: "innerHTML" });
  }

  input.addEventListener("chosen", async (event) => {
    const { card, new: typed } = event.detail;
    if (card) {
      await show(card);
      (place.querySelector("[name=device]:checked") ?? input.form.querySelector("[name=subject]")).focus();
    } else if (typed !== undefined) {
      place.replaceChildren();
      input.value = "";
      fields.open = true;
      const kind = typed.includes("@") ? "email" : /^[\d+() -]+$/.test(typed) ? "phone" : "name";
      const field = fields.querySelector(`[name=${kind}]`);
      field.value = typed;
      (kind === "name" ? fields.querySelector("[name=phone]") : fields.querySelector("[name=name]")).focus();
    }
  });

  input.form.addEventListener("restored", async (event) => {
    const { contact, device, also_name: others } = event.detail;
    document.getElementById("further-contacts").open ||= [others].flat().some(Boolean);
    if (contact) {
      await show(input.dataset.cards.replace("0", contact));
      const owned = [...place.querySelectorAll("[name=device]")].find((radio) => radio.value === device);
      if (owned) owned.checked = true;
    } else fields.open = true;
  });
});

// A further contact who is new keeps the name that was typed.
live("[name=also_name]", (input) => {
  input.addEventListener("chosen", (event) => {
    if (event.detail.new === undefined) return;
    input.value = event.detail.new;
    input.closest(".further").querySelector("[name=also_reach]").focus();
  });
});

// "today", "tomorrow" …: a due date in one click, at five in the afternoon or, later in the day, in two hours.
live("[data-due]", (button) => {
  button.addEventListener("click", () => {
    const due = new Date();
    due.setDate(due.getDate() + Number(button.dataset.due));
    const isLate = button.dataset.due === "0" && due.getHours() >= 15;
    due.setHours(isLate ? due.getHours() + 2 : 17, 0, 0, 0);
    const two = (figure) => String(figure).padStart(2, "0");
    const field = button.closest("form").querySelector("[name=due_at]");
    field.value = `${due.getFullYear()}-${two(due.getMonth() + 1)}-${two(due.getDate())}T${two(due.getHours())}:00`;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
});

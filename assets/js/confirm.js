// A question before what can't be undone, and only there: data-confirm="Delete the file?" on a form, or hx-confirm on an element.
const dialog = document.getElementById("question");

function ask(text) {
  document.getElementById("question_text").textContent = text;
  dialog.showModal();
  return new Promise((resolve) => {
    const answer = (event) => {
      const given = event.type === "close" ? "no" : event.target.closest("[data-answer]")?.dataset.answer;
      if (given) {
        dialog.removeEventListener("click", answer);
        dialog.removeEventListener("close", answer);
        dialog.close();
        resolve(given === "yes");
      }
    };
    dialog.addEventListener("click", answer);
    dialog.addEventListener("close", answer);
  });
}

if (dialog) {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.dataset.confirm || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await ask(form.dataset.confirm)) {
      form.dataset.confirmed = "yes";
      form.requestSubmit(event.submitter);
      delete form.dataset.confirmed;
    }
  }, true);

  document.addEventListener("htmx:confirm", async (event) => {
    event.preventDefault();
    if (await ask(event.detail.ctx.confirm)) event.detail.issueRequest();
    else event.detail.dropRequest();
  });
}

// A row of links that is wider than the phone shows the one where we are: `data-shows-current` on the row or around it.
import { live } from "./live.js";

live("[data-shows-current]", (row) => row.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }));

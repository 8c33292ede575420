// Everything a page of ours runs. Each part says in its first lines what it does.
import htmx from "htmx.org";
import "./scanner.js";
import "./confirm.js";
import "./keyboard.js";
import "./dialogs.js";
import "./palette.js";
import "./combobox.js";
import "./drafts.js";
import "./toasts.js";
import "./times.js";
import "./dropzone.js";
import "./composer.js";
import "./theme.js";
import "./charts.js";
import "./intake.js";

window.htmx = htmx;

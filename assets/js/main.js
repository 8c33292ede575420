// Everything a page of ours runs. Each part says in its first lines what it does.
import htmx from "htmx.org";
import "./scanner.js";
import "./confirm.js";
import "./keyboard.js";
import "./dialogs.js";
import "./palette.js";
import "./combobox.js";
import "./toasts.js";
import "./times.js";
import "./dropzone.js";
import "./lightbox.js";
import "./composer.js";
import "./theme.js";
import "./ways.js";
import "./charts.js";
import "./passkeys.js";
import "./intake.js";
import "./bulk.js";
import "./vault.js";
import "./signature.js";
import "./drafts.js"; // last: what it restores, the others hear of

window.htmx = htmx;

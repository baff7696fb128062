/** The page behind a tag: its form is filled in by the server. */

import { startForm } from "./field/report_form.js";

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("report"));
if (form) startForm(form);

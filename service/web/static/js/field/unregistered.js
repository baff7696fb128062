/** A report about equipment that is in no ledger: a facility, words, and the usual form. */

import { me } from "./person.js";
import { answer, keepAnswer, packs } from "./reference.js";
import { startForm } from "./report_form.js";
import * as transport from "./transport.js";
import { element, part } from "./words.js";

/** @typedef {import("./reference.js").Facility} Facility */

/** From the server, else as it said last, else those that the phone was filled with. @returns {Promise<Facility[]>} */
async function facilities() {
  try {
    const { items } = await transport.get("/facilities");
    await keepAnswer("facilities", items);
    return items;
  } catch {
    const before = (await answer("facilities"))?.value;
    return before ?? (await packs()).map((pack) => pack.facility);
  }
}

async function start() {
  const known = await facilities();
  const list = /** @type {HTMLSelectElement} */ (part("#facility_id"));
  for (const facility of known) {
    const option = element("option", facility.name);
    option.setAttribute("value", facility.id);
    list.append(option);
  }
  part("[data-no-facilities]").hidden = known.length > 0;
  const form = /** @type {HTMLFormElement} */ (part("#report"));
  const tellWhere = () => {
    form.dataset.place = list.selectedOptions[0]?.value ? list.selectedOptions[0].text : "";
    form.dataset.title = /** @type {HTMLInputElement} */ (part("#unregistered_desc")).value.trim();
  };
  document.addEventListener("input", tellWhere);
  const person = await me();
  Object.assign(form.dataset, { user: person?.user_id ?? "", author: person?.display_name ?? "" });
  await startForm(form);
  tellWhere();
}

start();

/** The company's reports and what the city has answered; the last answer without signal. */

import "./bar.js";
import { when } from "./clock.js";
import { answer, keepAnswer } from "./reference.js";
import * as transport from "./transport.js";
import { element, part, word } from "./words.js";

/** @param {any} report */
function row(report) {
  const states = report.cases
    .map((/** @type {any} */ one) => word(`state_${one.state}`))
    .join("・");
  const photos = report.announced_photos.length;
  const summary = element("summary", "", "list__row", [
    element("span", "", "", [
      report.position_name ?? report.unregistered_desc ?? "",
      element(
        "small",
        `${report.facility_name ?? ""} ${when(report.captured_at)} ${report.report_no}`,
      ),
      ...(report.corrects_report_no
        ? [element("small", word("correctionOf", { no: report.corrects_report_no }))]
        : []),
    ]),
    element("span", states, "badge badge--info"),
  ]);
  const inside = element("div", "", "card");
  const more = element("details", "", "", [summary, inside]);
  more.addEventListener("toggle", () => open(report, photos, inside), { once: true });
  return element("li", "", "", [more]);
}

/** @param {any} report @param {number} photos @param {HTMLElement} inside */
async function open(report, photos, inside) {
  inside.replaceChildren(element("p", word("loading")));
  const detail = await fetched(`report:${report.id}`, `/fault-reports/${report.id}`);
  const lines = [element("p", report.body || word("noBody"))];
  if (photos)
    lines.push(element("p", word("photosHere", { n: report.received_photos, all: photos })));
  if (!detail) lines.push(element("p", word("noSignal")));
  for (const one of detail?.value.responses ?? [])
    lines.push(element("p", `${when(one.at)} ${one.actor_name}: ${one.description}`));
  if (detail && !detail.value.responses.length) lines.push(element("p", word("noAnswer")));
  lines.push(next("followUp", `/f/more?report=${report.id}`));
  lines.push(next("correct", `/f/more?report=${report.id}&correct=1`));
  inside.replaceChildren(...lines);
}

/** @param {string} name @param {string} href */
function next(name, href) {
  const link = element("a", word(name), "button button--secondary");
  link.setAttribute("href", href);
  return link;
}

/** @param {string} key @param {string} path @returns {Promise<{ value: any, at: string } | undefined>} */
async function fetched(key, path) {
  try {
    const value = await transport.get(path);
    await keepAnswer(key, value);
    return { value, at: "" };
  } catch (error) {
    part("[data-signed-out]").hidden = !(error instanceof transport.SignedOut);
    return await answer(key);
  }
}

async function show() {
  const found = await fetched("reports", "/fault-reports?limit=50");
  part("[data-loading]").hidden = true;
  part("[data-as-of]").textContent = found?.at ? word("asOf", { at: when(found.at) }) : "";
  const items = found?.value.items ?? [];
  part("[data-none]").hidden = items.length > 0;
  part("[data-reports]").hidden = items.length === 0;
  part("[data-reports]").replaceChildren(...items.map(row));
}

show();

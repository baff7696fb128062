/** Facilities to keep for working without signal. */

import "./bar.js";
import { dropLikenesses } from "./likenesses.js";
import { fetchPack, renew } from "./packs.js";
import { answer, dropPack, keepAnswer, packs } from "./reference.js";
import * as transport from "./transport.js";
import { element, part, word } from "./words.js";

/** @typedef {import("./reference.js").Facility} Facility */

async function list() {
  try {
    const { items } = await transport.get("/facilities");
    await keepAnswer("facilities", items);
    part("[data-signed-out]").hidden = true;
    return /** @type {Facility[]} */ (items);
  } catch (error) {
    part("[data-signed-out]").hidden = !(error instanceof transport.SignedOut);
    return /** @type {Facility[]} */ ((await answer("facilities"))?.value ?? []);
  }
}

/** @param {string} id */
async function forget(id) {
  await dropLikenesses(id);
  await dropPack(id);
}

/** @param {Facility} facility @param {Set<string>} kept */
function row(facility, kept) {
  const isKept = kept.has(facility.id);
  const button = element(
    "button",
    word(isKept ? "drop" : "take"),
    "button button--secondary button--fit",
  );
  button.setAttribute("type", "button");
  button.setAttribute("aria-label", `${facility.name} ${button.textContent}`);
  button.onclick = async () => {
    button.setAttribute("disabled", "");
    part("[data-say]").textContent = "";
    try {
      if (isKept) await forget(facility.id);
      else await fetchPack(facility.id);
    } catch {
      part("[data-say]").textContent = word("noSignal");
    }
    await show(await list());
  };
  const state = isKept
    ? word("onPhone", { n: facility.positions })
    : word("size", { n: facility.positions });
  return element("li", "", "list__row", [
    element("span", "", "", [facility.name, element("small", state)]),
    button,
  ]);
}

/** @param {Facility[]} facilities */
async function show(facilities) {
  const kept = new Set((await packs()).map((pack) => pack.id));
  part("[data-none]").hidden = facilities.length > 0;
  part("[data-facilities]").hidden = facilities.length === 0;
  part("[data-facilities]").replaceChildren(...facilities.map((one) => row(one, kept)));
  const all = part("[data-all]");
  all.hidden = facilities.every((one) => kept.has(one.id));
  all.onclick = async () => {
    all.setAttribute("disabled", "");
    for (const [n, one] of facilities.entries()) {
      part("[data-say]").textContent = word("taking", { n: n + 1, all: facilities.length });
      if (!kept.has(one.id)) await fetchPack(one.id).catch(() => {});
    }
    part("[data-say]").textContent = "";
    all.removeAttribute("disabled");
    await show(facilities);
  };
}

async function start() {
  await show(await list());
  await renew();
}

start();

/** ? and a button open and shut the list of the page's keys, where those of one letter are turned off. */

import { isTyping, keepSingleKeys, singleKeys } from "./keys.js";

const help = document.getElementById("keys");
const choice = document.getElementById("single-keys");

function turn() {
  if (!(help instanceof HTMLDialogElement)) return;
  if (help.open) help.close();
  else help.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "?" && !isTyping(event.target) && singleKeys()) turn();
});
document.querySelector("[data-keys-help]")?.addEventListener("click", turn);

if (choice instanceof HTMLInputElement) {
  choice.checked = singleKeys();
  choice.addEventListener("change", () => keepSingleKeys(choice.checked));
}

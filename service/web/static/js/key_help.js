/** ? opens and shuts the list of the page's keys. */

document.addEventListener("keydown", (event) => {
  const isTyping =
    event.target instanceof HTMLElement && event.target.closest("input, select, textarea");
  if (event.key !== "?" || isTyping) return;
  const help = document.getElementById("keys");
  if (!(help instanceof HTMLDialogElement)) return;
  if (help.open) help.close();
  else help.showModal();
});

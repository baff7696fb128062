/** The citizens' form takes the place from the phone when asked to; it works without. */

const button = document.querySelector("[data-locate]");
const told = document.querySelector("[data-located]");

/** @param {string} name @param {string} value */
function fill(name, value) {
  const field = document.getElementById(name);
  if (field instanceof HTMLInputElement) field.value = value;
}

if (button instanceof HTMLButtonElement && told instanceof HTMLElement) {
  button.hidden = !("geolocation" in navigator);
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      (position) => {
        fill("longitude", position.coords.longitude.toFixed(6));
        fill("latitude", position.coords.latitude.toFixed(6));
        told.textContent = told.dataset.done ?? "";
      },
      () => {
        told.textContent = told.dataset.failed ?? "";
      },
      { enableHighAccuracy: true, timeout: 15_000 },
    );
  });
}

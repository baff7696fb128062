/** Where the phone is, when its owner has allowed that before. Never asks. */

const AGE_MS = 120_000;

/** @type {GeolocationPosition | null} */
let found = null;

export async function lookWhere() {
  const asked = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (asked?.state !== "granted") return;
  navigator.geolocation.getCurrentPosition(
    (place) => {
      found = place;
    },
    () => {},
    { enableHighAccuracy: true, timeout: 30_000, maximumAge: AGE_MS },
  );
}

export function here() {
  if (!found) return {};
  const { longitude, latitude, accuracy } = found.coords;
  return { longitude, latitude, accuracy_m: Math.min(accuracy, 1e6) };
}

/** Whose phone this is: as the server says, or as it said last. */

import { answer, keepAnswer } from "./reference.js";
import * as transport from "./transport.js";

/** @returns {Promise<{ user_id: string, display_name: string, company_name?: string } | undefined>} */
export async function me() {
  try {
    const known = await transport.me();
    await keepAnswer("me", known);
    return known;
  } catch {
    return (await answer("me"))?.value;
  }
}

/** Known at once from the phone; asked only when it has never been told. @returns {Promise<{ user: string, author: string }>} */
export async function writer() {
  const known = (await answer("me"))?.value ?? (await me());
  return { user: known?.user_id ?? "", author: known?.display_name ?? "" };
}

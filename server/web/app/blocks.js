// Of a list that changed, fetching what changed. A list is cut into blocks of lines where a line's own hash
// says so; the server, told the hashes of the blocks that are here, answers with which of them stay and
// what is new (`shared/src/blocks.rs`).
import { Refused, tell } from "./api.js";
import { sha256Of } from "./records.js";

const [BASIS, PRIME] = [0x811c9dc5, 0x01000193];

/** The blocks of a list; together they are the list. @param {string} list */
export function blocks(list) {
  const found = [];
  let [from, hash] = [0, 0];
  for (let at = 0; at < list.length; ) {
    const end = list.indexOf("\n", at) + 1 || list.length;
    let line = BASIS;
    for (; at < end; at += 1) line = Math.imul(line ^ list.charCodeAt(at), PRIME);
    hash = Math.imul(hash ^ line, PRIME);
    if (line >>> 27 === 0 || end === list.length) {
      found.push({ hash: hash >>> 0, text: list.slice(from, end) });
      [from, hash] = [end, 0];
    }
  }
  return found;
}

/**
 * The newer version of a list of which an older one is here; null when it has to be fetched as a whole.
 * @param {string} older @param {{form: string, version: string, name: string}} which
 */
export async function newer(older, which) {
  const own = blocks(older);
  const asked = { ...which, blocks: own.map((block) => block.hash) };
  const said = await tell("/api/v1/phone/changes", asked).catch((/** @type {any} */ fault) => {
    if (fault instanceof Refused && /** @type {any} */ (fault).status < 500) return null;
    throw fault;
  });
  const kept = (/** @type {number} */ at, /** @type {number} */ count) => own.slice(at, at + count).map((block) => block.text).join("");
  const list = said?.parts.map((/** @type {any} */ part) => (typeof part === "string" ? part : kept(part[0], part[1]))).join("");
  // Hashes of blocks are short; this one is not.
  return said && (await sha256Of(new TextEncoder().encode(list))) === said.sha256 ? list : null;
}

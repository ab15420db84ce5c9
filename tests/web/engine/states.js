// Every node of a filling as it stands, to be compared with other engines.

/** @typedef {import('../../../server/web/engine/filling.js').Filling} Filling */
/** @typedef {[path: string, flags: string, value: string | null]} State flags: r relevant, q required, w writable */

/** In document order. @param {Filling} filling @returns {State[]} */
export function states(filling) {
  const { answers } = filling;
  /** @type {State[]} */
  const all = [];
  /** @param {typeof answers.root} node @param {string} path */
  const visit = (node, path) => {
    const flags = (node.shown ? 'r' : '') + (node.required ? 'q' : '') + (answers.isLocked(node) ? '' : 'w');
    all.push([path, flags, answers.isBlank(node) ? null : node.text]);
    for (const c of node.children) {
      visit(c, `${path}/${c.name}${answers.fieldOf(c).isRepeat ? `[${c.position}]` : ''}`);
    }
  };
  visit(answers.root, `/${answers.root.name}`);
  return all;
}

/** As `Filler.quote` in tests/javarosa. @param {string} text */
const quote = (text) =>
  `"${text.replace(/["\\]/g, '\\$&').replace(/[\0-\x1f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;

/** The same 64 bits (FNV-1a) as the others make of these nodes. @param {State[]} nodes */
export function hash(nodes) {
  const lines = nodes.map(([path, flags, value]) => `[${quote(path)},"${flags}",${value === null ? 'null' : quote(value)}]`);
  let [high, low] = [0xcbf29ce4, 0x84222325];
  for (const byte of new TextEncoder().encode(lines.join(','))) {
    low = (low ^ byte) >>> 0;
    // The prime is 2 ** 40 + 0x1b3.
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + (low << 8) + Math.floor(product / 2 ** 32)) >>> 0;
    low = product >>> 0;
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

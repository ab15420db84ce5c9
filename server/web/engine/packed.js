// A packed form (docs/ENGINE.md, "Packed form") made the compiled form again: what was left out because
// it follows from the rest is worked out here (shared/src/form/packed/).

/** @typedef {import('./form.js').FormJson} FormJson */
/** @typedef {import('./form.js').FieldJson} FieldJson */
/** @typedef {import('./expression.js').Tree} Tree */
/** @typedef {'relevant' | 'required' | 'read_only' | 'calculation'} StepKind */

const STEPS = /** @type {StepKind[]} */ (["relevant", "required", "read_only", "calculation"]);
const RULES = [...STEPS, "constraint", "choice_rows", "repeat_count", "seed", "dynamic_default"];
const TEXTS = ["label", "hint", "guidance", "constraint_message", "required_message"];
/** The type of binding that a type of question has; the others are strings. @type {Record<string, string>} */
const DATA = { integer: "int", decimal: "decimal", date: "date", image: "binary" };
/** How expressions see a type of binding; the others are texts. @type {Record<string, string>} */
const KIND = { int: "number", decimal: "number", date: "date" };

/** The compiled form of an answer: its letters and tones put together, and unpacked. @param {Response} answer */
export async function received(answer) {
  const charset = answer.headers.get("content-type")?.split("charset=")[1];
  return unpack(JSON.parse(new TextDecoder(charset).decode(await answer.arrayBuffer()).normalize()));
}

/** @param {any} packed the parsed JSON @returns {FormJson} */
export function unpack({ shapes, order, names, columns, lists, list_labels, work, ...form }) {
  // Of another server: nothing was packed.
  if (!shapes) return { lists, work, ...form };
  /** @type {any[]} */
  const fields = [];
  /** @type {string[]} */
  const kinds = [];
  /** By field, what it is in. @type {number[][]} */
  const around = [];
  let open = /** @type {number[]} */ ([]);
  names = names.split(" ");
  // Each field in its place, its parts as they came.
  for (const sign of order) {
    if (sign === ")") {
      open = open.slice(0, -1);
      continue;
    }
    const i = fields.length;
    const field = { name: names[i], ...shapes[sign.charCodeAt(0) - 42] };
    for (const key in field) if (field[key] === 0) field[key] = columns[key].shift();
    field.data ??= DATA[field.type] ?? "string";
    kinds.push(field.kind ?? KIND[field.data] ?? "text");
    delete field.kind;
    if (open.length) field.parent = open[open.length - 1];
    const table = field.choices === 0 ? field.name : field.choices;
    if (typeof table === "string") field.choices = { table, value: "name", label: "label" };
    fields.push(field);
    around.push(open);
    if (/^(group|repeat|entity)$/.test(field.type)) open = [...open, i];
  }
  /** The path from a field to another. @param {number} from @param {number} to */
  const path = (from, to) => {
    const [a, b] = [around[from], around[to]];
    const shared = a.filter((up, n) => up === b[n]).length;
    const down = (/** @type {number} */ after) => [...b.slice(after), to].map((i) => names[i]);
    const steps = from === to ? ["."]
      : a.slice(0, shared).some((up) => fields[up].type === "repeat") ? [...a.slice(shared), 0].map(() => "..").concat(down(shared))
      : null;
    return ["path", steps ? "." : "/", steps ?? down(0), ...(kinds[to] ? [kinds[to]] : [])];
  };
  /** The tree of an expression of a field, and what it reads. @param {any} words @param {number} from @param {Set<number>} [reads] @returns {Tree} */
  const tree = (words, from, reads) => {
    if (typeof words !== "string") return words;
    const rest = words.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
    let at = 0;
    const until = (/** @type {string} */ end) => {
      const out = [];
      while (rest[at] !== end) out.push(take());
      at++;
      return out;
    };
    /** @returns {Tree} */
    const take = () => {
      const word = rest[at++];
      if (word[0] === "'") return word.slice(1);
      if (/^["\d]|^-\d/.test(word)) return JSON.parse(word);
      if (word[0] === "@") {
        const to = word === "@" ? from : Number(word.slice(1));
        reads?.add(to);
        return path(from, to);
      }
      if (word === "[") return until("]");
      if (word.endsWith("(")) return ["call", word.slice(0, -1), ...until(")")];
      return word === "neg" ? [word, take()] : [word, take(), take()];
    };
    return take();
  };
  const many = form.languages?.length > 1;
  /** A text in every language. @param {any} text @param {number} from */
  const texts = (text, from) => (many ? text : [text]).map((/** @type {any} */ one) =>
    (Array.isArray(one) ? one.map((piece) => (typeof piece === "string" ? piece : [tree(piece[0], from)])) : one));
  /** By field and kind of step, the fields that it reads. @type {Map<string, Iterable<number>>} */
  const reads = new Map();
  fields.forEach((field, i) => {
    for (const key of RULES) {
      const read = new Set();
      if (key in field) field[key] = tree(field[key], i, read);
      reads.set(i + key, read);
    }
    for (const key of TEXTS) if (key in field) field[key] = texts(field[key], i);
  });
  if (Array.isArray(work)) for (const [field, key, read] of work) reads.set(field + key, read);
  if (!work || Array.isArray(work)) work = planned(fields, (field, key) => reads.get(field + key) ?? []);
  lists = lists?.map((/** @type {any} */ list) => {
    if (typeof list !== "string") return list;
    const [name, ...codes] = list.split(" ");
    return { name, choices: codes.map((name) => ({ name, label: texts(list_labels.shift(), 0) })) };
  });
  return { ...form, ...(lists && { lists }), fields, work };
}

/** The order of work (shared/src/form/plan.rs): round by round what waits for nothing any more. @param {FieldJson[]} fields @param {(field: number, kind: StepKind) => Iterable<number>} reads */
function planned(fields, reads) {
  /** @type {[StepKind, number][]} */
  const steps = [];
  /** @type {Map<string, number>} */
  const number = new Map();
  fields.forEach((field, i) => {
    for (const kind of STEPS) {
      if (!(kind in field) || (kind === "calculation" && field.triggers)) continue;
      number.set(i + kind, steps.length);
      steps.push([kind, i]);
    }
  });
  const next = steps.map(() => /** @type {Set<number>} */ (new Set()));
  const waits = steps.map(() => 0);
  steps.forEach(([kind, field], step) => {
    const after = (/** @type {string} */ key) => {
      const first = number.get(key);
      if (first === undefined || next[first].has(step)) return;
      next[first].add(step);
      waits[step]++;
    };
    for (const read of reads(field, kind)) {
      // What gives it its value, and the relevance that may hide it.
      for (const one of STEPS) after(read + one);
      for (let up = fields[read].parent; up !== undefined; up = fields[up].parent) after(`${up}relevant`);
    }
  });
  /** @type {number[]} */
  const order = [];
  for (let round = [...steps.keys()].filter((step) => !waits[step]); round.length; ) {
    order.push(...round);
    round = round.flatMap((step) => [...next[step]].filter((one) => !--waits[one])).sort((a, b) => a - b);
  }
  const place = new Map(order.map((step, k) => [step, k]));
  const readers = fields.map(() => /** @type {number[]} */ ([]));
  order.forEach((step, k) => {
    for (const read of reads(steps[step][1], steps[step][0])) readers[read].push(k);
  });
  return {
    steps: order.map((step) => steps[step]),
    readers,
    next: order.map((step) => [...next[step]].map((one) => /** @type {number} */ (place.get(one))).sort((a, b) => a - b)),
  };
}

// Making elements. No inline style, no HTML from strings: the policy forbids the one, and answers
// could be in the other.

/**
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {Record<string, any>} Properties
 */

/**
 * An element. `on…` are listeners, `class`, `for`, `aria-…`, `data-…` and the like attributes; what is
 * null, undefined or false is left out.
 * @param {string} tag
 * @param {Properties | null} [properties]
 * @param {...(Child | Child[])} children
 * @returns {any}
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked") /** @type {any} */ (element)[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...nodes(children));
  return element;
}

/** @param {(Child | Child[])[]} children @returns {(Node | string)[]} */
function nodes(children) {
  return children
    .flat()
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "")
    .map((child) => (child instanceof Node ? child : String(child)));
}

/** Puts `children` in place of what is in `element`. @param {Element} element @param {...(Child | Child[])} children */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
}

/** A place that screen readers are told of when it changes. @param {string} id */
export function place(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** Says something in passing. @param {string} text */
export function say(text) {
  const quiet = place("say");
  quiet.textContent = text;
  quiet.classList.add("seen");
  clearTimeout(saying);
  saying = setTimeout(() => quiet.classList.remove("seen"), 2500);
}
/** @type {any} */
let saying = 0;

let count = 0;
/** An id no other element has. */
export function fresh() {
  count += 1;
  return `e${count}`;
}

/**
 * Asks before something that cannot be undone.
 * @param {string} question @param {string} yes @param {string} no
 * @returns {Promise<boolean>}
 */
export function confirmed(question, yes, no) {
  return new Promise((resolve) => {
    const id = fresh();
    const close = (/** @type {boolean} */ answer) => () => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const dialog = h(
      "dialog",
      { "aria-labelledby": id, oncancel: close(false) },
      h("p", { id }, question),
      h("button", { class: "danger", onclick: close(true) }, yes),
      h("button", { class: "second", onclick: close(false) }, no),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}

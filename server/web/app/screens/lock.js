// The PIN: set when the office demands it, asked for at every opening, changed in the settings. The data's
// key is random and wrapped by a key made of the PIN; docs/LOCK.md says what that protects against.
// Nothing is ever deleted because of a wrong PIN: it may be a week of walking.
import { fill, h, say } from "../dom.js";
import * as store from "../store.js";
import { sync } from "../sync.js";
import { t } from "../text.js";

/** Rounds of PBKDF2 with SHA-256, as OWASP advises (2023). */
export const ROUNDS = 600_000;
/** Wrong PINs before one has to wait; milliseconds of the first wait, and of the longest. */
const [FREE, FIRST, LONGEST] = [5, 30_000, 900_000];

/** A key made of words. @param {string} words @param {any} salt @param {number} iterations @param {KeyUsage[]} uses */
export async function derived(words, salt, iterations, uses) {
  const known = await crypto.subtle.importKey("raw", new TextEncoder().encode(words), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, known, { name: "AES-GCM", length: 256 }, false, uses);
}

/** The parts of a lock that a PIN makes. @param {string} pin @param {CryptoKey} key */
async function wrapped(pin, key) {
  const [salt, iv] = [crypto.getRandomValues(new Uint8Array(16)), crypto.getRandomValues(new Uint8Array(12))];
  const by = await derived(pin, salt, ROUNDS, ["wrapKey"]);
  return { rounds: ROUNDS, salt, iv, wrapped: await crypto.subtle.wrapKey("raw", key, by, { name: "AES-GCM", iv }) };
}

/** The data's key; null for a wrong PIN. @param {store.Lock} lock @param {string} pin @param {boolean} [leaves] to be wrapped anew */
async function unwrapped({ rounds, salt, iv, wrapped }, pin, leaves = false) {
  const by = await derived(pin, salt, rounds, ["unwrapKey"]);
  const how = /** @type {any} */ ({ name: "AES-GCM", iv });
  return crypto.subtle.unwrapKey("raw", wrapped, by, how, "AES-GCM", leaves, ["encrypt", "decrypt"]).catch(() => null);
}

/** Milliseconds to wait now, whatever was done to the clock. @param {store.Lock} lock */
function rest({ wrong, until }) {
  const whole = wrong < FREE ? 0 : Math.min(LONGEST, FIRST * 2 ** (wrong - FREE));
  return Math.min(whole, Math.max(0, until - Date.now()));
}

/**
 * Tries a PIN: the data's key, or what to say. A try counts before it is known how it ends.
 * @param {string} pin @param {boolean} [leaves] @returns {Promise<CryptoKey | string>}
 */
async function tried(pin, leaves) {
  const lock = /** @type {store.Lock} */ (await store.lock(true));
  const wait = (/** @type {number} */ left) => t("lock_wait", { n: Math.ceil(left / 1000) });
  if (rest(lock) > 0) return wait(rest(lock));
  const one = { ...lock, wrong: lock.wrong + 1, until: Infinity };
  one.until = Date.now() + rest(one);
  await store.lockWith(one);
  const key = await unwrapped(lock, pin, leaves);
  if (!key) return rest(one) > 0 ? wait(rest(one)) : t("lock_wrong");
  await store.lockWith({ ...lock, wrong: 0, until: 0 });
  return key;
}

/**
 * A screen with one field. `go` takes what was typed and says what is wrong with it, or nothing.
 * @param {HTMLElement} main @param {string} title @param {string[]} words @param {string} label @param {string} button
 * @param {(pin: string) => unknown} go @param {string} [said] what was wrong before @param {boolean} [back]
 */
function step(main, title, words, label, button, go, said = "", back = false) {
  const error = h("p", { class: "error", role: "alert", id: "wrong", hidden: !said }, said);
  const status = h("p", { class: "hint", role: "status" });
  const input = h("input", {
    ...{ id: "pin", class: "pin", type: "text", inputmode: "numeric", autocomplete: "off", spellcheck: "false", maxlength: 64 },
    ...{ enterkeyhint: "done", "aria-describedby": "wrong", onkeydown: (/** @type {any} */ event) => event.key === "Enter" && act() },
  });
  const does = h("button", { type: "button", onclick: () => act() }, button);
  async function act() {
    if (does.disabled) return;
    does.disabled = error.hidden = true;
    status.textContent = t("lock_working");
    const wrong = await go(input.value.trim());
    does.disabled = false;
    status.textContent = "";
    if (typeof wrong !== "string") return;
    error.textContent = wrong;
    error.hidden = false;
    input.value = "";
    input.focus();
  }
  fill(
    main,
    h("header", { class: "top" }, back && h("a", { class: "icon", href: "#/settings", "aria-label": t("back") }, "‹"), h("h1", null, title)),
    words.map((one) => h("p", null, one)),
    h("div", { class: "question" }, h("label", { class: "ask", for: "pin" }, label), error, input),
    status,
    h("div", { class: "bottom" }, does),
  );
  input.focus();
}

/** Easily guessed: short, one digit, a run of digits. @param {string} pin */
const isWeak = (pin) => !/^\d{6,}$/.test(pin) || /^(\d)\1+$/.test(pin) || ["01234567890", "09876543210"].some((run) => run.includes(pin));

/** A new PIN, typed twice. @param {HTMLElement} main @param {string} title @param {string[]} words @returns {Promise<string>} */
function chosen(main, title, words) {
  return new Promise((done) => {
    /** @param {string} said */
    function first(said) {
      step(main, title, [...words, t("lock_lost")], t("lock_new"), t("next"), (pin) => (isWeak(pin) ? t("lock_weak") : again(pin)), said);
    }
    /** @param {string} pin */
    function again(pin) {
      step(main, title, [t("lock_lost")], t("lock_again"), t("lock_set"), (same) => (same === pin ? done(pin) : first(t("lock_other"))));
    }
    first("");
  });
}

/** Makes a lock by a PIN that is chosen here, and seals what there is. @param {HTMLElement} main */
export async function create(main) {
  const pin = await chosen(main, t("lock_title"), [t("lock_why")]);
  working(main);
  const made = await wrapped(pin, await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]));
  const lock = { id: crypto.randomUUID(), ...made, wrong: 0, until: 0, done: false };
  const key = await unwrapped(lock, pin);
  if (key) await store.lockWith(lock, key);
  // What could not be sealed now is the next time.
  await store.sealRest().catch(() => {});
}

/** @param {HTMLElement} main */
function working(main) {
  fill(main, h("h1", null, t("lock_title")), h("p", { class: "hint", role: "status" }, t("lock_sealing")));
}

/** Asks for the PIN, or for a first one; `pin` until that has ended. @param {HTMLElement} main */
export async function lockScreen(main) {
  const screen = { pin: true };
  const open = () => {
    screen.pin = false;
    dispatchEvent(new Event("ntm-show"));
    sync();
  };
  if (!(await store.lock())) {
    create(main).then(open, open);
    return screen;
  }
  step(main, t("lock_open_title"), [t("lock_ask")], t("lock_pin"), t("lock_open"), async (pin) => {
    const key = await tried(pin);
    if (typeof key === "string") return key;
    const lock = /** @type {store.Lock} */ (await store.lock());
    await store.lockWith(lock, key);
    if (!lock.done) {
      working(main);
      await store.sealRest().catch(() => {});
    }
    open();
  });
  main.querySelector(".question")?.append(h("p", { class: "hint" }, t("lock_forgot")));
  return screen;
}

/** Another PIN: the data stay as they are. @param {HTMLElement} main */
export async function changeScreen(main) {
  step(main, t("lock_change"), [], t("lock_pin"), t("next"), async (old) => {
    const key = await tried(old, true);
    // Gone back meanwhile: another screen is not drawn over.
    if (typeof key === "string" || location.hash !== "#/pin") return key;
    const pin = await chosen(main, t("lock_change"), []);
    const lock = /** @type {store.Lock} */ (await store.lock(true));
    await store.lockWith({ ...lock, ...(await wrapped(pin, key)) });
    location.hash = "#/settings";
    say(t("lock_changed"));
  }, "", true);
  return {};
}

// If all else fails: what was not sent goes into a file, encrypted with words that the collector chooses
// and tells the office, which sends it by `ntm submit`. docs/EXPORT.md describes the file.
import { fill, h } from "../dom.js";
import * as records from "../records.js";
import * as store from "../store.js";
import { size, t } from "../text.js";
import { derived, ROUNDS } from "./lock.js";

const MAGIC = "ntm-queue-1\n";
/** Bytes of a sealed piece: what a phone with little memory can hold several times. */
const PIECE = 1 << 20;
/** Characters of the words, at least. */
const LEAST = 12;

/** Records that are not safe on the server, drafts left out. */
const unsent = async () => (await records.all()).filter((record) => record.xml && ["waiting", "answers", "refused"].includes(record.state));

/**
 * The file: what it says of itself, then pieces that AES-GCM seals, in this order: a count of bytes and
 * JSON that tells of forms and files, then the files. The number of a piece is in its nonce, and the last
 * one is marked there: no piece can be left out, moved or cut off unnoticed.
 * @param {string} words @returns {Promise<Blob>}
 */
export async function sealed(words) {
  const some = await unsent();
  /** @type {Map<string, Blob>} */
  const files = new Map();
  for (const { sha256 } of some.flatMap((record) => record.files)) {
    const bytes = files.has(sha256) ? null : await store.get("blob", sha256);
    if (bytes) files.set(sha256, bytes);
  }
  const head = new TextEncoder().encode(JSON.stringify({
    device: await store.get("setting", "device"),
    items: some.map(({ xml, files, nth }) => ({ xml, files, nth })),
    files: [...files].map(([sha256, bytes]) => ({ sha256, bytes: bytes.size })),
  }));
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, head.length);
  const plain = new Blob([length, head, ...files.values()]);
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const key = await derived(words.normalize("NFC"), salt, ROUNDS, ["encrypt"]);
  /** @type {BlobPart[]} */
  const parts = [MAGIC, salt];
  for (let n = 0, at = 0; at < plain.size; n += 1, at += PIECE) {
    const nonce = new DataView(new ArrayBuffer(12));
    nonce.setUint32(4, n);
    nonce.setUint32(8, at + PIECE >= plain.size ? 1 : 0);
    const piece = await plain.slice(at, at + PIECE).arrayBuffer();
    // As a Blob at once: the browser may keep it on the disk.
    parts.push(new Blob([await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, piece)]));
  }
  return new Blob(parts, { type: "application/octet-stream" });
}

/** @param {HTMLElement} main */
export async function exportScreen(main) {
  const some = await unsent();
  const error = h("p", { class: "error", role: "alert", hidden: true });
  const status = h("p", { class: "hint", role: "status" });
  const input = h("input", { id: "words", type: "text", autocomplete: "off", autocapitalize: "none", spellcheck: "false", "aria-describedby": "words-hint" });
  const button = h("button", { type: "button", onclick: make }, t("export_make"));

  async function make() {
    error.hidden = input.value.trim().length >= LEAST;
    error.textContent = t("export_short", { n: LEAST });
    if (!error.hidden) return input.focus();
    button.disabled = true;
    status.textContent = t("export_working");
    try {
      const file = await sealed(input.value.trim());
      const address = URL.createObjectURL(file);
      const name = `phieu-${new Date().toISOString().slice(0, 10)}.ntmq`;
      h("a", { href: address, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      status.textContent = t("export_done", { name, size: size(file.size) });
    } catch (fault) {
      status.textContent = "";
      error.textContent = t("export_failed");
      error.hidden = false;
    }
    button.disabled = false;
  }

  fill(
    main,
    h("header", { class: "top" }, h("a", { class: "icon", href: "#/settings", "aria-label": t("back") }, "‹"), h("h1", null, t("export_title"))),
    h("p", null, some.length ? t("export_some", { n: some.length }) : t("export_none")),
    some.length > 0 && [
      h("div", { class: "question" }, h("label", { class: "ask", for: "words" }, t("export_words")), h("p", { class: "hint", id: "words-hint" }, t("export_words_hint")), error, input),
      status,
      h("div", { class: "actions" }, button),
    ],
  );
  return {};
}

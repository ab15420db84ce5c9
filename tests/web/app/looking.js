// Looking for what should not be read on a phone: in every file of the browser's folder, and in every
// value of its database, past the app.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Which of the needles lie in files of a folder, each with where. */
export async function inFiles(folder, needles) {
  const found = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    for (const [name, needle] of Object.entries(needles)) {
      const forms = Buffer.isBuffer(needle) ? [needle] : [Buffer.from(needle, 'utf8'), Buffer.from(needle, 'utf16le')];
      if (forms.some((form) => bytes.includes(form))) found.push(`${name} in ${path.relative(folder, file)}`);
    }
  }
  return found;
}

/** What the database holds, every value as text in which its bytes can be searched; and what lies open. */
export async function inDatabase(page, needles) {
  const texts = Object.fromEntries(Object.entries(needles).map(([name, needle]) => [name, Buffer.isBuffer(needle) ? needle.toString('latin1') : needle]));
  return page.evaluate(async (needles) => {
    const db = await new Promise((done, fail) => {
      const request = indexedDB.open('ntm');
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
    const ask = (request) => new Promise((done, fail) => { request.onsuccess = () => done(request.result); request.onerror = () => fail(request.error); });
    const latin = (bytes) => { let out = ''; for (const byte of new Uint8Array(bytes)) out += String.fromCharCode(byte); return out; };
    const said = async (value) => {
      if (value instanceof Blob) value = await value.arrayBuffer();
      if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
        const bytes = value instanceof ArrayBuffer ? value : value.buffer;
        return latin(bytes) + new TextDecoder().decode(bytes);
      }
      if (value && typeof value === 'object') {
        let out = '';
        for (const [name, one] of Object.entries(value)) out += `${name} ${await said(one)} `;
        return out;
      }
      return String(value);
    };
    const result = { found: [], open: [], values: 0 };
    for (const store of db.objectStoreNames) {
      const [keys, values] = [await ask(db.transaction(store).objectStore(store).getAllKeys()), await ask(db.transaction(store).objectStore(store).getAll())];
      for (let i = 0; i < keys.length; i += 1) {
        result.values += 1;
        const personal = store === 'setting' ? ['pull', 'communes', 'token', 'seed'].includes(keys[i]) : store !== 'form';
        if (personal && !(values[i].sealed instanceof ArrayBuffer)) result.open.push(`${store} ${keys[i]}`);
        const text = `${keys[i]} ${await said(values[i])}`;
        for (const [name, needle] of Object.entries(needles)) if (text.includes(needle)) result.found.push(`${name} in ${store} ${keys[i]}`);
      }
    }
    db.close();
    return result;
  }, texts);
}

/** Pieces of a photo that a phone keeps: of its picture, wherever it is cut. */
export async function pieces(page, id) {
  const text = await page.evaluate(async (id) => {
    const records = await import('/web/app/records.js');
    const record = await records.get(id);
    const bytes = new Uint8Array(await (await records.file(record, record.files[0].name)).arrayBuffer());
    let out = '';
    for (const byte of bytes) out += String.fromCharCode(byte);
    return btoa(out);
  }, id);
  const bytes = Buffer.from(text, 'base64');
  const at = [0.2, 0.5, 0.8].map((part) => Math.floor(bytes.length * part));
  return Object.fromEntries(at.map((from, i) => [`photo ${i}`, bytes.subarray(from, from + 16)]));
}

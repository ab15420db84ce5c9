// One step of a filling as tests/javarosa/Walks.java reads it: `path=value`, `@add path`, `@delete path`.

/** The full path that any unambiguous tail means. @param {import('../../../server/web/engine/form.js').Form} form @param {string} tail */
function full(form, tail) {
  if (tail.startsWith('/')) return tail;
  const steps = tail.split('/');
  const names = steps.map((s) => s.replace(/\[.*/, ''));
  const found = form.fields.filter((f) => `/${f.path}`.endsWith(`/${names.join('/')}`));
  if (found.length !== 1) return tail;
  const all = found[0].path.split('/');
  return [...all.slice(0, all.length - steps.length), ...steps].join('/');
}

/** What becomes of a line. @param {import('../../../server/web/engine/filling.js').Filling} filling @param {string} line */
export function step(filling, line) {
  const { form } = filling;
  if (line.startsWith('@add ')) return filling.addRepeat(full(form, line.slice(5))).code;
  if (line.startsWith('@delete ')) return filling.removeRepeat(full(form, line.slice(8))).code;
  if (line.startsWith('@')) return 'ok';
  const at = line.indexOf('=');
  const value = line.slice(at + 1).replace(/\\[\\n]/g, (c) => (c === '\\n' ? '\n' : '\\'));
  return filling.set(full(form, line.slice(0, at)), value).code;
}

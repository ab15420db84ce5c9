// A bad network between phone and server: a TCP proxy that cuts connections after so many bytes up, is
// slow, or is not there at all. Deterministic by its seed.
import net from 'node:net';

export async function proxy(target, seed = 1) {
  const { hostname, port } = new URL(target);
  const state = { mode: 'open', up: 0, down: 0, cuts: 0 };
  let random = seed >>> 0 || 1;
  const next = () => {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    return random / 2 ** 32;
  };
  const open = new Set();
  /** A request that is to wait. */
  let held = null;
  const server = net.createServer((phone) => {
    if (state.mode === 'gone') return phone.destroy();
    const far = net.connect(Number(port), hostname);
    const both = [phone, far];
    both.forEach((socket) => socket.on('error', () => {}).setNoDelay(true));
    open.add(phone);
    const end = () => both.forEach((socket) => socket.destroy());
    phone.on('close', () => { open.delete(phone); end(); });
    far.on('close', end);
    // Cut after 20 to 120 KB up, or after a few answers; in the middle of whatever it is.
    let budget = state.mode === 'flaky' ? 20_000 + next() * 100_000 : Infinity;
    const pass = (from, to, way) => {
      let free = Date.now();
      from.on('data', (bytes) => {
        state[way] += bytes.length;
        if (way === 'up' && held && bytes.includes(held.line)) {
          held.asked();
          held.go.then(() => to.writable && to.write(bytes));
          return;
        }
        if (way === 'up') budget -= bytes.length;
        if (budget < 0) {
          state.cuts += 1;
          to.write(bytes.subarray(0, Math.max(0, bytes.length + budget)), end);
          return;
        }
        if (!state.speed) return to.write(bytes);
        // One link for all connections, `speed` bytes a second, `delay` ms on the way.
        state.free ??= { up: 0, down: 0 };
        free = state.free[way] = Math.max(Date.now(), state.free[way]) + (bytes.length / state.speed) * 1000;
        from.pause();
        setTimeout(() => from.resume(), Math.max(0, free - Date.now()));
        setTimeout(() => to.writable && to.write(bytes), free - Date.now() + state.delay);
      });
    };
    pass(phone, far, 'up');
    pass(far, phone, 'down');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    state,
    url: `http://127.0.0.1:${server.address().port}`,
    set(mode, more = {}) {
      Object.assign(state, { mode, speed: 0, delay: 0 }, more);
      for (const socket of open) socket.destroy();
    },
    /** Lets a request wait that begins so, from when it was `asked` until it may `go`. */
    hold(line) {
      const one = { line };
      const asked = new Promise((done) => { one.asked = done; });
      const begun = new Promise((done) => { one.begin = done; });
      held = Object.assign(one, { go: begun });
      return { asked, go: () => { held = null; one.begin(); } };
    },
    close: () => new Promise((done) => { for (const socket of open) socket.destroy(); server.close(done); }),
  };
}

// Where one stands. The phone's own receiver: works without a network.
import { fill, h } from "../../dom.js";
import { number, t } from "../../text.js";

/** Good enough to stop by itself, in metres, when the form does not say; and how long to look. */
const [GOOD, PATIENCE] = [10, 120_000];

/** @param {import("./index.js").Asked} asked @returns {import("./index.js").Input} */
export function place({ item: asked, id, answer }) {
  let item = asked;
  /** @type {GeolocationPosition | null} */
  let best = null;
  let watch = 0;
  /** @type {any} */
  let timer = 0;
  let problem = "";
  const element = h("div", { class: "place" });
  const good = Number(item.parameters?.["capture-accuracy"]) || GOOD;

  function look() {
    best = null;
    problem = "";
    const options = { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 0 };
    watch = navigator.geolocation.watchPosition(
      (position) => {
        // Wherever one is by now, it is no longer where this was asked.
        if (!element.isConnected) return stop();
        if (!best || position.coords.accuracy <= best.coords.accuracy) best = position;
        if (best.coords.accuracy <= good) take();
        else draw();
      },
      (fault) => enough(fault.code === 1 ? t("place_denied") : t("place_none")),
      options,
    );
    timer = setTimeout(() => enough(t("place_none")), PATIENCE);
    addEventListener("hashchange", stop);
    draw();
  }
  /** No better position is to be had. @param {string} words what to say when there is none */
  function enough(words) {
    stop();
    if (!best) problem = words;
    draw();
  }
  function stop() {
    clearTimeout(timer);
    removeEventListener("hashchange", stop);
    navigator.geolocation.clearWatch(watch);
    watch = 0;
  }
  function take() {
    stop();
    if (best) {
      const { latitude, longitude, altitude, accuracy } = best.coords;
      const parts = [latitude.toFixed(7), longitude.toFixed(7), (altitude ?? 0).toFixed(1), accuracy.toFixed(1)];
      best = null;
      answer(parts.map(Number).join(" "));
    }
    draw();
  }
  function value() {
    const [lat, lon, , accuracy] = item.value.split(" ").map(Number);
    return t("place_value", { lat: lat.toFixed(5), lon: lon.toFixed(5), n: number(Math.round(accuracy || 0)) });
  }
  function draw() {
    const button = (/** @type {string} */ words, /** @type {() => void} */ act, /** @type {string} */ look) => h("button", { type: "button", id, class: look, onclick: act }, words);
    if (watch || best) {
      fill(
        element,
        h("p", { role: "status" }, best ? t("place_now", { n: Math.round(best.coords.accuracy) }) : t("place_waiting")),
        best && button(t("place_use"), take, "plain"),
        !watch && h("button", { type: "button", class: "second", onclick: look }, t("place_again")),
      );
      return;
    }
    fill(
      element,
      problem && h("p", { class: "error", role: "alert" }, problem),
      item.value && h("p", { class: "value" }, value()),
      !item.readonly && button(item.value ? t("place_again") : t("place_take"), look, item.value ? "second" : "plain"),
      item.value && !item.readonly && h("button", { type: "button", class: "second", onclick: () => answer("") }, t("clear")),
    );
  }
  draw();
  return {
    element,
    group: true,
    follow(now) {
      const same = now.value === item.value;
      item = now;
      if (!same && !watch && !best) draw();
    },
    focus: () => element.querySelector("button")?.focus(),
  };
}

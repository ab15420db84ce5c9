// The thin line on top: network, what waits to be sent, when that last went well.
import { fill, h, place } from "./dom.js";
import * as records from "./records.js";
import * as store from "./store.js";
import { news, status, sync } from "./sync.js";
import { moment, t } from "./text.js";

/** @type {any} */
let tick = 0;

/** Draws it anew. */
export async function drawLine() {
  const line = place("net");
  if (await store.isLocked()) return fill(line);
  const set = await store.get("setting", "token");
  const revoked = await store.get("setting", "revoked");
  const all = await records.all();
  const waiting = all.filter((record) => record.state === "waiting" || record.state === "refused").length;
  const photos = all.filter((record) => record.state === "answers" && record.want?.length).length;
  const synced = await store.get("setting", "synced");
  const offline = !navigator.onLine || !status.reached;
  clearTimeout(tick);
  if (!set && !revoked) return fill(line);
  const left = waiting > 0 ? t("waiting_some", { n: waiting }) : photos > 0 ? t("waiting_photos", { n: photos }) : all.some((record) => record.state === "answers") ? t("state_missing") : t("waiting_none");
  const seconds = Math.max(0, Math.round((status.retry - Date.now()) / 1000));
  const parts = [
    status.busy ? t("sending") : offline ? t("offline") : "",
    left,
    !status.busy && !offline && seconds > 0 && waiting + photos > 0 ? t("retry_at", { n: seconds }) : "",
    !status.busy && waiting + photos === 0 && synced ? moment(synced) : "",
  ];
  line.dataset.state = status.busy ? "busy" : waiting + photos > 0 ? "waiting" : "sent";
  fill(
    line,
    h("span", { role: "status" }, parts.filter(Boolean).join(" · ")),
    waiting + photos > 0 && !status.busy && h("button", { type: "button", class: "second small", onclick: () => sync() }, t("send_now")),
    !status.busy && !revoked && status.words && h("p", { class: "error" }, t("server_says", { text: status.words })),
    revoked && h("p", { class: "error", role: "alert" }, t("revoked")),
  );
  if (seconds > 0) tick = setTimeout(drawLine, 1000);
}

news.addEventListener("change", drawLine);

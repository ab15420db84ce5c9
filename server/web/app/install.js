// The browser's offer to put the app on the home screen, kept until somebody wants it.

/** @type {{offer: any}} */
export const install = { offer: null };

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  install.offer = event;
});

/** Asks the browser not to clear what is kept here to make room; it may agree later, or once the app is at home. */
export const persist = () => navigator.storage?.persist?.().catch(() => false);

addEventListener("appinstalled", persist);

// The browser's offer to put the app on the home screen, kept until somebody wants it.

/** @type {{offer: any}} */
export const install = { offer: null };

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  install.offer = event;
});

/* Desktop notifications, for whoever asked for them in the inbox: that something is there, never what.

   The choice is this browser's, kept in its localStorage until somebody signs out. Shown only while no tab of
   the board is looked at; all have one tag, so that many tabs show one. Web push would go where `show` is. */
(() => {
  const WORDS = "Sounding Board: something new in your inbox";
  const LOOKED_AT = "looked-at"; // a lock that every tab holds while it is in sight
  const place = document.getElementById("desktop");
  if (!("Notification" in window) || !navigator.locks || !document.body.dataset.live) return;

  const isOn = () => localStorage.getItem("desktop") === "on" && Notification.permission === "granted";

  let newest = 0; // id of the newest notice that some tab has announced
  const tabs = new BroadcastChannel("desktop");
  tabs.addEventListener("message", ({ data }) => {
    newest = Math.max(newest, data.newest ?? 0);
    offer();
  });

  document.addEventListener("live:unseen", async ({ detail }) => {
    if (!isOn() || detail <= newest || (await isLookedAt()) || detail <= newest) return;
    newest = detail;
    tabs.postMessage({ newest });
    show();
  });

  function show() {
    try {
      const notification = new Notification(WORDS, { tag: "inbox" });
      notification.addEventListener("click", () => {
        window.focus();
        notification.close();
      });
    } catch {
      localStorage.removeItem("desktop"); // a browser that shows none without a service worker
    }
  }

  async function isLookedAt() {
    const { held } = await navigator.locks.query();
    return held.some((lock) => lock.name === LOOKED_AT);
  }

  let letGo = null;
  function note() {
    letGo?.();
    letGo = null;
    if (!document.hidden) {
      const untilHidden = () => document.hidden || new Promise((resolve) => (letGo = resolve));
      navigator.locks.request(LOOKED_AT, { mode: "shared" }, untilHidden);
    }
  }
  note();
  document.addEventListener("visibilitychange", note);
  addEventListener("pagehide", () => letGo?.()); // a held lock would keep the page out of the back-forward cache
  addEventListener("pageshow", ({ persisted }) => persisted && note());

  /* The button in the inbox */

  function offer() {
    if (!place) return;
    const [words, button] = place.children;
    place.hidden = false;
    button.hidden = Notification.permission === "denied";
    button.textContent = isOn() ? "Turn off" : "Turn on desktop notifications";
    if (button.hidden) words.textContent = "This browser was told to show no desktop notifications of the board.";
    else if (isOn()) words.textContent = "Desktop notifications are on in this browser. They say that something is new, never what.";
    else words.textContent = "";
  }

  place?.querySelector("button").addEventListener("click", async () => {
    if (isOn()) localStorage.removeItem("desktop");
    else if ((await Notification.requestPermission()) === "granted") localStorage.setItem("desktop", "on");
    offer();
    tabs.postMessage({});
  });
  offer();
})();

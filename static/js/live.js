/* The live client: badges, toasts, and the socket that says when to ask for them.

   The socket carries no content. It says "your inbox changed" (n), "a thread changed" (p) or "the queue
   changed" (q), and the page then asks by an ordinary request. The page asks as well on every connection,
   when it comes back into view and once a minute, so a lost frame costs a minute at most.

   Other scripts listen on `document` for
     live:open    the socket is open; detail.send(message) talks on it
     live:frame   detail is the frame that arrived
     live:ask     time to look for what a lost frame may have announced
     live:inbox   there are other notices than before, or other ones are read
     live:unseen  notices came while this tab was out of sight; detail is the newest of their ids
   and may dispatch `live:say` with {text, url} to show a toast.

   Nothing is stored in the browser by this script. Tabs of one account tell each other over a BroadcastChannel which
   notices were shown, so that nobody reads one twice. */
(() => {
  const POLL = 60_000;
  const PATIENCE = 15_000; // a network that vanished lets a request hang for minutes, and all tabs with it
  const SAY_LOST_AFTER = 5_000;
  const STEADY_AFTER = 10_000; // a connection that lasted this long starts the back-off anew
  const TOASTS = 3;
  const SIGNED_OUT = 4401; // the close code for a session that has ended

  const address = document.body.dataset.live;
  if (!address) return;

  let cursor = Number(document.body.dataset.cursor) || 0;
  let unread = Number(document.getElementById("inbox-badge")?.textContent) || 0;
  let socket = null;
  let attempts = 0;
  let openedAt = 0;
  let retryTimer = 0;
  let lostTimer = 0;
  let quietTimer = 0;
  let asking = false;
  let askAgain = false;
  let signedOut = false;
  let leaving = false;
  let waiting = []; // notices that came while this tab was out of sight
  const shown = new Set(); // ids of notices that some tab has shown

  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

  /* Connection */

  /** Milliseconds before attempt number `n`: between 1 s and a limit that doubles from 3 s to 60 s. The
      random part keeps a thousand browsers from returning in the same second after a restart. */
  const pause = (n) => 1_000 + Math.random() * Math.min(59_000, 2_000 * 2 ** n);

  function connect() {
    clearTimeout(retryTimer);
    if (signedOut || leaving || (socket && socket.readyState < WebSocket.CLOSING)) return;
    showState("connecting");
    const opening = new WebSocket(new URL(address, location.href.replace(/^http/, "ws")));
    socket = opening;
    opening.addEventListener("open", () => {
      openedAt = Date.now();
      showState("open");
      tell("live:open", { send });
      ask();
    });
    opening.addEventListener("message", (event) => hear(event.data));
    opening.addEventListener("close", ({ code }) => {
      if (socket === opening) retry(code);
    });
  }

  /** What the browser still takes for an open socket may be dead: begin anew. */
  function suspect() {
    if (socket?.readyState !== WebSocket.OPEN) return;
    disconnect();
    retry();
  }

  function retry(code) {
    const wasOpen = openedAt > 0;
    if (wasOpen && Date.now() - openedAt > STEADY_AFTER) attempts = 0;
    openedAt = 0;
    socket = null;
    if (signedOut || leaving) return;
    showState("lost");
    retryTimer = setTimeout(connect, pause(attempts++));
    // A refused handshake does not tell why; this answer does. Not after every loss: a restart of the
    // server would bring all browsers at once.
    if (!wasOpen || code === SIGNED_OUT) ask();
  }

  function disconnect() {
    clearTimeout(retryTimer);
    const closing = socket;
    socket = null;
    closing?.close();
  }

  function send(message) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  function hear(text) {
    const frame = JSON.parse(text);
    tell("live:frame", frame);
    if (frame.t !== "p") ask();
  }

  function showState(state) {
    const mark = document.getElementById("live-connection");
    if (mark) mark.dataset.state = state;
    if (state === "lost") {
      lostTimer ||= setTimeout(say, SAY_LOST_AFTER, "Live updates are interrupted. Until they are back, this page looks for news each minute.");
    } else if (state === "open") {
      clearTimeout(lostTimer);
      lostTimer = 0;
      sayBack();
    }
  }

  function sayBack() {
    if (!document.getElementById("live-status")?.textContent) return;
    say("Live updates are back.");
    clearTimeout(quietTimer);
    quietTimer = setTimeout(say, SAY_LOST_AFTER, "");
  }

  /** Words for everybody, which a screen reader says as well. */
  function say(words) {
    clearTimeout(quietTimer);
    const status = document.getElementById("live-status");
    if (status && status.textContent !== words) status.textContent = words;
  }

  /* Asking for what is new */

  async function ask({ quietly = false } = {}) {
    if (signedOut) return;
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    try {
      // One tab at a time, so that the second already knows what the first has shown.
      await oneTabAtATime(async () => {
        const answer = await fetch(`/inbox/since/${cursor}/`, {
          redirect: "manual",
          cache: "no-store",
          signal: AbortSignal.timeout(PATIENCE),
        });
        if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) stop();
        else if (answer.ok) take(await answer.json(), quietly);
      });
    } catch {
      suspect(); // no connection: the next attempt or the next minute asks again
    } finally {
      asking = false;
    }
    if (askAgain) {
      askAgain = false;
      ask();
    }
  }

  function oneTabAtATime(work) {
    return navigator.locks ? navigator.locks.request("inbox", work) : work();
  }

  function take(news, quietly) {
    const isNew = news.cursor > cursor && news.unread === unread; // as many as before, but not the same
    cursor = Math.max(cursor, news.cursor);
    showCounts(news);
    if (isNew) tell("live:inbox");
    tabs.postMessage({ unread: news.unread, queue: news.queue, for_you: news.for_you });
    if (!quietly) waiting.push(...news.notices);
    showWaiting();
  }

  function showCounts({ unread: number, queue, for_you: forYou }) {
    const differs = number !== unread;
    unread = number;
    const inbox = document.getElementById("inbox-badge");
    const desk = document.getElementById("queue-badge");
    if (inbox) inbox.textContent = unread || "";
    if (desk && queue !== null) desk.textContent = queue || "";
    const suggested = document.getElementById("for-you");
    if (suggested && Number.isInteger(forYou)) {
      suggested.hidden = forYou === 0;
      document.getElementById("for-you-badge").textContent = forYou;
    }
    const title = document.title.replace(/^\(\d+\) /, "");
    document.title = unread ? `(${unread}) ${title}` : title;
    if (!unread) for (const old of document.querySelectorAll(".toast[data-notice]")) old.remove();
    if (differs) tell("live:inbox");
  }

  function stop() {
    signedOut = true;
    disconnect();
    clearInterval(polling);
    showState("lost");
    clearTimeout(lostTimer);
    say("");
    const here = encodeURIComponent(location.pathname + location.search);
    toast({ text: "You are signed out. Sign in again", url: `/accounts/login/?next=${here}` });
  }

  /* Toasts */

  /** Toasts belong where somebody looks; a tab in the background keeps them until it is looked at. */
  function showWaiting() {
    if (document.hidden) {
      const unseen = waiting.filter((notice) => !shown.has(notice.id)).map((notice) => notice.id);
      if (unseen.length) tell("live:unseen", Math.max(...unseen));
      return;
    }
    const fresh = waiting.filter((notice) => !shown.has(notice.id));
    waiting = [];
    for (const notice of fresh) {
      if (shown.has(notice.id)) continue;
      shown.add(notice.id);
      toast(notice);
    }
    if (fresh.length) tabs.postMessage({ shown: fresh.map((notice) => notice.id) });
  }

  function toast({ text, title, url, id }) {
    const place = document.getElementById("toasts");
    if (!place) return;
    const words = document.createElement(url ? "a" : "span");
    if (url) words.href = url;
    words.textContent = title ? `${text}: ${title}` : text;
    const dismiss = document.createElement("button");
    dismiss.type = "button";
    dismiss.textContent = "×";
    dismiss.setAttribute("aria-label", "Dismiss");
    const box = document.createElement("div");
    box.className = "toast";
    if (id) box.dataset.notice = id;
    box.append(words, dismiss);
    dismiss.addEventListener("click", () => {
      box.remove();
      (place.querySelector("button") ?? document.getElementById("main"))?.focus({ preventScroll: true });
    });
    place.append(box);
    while (place.children.length > TOASTS) place.firstElementChild.remove();
  }

  /* Tabs, and the page's own comings and goings */

  const tabs = new BroadcastChannel("inbox");
  tabs.addEventListener("message", ({ data }) => {
    for (const id of data.shown ?? []) shown.add(id);
    if (data.unread !== undefined) showCounts(data);
  });

  function look() {
    ask();
    send({ t: "ping" });
    tell("live:ask");
  }

  const polling = setInterval(look, POLL);

  document.addEventListener("visibilitychange", () => {
    if (document.hidden || leaving) return; // back from the cache, the page is shown first of all
    showWaiting();
    connect();
    look();
  });
  document.addEventListener("live:say", ({ detail }) => toast(detail));
  addEventListener("online", () => {
    disconnect(); // a socket from before may look open and be dead
    attempts = 0;
    connect();
  });
  addEventListener("offline", suspect);
  addEventListener("pagehide", () => {
    leaving = true;
    disconnect(); // an open socket would keep the page out of the back-forward cache
  });
  addEventListener("pageshow", ({ persisted }) => {
    leaving = false;
    if (!persisted) return;
    ask({ quietly: true }); // what came meanwhile was shown on the page that was looked at then
    tell("live:ask");
    connect();
  });
  // Not before the other scripts listen: all of them are deferred, so they have run by then.
  document.addEventListener("DOMContentLoaded", connect);
})();

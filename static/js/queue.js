/* The moderators' list renews itself when the queue changes, and leaves focus and scroll where they were.

   Needs: <section id="queue" data-refresh="address of the list"> around what that address answers to htmx,
   and <form data-filters> whose fields are the query of that address. */
(() => {
  const queue = document.getElementById("queue");
  if (!queue?.dataset.refresh) return;

  let stale = false;
  let asking = false;
  let shown = "";

  async function refresh() {
    stale = true;
    if (asking || document.hidden || isTyping()) return;
    asking = true;
    try {
      while (stale) {
        stale = false;
        const answer = await fetch(queue.dataset.refresh + location.search, {
          headers: { "HX-Request": "true" },
          redirect: "manual",
          cache: "no-store",
          signal: AbortSignal.timeout(15_000),
        });
        if (answer.ok) replace(await answer.text());
      }
    } catch {
      // No connection: live:ask comes again.
    } finally {
      asking = false;
    }
  }

  /** A filter that somebody is filling in must not be taken from under their hands. */
  function isTyping() {
    return queue.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
  }

  function replace(html) {
    const apart = html.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, ""); // differs every time
    if (apart === shown || isTyping()) return;
    shown = apart;
    const focused = queue.contains(document.activeElement) ? document.activeElement : null;
    const [left, top] = [scrollX, scrollY];
    queue.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    window.htmx?.process(queue);
    if (focused) (sameAs(focused) ?? queue).focus({ preventScroll: true });
    scrollTo(left, top);
  }

  function sameAs(element) {
    if (element.id) return document.getElementById(element.id);
    if (element.href) return [...queue.querySelectorAll("a")].find((link) => link.href === element.href);
    return [...queue.querySelectorAll("button")].find((button) => button.form?.action === element.form?.action);
  }

  /** The address says what is shown, so that live changes, a reload and a link from the list keep the filters. */
  const filters = document.querySelector("form[data-filters]");
  filters?.addEventListener("change", () => {
    const chosen = [...new FormData(filters)].filter(([, value]) => value);
    history.replaceState(null, "", `${location.pathname}?${new URLSearchParams(chosen)}`);
    refresh();
  });

  queue.tabIndex = -1; // focus rests here when the row that had it is gone
  queue.addEventListener("focusout", () => stale && setTimeout(refresh));
  document.addEventListener("live:frame", ({ detail }) => detail.t === "q" && refresh());
  document.addEventListener("live:open", refresh);
  document.addEventListener("live:ask", refresh);
})();

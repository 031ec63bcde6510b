/* The inbox renews itself when notices come or are read, in this tab or another, and keeps the focus.

   Needs: elements with data-renewed and an id, which the page at the same address has as well. */
(() => {
  let stale = false;
  let asking = false;

  async function renew() {
    stale = true;
    if (asking || document.hidden) return;
    asking = true;
    try {
      while (stale) {
        stale = false;
        const answer = await fetch(location.href, {
          redirect: "manual",
          cache: "no-store",
          signal: AbortSignal.timeout(15_000),
        });
        if (answer.ok) replace(await answer.text());
      }
    } catch {
      stale = true; // no connection: live:ask comes again
    } finally {
      asking = false;
    }
  }

  function replace(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const part of document.querySelectorAll("[data-renewed]")) {
      const renewed = page.getElementById(part.id);
      if (!renewed) continue;
      const focused = part.contains(document.activeElement) ? document.activeElement : null;
      part.replaceChildren(...renewed.childNodes);
      if (focused) (sameAs(part, focused) ?? document.getElementById("main")).focus({ preventScroll: true });
    }
  }

  function sameAs(part, element) {
    if (element.href) return [...part.querySelectorAll("a")].find((link) => link.href === element.href);
    return part.querySelector("button");
  }

  document.addEventListener("live:inbox", renew);
  document.addEventListener("live:ask", () => stale && renew());
})();

/* A claim lasts while its holder works: it is renewed every five minutes in which they typed or moved.

   Needs: <form data-keep-claim="address that renews it"> with the form's CSRF token in it. */
(() => {
  const RENEW = 5 * 60_000;
  const form = document.querySelector("form[data-keep-claim]");
  if (!form) return;

  let active = false;
  const noteActivity = () => {
    active = true;
  };
  for (const sign of ["keydown", "pointermove", "pointerdown", "wheel"]) {
    addEventListener(sign, noteActivity, { passive: true });
  }

  const renewing = setInterval(async () => {
    if (!active) return;
    active = false;
    const token = new FormData();
    token.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    try {
      const answer = await fetch(form.dataset.keepClaim, {
        method: "POST",
        body: token,
        headers: { "X-Requested-With": "fetch" },
        redirect: "manual",
      });
      if (answer.status === 409) lose();
    } catch {
      active = true; // no connection: the next round tries again
    }
  }, RENEW);

  function lose() {
    clearInterval(renewing);
    const text = "Your hold on this item has run out and a colleague has taken it over.";
    document.dispatchEvent(new CustomEvent("live:say", { detail: { text } }));
  }
})();

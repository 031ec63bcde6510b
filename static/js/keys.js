/* The desk by keyboard. Each key does what a link or button of the page does: nothing can be done by key alone.

   Needs: rows `.queue > li` each with a link in its heading, or the forms of one item; <details id="keys">. */
(() => {
  const keys = document.getElementById("keys");
  // Who dictates to the computer, or hits keys by mistake, needs a way to be without them (WCAG 2.1.4).
  const used = document.getElementById("keys-used");
  used.checked = !document.cookie.includes("desk-keys=off");
  used.addEventListener("change", () => {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    const lasts = used.checked ? 0 : 31_536_000; // seconds
    document.cookie = `desk-keys=off; Path=/moderation/; SameSite=Strict; Max-Age=${lasts}${secure}`;
  });

  const rows = () => [...document.querySelectorAll(".queue > li")];
  const row = () => document.activeElement.closest(".queue > li");
  // In a list only the row that has the focus is acted on; an item's page is about one.
  const place = () => (document.querySelector(".queue") ? row() : document);
  const button = (deed) => place()?.querySelector(`form[action$="/${deed}/"] button:not([type="button"])`);

  function move(step) {
    const all = rows();
    const at = all.indexOf(row());
    const next = at < 0 ? all[0] : all[at + step];
    next?.querySelector("h2 a").focus();
  }

  function goTo(deed) {
    const there = button(deed);
    if (!there) return;
    const folded = there.closest("details");
    if (folded) folded.open = true;
    (there.form.querySelector("textarea") ?? there).focus();
  }

  function list() {
    keys.open = !keys.open;
    if (keys.open) keys.querySelector("summary").focus();
  }

  const deeds = {
    j: () => move(1),
    k: () => move(-1),
    c: () => (button("claim") ?? button("take"))?.click(),
    u: () => (button("release") ?? button("put-back"))?.click(),
    p: () => goTo("publish"),
    r: () => goTo("return"),
    d: () => goTo("decline"),
    "?": list,
  };

  document.addEventListener("keydown", (event) => {
    if (!used.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.defaultPrevented) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const deed = Object.hasOwn(deeds, event.key) && deeds[event.key];
    if (!deed) return;
    event.preventDefault(); // or the letter would be typed into the field that has the focus now
    deed();
  });
})();

/* Writing: counts characters, keeps the preview true, asks before a page with unsent words is left. Keeps nothing. */
for (const counter of document.querySelectorAll("[data-counts]")) {
  const box = document.getElementById(counter.dataset.counts);
  const most = Number(counter.dataset.most);
  const said = counter.nextElementSibling;
  const least = box.minLength;
  let pause = 0;
  const show = () => {
    const typed = box.value.length;
    const missing = least > 0 && typed < least ? `, at least ${least.toLocaleString()}` : "";
    const over = typed > most ? `${(typed - most).toLocaleString()} too many` : "";
    counter.textContent = `${typed.toLocaleString()} of ${most.toLocaleString()} characters${missing}${over && `, ${over}`}`;
    counter.classList.toggle("over", over !== "");
    clearTimeout(pause); // read out when the hands rest, not with every letter
    pause = setTimeout(() => { said.textContent = over && `${over} characters`; }, 700);
  };
  box.addEventListener("input", show);
  show();
}

/* What others will see, once shown, follows what is typed and chosen; pressing the button leads into it. */
for (const button of document.querySelectorAll("[data-previews]")) {
  const panel = button.closest(".stack").querySelector(".previewed");
  const pressed = (event) => event.detail.requestConfig.triggeringEvent?.type === "click";
  let pause = 0;
  button.form.addEventListener("input", () => {
    clearTimeout(pause);
    if (panel.firstElementChild && window.htmx) pause = setTimeout(() => htmx.trigger(button, "again"), 800);
  });
  panel.addEventListener("htmx:afterSwap", (event) => { if (pressed(event)) panel.firstElementChild.focus(); });
  // Signed out meanwhile, or the server is in trouble: sent as without scripts, the page that keeps the text answers.
  button.addEventListener("htmx:responseError", (event) => { if (pressed(event)) button.form.requestSubmit(button); });
}

let unsent = false;
for (const form of document.querySelectorAll("form[data-guard]")) {
  form.addEventListener("input", () => { unsent = true; });
  form.addEventListener("submit", (event) => {
    unsent = false;
    const button = event.submitter;
    // A second press would be refused by the server anyway; this only saves the fright.
    if (button) setTimeout(() => { button.disabled = true; });
  });
}
addEventListener("beforeunload", (event) => { if (unsent) event.preventDefault(); });
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form[data-guard] button:disabled")) button.disabled = false;
});

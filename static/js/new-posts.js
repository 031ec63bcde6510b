/* An open thread says "3 new replies, show" and puts them in place when asked; it never moves by itself.

   Needs: an element with data-thread (the public id), <ol id="posts" data-last="position of the last post">
   on the last page of the thread, and <div id="new-posts" role="status">. */
(() => {
  const thread = document.querySelector("[data-thread]")?.dataset.thread;
  const posts = document.getElementById("posts");
  const place = document.getElementById("new-posts");
  if (!thread || !posts?.dataset.last || !place || !document.body.dataset.live) return;

  let last = Number(posts.dataset.last);
  let waiting = [];
  let asking = false;
  let askAgain = false;

  async function ask() {
    if (document.hidden) return; // live:ask comes when the page is looked at again
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    try {
      const answer = await fetch(`/threads/${thread}/since/${last}/`, {
        redirect: "manual",
        cache: "no-store",
        signal: AbortSignal.timeout(15_000),
      });
      if (answer.status === 200) take(await answer.text(), Number(answer.headers.get("X-Last-Position")));
    } catch {
      // No connection: live:ask comes again.
    } finally {
      asking = false;
    }
    if (askAgain) {
      askAgain = false;
      ask();
    }
  }

  function take(html, position) {
    if (!(position > last)) return;
    last = position;
    const page = new DOMParser().parseFromString(html, "text/html");
    const fresh = [...page.querySelectorAll("body > li")];
    waiting.push(...fresh.filter((post) => !post.id || !document.getElementById(post.id)));
    offer();
  }

  function offer() {
    if (!waiting.length) return;
    const button = place.querySelector("button") ?? newButton();
    button.textContent = waiting.length === 1 ? "1 new reply, show" : `${waiting.length} new replies, show`;
  }

  function newButton() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.addEventListener("click", show);
    place.append(button);
    return button;
  }

  function show() {
    const fresh = waiting;
    waiting = [];
    posts.append(...fresh);
    posts.dataset.last = String(last);
    place.replaceChildren();
    for (const post of fresh) window.htmx?.process(post);
    fresh[0].tabIndex = -1; // the reader goes on where the new text starts
    fresh[0].focus();
  }

  document.addEventListener("live:open", ({ detail }) => {
    detail.send({ t: "watch", thread });
    ask();
  });
  document.addEventListener("live:frame", ({ detail }) => {
    if (detail.t === "p" && detail.thread === thread) ask();
  });
  document.addEventListener("live:ask", ask);
})();

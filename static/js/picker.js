/* Long lists of tags: type to find, and see what is chosen. Without this they are plain checkboxes. */
for (const picker of document.querySelectorAll("[data-picker]")) {
  const find = picker.querySelector("input[type=search]");
  const picked = picker.querySelector(".picked");
  const said = picker.querySelector("[role=status]");
  const most = Number(picker.dataset.most) || Infinity;
  const choices = [...picker.querySelectorAll(".choice")];

  const showPicked = () => {
    const chosen = choices.filter((choice) => choice.firstElementChild.checked);
    picked.replaceChildren(...chosen.map(chip));
    for (const { firstElementChild: box } of choices) box.disabled = !box.checked && chosen.length >= most;
    say();
  };

  const found = () => choices.filter((choice) => !choice.hidden);

  const say = () => {
    const full = picked.children.length >= most ? `${picked.children.length} of ${most} chosen.` : "";
    said.textContent = found().length ? full : "Nothing found. Try another word.";
  };

  const chip = (choice) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.textContent = `${choice.textContent.trim()} ×`;
    button.setAttribute("aria-label", `Remove ${choice.textContent.trim()}`);
    button.addEventListener("click", () => {
      choice.firstElementChild.checked = false;
      choice.firstElementChild.dispatchEvent(new Event("input", { bubbles: true }));
      showPicked();
      find.focus();
    });
    item.append(button);
    return item;
  };

  const narrow = () => {
    const words = find.value.toLowerCase().split(/\s+/);
    for (const choice of choices) {
      const text = choice.textContent.toLowerCase();
      choice.hidden = !words.every((word) => text.includes(word));
    }
    say();
  };

  find.addEventListener("input", narrow);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // it would send the whole form
    const [only, ...others] = found();
    if (!only || others.length || only.firstElementChild.checked || only.firstElementChild.disabled) return;
    only.firstElementChild.click();
    find.value = "";
    narrow();
  });
  picker.addEventListener("change", showPicked);
  showPicked();
}
